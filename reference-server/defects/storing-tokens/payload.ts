import { atRequest } from '../helpers/requests.js';
import { setCookie } from '../helpers/cookies.js';
import { setRefreshCookie } from '../../auth/cookies.js';
import { changingTokens } from '../helpers/payloads.js';
import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, isLogin, isLogout, isRefresh, modeOf, payloadOf, succeeded } from '../helpers/exchange.js';
import { isAboutSession } from '../helpers/sessions/sessions.js';
import { claimsOf, signed } from '../helpers/tokens.js';

/** Defects that requirements of the section `payload` of the chapter `storing-tokens` notice. */
export const storingTokensPayload = [
  {
    name: 'cookie-decides-default-mode',
    title: 'A login without a mode is one in mode session where the request has a token cookie.',
    wrap: atRequest((exchange) => {
      const body = bodyOf(exchange);
      const { cookie = '' } = exchange.request.headers;
      const { SESSION_COOKIE_NAME, REFRESH_TOKEN_COOKIE_NAME } = exchange.context.settings;
      const hasTokenCookie = [SESSION_COOKIE_NAME, REFRESH_TOKEN_COOKIE_NAME].some((name) => cookie.includes(name));
      if (isLogin(exchange) && body['mode'] === undefined && hasTokenCookie) body['mode'] = 'session';
    }),
  },
  {
    name: 'default-mode-is-cookie',
    title: 'A login or refresh without a mode answers as in mode cookie.',
    wrap: atRequest((exchange) => {
      const { context, request } = exchange;
      const body = bodyOf(exchange);
      if (body['mode'] !== undefined || !(isLogin(exchange) || isRefresh(exchange))) return;
      body['mode'] = 'cookie';
      if (typeof body['refresh_token'] === 'string')
        setCookie(request, context.settings.REFRESH_TOKEN_COOKIE_NAME, body['refresh_token']);
    }),
  },
  {
    name: 'token-response-not-json',
    title: 'The tokens are sent as text/html.',
    wrap: changingTokens('both', (_payload, exchange) => modeOf(exchange) === 'json' && exchange.response.type('html')),
  },
  {
    name: 'payload-expires-is-string',
    title: '`expires` is a string.',
    wrap: changingTokens('both', (payload, exchange) => {
      if (modeOf(exchange) === 'json') payload['expires'] = String(payload['expires']);
    }),
  },
  {
    name: 'payload-in-camel-case',
    title: 'The tokens are called accessToken and refreshToken.',
    wrap: changingTokens('both', (payload, _exchange, answer) => {
      const { access_token: accessToken, refresh_token: refreshToken, ...others } = payload;
      answer.body = { data: { ...others, refreshToken, accessToken } };
    }),
  },
  {
    name: 'refresh-payload-incomplete',
    title: 'A refresh returns no `expires`.',
    wrap: changingTokens('refresh', (payload) => delete payload['expires']),
  },
  {
    name: 'json-login-sets-cookie',
    title: 'A login in mode json sets the cookie of the refresh token too.',
    wrap: changingTokens('login', ({ refresh_token: token }, { context, response }) => {
      if (typeof token === 'string') setRefreshCookie(context, response, token, context.settings.REFRESH_TOKEN_TTL);
    }),
  },
  {
    name: 'payload-not-wrapped',
    title: 'The payload of tokens stands bare in the body.',
    wrap: changingTokens('both', (payload, _exchange, answer) => (answer.body = payload)),
  },
  {
    name: 'session-payload-not-wrapped',
    title: 'In mode session the payload stands bare in the body.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if ((isLogin(exchange) || isRefresh(exchange)) && isAboutSession(exchange) && succeeded(answer))
          answer.body = payloadOf(answer);
      },
    }),
  },
  {
    name: 'token-responses-cached',
    title: 'An answer that holds tokens may be kept by caches.',
    wrap: changingTokens('both', (_payload, { response }) => response.set('Cache-Control', 'public, max-age=60')),
  },
  {
    name: 'logout-answers-200',
    title: 'A logout returns 200 and an empty object.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if (!isLogout(exchange) || answer.status !== 204) return;
        answer.status = 200;
        answer.body = {};
      },
    }),
  },
  {
    name: 'login-answers-201',
    title: 'A login returns 201.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if (isLogin(exchange) && answer.status === 200) answer.status = 201;
      },
    }),
  },
  {
    name: 'session-login-is-html',
    title: 'The answer to a login in mode session says that it is HTML.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if (isLogin(exchange) && succeeded(answer) && bodyOf(exchange)['mode'] === 'session')
          exchange.response.type('html');
      },
    }),
  },
  {
    name: 'refresh-token-in-claims',
    title: 'The access token of a login has the refresh token among its claims.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const { access_token, refresh_token } = payload;
        if (!isLogin(exchange) || typeof access_token !== 'string' || refresh_token === undefined) return;
        payload['access_token'] = await signed(exchange, { ...claimsOf(access_token), refresh_token });
      },
    }),
  },
  {
    name: 'token-in-other-header',
    title: 'A refresh returns the access token in a header too.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const { access_token } = payloadOf(answer);
        if (isRefresh(exchange) && typeof access_token === 'string')
          exchange.response.set('X-Access-Token', access_token);
      },
    }),
  },
  {
    name: 'token-repeated-in-answers',
    title: 'Every answer repeats the token in the query, in a link to itself.',
    wrap: (): Wrappers => ({
      response: ({ request, response }) => {
        if (request.query['access_token'] !== undefined) response.set('Content-Location', request.originalUrl);
      },
    }),
  },
  {
    name: 'login-repeats-password',
    title: 'A login returns the email and the password that it was sent.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const { email, password } = bodyOf(exchange);
        if (isLogin(exchange) && succeeded(answer)) payloadOf(answer)['user'] = { email, password };
      },
    }),
  },
  {
    name: 'named-json-expires-when',
    title: 'A login that names the mode json says when the token expires, not how long it lives.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const payload = payloadOf(answer);
        if (isLogin(exchange) && bodyOf(exchange)['mode'] === 'json' && typeof payload['expires'] === 'number')
          payload['expires'] += exchange.context.clock.now();
      },
    }),
  },
  {
    name: 'mode-read-from-url',
    title: 'A mode in the URL counts where the body has none.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const body = bodyOf(exchange);
        const { mode } = exchange.request.query;
        if (isLogin(exchange) && body['mode'] === undefined && mode !== undefined) body['mode'] = mode;
      },
    }),
  },
] as const satisfies readonly Defect[];
