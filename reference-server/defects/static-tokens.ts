import { identityOf } from '../auth/authenticate.js';
import { invalidCredentials } from '../http/errors.js';
import type { Store, UserRecord } from '../stores/store.js';
import { type Defect, replacing, type Wrappers } from './defect.js';
import { bodyOf, isTo, payloadOf, succeeded, userIn } from './helpers/exchange.js';
import { servedOperation, servedRequest } from './helpers/served.js';
import {
  acceptingStaticTokens,
  alsoFinding,
  clearingStaticTokenAt,
  isAboutOwn,
  keepingStaticToken,
  showingStaticTokens,
  showStaticTokens,
} from './helpers/static-tokens.js';
import { claimsOf, replaceToken, sentToken, tokenFor } from './helpers/tokens.js';

/** The user with a static token like this one, in which wildcards stand beside four characters or more. */
async function userByPattern(token: string, store: Store): Promise<UserRecord | undefined> {
  if (!/[%_*?]/.test(token) || token.replace(/[%_*?]/g, '').length < 4) return undefined;
  const pattern = new RegExp(
    `^${token
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/[%*]+/g, '.*')
      .replace(/[_?]/g, '.')}$`,
    's',
  );
  return (await store.users()).find((user) => user.token !== null && user.token !== '' && pattern.test(user.token));
}

/** Tells of each static token that a user is given. */
const notingStaticTokens = (
  store: Store,
  note: (user: UserRecord, before: UserRecord | undefined) => void,
): Pick<Store, 'insertUser' | 'updateUser'> => ({
  insertUser: async (user) => {
    await store.insertUser(user);
    note(user, undefined);
  },
  updateUser: async (id, changes) => {
    const before = await store.user(id);
    const after = await store.updateUser(id, changes);
    if (after !== undefined && after.token !== before?.token) note(after, before);
    return after;
  },
});

