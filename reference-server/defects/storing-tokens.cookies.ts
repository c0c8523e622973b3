import type { Request } from 'express';
import { readCookie } from '../auth/cookies.js';
import { invalidCredentials } from '../http/errors.js';
import type { Exchange } from '../http/interceptor.js';
import type { Defect, Wrappers } from './defect.js';
import { changeSetCookie, setCookie, setCookieValue, withAttribute } from './helpers/cookies.js';
import { bodyOf, isLogin, isLogout, isRefresh, modeOf, payloadOf, succeeded } from './helpers/exchange.js';
import { keepingSessions } from './helpers/keeping-sessions.js';
import { found, refreshCookieOf, sessionLogoutLeavesCookie, sessionToRefresh } from './helpers/sessions.js';

/** Changes the session cookie wherever a response sets it. */
const changingSessionCookie = (change: (header: string, exchange: Exchange) => string | undefined) => (): Wrappers => ({
  response: (exchange) =>
    changeSetCookie(exchange.response, exchange.context.settings.SESSION_COOKIE_NAME, (header) =>
      change(header, exchange),
    ),
});

/** Changes how long the session cookie lasts. `lifetime`: out of its true one, in s. */
const lastingFor = (lifetime: (seconds: number) => number): (() => Wrappers) =>
  changingSessionCookie((header, { context }) => {
    const seconds = lifetime(Number(/Max-Age=(\d+)/.exec(header)?.[1]));
    const expires = new Date(context.clock.now() + seconds * 1000).toUTCString();
    return withAttribute(withAttribute(header, 'Max-Age', String(seconds)), 'Expires', expires);
  });

/** True for a refresh, by REST or by GraphQL. */
const refreshes = (exchange: Exchange): boolean =>
  isRefresh(exchange) || JSON.stringify(exchange.request.body ?? '').includes('auth_refresh');

/** The name that the session cookie has on a server which renames it. */
const OTHER_NAME = 'session_token';

/** Takes the session cookie by its other name alone. */
function takeByOtherName(request: Pick<Request, 'headers'>, name: string): void {
  setCookie(request, name, readCookie(request, OTHER_NAME));
}

