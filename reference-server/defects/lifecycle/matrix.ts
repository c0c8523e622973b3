import type { SessionRecord, Store } from '../../stores/store.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { endedSessionsThatReturn, type EndedSession } from '../helpers/sessions/ended-sessions.js';
import { bodyOf, isLogin, isLogout, isTo } from '../helpers/exchange.js';
import { senderOf, userOf } from '../helpers/sessions/logins.js';
import { formerStaticTokens } from '../helpers/static-tokens.js';
import { sentToken } from '../helpers/tokens.js';
import { atRequest } from '../helpers/requests.js';
import { servedOperation, servedRequest } from '../helpers/served.js';

/** How long a revocation is remembered that is forgotten, in ms. */
const FORGOTTEN_AFTER_MS = 2000;
/** How many refreshes of one login are too many for servers that count them. */
const MOST_REFRESHES = 9;
/** How many logins are too many for servers that keep the newest alone. */
const MOST_LOGINS = 10;

/** What a change of users says, of a request for several at once. */
function batchOf({ request }: Pick<EndedSession, 'request'>): Record<string, unknown> | undefined {
  if (request?.path !== '/users') return undefined;
  const body: unknown = request.body;
  const data = Array.isArray(body) ? (body as unknown[])[0] : (body as { data?: unknown } | undefined)?.data;
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}

const isByKeys = ({ request }: EndedSession): boolean =>
  Array.isArray((request?.body as { keys?: unknown } | undefined)?.keys);

const suspends = (change: Record<string, unknown> | undefined): boolean =>
  change?.['status'] !== undefined && change['status'] !== 'active';

/** Rejects the tenth refresh of one login. */
const rejectingTenth = (counts: () => boolean) => (): Wrappers => ({
  store: (store) => {
    const refreshes = new Map<string, number>();
    const isTooMany = (token: string, next: string): boolean => {
      const number = (refreshes.get(token) ?? 0) + 1;
      refreshes.set(next, number);
      return counts() && number > MOST_REFRESHES;
    };
    return replacing(store, {
      replaceSession: async (token, by) => !isTooMany(token, by.token) && store.replaceSession(token, by),
      succeedSession: async (token, by, graceEnds) =>
        isTooMany(token, by.token) ? undefined : store.succeedSession(token, by, graceEnds),
    });
  },
});

/** At each logout something else is done with the sessions of the user. */
const atLogout = (also: (store: Store, ended: SessionRecord) => Promise<void>) => (): Wrappers => ({
  store: (store) =>
    replacing(store, {
      deleteSession: async (token) => {
        const ended = await store.session(token);
        if (ended !== undefined && servedOperation()?.operation === 'logout') await also(store, ended);
        await store.deleteSession(token);
      },
    }),
});

/** Changes the records of a request that creates several users, or changes them. */
const byList = (method: 'POST' | 'PATCH', change: (records: Record<string, unknown>[]) => void) =>
  atRequest((exchange) => {
    const { body } = exchange.request as { body?: unknown };
    if (isTo(exchange, method, '/users') && Array.isArray(body)) change(body as Record<string, unknown>[]);
  });