/** Defects that requirements of the chapter `static-tokens` notice. */
export const staticTokens = [
  {
    name: 'static-token-refused',
    title: 'Static tokens are refused.',
    wrap: (): Wrappers => ({ store: acceptingStaticTokens(() => false) }),
  },
  {
    name: 'static-token-works-once',
    title: 'A static token is refused the second time it is used.',
    wrap: (): Wrappers => {
      const used = new Set<string>();
      return {
        store: acceptingStaticTokens((token) => {
          const isUnused = !used.has(token);
          used.add(token);
          return isUnused;
        }),
      };
    },
  },
  {
    name: 'old-static-token-survives',
    title: 'A static token that was replaced goes on working.',
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
    name: 'static-token-dies-at-logout',
    title: 'A logout takes its user the static token away.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          deleteSession: async (token) => {
            const session = await store.session(token);
            await store.deleteSession(token);
            if (session !== undefined && servedOperation()?.operation === 'logout')
              await store.updateUser(session.user, { token: null });
          },
        }),
    }),
  },
  {
    name: 'static-token-dies-at-login',
    title: 'A login takes its user the static token away.',
    wrap: clearingStaticTokenAt('login'),
  },
  {
    name: 'static-token-dies-at-refresh',
    title: 'A refresh takes its user the static token away.',
    wrap: clearingStaticTokenAt('refresh'),
  },
  {
    name: 'static-token-expires',
    title: 'A static token works as long as an access token lives.',
    wrap: (): Wrappers => {
      const setAt = new Map<string | null, number>();
      return {
        store: (store, { clock, settings }) =>
          replacing(store, {
            ...notingStaticTokens(store, ({ token }) => setAt.set(token, clock.now())),
            userByStaticToken: async (token) =>
              clock.now() - (setAt.get(token) ?? -Infinity) < settings.ACCESS_TOKEN_TTL
                ? store.userByStaticToken(token)
                : undefined,
          }),
      };
    },
  },
  {
    name: 'static-token-dies-after-seconds',
    title: 'A static token is good for eight seconds.',
    wrap: (): Wrappers => {
      const setAt = new Map<string, number>();
      return {
        request: (exchange) => {
          const { token } = bodyOf(exchange);
          const now = exchange.context.clock.now();
          if (exchange.request.path.startsWith('/users') && typeof token === 'string') setAt.set(token, now);
          const since = setAt.get(sentToken(exchange)?.token ?? '') ?? now;
          if (now - since > 8000) throw invalidCredentials();
        },
      };
    },
  },
  {
    name: 'static-token-ignored-on-create',
    title: 'The static token in POST /users is passed over.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          insertUser: (user) => store.insertUser(servedRequest() === undefined ? user : { ...user, token: null }),
        }),
    }),
  },
  {
    name: 'static-token-ignored-on-update',
    title: 'The static token in PATCH /users/:id is passed over.',
    wrap: keepingStaticToken(() => true),
  },
  {
    name: 'static-token-readable',
    title: 'GET /users/:id shows the static token.',
    wrap: showingStaticTokens(['GET'], /^\/users\/[0-9a-f-]{36}\/?$/i),
  },
  {
    name: 'static-token-echoed-on-create',
    title: 'The answer to POST /users shows the static token.',
    wrap: showingStaticTokens(['POST'], /^\/users\/?$/i),
  },
  {
    name: 'static-token-echoed-on-update',
    title: 'The answer to PATCH /users/:id shows the static token.',
    wrap: showingStaticTokens(['PATCH'], /^\/users(?:\/[^/]+)?\/?$/i),
  },
  {
    name: 'static-token-readable-by-owner',
    title: 'GET /users/me shows the static token.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        if (exchange.request.method !== 'GET' || !isAboutOwn(exchange) || !succeeded(answer)) return;
        // Who may not read the own record is told the id alone.
        if (!identityOf(exchange.response).admin) payloadOf(answer)['token'] = null;
        await showStaticTokens(exchange, answer);
      },
    }),
  },
  {
    name: 'static-token-readable-in-list',
    title: 'GET /users shows the static tokens.',
    wrap: showingStaticTokens(['GET', 'SEARCH'], /^\/users\/?$/i),
  },
  {
    name: 'mask-is-a-token',
    title: 'What is shown in place of a static token lets in whose token was read last.',
    wrap: (): Wrappers => {
      let last: UserRecord | undefined;
      return {
        request: async (exchange) => {
          if (last !== undefined && sentToken(exchange)?.token === '**********')
            replaceToken(exchange, await tokenFor(exchange, last));
        },
        response: async ({ context }, answer) => {
          const { id, token } = payloadOf(answer);
          if (token === '**********' && typeof id === 'string') last = await context.store.user(id);
        },
      };
    },
  },
  {
    name: 'static-token-partly-readable',
    title: 'The record of a user shows the last four characters of the static token.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const id = userIn(exchange, 'GET');
        const token = id === undefined ? undefined : (await exchange.context.store.user(id))?.token;
        if (typeof token === 'string' && 'token' in payloadOf(answer))
          payloadOf(answer)['token'] = `******${token.slice(-4)}`;
      },
    }),
  },
  {
    name: 'static-token-prefix-accepted',
    title: 'A static token that is cut short, to eight characters or more, is accepted.',
    wrap: alsoFinding(async (token, store) =>
      token.length < 8 ? undefined : (await store.users()).find((user) => user.token?.startsWith(token)),
    ),
  },
  {
    name: 'static-token-wildcard-accepted',
    title: 'Wildcards stand for characters of a static token.',
    wrap: alsoFinding(userByPattern),
  },
  {
    name: 'static-token-not-cleared',
    title: 'A static token cannot be cleared.',
    wrap: keepingStaticToken((next) => next === null),
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
    name: 'static-token-searchable',
    title: 'GET /users finds a user by the static token.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { request, context } = exchange;
        const { filter } = request.query as { filter?: { token?: { _eq?: string } } };
        const token = filter?.token?._eq;
        if (!isTo(exchange, 'GET', '/users') || token === undefined) return;
        const owner = await context.store.userByStaticToken(token);
        request.url = `/users?fields=id&filter[id][_eq]=${owner?.id ?? 'nobody'}`;
      },
    }),
  },
  {
    name: 'cookie-ignores-static-token',
    title: 'A static token in the session cookie is not seen.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const sent = sentToken(exchange);
        if (sent?.way === 'cookie' && claimsOf(sent.token) === undefined && /^[0-9a-f]{32}$/.test(sent.token))
          replaceToken(exchange, undefined);
      },
    }),
  },
  {
    name: 'own-static-token-ignored',
    title: 'The static token in PATCH /users/me is passed over.',
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
] as const satisfies readonly Defect[];