/** Defects that requirements of the chapter `storing-tokens` notice. */
export const storingTokensCookies = [
  {
    name: 'session-cookie-renamed',
    title: 'The session cookie has another name.',
    wrap: (): Wrappers => ({
      ...changingSessionCookie((header, { context }) =>
        header.replace(context.settings.SESSION_COOKIE_NAME, OTHER_NAME),
      )(),
      request: ({ context, request }) => takeByOtherName(request, context.settings.SESSION_COOKIE_NAME),
      handshake: ({ context, request }) => takeByOtherName(request, context.settings.SESSION_COOKIE_NAME),
    }),
  },
  {
    name: 'session-cookie-for-other-domain',
    title: 'The session cookie is set for a domain that is not the server’s.',
    wrap: changingSessionCookie((header) => withAttribute(header, 'Domain', 'other.example')),
  },
  {
    name: 'session-cookie-path-auth',
    title: 'The session cookie is for /auth alone.',
    wrap: changingSessionCookie((header) => withAttribute(header, 'Path', '/auth')),
  },
  {
    name: 'session-cookie-lives-a-minute',
    title: 'The session cookie lasts a minute, whatever the life of its token.',
    wrap: lastingFor(() => 60),
  },
  {
    name: 'session-cookie-outlives-token',
    title: 'The session cookie lasts twice as long as its token.',
    wrap: lastingFor((seconds) => 2 * seconds),
  },
  {
    name: 'refreshed-cookie-on-other-path',
    title: 'A refresh sets the session cookie for /auth, beside the one that the login has set.',
    wrap: changingSessionCookie((header, exchange) =>
      refreshes(exchange) ? withAttribute(header, 'Path', '/auth') : header,
    ),
  },
  {
    name: 'logout-leaves-cookie',
    title: 'A logout in mode session ends the session and leaves its cookie in the browser.',
    wrap: (): Wrappers => ({ response: sessionLogoutLeavesCookie }),
  },
  {
    name: 'session-cookie-not-http-only',
    title: 'A login sets the session cookie without HttpOnly.',
    wrap: changingSessionCookie((header, exchange) =>
      refreshes(exchange) ? header : withAttribute(header, 'HttpOnly', undefined),
    ),
  },
  {
    name: 'refreshed-cookie-not-http-only',
    title: 'A refresh sets the session cookie without HttpOnly.',
    wrap: changingSessionCookie((header, exchange) =>
      refreshes(exchange) ? withAttribute(header, 'HttpOnly', undefined) : header,
    ),
  },
  {
    name: 'refresh-cookie-not-http-only',
    title: 'The cookie of the refresh token is set without HttpOnly.',
    wrap: (): Wrappers => ({
      response: ({ context, response }) =>
        changeSetCookie(response, context.settings.REFRESH_TOKEN_COOKIE_NAME, (header) =>
          withAttribute(header, 'HttpOnly', undefined),
        ),
    }),
  },
  {
    name: 'session-cookie-without-same-site',
    title: 'The session cookie is set without SameSite.',
    wrap: changingSessionCookie((header) => withAttribute(header, 'SameSite', undefined)),
  },
  {
    name: 'refresh-cookie-same-site-none',
    title: 'The cookie of the refresh token says SameSite=None.',
    wrap: (): Wrappers => ({
      response: ({ context, response }) =>
        changeSetCookie(response, context.settings.REFRESH_TOKEN_COOKIE_NAME, (header) =>
          header.replace(/SameSite=\w+/, 'SameSite=None'),
        ),
    }),
  },
  {
    name: 'cookie-login-returns-refresh-token',
    title: 'In mode cookie the refresh token stands in the body too.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const { context, response } = exchange;
        if (isLogin(exchange) && modeOf(exchange) === 'cookie' && succeeded(answer))
          payloadOf(answer)['refresh_token'] = setCookieValue(response, context.settings.REFRESH_TOKEN_COOKIE_NAME);
      },
    }),
  },
  // Cookies
  {
    name: 'cookie-refresh-refused',
    title: 'A refresh in mode cookie is refused.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        if (isRefresh(exchange) && modeOf(exchange) === 'cookie' && refreshCookieOf(exchange) !== undefined)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'cookie-refresh-does-not-rotate',
    title: 'In mode cookie a refresh token goes on working after it was used.',
    wrap: keepingSessions(async (exchange) =>
      found(isRefresh(exchange) && modeOf(exchange) === 'cookie' && (await sessionToRefresh(exchange))),
    ),
  },
  {
    name: 'cookie-refresh-keeps-cookie',
    title: 'A refresh in mode cookie does not replace the cookie.',
    wrap: (): Wrappers => ({
      response: (exchange) => {
        if (isRefresh(exchange) && modeOf(exchange) === 'cookie') exchange.response.removeHeader('Set-Cookie');
      },
    }),
  },
  {
    name: 'cookie-logout-does-nothing',
    title: 'A logout in mode cookie clears the cookie and leaves the refresh token alive.',
    wrap: keepingSessions(async (exchange) =>
      found(isLogout(exchange) && modeOf(exchange) === 'cookie' && (await sessionToRefresh(exchange))),
    ),
  },
  {
    name: 'cookie-logout-leaves-cookie',
    title: 'A logout in mode cookie leaves the cookie in the browser.',
    wrap: (): Wrappers => ({
      response: (exchange) => {
        if (isLogout(exchange) && modeOf(exchange) === 'cookie') exchange.response.removeHeader('Set-Cookie');
      },
    }),
  },
  {
    name: 'cookie-expires-disagrees',
    title: 'Expires of the session cookie is a day later than its Max-Age says.',
    wrap: (): Wrappers => ({
      response: ({ context, response }) =>
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
    wrap: (): Wrappers => ({
      response: ({ context, response }) =>
        changeSetCookie(response, context.settings.REFRESH_TOKEN_COOKIE_NAME, (header) =>
          header.replace('Path=/;', 'Path=/auth;'),
        ),
    }),
  },
  {
    name: 'session-cookie-set-twice',
    title: 'A login sets the session cookie twice.',
    wrap: (): Wrappers => ({
      response: (exchange) => {
        if (isLogin(exchange))
          changeSetCookie(exchange.response, exchange.context.settings.SESSION_COOKIE_NAME, (header) => [
            header,
            header,
          ]);
      },
    }),
  },
  {
    name: 'clearing-cookie-differs',
    title: 'A logout clears the cookie without HttpOnly.',
    wrap: (): Wrappers => ({
      response: (exchange) => {
        const { context, response } = exchange;
        for (const name of [context.settings.SESSION_COOKIE_NAME, context.settings.REFRESH_TOKEN_COOKIE_NAME])
          if (isLogout(exchange)) changeSetCookie(response, name, (header) => header.replace('; HttpOnly', ''));
      },
    }),
  },
  {
    name: 'session-token-in-readable-cookie',
    title: 'A login sets a second cookie with the session token, which scripts can read.',
    wrap: (): Wrappers => ({
      response: (exchange) => {
        const { context, response } = exchange;
        const token = isLogin(exchange) ? setCookieValue(response, context.settings.SESSION_COOKIE_NAME) : undefined;
        if (token !== undefined) response.append('Set-Cookie', `session=${token}; Path=/`);
      },
    }),
  },
  {
    name: 'cookies-secure-over-http',
    title: 'The cookies say Secure, whatever the URL.',
    wrap: (): Wrappers => ({
      response: ({ context, response }) => {
        for (const name of [context.settings.SESSION_COOKIE_NAME, context.settings.REFRESH_TOKEN_COOKIE_NAME])
          changeSetCookie(response, name, (header) => `${header}; Secure`);
      },
    }),
  },
  {
    name: 'cookie-needs-mode',
    title: 'The cookie of a refresh token is not seen without a mode.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const { mode } = bodyOf(exchange);
        if ((isRefresh(exchange) || isLogout(exchange)) && mode === undefined) bodyOf(exchange)['mode'] = 'json';
      },
    }),
  },
] as const satisfies readonly Defect[];