/** Defects that requirements of the chapter `lifecycle` notice: what is looked at once, at once and at one place does not show them. */
export const lifecycle = [
  {
    name: 'session-logout-forgotten',
    title: 'Two seconds after a logout in mode session the session token is accepted again.',
    wrap: endedSessionsThatReturn(
      ({ because, operation, at }, now) =>
        because === 'logout' && operation?.mode === 'session' && now.at - at >= FORGOTTEN_AFTER_MS,
    ),
  },
  {
    name: 'login-revives-logged-out',
    title: 'Refresh tokens that were logged out are accepted again after the next login.',
    wrap: endedSessionsThatReturn(
      ({ because, operation, logins }, now) =>
        because === 'logout' && operation?.mode !== 'session' && now.logins > logins,
    ),
  },
  {
    name: 'logout-spares-other-routes',
    title: 'A session token that was logged out is accepted by every route but /users/me, /auth and GraphQL.',
    wrap: endedSessionsThatReturn(({ because }) => {
      const path = servedRequest()?.request.path ?? '/auth';
      return because === 'logout' && !/^\/(?:users\/me|auth|graphql)/.test(path);
    }),
  },
  {
    name: 'head-ignores-logout',
    title: 'A session token that was logged out is accepted for HEAD.',
    wrap: endedSessionsThatReturn(({ because }) => because === 'logout' && servedRequest()?.request.method === 'HEAD'),
  },
  {
    name: 'logout-revives-predecessor',
    title: 'When a refreshed session token is logged out, the one before lives on.',
    wrap: atLogout(async (store, ended) => {
      const before = (await store.sessions()).find(({ successor }) => successor === ended.token);
      if (before === undefined) return;
      await store.deleteSession(before.token);
      await store.insertSession({ ...before, expires: ended.expires, successor: null });
    }),
  },
  {
    name: 'graphql-logout-spares-cookie',
    title: 'auth_logout in mode cookie clears the cookie and leaves the refresh token valid.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          deleteSession: async (token) => {
            const served = servedOperation();
            if (served?.by !== 'graphql' || served.mode !== 'cookie') await store.deleteSession(token);
          },
        }),
    }),
  },
  {
    name: 'logout-ends-older-logins',
    title: 'A logout ends the older logins of its user, too.',
    wrap: atLogout(async (store, ended) => {
      const all = (await store.sessions()).filter(({ user }) => user === ended.user);
      const age = all.findIndex(({ token }) => token === ended.token);
      for (const { token } of all.slice(0, age)) await store.deleteSession(token);
    }),
  },
  {
    name: 'tenth-refresh-refused',
    title: 'The tenth refresh of one login is rejected.',
    wrap: rejectingTenth(() => servedOperation()?.by === 'rest' && servedOperation()?.mode !== 'cookie'),
  },
  {
    name: 'tenth-refresh-by-cookie-refused',
    title: 'The tenth refresh of one login in mode cookie is rejected.',
    wrap: rejectingTenth(() => servedOperation()?.mode === 'cookie'),
  },
  {
    name: 'grandparent-refresh-token-accepted',
    title: 'A refresh token is accepted again once the one that replaced it was replaced.',
    wrap: (): Wrappers => ({
      store: (store) => {
        const before = new Map<string, SessionRecord>();
        return replacing(store, {
          replaceSession: async (token, by) => {
            const old = await store.session(token);
            const replaced = await store.replaceSession(token, by);
            const grandparent = before.get(token);
            if (replaced && old !== undefined) before.set(by.token, old);
            if (replaced && grandparent !== undefined) await store.insertSession(grandparent);
            return replaced;
          },
        });
      },
    }),
  },
  {
    name: 'eleventh-login-ends-first',
    title: 'The eleventh login of a user ends the first.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          insertSession: async (session) => {
            await store.insertSession(session);
            const all = (await store.sessions()).filter(({ user }) => user === session.user);
            const [first] = all;
            if (first !== undefined && all.length > MOST_LOGINS) await store.deleteSession(first.token);
          },
        }),
    }),
  },
  {
    name: 'password-change-spares-mode-cookie',
    title: 'A new password leaves the logins in mode cookie valid.',
    wrap: endedSessionsThatReturn(
      ({ because, issuedIn, request }) =>
        because === 'change' && issuedIn === 'cookie' && JSON.stringify(request?.body).includes('"password"'),
    ),
  },
  {
    name: 'logout-ends-logins-of-bearer',
    title: 'A logout with an access token in the header ends every login of its user.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (!isLogout(exchange) || sentToken(exchange)?.method !== 'header') return;
        const id = await senderOf(exchange);
        const { store } = exchange.context;
        const { refresh_token } = bodyOf(exchange);
        for (const { token, user } of await store.sessions())
          if (user === id && token !== refresh_token) await store.deleteSession(token);
      },
    }),
  },
  {
    name: 'failed-login-ends-others',
    title: 'A login with a wrong password ends the other logins of the user.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        if (!isLogin(exchange) || answer.status !== 401) return;
        const { store } = exchange.context;
        const id = (await userOf(exchange))?.id;
        for (const { token, user } of await store.sessions()) if (user === id) await store.deleteSession(token);
      },
    }),
  },
  {
    name: 'update-ends-logins',
    title: 'A new name ends the logins of a user.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          updateUser: async (id, changes) => {
            if (changes.first_name !== undefined)
              for (const { token, user } of await store.sessions()) if (user === id) await store.deleteSession(token);
            return store.updateUser(id, changes);
          },
        }),
    }),
  },
  {
    name: 'update-clears-static-token',
    title: 'A change that does not name the static token clears it.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          updateUser: async (id, changes) =>
            store.updateUser(id, changes.first_name === undefined ? changes : { ...changes, token: null }),
        }),
    }),
  },
  {
    name: 'list-creation-drops-static-tokens',
    title: 'Users who are created by a list have no static token.',
    wrap: byList('POST', (records) => {
      for (const record of records) delete record['token'];
    }),
  },
  {
    name: 'list-creation-shares-first-password',
    title: 'Users who are created by a list have the password of the first.',
    wrap: byList('POST', (records) => {
      for (const record of records) record['password'] = records[0]?.['password'];
    }),
  },
  {
    name: 'list-changes-first-static-token',
    title: 'PATCH /users with a list sets the static token of its first user alone.',
    wrap: byList('PATCH', (records) => {
      for (const record of records.slice(1)) delete record['token'];
    }),
  },
  {
    name: 'password-batch-spares-sessions',
    title: 'Passwords set by PATCH /users leave the sessions valid.',
    wrap: endedSessionsThatReturn((one) => one.because === 'change' && batchOf(one)?.['password'] !== undefined),
  },
  {
    name: 'email-batch-spares-sessions',
    title: 'Emails set by PATCH /users leave the sessions valid.',
    wrap: endedSessionsThatReturn((one) => one.because === 'change' && batchOf(one)?.['email'] !== undefined),
  },
  {
    name: 'suspension-by-keys-spares-sessions',
    title: 'Users who are suspended by PATCH /users with keys keep their sessions.',
    wrap: endedSessionsThatReturn((one) => one.because === 'change' && isByKeys(one) && suspends(batchOf(one))),
  },
  {
    name: 'static-token-of-suspended-by-websocket',
    title: 'The static token of a user who is suspended opens WebSockets.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          userByStaticToken: async (token) => {
            const owner = await store.userByStaticToken(token);
            return owner && servedRequest() === undefined ? { ...owner, status: 'active' } : owner;
          },
        }),
    }),
  },
  {
    name: 'reactivation-by-list-revives-sessions',
    title: 'Users who are made active again by PATCH /users with a list have their sessions from before.',
    wrap: endedSessionsThatReturn(
      async (one, { store }) =>
        one.because === 'change' &&
        Array.isArray(one.request?.body) &&
        suspends(batchOf(one)) &&
        (await store.user(one.session.user))?.status === 'active',
    ),
  },
  {
    name: 'deletion-in-batch-spares-sessions',
    title: 'The session tokens of users who are removed by DELETE /users are still accepted.',
    wrap: endedSessionsThatReturn((one) => one.because === 'removal' && batchOf(one) !== undefined),
  },
  {
    name: 'replaced-static-token-returns',
    title: 'A second after it was replaced, a static token is accepted again.',
    wrap: formerStaticTokens(({ at, path }, now) => path !== '/users' && now - at >= FORGOTTEN_AFTER_MS / 2),
  },
  {
    name: 'static-token-in-batch-survives',
    title: 'A static token that PATCH /users has taken away is still accepted.',
    wrap: formerStaticTokens(({ path }) => path === '/users'),
  },
  {
    name: 'first-of-keys-keeps-sessions',
    title: 'A change of users by keys ends no session of the first of them.',
    wrap: endedSessionsThatReturn(
      ({ because, request, session }) =>
        because === 'change' && (request?.body as { keys?: unknown[] } | undefined)?.keys?.[0] === session.user,
    ),
  },
] as const satisfies readonly Defect[];
