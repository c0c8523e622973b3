import { changeSetCookie, setCookieValue, withAttribute } from '../helpers/cookies.js';
import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, isLogin, isLogout, isRefresh, modeOf, payloadOf, succeeded } from '../helpers/exchange.js';
import { found, refreshCookieOf, sessionToRefresh } from '../helpers/sessions/sessions.js';
import { invalidCredentials } from '../../http/errors.js';
import { keepingSessions } from '../helpers/sessions/keeping-sessions.js';

/** Defects that requirements of the section `refresh-cookie` of the chapter `storing-tokens` notice. */
export const storingTokensRefreshCookie = [
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
    name: 'cookie-login-returns-refresh-token',
    title: 'In mode cookie the refresh token is in the body too.',
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
    title: 'A refresh in mode cookie is rejected.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        if (isRefresh(exchange) && modeOf(exchange) === 'cookie' && refreshCookieOf(exchange) !== undefined)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'cookie-refresh-does-not-rotate',
    title: 'In mode cookie a refresh token stays valid after it was used.',
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
    title: 'A logout in mode cookie clears the cookie and leaves the refresh token valid.',
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
