import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import {
  bodyOf,
  changeSetCookie,
  claimsOf,
  isLogin,
  isLogout,
  isRefresh,
  isTo,
  keepingSessions,
  modeOf,
  payloadOf,
  replaceToken,
  sentToken,
  setCookie,
  setCookieValue,
  signed,
  succeeded,
  tokenFor,
  type Deviation,
  type Exchange,
} from './deviation.js';
import { readCookie } from '../auth/cookies.js';
import { invalidCredentials } from '../http/errors.js';
import type { SessionRecord } from '../stores/store.js';

const sessionCookieOf = ({ context, request }: Exchange): string | undefined =>
  readCookie(request, context.settings.SESSION_COOKIE_NAME);
const refreshCookieOf = ({ context, request }: Exchange): string | undefined =>
  readCookie(request, context.settings.REFRESH_TOKEN_COOKIE_NAME);

/** The session that a session token names. */
async function sessionOf({ context }: Exchange, token: string | undefined): Promise<SessionRecord | undefined> {
  const session = token === undefined ? undefined : claimsOf(token)?.['session'];
  return typeof session === 'string' ? context.store.session(session) : undefined;
}

/** The session of the refresh token that a request brings, in the body or as a cookie. */
async function sessionToRefresh(exchange: Exchange): Promise<SessionRecord | undefined> {
  const { refresh_token } = bodyOf(exchange);
  const token = modeOf(exchange) === 'json' ? refresh_token : refreshCookieOf(exchange);
  return typeof token === 'string' ? exchange.context.store.session(token) : undefined;
}

/** The session that a refresh or logout in mode session is about. */
const isAboutSession = (exchange: Exchange): boolean => modeOf(exchange) === 'session';

/** What was found, as a list. */
const found = (session: SessionRecord | false | undefined): SessionRecord[] => (session ? [session] : []);

/** Remembers what access tokens were handed out with which refresh token, and refuses those of which it is told. */
function accessTokensByRefreshToken(ended: (exchange: Exchange) => boolean): Deviation {
  const accessTokens = new Map<unknown, string>();
  const dead = new Set<string>();
  return {
    request: (exchange) => {
      const sent = sentToken(exchange);
      if (sent !== undefined && dead.has(sent.token)) throw invalidCredentials();
    },
    answer: (exchange, answer) => {
      const { access_token, refresh_token } = payloadOf(answer);
      if (typeof access_token === 'string' && typeof refresh_token === 'string')
        accessTokens.set(refresh_token, access_token);
      const access = accessTokens.get(bodyOf(exchange)['refresh_token']);
      if (ended(exchange) && succeeded(answer) && access !== undefined && access !== access_token) dead.add(access);
    },
  };
}

/** How long after the first of several refreshes the others count as coming at once, in ms. */
const AT_ONCE_MS = 100;

/**
 * Lets all of several refreshes of one token at once succeed: each is given a session of its own in place of the one that they share. The
 * answers say in `shared refresh token` which that was. A refresh that comes alone is left as it is.
 */
function refreshesAtOnceSucceed(): NonNullable<Deviation['request']> {
  const races = new Map<string, { count: number; readonly over: Promise<void> }>();
  return async (exchange) => {
    const { store } = exchange.context;
    const { refresh_token: token } = bodyOf(exchange);
    if (!isRefresh(exchange) || modeOf(exchange) !== 'json' || typeof token !== 'string') return;
    const session = await store.session(token);
    if (session === undefined) return;
    const race = races.get(token) ?? { count: 0, over: sleep(AT_ONCE_MS) };
    races.set(token, race);
    race.count += 1;
    await race.over;
    races.delete(token);
    if (race.count < 2) return;
    const own = { ...session, token: randomBytes(48).toString('base64url') };
    await store.insertSession(own);
    await store.deleteSession(token);
    bodyOf(exchange)['refresh_token'] = own.token;
    exchange.response.locals['shared refresh token'] = token;
  };
}

