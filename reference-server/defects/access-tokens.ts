import { forbidden } from '../http/errors.js';
import { pick } from '../http/query.js';
import { concealed } from '../routes/users.js';
import { replacing, type Defect, type Wrappers } from './defect.js';
import { setCookieValue } from './helpers/cookies.js';
import { bodyOf, isLogout, isRefresh, isTo, modeOf, payloadOf, succeeded, userIn } from './helpers/exchange.js';
import { atRequest } from './helpers/requests.js';
import { givingAllRights, withAllRights } from './helpers/rights.js';
import { servedOperation } from './helpers/served.js';
import { sessionOf, sessionToRefresh } from './helpers/sessions.js';
import { claimsOf, replaceToken, sentToken, signed, tokenFor } from './helpers/tokens.js';
import { allButTheNewest, changingOwners, sparingSessions } from './helpers/users.js';

/** Defects that requirements of the chapter `access-tokens` notice. */
export const accessTokens = [
  {
    name: 'identity-of-last-login',
    title: 'GET /users/me answers with whoever logged in last.',
    wrap: (): Wrappers => {
      let lastLogin = '';
      return {
        store: (store) =>
          replacing(store, {
            updateUser: async (id, changes) => {
              if (servedOperation()?.operation === 'login' && 'last_access' in changes) lastLogin = id;
              return store.updateUser(id, changes);
            },
          }),
        response: async (exchange, answer) => {
          if (!isTo(exchange, 'GET', '/users/me') || !succeeded(answer)) return;
          const user = await exchange.context.store.user(lastLogin);
          const payload = payloadOf(answer);
          if (user !== undefined) Object.assign(payload, pick(concealed(user), Object.keys(payload)));
        },
      };
    },
  },
  {
    name: 'static-token-identifies-first-user',
    title: 'Every static token names the first user who has one.',
    wrap: changingOwners(async (owner, store) => {
      // But for the user whom the server is set up with.
      const [, ...others] = await store.users();
      return { ...owner, id: others.find(({ token }) => token)?.id ?? owner.id };
    }),
  },
  {
    name: 'entity-tag-of-others-matches',
    title: 'All records have the same entity tag.',
    wrap: (): Wrappers => ({
      response: ({ request, response }, answer) => {
        if (request.path !== '/users/me' || !succeeded(answer)) return;
        response.set('ETag', '"1"');
        if (request.headers['if-none-match'] !== '"1"') return;
        answer.status = 304;
        answer.body = undefined;
      },
    }),
  },
  {
    name: 'every-token-is-admin',
    title: 'Every token gives all rights.',
    wrap: (): Wrappers => ({
      ...givingAllRights(() => true)(),
      ...changingOwners((owner, store) => withAllRights(store, owner))(),
    }),
  },
  {
    name: 'session-token-is-admin',
    title: 'Every session token gives all rights.',
    wrap: givingAllRights(({ session }) => session !== undefined),
  },
  {
    name: 'static-token-has-no-permissions',
    title: 'A static token names its user and gives no permissions.',
    wrap: changingOwners((owner) => ({ ...owner, role: null })),
  },
  {
    name: 'anybody-creates-users',
    title: 'POST /users needs no permission.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (!isTo(exchange, 'POST', '/users') || sentToken(exchange) === undefined) return;
        const [administrator] = await exchange.context.store.users();
        if (administrator !== undefined) replaceToken(exchange, await tokenFor(exchange, administrator));
      },
    }),
  },
  {
    name: 'search-takes-no-token',
    title: 'A token is not seen when the method is SEARCH.',
    wrap: atRequest((exchange) => {
      if (exchange.request.method === 'SEARCH') replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'refreshed-token-is-admin',
    title: 'An access token out of a refresh reads all users.',
    wrap: (): Wrappers => {
      const renewed = new Set<unknown>();
      return {
        request: async (exchange) => {
          const [administrator] = await exchange.context.store.users();
          const reads = isTo(exchange, 'GET', /^\/users(?!\/me)/) && renewed.has(sentToken(exchange)?.token);
          if (reads && administrator !== undefined) replaceToken(exchange, await tokenFor(exchange, administrator));
        },
        response: (exchange, answer) => {
          if (isRefresh(exchange)) renewed.add(payloadOf(answer)['access_token'] ?? 'none');
        },
      };
    },
  },
  {
    name: 'refreshed-token-has-no-permissions',
    title: 'An access token out of a refresh gives no permissions.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const claims = typeof payload['access_token'] === 'string' ? claimsOf(payload['access_token']) : undefined;
        if (isRefresh(exchange) && claims !== undefined)
          payload['access_token'] = await signed(exchange, { ...claims, role: null });
      },
    }),
  },
  {
    name: 'json-logout-ends-session-tokens',
    title: 'A logout in mode json ends the logins in mode session too.',
    wrap: (): Wrappers => {
      const ofSessions = new Map<string, string[]>();
      return {
        request: async (exchange) => {
          if (!isLogout(exchange) || modeOf(exchange) !== 'json') return;
          const { store } = exchange.context;
          const user = (await sessionToRefresh(exchange))?.user ?? '';
          for (const token of ofSessions.get(user) ?? []) await store.deleteSession(token);
        },
        response: async (exchange) => {
          const { context, response } = exchange;
          const session = await sessionOf(exchange, setCookieValue(response, context.settings.SESSION_COOKIE_NAME));
          if (session === undefined) return;
          ofSessions.set(session.user, [...(ofSessions.get(session.user) ?? []), session.token]);
        },
      };
    },
  },
  {
    name: 'third-static-token-revives-first',
    title: 'With the third static token of a user the first one works again.',
    wrap: (): Wrappers => {
      const given = new Map<string, string[]>();
      return {
        request: async (exchange) => {
          const { token } = bodyOf(exchange);
          const id = userIn(exchange, 'PATCH');
          if (id !== undefined && typeof token === 'string') given.set(id, [...(given.get(id) ?? []), token]);
          if (id !== undefined && token === null) given.delete(id);
          const sent = sentToken(exchange)?.token;
          const owner = [...given].find(([, all]) => all.length > 2 && all[0] === sent)?.[0];
          const user = owner === undefined ? undefined : await exchange.context.store.user(owner);
          if (user !== undefined) replaceToken(exchange, await tokenFor(exchange, user));
        },
      };
    },
  },
  {
    name: 'password-change-spares-older-sessions',
    title: 'A new password ends only the newest session of its user.',
    wrap: sparingSessions(({ password }) => password !== undefined, allButTheNewest),
  },
  {
    name: 'password-hash-readable',
    title: 'The record of a user shows the hash of the password.',
    wrap: (): Wrappers => ({
      response: async ({ context }, answer) => {
        const record = payloadOf(answer);
        const user = typeof record['id'] === 'string' ? await context.store.user(record['id']) : undefined;
        if (user !== undefined && 'password' in record) record['password'] = user.password;
      },
    }),
  },
  {
    name: 'permissions-of-static-token-remembered',
    title: 'A static token keeps the role that its user had when it was used first.',
    wrap: (): Wrappers => {
      const roles = new Map<string, string | null>();
      return {
        request: async (exchange) => {
          const token = sentToken(exchange)?.token ?? '';
          const user = await exchange.context.store.userByStaticToken(token);
          if (user === undefined) return;
          const role = roles.get(token) ?? user.role;
          roles.set(token, role);
          if (role !== user.role) replaceToken(exchange, await tokenFor(exchange, { id: user.id, role }));
        },
      };
    },
  },
  {
    name: 'cookie-refused-for-changes',
    title: 'A request that changes something is refused to the session cookie, whoever it belongs to.',
    wrap: atRequest((exchange) => {
      const { method, path } = exchange.request;
      if (method === 'PATCH' && !path.startsWith('/auth/') && sentToken(exchange)?.way === 'cookie') throw forbidden();
    }),
  },
  {
    name: 'email-taken-twice',
    title: 'A user whose e-mail another has is answered as if there were a new one.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if (!isTo(exchange, 'POST', '/users') || answer.status !== 400 || bodyOf(exchange)['token'] !== undefined)
          return;
        answer.status = 200;
        answer.body = { data: { id: exchange.context.random.uuid(), email: bodyOf(exchange)['email'] } };
      },
    }),
  },
] as const satisfies readonly Defect[];
