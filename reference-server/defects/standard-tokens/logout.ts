import { servedOperation, servesStandard } from '../helpers/served.js';
import { invalidCredentials } from '../../http/errors.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { bodyOf, modeOf, payloadOf, isLogout, isRefresh } from '../helpers/exchange.js';
import { sentToken } from '../helpers/tokens.js';
import { changeSetCookie } from '../helpers/cookies.js';
import { keepingSessions } from '../helpers/sessions/keeping-sessions.js';
import {
  accessTokensByRefreshToken,
  found,
  refreshCookieOf,
  sessionCookieOf,
  sessionOf,
  sessionToRefresh,
  knowingRefreshed,
} from '../helpers/sessions/sessions.js';

/** Defects that requirements of the section `logout` of the chapter `standard-tokens` notice. */
export const standardTokensLogout = [
  {
    name: 'logout-does-nothing',
    title: 'A logout with a refresh token ends nothing.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          deleteSession: async (token) => {
            if (!servesStandard('logout')) await store.deleteSession(token);
          },
        }),
      response: (exchange) => {
        const { context, response } = exchange;
        if (isLogout(exchange) && modeOf(exchange) === 'cookie')
          changeSetCookie(response, context.settings.REFRESH_TOKEN_COOKIE_NAME, () => undefined);
      },
    }),
  },
  {
    name: 'logout-prefers-cookie',
    title: 'A logout takes the refresh token of the cookie before the one in the body.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const cookie = refreshCookieOf(exchange);
        const { refresh_token } = bodyOf(exchange);
        if (isLogout(exchange) && refresh_token !== undefined && cookie !== undefined)
          bodyOf(exchange)['refresh_token'] = cookie;
      },
    }),
  },
  {
    name: 'logout-forgets-refreshed-sessions',
    title: 'A logout ends only refresh tokens that came from a login, none that came from a refresh.',
    wrap: knowingRefreshed((store, isRefreshed) => ({
      deleteSession: async (token) => {
        if (!servesStandard('logout') || !isRefreshed(token)) await store.deleteSession(token);
      },
    })),
  },
  {
    name: 'logout-with-access-token-does-nothing',
    title: 'A logout that is sent with an access token in the header ends nothing.',
    wrap: keepingSessions(async (exchange) =>
      found(isLogout(exchange) && sentToken(exchange)?.method === 'header' && (await sessionToRefresh(exchange))),
    ),
  },
  {
    name: 'logout-locks-user-out',
    title: 'A user who has logged out cannot log in again.',
    wrap: (): Wrappers => {
      const lockedOut = new Set<string>();
      return {
        store: (store) =>
          replacing(store, {
            deleteSession: async (token) => {
              const user = servedOperation()?.operation === 'logout' ? (await store.session(token))?.user : undefined;
              if (user !== undefined) lockedOut.add(user);
              await store.deleteSession(token);
            },
            userByEmail: async (email) => {
              const user = await store.userByEmail(email);
              const rejected = user !== undefined && servedOperation()?.operation === 'login' && lockedOut.has(user.id);
              return rejected ? undefined : user;
            },
          }),
      };
    },
  },
  {
    name: 'logout-ends-every-login',
    title: 'A logout ends all other logins of the user too.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          deleteSession: async (token) => {
            const session = servesStandard('logout') ? await store.session(token) : undefined;
            if (session === undefined) await store.deleteSession(token);
            else await store.deleteSessionsOf(session.user);
          },
        }),
    }),
  },
  {
    name: 'logout-by-used-token',
    title: 'A logout with a refresh token that was used before ends the one that came of it.',
    wrap: (): Wrappers => {
      const successors = new Map<unknown, string>();
      return {
        request: async (exchange) => {
          const successor = isLogout(exchange) ? successors.get(bodyOf(exchange)['refresh_token']) : undefined;
          if (successor !== undefined) await exchange.context.store.deleteSession(successor);
        },
        response: (exchange, answer) => {
          const { refresh_token } = payloadOf(answer);
          if (isRefresh(exchange) && typeof refresh_token === 'string')
            successors.set(bodyOf(exchange)['refresh_token'], refresh_token);
        },
      };
    },
  },
  {
    name: 'logout-ends-access-token',
    title: 'A logout ends the access token too.',
    wrap: (): Wrappers => accessTokensByRefreshToken(isLogout),
  },
  {
    name: 'second-logout-refused',
    title: 'A logout with an unknown refresh token is rejected.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (isLogout(exchange) && modeOf(exchange) === 'json' && (await sessionToRefresh(exchange)) === undefined)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'logout-by-get',
    title: 'GET /auth/logout logs out.',
    wrap: (): Wrappers => ({
      request: async ({ context, request }) => {
        const { refresh_token } = request.query;
        if (request.method === 'GET' && request.path === '/auth/logout' && typeof refresh_token === 'string')
          await context.store.deleteSession(refresh_token);
      },
    }),
  },
  {
    name: 'session-logout-by-get',
    title: 'GET /auth/logout ends the session of the cookie.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { method, path } = exchange.request;
        const session =
          method === 'GET' && path === '/auth/logout'
            ? await sessionOf(exchange, sessionCookieOf(exchange))
            : undefined;
        if (session !== undefined) await exchange.context.store.deleteSession(session.token);
      },
    }),
  },
] as const satisfies readonly Defect[];
