import { setTimeout } from 'node:timers/promises';
import { recordNotUnique } from '../../http/errors.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { bodyOf, isTo, userIn } from '../helpers/exchange.js';
import { servedRequest } from '../helpers/served.js';
import { keepingStaticToken, notingStaticTokens } from '../helpers/static-tokens.js';
import { answeringSharedValueAsDone } from '../helpers/users.js';

/** How long a change takes, in ms, where several are to be under way at once. */
const WHILE_MS = 20;

/** Defects that requirements of the section `setting` of the chapter `static-tokens` notice. */
export const staticTokensSetting = [
  {
    name: 'old-static-token-survives',
    title: 'A static token that was replaced stays valid.',
    wrap: (): Wrappers => {
      const former = new Map<string, string>();
      return {
        store: (store) =>
          replacing(store, {
            ...notingStaticTokens(store, ({ id }, before) => {
              if (before?.token) former.set(before.token, id);
            }),
            userByStaticToken: async (token) =>
              (await store.userByStaticToken(token)) ?? (await store.user(former.get(token) ?? '')),
          }),
      };
    },
  },
  {
    name: 'static-tokens-set-at-once-stay',
    title: 'Static tokens that are set for a user at once are all accepted.',
    wrap: (): Wrappers => {
      const underWay = new Map<string, Set<string>>();
      const users = new Map<string, string>();
      return {
        request: async (exchange) => {
          const { token } = bodyOf(exchange);
          const id = userIn(exchange, 'PATCH');
          if (id === undefined || typeof token !== 'string') return;
          const tokens = underWay.get(id) ?? new Set();
          underWay.set(id, tokens.add(token));
          await setTimeout(WHILE_MS);
          if (tokens.size > 1) users.set(token, id);
        },
        response: (exchange) => {
          const { token } = bodyOf(exchange);
          if (typeof token === 'string') underWay.get(userIn(exchange, 'PATCH') ?? '')?.delete(token);
        },
        store: (store) =>
          replacing(store, {
            userByStaticToken: async (token) =>
              (await store.userByStaticToken(token)) ?? (await store.user(users.get(token) ?? '')),
          }),
      };
    },
  },
  {
    name: 'static-token-ignored-on-create',
    title: 'The static token in POST /users is ignored.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          insertUser: (user) => store.insertUser(servedRequest() === undefined ? user : { ...user, token: null }),
        }),
    }),
  },
  {
    name: 'static-token-ignored-on-update',
    title: 'The static token in PATCH /users/:id is ignored.',
    wrap: keepingStaticToken(() => true),
  },
  {
    name: 'static-token-not-cleared',
    title: 'A static token cannot be cleared.',
    wrap: keepingStaticToken((next) => next === null),
  },
  {
    name: 'cleared-static-token-is-text',
    title: 'The static token that is cleared is stored as the text None.',
    wrap: (): Wrappers => {
      let last: string | undefined;
      return {
        store: (store) =>
          replacing(store, {
            ...notingStaticTokens(store, ({ id, token }, before) => {
              if (token === null && before !== undefined) last = id;
            }),
            userByStaticToken: async (token) =>
              (await store.userByStaticToken(token)) ?? (token === 'None' ? store.user(last ?? '') : undefined),
          }),
      };
    },
  },
  {
    name: 'static-token-not-unique',
    title: 'A static token of another user can be taken over.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { token } = bodyOf(exchange);
        const { store } = exchange.context;
        if (userIn(exchange, 'PATCH') === undefined || typeof token !== 'string') return;
        const owner = await store.userByStaticToken(token);
        if (owner !== undefined) await store.updateUser(owner.id, { token: null });
      },
    }),
  },
  {
    name: 'static-token-not-unique-on-creation',
    title: 'A new user can take the static token of another over.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { token } = bodyOf(exchange);
        const { store } = exchange.context;
        if (!isTo(exchange, 'POST', '/users') || typeof token !== 'string') return;
        const owner = await store.userByStaticToken(token);
        if (owner !== undefined) await store.updateUser(owner.id, { token: null });
      },
    }),
  },
  {
    name: 'own-static-token-is-duplicate',
    title: 'The static token that a user has is rejected for that user, as one that is not unique.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { token } = bodyOf(exchange);
        const id = userIn(exchange, 'PATCH');
        if (id === undefined || typeof token !== 'string') return;
        if ((await exchange.context.store.userByStaticToken(token))?.id === id)
          throw recordNotUnique('directus_users', 'token', token);
      },
    }),
  },
  {
    name: 'own-static-token-ignored',
    title: 'The static token in PATCH /users/me is ignored.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        if (isTo(exchange, 'PATCH', '/users/me')) delete bodyOf(exchange)['token'];
      },
    }),
  },
  {
    name: 'random-text-repeats',
    title: 'The text that static tokens are made of is always the same.',
    wrap: (): Wrappers => {
      let first: unknown;
      return {
        response: (exchange, answer) => {
          if (!isTo(exchange, 'GET', '/utils/random/string')) return;
          first ??= answer.body;
          answer.body = first;
        },
      };
    },
  },
  {
    name: 'static-token-shared-by-batch',
    title: 'One static token that a batch gives to two users is answered as if both had it.',
    wrap: answeringSharedValueAsDone('token'),
  },
] as const satisfies readonly Defect[];
