import {
  changingSessionCookie,
  changeSetCookie,
  lastingUntilTheFirst,
  setCookieValue,
  withAttribute,
} from '../helpers/cookies.js';
import type { Defect, Wrappers } from '../defect.js';
import { isLogin, isLogout } from '../helpers/exchange.js';

/** Defects that requirements of the section `cookie-attributes` of the chapter `storing-tokens` notice. */
export const storingTokensCookieAttributes = [
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
    name: 'cleared-refresh-cookie-has-domain',
    title: 'The cookie of the refresh token is cleared with a Domain, and set without.',
    wrap: (): Wrappers => ({
      response: ({ context, request, response }) =>
        changeSetCookie(response, context.settings.REFRESH_TOKEN_COOKIE_NAME, (header) =>
          /^[^=]*=;/.test(header) ? withAttribute(header, 'Domain', request.hostname) : header,
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
    title: 'The cookies are Secure with every URL.',
    wrap: (): Wrappers => ({
      response: ({ context, response }) => {
        for (const name of [context.settings.SESSION_COOKIE_NAME, context.settings.REFRESH_TOKEN_COOKIE_NAME])
          changeSetCookie(response, name, (header) => `${header}; Secure`);
      },
    }),
  },
  {
    name: 'refreshed-refresh-cookie-ends-with-the-first',
    title: 'A refreshed cookie of the refresh token lasts until the one of the login would have.',
    wrap: lastingUntilTheFirst(({ REFRESH_TOKEN_COOKIE_NAME }) => REFRESH_TOKEN_COOKIE_NAME),
  },
] as const satisfies readonly Defect[];