/** Deviations in what a refresh and a logout do. */
export const tokens = [
  // Standard tokens
  {
    name: 'refresh-ends-access-token',
    title: 'A refresh ends the access token from before.',
    deviation: (): Deviation => accessTokensByRefreshToken(isRefresh),
  },
  {
    name: 'logout-ends-access-token',
    title: 'A logout ends the access token too.',
    deviation: (): Deviation => accessTokensByRefreshToken(isLogout),
  },
  {
    name: 'concurrent-refreshes-all-live',
    title: 'Of several refreshes of one token at once all leave a refresh token that is alive.',
    deviation: (): Deviation => ({ request: refreshesAtOnceSucceed() }),
  },
  {
    name: 'concurrent-refreshes-none-lives',
    title: 'Several refreshes of one token at once end all that come of them.',
    deviation: (): Deviation => {
      const renewed = new Map<unknown, string[]>();
      return {
        request: refreshesAtOnceSucceed(),
        answer: async (exchange, answer) => {
          const { refresh_token: token } = payloadOf(answer);
          const shared: unknown = exchange.response.locals['shared refresh token'];
          if (shared === undefined || typeof token !== 'string') return;
          const all = [...(renewed.get(shared) ?? []), token];
          renewed.set(shared, all);
          if (all.length > 1) for (const one of all) await exchange.context.store.deleteSession(one);
        },
      };
    },
  },
  {
    name: 'refresh-for-sender',
    title: 'A refresh answers with tokens of whoever sends it.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        const id = claimsOf(sentToken(exchange)?.token ?? '')?.['id'];
        const session = isRefresh(exchange) ? await sessionToRefresh(exchange) : undefined;
        if (session === undefined || typeof id !== 'string') return;
        await exchange.context.store.insertSession({ ...session, user: id });
      },
    }),
  },
  {
    name: 'refresh-mode-ignored',
    title: 'A refresh token in the body is taken in every mode.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        if (isRefresh(exchange) && bodyOf(exchange)['refresh_token'] !== undefined) bodyOf(exchange)['mode'] = 'json';
      },
    }),
  },
  {
    name: 'refresh-token-in-url',
    title: 'A refresh token in the query is taken.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const { refresh_token } = exchange.request.query;
        if (isRefresh(exchange) && refresh_token !== undefined) bodyOf(exchange)['refresh_token'] = refresh_token;
      },
    }),
  },
  {
    name: 'second-logout-refused',
    title: 'A logout with a refresh token that is not known is refused.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        if (isLogout(exchange) && modeOf(exchange) === 'json' && (await sessionToRefresh(exchange)) === undefined)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'logout-by-get',
    title: 'GET /auth/logout logs out.',
    deviation: (): Deviation => ({
      request: async ({ context, request }) => {
        const { refresh_token } = request.query;
        if (request.method === 'GET' && request.path === '/auth/logout' && typeof refresh_token === 'string')
          await context.store.deleteSession(refresh_token);
      },
    }),
  },
  {
    name: 'logout-answers-200',
    title: 'A logout answers with 200 and an empty object.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        if (!isLogout(exchange) || answer.status !== 204) return;
        answer.status = 200;
        answer.body = {};
      },
    }),
  },
  {
    name: 'json-logout-ends-session-tokens',
    title: 'A logout in mode json ends the logins in mode session too.',
    deviation: (): Deviation => {
      const ofSessions = new Map<string, string[]>();
      return {
        request: async (exchange) => {
          if (!isLogout(exchange) || modeOf(exchange) !== 'json') return;
          const { store } = exchange.context;
          const user = (await sessionToRefresh(exchange))?.user ?? '';
          for (const token of ofSessions.get(user) ?? []) await store.deleteSession(token);
        },
        answer: async (exchange) => {
          const { context, response } = exchange;
          const session = await sessionOf(exchange, setCookieValue(response, context.settings.SESSION_COOKIE_NAME));
          if (session === undefined) return;
          ofSessions.set(session.user, [...(ofSessions.get(session.user) ?? []), session.token]);
        },
      };
    },
  },

  {
    name: 'refresh-token-never-expires',
    title: 'A refresh token never expires.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        const { context } = exchange;
        const session = isRefresh(exchange) ? await sessionToRefresh(exchange) : undefined;
        if (session !== undefined && session.successor === null)
          await context.store.insertSession({
            ...session,
            expires: Math.max(session.expires, context.clock.now() + 1000),
          });
      },
    }),
  },
  {
    name: 'refresh-token-guessable',
    title: 'Refresh tokens are counted.',
    deviation: (): Deviation => {
      let count = 0;
      return {
        answer: async (exchange, answer) => {
          const { store } = exchange.context;
          const { refresh_token: token } = payloadOf(answer);
          const session = typeof token === 'string' ? await store.session(token) : undefined;
          if (session === undefined) return;
          count += 1;
          const counted = { ...session, token: `refresh-token-number-${String(count).padStart(8, '0')}` };
          await store.replaceSession(session.token, counted);
          payloadOf(answer)['refresh_token'] = counted.token;
        },
      };
    },
  },

  // Session tokens
  {
    name: 'concurrent-session-refresh-refused',
    title: 'A session token is refused at its second refresh, even at the same time.',
    deviation: (): Deviation => {
      const seen = new Set<string>();
      return {
        request: (exchange) => {
          const token = sessionCookieOf(exchange);
          if (!isRefresh(exchange) || !isAboutSession(exchange) || token === undefined) return;
          if (seen.has(token)) throw invalidCredentials();
          seen.add(token);
        },
      };
    },
  },
  {
    name: 'concurrent-session-refresh-forks',
    title: 'Each of several refreshes of one session token begins a session of its own.',
    deviation: (): Deviation => {
      const seen = new Set<string>();
      return {
        request: async (exchange) => {
          const { context, request } = exchange;
          const token = sessionCookieOf(exchange);
          if (!isRefresh(exchange) || !isAboutSession(exchange) || token === undefined) return;
          const session = await sessionOf(exchange, token);
          if (seen.has(token) && session !== undefined) {
            const fork = { ...session, token: context.random.uuid(), successor: null };
            await context.store.insertSession(fork);
            setCookie(
              request,
              context.settings.SESSION_COOKIE_NAME,
              await signed(exchange, { ...claimsOf(token), session: fork.token }),
            );
          }
          seen.add(token);
        },
      };
    },
  },
  {
    name: 'old-session-token-survives',
    title: 'A session token goes on working after its refresh.',
    deviation: keepingSessions(async (exchange) =>
      found(isRefresh(exchange) && isAboutSession(exchange) && (await sessionOf(exchange, sessionCookieOf(exchange)))),
    ),
  },
  {
    name: 'session-refresh-takes-body',
    title: 'A session token in the body can be refreshed.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const { refresh_token } = bodyOf(exchange);
        if (isRefresh(exchange) && isAboutSession(exchange) && typeof refresh_token === 'string')
          setCookie(exchange.request, exchange.context.settings.SESSION_COOKIE_NAME, refresh_token);
      },
    }),
  },
  {
    name: 'session-token-only-by-cookie',
    title: 'A session token in the header or the query is refused.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const sent = sentToken(exchange);
        if (sent !== undefined && sent.way !== 'cookie' && claimsOf(sent.token)?.['session'] !== undefined)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'session-logout-ends-every-login',
    title: 'A logout in mode session ends all logins of the user.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        const session =
          isLogout(exchange) && isAboutSession(exchange)
            ? await sessionOf(exchange, sessionCookieOf(exchange))
            : undefined;
        if (session !== undefined) await exchange.context.store.deleteSessionsOf(session.user, session.token);
      },
    }),
  },
  {
    name: 'dead-cookie-not-cleared',
    title: 'A session cookie that is refused stays in the browser.',
    deviation: (): Deviation => ({
      answer: ({ response }, answer) => {
        if (answer.status === 401) response.removeHeader('Set-Cookie');
      },
    }),
  },

  // Cookies
  {
    name: 'cookie-refresh-refused',
    title: 'A refresh in mode cookie is refused.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        if (isRefresh(exchange) && modeOf(exchange) === 'cookie' && refreshCookieOf(exchange) !== undefined)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'cookie-refresh-does-not-rotate',
    title: 'In mode cookie a refresh token goes on working after it was used.',
    deviation: keepingSessions(async (exchange) =>
      found(isRefresh(exchange) && modeOf(exchange) === 'cookie' && (await sessionToRefresh(exchange))),
    ),
  },
  {
    name: 'cookie-refresh-keeps-cookie',
    title: 'A refresh in mode cookie does not replace the cookie.',
    deviation: (): Deviation => ({
      answer: (exchange) => {
        if (isRefresh(exchange) && modeOf(exchange) === 'cookie') exchange.response.removeHeader('Set-Cookie');
      },
    }),
  },
  {
    name: 'cookie-login-returns-refresh-token',
    title: 'In mode cookie the refresh token stands in the body too.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        const { context, response } = exchange;
        if (isLogin(exchange) && modeOf(exchange) === 'cookie' && succeeded(answer))
          payloadOf(answer)['refresh_token'] = setCookieValue(response, context.settings.REFRESH_TOKEN_COOKIE_NAME);
      },
    }),
  },
  {
    name: 'cookie-logout-does-nothing',
    title: 'A logout in mode cookie clears the cookie and leaves the refresh token alive.',
    deviation: keepingSessions(async (exchange) =>
      found(isLogout(exchange) && modeOf(exchange) === 'cookie' && (await sessionToRefresh(exchange))),
    ),
  },
  {
    name: 'cookie-logout-leaves-cookie',
    title: 'A logout in mode cookie leaves the cookie in the browser.',
    deviation: (): Deviation => ({
      answer: (exchange) => {
        if (isLogout(exchange) && modeOf(exchange) === 'cookie') exchange.response.removeHeader('Set-Cookie');
      },
    }),
  },
  {
    name: 'cookie-expires-disagrees',
    title: 'Expires of the session cookie is a day later than its Max-Age says.',
    deviation: (): Deviation => ({
      answer: ({ context, response }) =>
        changeSetCookie(response, context.settings.SESSION_COOKIE_NAME, (header) =>
          header.replace(
            /Expires=([^;]*)/,
            (_all, at: string) => `Expires=${new Date(Date.parse(at) + 86_400_000).toUTCString()}`,
          ),
        ),
    }),
  },
  {
    name: 'refresh-cookie-path-auth',
    title: 'The cookie of the refresh token is for /auth alone.',
    deviation: (): Deviation => ({
      answer: ({ context, response }) =>
        changeSetCookie(response, context.settings.REFRESH_TOKEN_COOKIE_NAME, (header) =>
          header.replace('Path=/;', 'Path=/auth;'),
        ),
    }),
  },
  {
    name: 'session-cookie-set-twice',
    title: 'A login sets the session cookie twice.',
    deviation: (): Deviation => ({
      answer: (exchange) => {
        if (isLogin(exchange))
          changeSetCookie(exchange.response, exchange.context.settings.SESSION_COOKIE_NAME, (header) => [
            header,
            header,
          ]);
      },
    }),
  },
  {
    name: 'session-token-in-readable-cookie',
    title: 'A login sets a second cookie with the session token, which scripts can read.',
    deviation: (): Deviation => ({
      answer: (exchange) => {
        const { context, response } = exchange;
        const token = isLogin(exchange) ? setCookieValue(response, context.settings.SESSION_COOKIE_NAME) : undefined;
        if (token !== undefined) response.append('Set-Cookie', `session=${token}; Path=/`);
      },
    }),
  },
  {
    name: 'cookies-secure-over-http',
    title: 'The cookies say Secure, whatever the URL.',
    deviation: (): Deviation => ({
      answer: ({ context, response }) => {
        for (const name of [context.settings.SESSION_COOKIE_NAME, context.settings.REFRESH_TOKEN_COOKIE_NAME])
          changeSetCookie(response, name, (header) => `${header}; Secure`);
      },
    }),
  },
  {
    name: 'cookie-ignores-static-token',
    title: 'A static token in the session cookie is not seen.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const sent = sentToken(exchange);
        if (sent?.way === 'cookie' && claimsOf(sent.token) === undefined && /^[0-9a-f]{32}$/.test(sent.token))
          replaceToken(exchange, undefined);
      },
    }),
  },
  {
    name: 'refresh-cookie-before-body',
    title: 'A refresh token in the body is passed over where there is a cookie with another.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const cookie = refreshCookieOf(exchange);
        if (isRefresh(exchange) && cookie !== undefined && bodyOf(exchange)['refresh_token'] !== undefined)
          bodyOf(exchange)['refresh_token'] = cookie;
      },
    }),
  },
  {
    name: 'cookie-needs-mode',
    title: 'The cookie of a refresh token is not seen without a mode.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const { mode } = bodyOf(exchange);
        if ((isRefresh(exchange) || isLogout(exchange)) && mode === undefined) bodyOf(exchange)['mode'] = 'json';
      },
    }),
  },
  {
    name: 'session-payload-not-wrapped',
    title: 'In mode session the payload stands bare in the body.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        if ((isLogin(exchange) || isRefresh(exchange)) && isAboutSession(exchange) && succeeded(answer))
          answer.body = payloadOf(answer);
      },
    }),
  },
  {
    name: 'token-in-other-header',
    title: 'A refresh answers with the access token in a header too.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        const { access_token } = payloadOf(answer);
        if (isRefresh(exchange) && typeof access_token === 'string')
          exchange.response.set('X-Access-Token', access_token);
      },
    }),
  },
  {
    name: 'token-repeated-in-answers',
    title: 'Every answer repeats the token in the query, in a link to itself.',
    deviation: (): Deviation => ({
      answer: ({ request, response }) => {
        if (request.query['access_token'] !== undefined) response.set('Content-Location', request.originalUrl);
      },
    }),
  },
  {
    name: 'login-repeats-password',
    title: 'A login answers with the e-mail and the password it was sent.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        const { email, password } = bodyOf(exchange);
        if (isLogin(exchange) && succeeded(answer)) payloadOf(answer)['user'] = { email, password };
      },
    }),
  },
  {
    name: 'session-refresh-takes-header',
    title: 'A session token in the header can be refreshed.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const sent = sentToken(exchange);
        if (isRefresh(exchange) && isAboutSession(exchange) && sent?.way === 'header')
          setCookie(exchange.request, exchange.context.settings.SESSION_COOKIE_NAME, sent.token);
      },
    }),
  },
  {
    name: 'session-refresh-takes-access-token',
    title: 'A standard token in the session cookie buys a session token.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        const { context, request } = exchange;
        const token = sessionCookieOf(exchange);
        const claims = token === undefined ? undefined : claimsOf(token);
        if (!isRefresh(exchange) || claims === undefined || claims['session'] !== undefined) return;
        const session = { token: context.random.uuid(), user: String(claims['id']), successor: null };
        await context.store.insertSession({ ...session, expires: context.clock.now() + 60_000 });
        const changed = await signed(exchange, { ...claims, session: session.token });
        setCookie(request, context.settings.SESSION_COOKIE_NAME, changed);
      },
    }),
  },
  {
    name: 'session-refresh-keeps-session',
    title: 'A refresh in mode session leaves the session its identifier.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const { context, response } = exchange;
        const old = claimsOf(sessionCookieOf(exchange) ?? '')?.['session'];
        const name = context.settings.SESSION_COOKIE_NAME;
        const renewed = setCookieValue(response, name);
        if (!isRefresh(exchange) || !succeeded(answer) || renewed === undefined || typeof old !== 'string') return;
        const claims = claimsOf(renewed);
        const session = await context.store.session(String(claims?.['session']));
        if (session !== undefined) await context.store.replaceSession(session.token, { ...session, token: old });
        const kept = await signed(exchange, { ...claims, session: old });
        changeSetCookie(response, name, (header) => header.replace(/=[^;]*/, `=${kept}`));
      },
    }),
  },
  {
    name: 'access-token-lives-for-a-year',
    title: 'An access token lives for a year.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const { access_token: token } = payload;
        const claims = typeof token === 'string' ? claimsOf(token) : undefined;
        if (claims?.iat === undefined || claims['admin_access'] === true) return;
        const lifeS = 365 * 86_400;
        payload['access_token'] = await signed(exchange, { ...claims, exp: claims.iat + lifeS });
        payload['expires'] = lifeS * 1000;
      },
    }),
  },
  {
    name: 'refresh-cookie-same-site-none',
    title: 'The cookie of the refresh token says SameSite=None.',
    deviation: (): Deviation => ({
      answer: ({ context, response }) =>
        changeSetCookie(response, context.settings.REFRESH_TOKEN_COOKIE_NAME, (header) =>
          header.replace(/SameSite=\w+/, 'SameSite=None'),
        ),
    }),
  },
  {
    name: 'clearing-cookie-differs',
    title: 'A logout clears the cookie without HttpOnly.',
    deviation: (): Deviation => ({
      answer: (exchange) => {
        const { context, response } = exchange;
        for (const name of [context.settings.SESSION_COOKIE_NAME, context.settings.REFRESH_TOKEN_COOKIE_NAME])
          if (isLogout(exchange)) changeSetCookie(response, name, (header) => header.replace('; HttpOnly', ''));
      },
    }),
  },
  {
    name: 'good-cookie-cleared-when-forbidden',
    title: 'An answer with 403 clears the session cookie.',
    deviation: (): Deviation => ({
      answer: ({ context, response }, answer) => {
        if (answer.status === 403)
          response.append('Set-Cookie', `${context.settings.SESSION_COOKIE_NAME}=; Max-Age=0; Path=/`);
      },
    }),
  },
  {
    name: 'cookie-taken-in-mode-json',
    title: 'In mode json the refresh token of the cookie is taken where the body has none.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const body = bodyOf(exchange);
        if (isRefresh(exchange) && body['mode'] === 'json') body['refresh_token'] ??= refreshCookieOf(exchange);
      },
    }),
  },
  {
    name: 'used-token-taken-as-cookie',
    title: 'A refresh token that was used in the body is good once more as cookie.',
    deviation: (): Deviation => {
      const used = new Map<string, SessionRecord>();
      return {
        request: async (exchange) => {
          const session = isRefresh(exchange) ? await sessionToRefresh(exchange) : undefined;
          if (session !== undefined && modeOf(exchange) === 'json') used.set(session.token, session);
          const again = modeOf(exchange) === 'cookie' ? used.get(refreshCookieOf(exchange) ?? '') : undefined;
          if (isRefresh(exchange) && again !== undefined) await exchange.context.store.insertSession(again);
        },
      };
    },
  },
  {
    name: 'session-refresh-without-grace',
    title: 'After its refresh a session token is refused at once.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        if (!isRefresh(exchange) || !isAboutSession(exchange) || !succeeded(answer)) return;
        const old = await sessionOf(exchange, sessionCookieOf(exchange));
        if (old !== undefined) await exchange.context.store.deleteSession(old.token);
      },
    }),
  },
  {
    name: 'logout-with-access-token-does-nothing',
    title: 'A logout that is sent with an access token in the header ends nothing.',
    deviation: keepingSessions(async (exchange) =>
      found(isLogout(exchange) && sentToken(exchange)?.way === 'header' && (await sessionToRefresh(exchange))),
    ),
  },
  {
    name: 'logout-by-used-token',
    title: 'A logout with a refresh token that was used before ends the one that came of it.',
    deviation: (): Deviation => {
      const successors = new Map<unknown, string>();
      return {
        request: async (exchange) => {
          const successor = isLogout(exchange) ? successors.get(bodyOf(exchange)['refresh_token']) : undefined;
          if (successor !== undefined) await exchange.context.store.deleteSession(successor);
        },
        answer: (exchange, answer) => {
          const { refresh_token } = payloadOf(answer);
          if (isRefresh(exchange) && typeof refresh_token === 'string')
            successors.set(bodyOf(exchange)['refresh_token'], refresh_token);
        },
      };
    },
  },
  {
    name: 'session-logout-by-get',
    title: 'GET /auth/logout ends the session of the cookie.',
    deviation: (): Deviation => ({
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
  {
    name: 'refreshed-token-tells-user',
    title: 'A refresh token out of a refresh begins with the id of its user.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const { store } = exchange.context;
        const { refresh_token: token } = payloadOf(answer);
        const session = isRefresh(exchange) && typeof token === 'string' ? await store.session(token) : undefined;
        if (session === undefined) return;
        const telling = { ...session, token: `${session.user}.${session.token}` };
        await store.replaceSession(session.token, telling);
        payloadOf(answer)['refresh_token'] = telling.token;
      },
    }),
  },
  {
    name: 'claims-understate-rights',
    title: 'The access token of an administrator says app_access false.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const { access_token: token } = payload;
        const claims = typeof token === 'string' ? claimsOf(token) : undefined;
        if (claims?.['app_access'] === true)
          payload['access_token'] = await signed(exchange, { ...claims, app_access: false });
      },
    }),
  },
  {
    name: 'cookie-mode-signs-otherwise',
    title: 'In mode cookie the access token is signed by HS512.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const { access_token: token } = payload;
        const claims = typeof token === 'string' && modeOf(exchange) === 'cookie' ? claimsOf(token) : undefined;
        const key = new TextEncoder().encode(exchange.context.settings.SECRET);
        if (claims !== undefined)
          payload['access_token'] = await new SignJWT(claims)
            .setProtectedHeader({ alg: 'HS512', typ: 'JWT' })
            .sign(key);
      },
    }),
  },
  {
    name: 'cookie-of-suspended-user-not-cleared',
    title: 'The session cookie of a user who is not active stays in the browser.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const { context, response } = exchange;
        const id = claimsOf(sessionCookieOf(exchange) ?? '')?.['id'];
        const user = typeof id === 'string' ? await context.store.user(id) : undefined;
        if (answer.status === 401 && user !== undefined && user.status !== 'active')
          response.removeHeader('Set-Cookie');
      },
    }),
  },
  {
    name: 'refreshed-token-is-admin',
    title: 'An access token out of a refresh reads all users.',
    deviation: (): Deviation => {
      const renewed = new Set<unknown>();
      return {
        request: async (exchange) => {
          const [administrator] = await exchange.context.store.users();
          const reads = isTo(exchange, 'GET', /^\/users(?!\/me)/) && renewed.has(sentToken(exchange)?.token);
          if (reads && administrator !== undefined) replaceToken(exchange, await tokenFor(exchange, administrator));
        },
        answer: (exchange, answer) => {
          if (isRefresh(exchange)) renewed.add(payloadOf(answer)['access_token'] ?? 'none');
        },
      };
    },
  },
  {
    name: 'refreshed-token-has-no-permissions',
    title: 'An access token out of a refresh gives no permissions.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const claims = typeof payload['access_token'] === 'string' ? claimsOf(payload['access_token']) : undefined;
        if (isRefresh(exchange) && claims !== undefined)
          payload['access_token'] = await signed(exchange, { ...claims, role: null });
      },
    }),
  },
  {
    name: 'session-token-dies-early',
    title: 'A session token is refused a third of its life after it was issued.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const { iat, exp, session } = claimsOf(sentToken(exchange)?.token ?? '') ?? {};
        const now = exchange.context.clock.now() / 1000;
        if (session !== undefined && iat !== undefined && exp !== undefined && now > iat + (exp - iat) / 3 + 0.2)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'access-token-dies-early',
    title: 'A standard token of a user without rights is refused a third of its life after it was issued.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        const { iat, exp, session, admin_access } = claimsOf(sentToken(exchange)?.token ?? '') ?? {};
        const now = exchange.context.clock.now() / 1000;
        if (session !== undefined || admin_access === true || iat === undefined || exp === undefined) return;
        if (now > iat + (exp - iat) / 3 + 0.2) throw invalidCredentials();
      },
    }),
  },
] as const;
