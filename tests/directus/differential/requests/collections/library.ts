import fc, { type Arbitrary } from 'fast-check';
import { freshIds, manager, reader, role, UNKNOWN_ID } from '../../people.js';
import type { Step } from '../../step.js';
import { mostly, optional, some } from '../combinators.js';
import { administrator, proof } from '../credentials.js';
import { junk } from '../junk.js';
import { answered, body, pathTo, query, step } from '../request.js';

const { constant, constantFrom, oneof, tuple } = fc;

/** Mostly an administrator, now and then one who may do some of it. */
export const by: Arbitrary<Partial<Step>> = oneof(
  some(6, administrator),
  some(3, constant({ bearer: `Bearer ${reader.token}` })),
  some(1, proof),
);

type Members = Readonly<Record<string, Arbitrary<unknown>>>;

/** A collection that is kept for apps: where it is, how its records are named, and what they may hold. */
interface Kept {
  readonly path: string;
  readonly ids: readonly (string | number)[];
  readonly members: Members;
  readonly fields: Arbitrary<string>;
}

const rarely = (arbitrary: Arbitrary<unknown>): Arbitrary<unknown> =>
  oneof(some(5, constant(undefined)), some(1, arbitrary));
const numbers = [101, 102, 103];
const user = constantFrom<unknown>(reader.id, manager.id, UNKNOWN_ID, null);
const some_ = (...names: readonly string[]): Arbitrary<string> =>
  oneof(
    some(
      4,
      fc.subarray([...names], { minLength: 1, maxLength: 3 }).map((each) => each.join(',')),
    ),
    some(1, constantFrom('nope', `${names[0] ?? ''},nope`)),
  );

const collections: readonly Kept[] = [
  {
    path: '/folders',
    ids: freshIds,
    members: {
      name: mostly(constantFrom('One', 'Two'), junk),
      parent: rarely(constantFrom(freshIds[0], UNKNOWN_ID, null, 'x')),
      type: rarely(junk),
    },
    fields: some_('id', 'name', 'parent', 'parent.name', 'type'),
  },
  {
    path: '/notifications',
    ids: numbers,
    members: {
      recipient: mostly(user, optional(junk)),
      sender: rarely(user),
      subject: mostly(constantFrom('Hello', 'Again'), optional(junk)),
      message: rarely(junk),
      status: rarely(constantFrom('inbox', 'archived', null, 1)),
      collection: rarely(constantFrom('articles', 'nope', null)),
      item: rarely(constantFrom<unknown>('1', 1)),
    },
    fields: some_('id', 'subject', 'status', 'recipient', 'recipient.email', 'sender', 'message', 'item'),
  },
  {
    path: '/presets',
    ids: numbers,
    members: {
      bookmark: rarely(junk),
      user: rarely(user),
      role: rarely(constantFrom(role.id, UNKNOWN_ID, null)),
      collection: mostly(constantFrom('articles', 'authors'), optional(junk)),
      layout: rarely(constantFrom('tabular', null, 'cards')),
      layout_query: rarely(constantFrom<unknown>({ tabular: { page: 1 } }, 'x', null, [1])),
      filter: rarely(constantFrom<unknown>({ title: { _eq: 'One' } }, null, 'x')),
      refresh_interval: rarely(constantFrom<unknown>(5, '5', null)),
    },
    fields: some_('id', 'bookmark', 'user', 'role.name', 'collection', 'layout', 'layout_query', 'filter', 'icon'),
  },
  {
    path: '/comments',
    ids: freshIds,
    members: {
      collection: mostly(constant('articles'), optional(constantFrom('nope', 'authors', null))),
      item: mostly(constantFrom('1', '2'), optional(constantFrom<unknown>(1, '99', null))),
      comment: mostly(constantFrom('Nice', 'Not so nice'), optional(junk)),
    },
    fields: some_('id', 'comment', 'collection', 'item', 'user_created', 'user_created.email'),
  },
  {
    path: '/translations',
    ids: freshIds,
    members: {
      language: mostly(constantFrom('en-US', 'de-DE'), optional(junk)),
      key: mostly(constantFrom('hello', 'bye'), optional(junk)),
      value: mostly(constantFrom('Hello', 'Bye'), optional(junk)),
    },
    fields: some_('id', 'language', 'key', 'value'),
  },
  {
    path: '/dashboards',
    ids: freshIds,
    members: { name: mostly(constantFrom('Board'), optional(junk)), icon: rarely(junk), note: rarely(junk) },
    fields: some_('id', 'name', 'icon', 'panels', 'user_created.email'),
  },
  {
    path: '/panels',
    ids: freshIds,
    members: {
      dashboard: mostly(
        constantFrom<unknown>(freshIds[0], { id: freshIds[1], name: 'New' }),
        optional(constantFrom(UNKNOWN_ID, null)),
      ),
      type: mostly(constant('label'), optional(junk)),
      position_x: mostly(constant(1), optional(constantFrom<unknown>('1', null))),
      position_y: constant(1),
      width: constant(4),
      height: constant(4),
      options: rarely(junk),
      show_header: rarely(constantFrom<unknown>(true, 1, null)),
    },
    fields: some_('id', 'type', 'dashboard.name', 'position_x', 'show_header', 'options'),
  },
];

/** Records of one collection are read and written. */
function requestsFor({ path, ids, members, fields }: Kept): Arbitrary<Step> {
  const kind = (what: string): string => `${what} ${path}`;
  const id = oneof(some(6, constantFrom(...ids.map(String))), some(1, constantFrom(UNKNOWN_ID, 'x', '0', '999')));
  const given = body(members);
  const record = tuple(given, constantFrom(...ids)).map(([one, key]) => ({ id: key, ...(one as object) }));
  const changes = mostly(
    fc
      .subarray(Object.keys(members), { minLength: 1, maxLength: 2 })
      .chain((names) => body(Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name))))),
    constantFrom<unknown>({}, { nope: 1 }, []),
  );
  const keys = oneof(fc.subarray([...ids] as unknown[]), constantFrom<unknown>([], ['x'], [UNKNOWN_ID]));
  const end = answered(fields);
  return oneof(
    some(
      5,
      step(
        kind('create'),
        'POST',
        end.map((rest) => path + rest),
        mostly(record, oneof(fc.array(record, { maxLength: 2 }), constantFrom<unknown>({}, []))),
        by,
      ),
    ),
    some(
      2,
      step(
        kind('list'),
        'GET',
        query({
          fields: optional(fields),
          sort: constant('id'),
          limit: optional(constantFrom('1', '-1')),
          meta: rarelyText('*'),
        }).map((rest) => path + rest),
        undefined,
        by,
      ),
    ),
    some(1, step(kind('read'), 'GET', pathTo(path, id, end), undefined, by)),
    some(2, step(kind('change'), 'PATCH', pathTo(path, id, end), changes, by)),
    some(
      1,
      step(
        kind('change several'),
        'PATCH',
        end.map((rest) => path + rest),
        body({ keys, data: changes }),
        by,
      ),
    ),
    some(1, step(kind('remove'), 'DELETE', pathTo(path, id, constant('')), undefined, by)),
    some(1, step(kind('remove several'), 'DELETE', path, keys, by)),
  );
}

const rarelyText = (text: string): Arbitrary<string | undefined> =>
  oneof(some(4, constant(undefined)), some(1, constant(text)));

/** What apps keep for their users: folders, notifications, presets, comments, translations, dashboards. */
export const library = oneof(...collections.map(requestsFor));
