import { invalidCredentials } from '../../http/errors.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { changeSetCookie, setCookieValue, withAttribute } from '../helpers/cookies.js';
import { isLogin, isRefresh, isTo, modeOf, payloadOf } from '../helpers/exchange.js';
import { atRequest } from '../helpers/requests.js';
import { servedOperation } from '../helpers/served.js';
import { senderOf, userOf } from '../helpers/sessions/logins.js';
import { refreshCookieOf, refreshTokenOf, sessionCookieOf, sessionToRefresh } from '../helpers/sessions/sessions.js';
import { ownClaimsOf, replaceToken, sentToken, tokenFor } from '../helpers/tokens.js';

/** Counts the refreshes of a login in a mode, and rejects the one that would be more than so many. */
const rejectingAfter =
  (most: number, mode: 'json' | 'cookie'): (() => Wrappers) =>
  () => {
    const counts = new Map<unknown, number>();
    return {
      request: (exchange) => {
        if (isRefresh(exchange) && modeOf(exchange) === mode && (counts.get(refreshTokenOf(exchange)) ?? 0) >= most)
          throw invalidCredentials();
      },
      response: (exchange, answer) => {
        if (!isRefresh(exchange)) return;
        const sent = mode === 'json' ? refreshTokenOf(exchange) : refreshCookieOf(exchange);
        const next =
          mode === 'json'
            ? payloadOf(answer)['refresh_token']
            : setCookieValue(exchange.response, exchange.context.settings.REFRESH_TOKEN_COOKIE_NAME);
        if (next !== undefined) counts.set(next, (counts.get(sent) ?? 0) + 1);
      },
    };
  };

/** Lets a logout in a mode do nothing to logins of another mode. */
const sparingAtLogout = (issuedIn: 'json' | 'cookie', endedIn: 'json' | 'cookie') => (): Wrappers => {
  const spared = new Set<string>();
  return {
    store: (store) =>
      replacing(store, {
        insertSession: async (session) => {
          const served = servedOperation();
          if (served?.operation === 'login' && served.by === 'rest' && served.mode === issuedIn)
            spared.add(session.token);
          await store.insertSession(session);
        },
        deleteSession: async (token) => {
          const served = servedOperation();
          if (served?.operation !== 'logout' || served.mode !== endedIn || !spared.has(token))
            await store.deleteSession(token);
        },
      }),
  };
};

/** Defects that requirements of the section `long-chains` of the chapter `lifecycle` notice, and one of the matrix. */
export const lifecycleLongChains = [
  {
    name: 'twentieth-refresh-refused',
    title: 'The twentieth refresh of one login is rejected.',
    wrap: rejectingAfter(19, 'json'),
  },
  {
    name: 'twentieth-cookie-refresh-refused',
    title: 'The twentieth refresh of one login in mode cookie is rejected.',
    wrap: rejectingAfter(19, 'cookie'),
  },
  {
    name: 'cookie-shorter-with-each-refresh',
    title: 'From the third refresh on a session cookie has half the lifetime of its token.',
    wrap: (): Wrappers => {
      const counts = new Map<string | undefined, number>();
      return {
        response: (exchange) => {
          const name = exchange.context.settings.SESSION_COOKIE_NAME;
          const next = setCookieValue(exchange.response, name);
          if (!isRefresh(exchange) || next === undefined) return;
          const count = (counts.get(sessionCookieOf(exchange)) ?? 0) + 1;
          counts.set(next, count);
          if (count >= 3)
            changeSetCookie(exchange.response, name, (header) =>
              withAttribute(header, 'Max-Age', String(Number(/Max-Age=(\d+)/.exec(header)?.[1] ?? 0) / 2)),
            );
        },
      };
    },
  },
  {
    name: 'assets-accept-ended-sessions',
    title: 'A session token that was revoked is accepted by GET /assets/:id.',
    wrap: atRequest(async (exchange) => {
      const { context, request } = exchange;
      const sent = sentToken(exchange);
      if (!request.path.startsWith('/assets/') || sent === undefined) return;
      const claims = await ownClaimsOf(exchange, sent.token);
      if (claims?.['session'] === undefined) return;
      const user = await context.store.user(String(claims['id']));
      replaceToken(exchange, await tokenFor(exchange, user ?? { id: String(claims['id']), role: null }));
    }),
  },
  {
    name: 'logout-by-body-spares-mode-cookie',
    title: 'A logout with the refresh token in the body does nothing to a login of mode cookie.',
    wrap: sparingAtLogout('cookie', 'json'),
  },
  {
    name: 'logout-by-cookie-spares-mode-json',
    title: 'A logout with the refresh token as cookie does nothing to a login of mode json.',
    wrap: sparingAtLogout('json', 'cookie'),
  },
  {
    name: 'refresh-asks-for-new-second-factor',
    title: 'A login from before two-factor login was set up is not refreshed.',
    wrap: (): Wrappers => {
      const enrolled = new Set<string>();
      return {
        request: async (exchange) => {
          if (isTo(exchange, 'POST', '/users/me/tfa/enable')) enrolled.add(await senderOf(exchange));
          const session = isRefresh(exchange) ? await sessionToRefresh(exchange) : undefined;
          if (session !== undefined && enrolled.has(session.user)) throw invalidCredentials();
        },
        response: async (exchange) => {
          const user = isLogin(exchange) ? await userOf(exchange) : undefined;
          if (user !== undefined) enrolled.delete(user.id);
        },
      };
    },
  },
] as const satisfies readonly Defect[];
