import fc from 'fast-check';
import { manager, PASSWORD, reader, suspended } from '../people.js';
import type { Step } from '../step.js';
import { mostly, optional, some } from './combinators.js';
import { body } from './request.js';

const { constant, constantFrom, oneof, record, tuple } = fc;

const uid = optional(constantFrom<unknown>('1', 1, 'a'));
const auth = oneof(
  some(5, constant({ type: 'auth', access_token: manager.token })),
  some(2, constant({ type: 'auth', access_token: reader.token })),
  some(2, body({ type: constant('auth'), access_token: constant('{access:0}'), uid })),
  some(
    1,
    constantFrom<unknown>(
      { type: 'auth', email: manager.email, password: PASSWORD },
      { type: 'auth', refresh_token: '{refresh:0}' },
      { type: 'auth', email: manager.email, password: 'wrong' },
      { type: 'auth', access_token: 'bogus' },
      { type: 'auth', access_token: suspended.token },
      { type: 'auth', refresh_token: 'bogus' },
      { type: 'auth', email: 'x', password: PASSWORD },
      { type: 'auth' },
      { type: 'ping' },
      '{bad',
    ),
  ),
);

const collection = oneof(
  some(6, constant('articles')),
  some(2, constantFrom('authors', 'page', 'nope', 'directus_users')),
);
const query = body({
  fields: optional(constantFrom<unknown>(['title'], ['*'], ['author.name'], ['nope'], 'id')),
  filter: optional(
    constantFrom<unknown>({ views: { _gt: 5 } }, { title: { _contains: 'o' } }, { nope: 1 }, { views: 'x' }),
  ),
  sort: constant(['id']),
  limit: optional(constantFrom<unknown>(1, -1)),
  meta: mostly(constant(undefined), constantFrom<unknown>('*', ['total_count'])),
});
const written = body({
  id: constantFrom<unknown>(11, 12, 1),
  title: optional(constantFrom<unknown>('Live', 'x', null)),
});
const items = oneof(
  body({
    type: constant('items'),
    action: constant('read'),
    collection,
    query: optional(query),
    id: mostly(constant(undefined), constantFrom<unknown>(1, '2', 99, 'x', '', null)),
    ids: mostly(constant(undefined), constantFrom<unknown>([1, 2], [], ['x'], 'x', [null])),
    uid,
  }),
  body({
    type: constant('items'),
    action: constant('create'),
    collection,
    data: mostly(written, fc.array(written, { maxLength: 2 })),
    uid,
  }),
  body({
    type: constant('items'),
    action: constant('update'),
    collection,
    id: constantFrom<unknown>(1, 2, 99, undefined),
    ids: mostly(constant(undefined), constantFrom<unknown>([1, 2], [], [99])),
    query: optional(query),
    data: constantFrom<unknown>({ title: 'Changed' }, { views: 1 }, { title: null }, [{ id: 1, title: 'C' }], null),
    uid,
  }),
  body({
    type: constant('items'),
    action: constant('delete'),
    collection,
    id: mostly(constant(undefined), constantFrom<unknown>(1, 99)),
    ids: mostly(constant(undefined), constantFrom<unknown>([2, 3], [99], [])),
    query: mostly(constant(undefined), constantFrom<unknown>({ filter: { views: { _gt: 5 } } }, {})),
    uid,
  }),
  constantFrom<unknown>({ type: 'items', action: 'nope', collection: 'articles' }, { type: 'items' }),
);
const subscribe = body({
  type: constant('subscribe'),
  collection: mostly(collection, constantFrom<unknown>(undefined, 1)),
  event: mostly(constant(undefined), constantFrom<unknown>('create', 'update', 'delete', 'nope')),
  query: optional(query),
  uid,
});
const message = oneof(
  some(5, items),
  some(4, subscribe),
  some(1, body({ type: constant('unsubscribe'), uid })),
  some(1, body({ type: constant('ping'), uid })),
  some(1, auth),
  some(1, constantFrom<unknown>('{bad', '[]', '1', { type: 1 }, { uid: '1' }, { type: 'ping', uid: {} })),
);

/** Conversations by WebSocket: a login, and what apps ask and are told after it. */
export const realtime = record({
  path: oneof(
    some(6, constant('/websocket')),
    some(1, constantFrom(`/websocket?access_token=${manager.token}`, '/websocket?access_token=bogus')),
  ),
  messages: tuple(auth, fc.array(message, { minLength: 1, maxLength: 4 })).map(([first, others]) => [first, ...others]),
}).map(({ path, messages }): Step => ({ kind: 'realtime', method: 'WEBSOCKET', path, messages }));
