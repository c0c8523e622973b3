import { setRefreshCookie } from '../../auth/cookies.js';
import type { Exchange } from '../../http/interceptor.js';
import type { Defect, Wrappers } from '../defect.js';
import { setCookieValue } from '../helpers/cookies.js';
import { furtherRefreshToken } from '../helpers/sessions/logins.js';
import { changingSessionLogin, changingSessionRefresh } from '../helpers/payloads.js';
import { sessionCookieOf } from '../helpers/sessions/sessions.js';
import { claimsOf } from '../helpers/tokens.js';

function putTokenIntoPayload(payload: Record<string, unknown>, { context, response }: Exchange): void {
  payload['session_token'] = setCookieValue(response, context.settings.SESSION_COOKIE_NAME);
}

/** Defects that requirements of the section `cookies` of the chapter `session-tokens` notice. */
export const sessionTokensCookies = [
  {
    name: 'session-login-returns-refresh-token-too',
    title: 'A login in mode session returns a refresh token beside the session token.',
    wrap: changingSessionLogin(async (payload, exchange) => {
      payload['refresh_token'] = await furtherRefreshToken(exchange);
    }),
  },
  {
    name: 'session-login-sets-refresh-cookie-too',
    title: 'A login in mode session sets the cookie of a refresh token beside the session cookie.',
    wrap: changingSessionLogin(async (_payload, exchange) => {
      const { context, response } = exchange;
      setRefreshCookie(context, response, await furtherRefreshToken(exchange), context.settings.REFRESH_TOKEN_TTL);
    }),
  },
  {
    name: 'session-token-in-body',
    title: 'The body of a login in mode session holds the session token too.',
    wrap: changingSessionLogin(putTokenIntoPayload),
  },
  {
    name: 'session-token-in-refresh-body',
    title: 'The body of a refresh in mode session holds the session token too.',
    wrap: changingSessionRefresh(putTokenIntoPayload),
  },
  {
    name: 'session-payload-without-expiry',
    title: 'A login in mode session does not say when the token expires.',
    wrap: changingSessionLogin((payload) => delete payload['expires']),
  },
  {
    name: 'dead-cookie-not-cleared',
    title: 'A rejected session cookie is not cleared.',
    wrap: (): Wrappers => ({
      response: ({ response }, answer) => {
        if (answer.status === 401) response.removeHeader('Set-Cookie');
      },
    }),
  },
  {
    name: 'good-cookie-cleared-when-forbidden',
    title: 'A response with status 403 clears the session cookie.',
    wrap: (): Wrappers => ({
      response: ({ context, response }, answer) => {
        if (answer.status === 403)
          response.append('Set-Cookie', `${context.settings.SESSION_COOKIE_NAME}=; Max-Age=0; Path=/`);
      },
    }),
  },
  {
    name: 'cookie-of-suspended-user-not-cleared',
    title: 'The session cookie of a user who is not active stays in the browser.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const { context, response } = exchange;
        const id = claimsOf(sessionCookieOf(exchange) ?? '')?.['id'];
        const user = typeof id === 'string' ? await context.store.user(id) : undefined;
        if (answer.status === 401 && user !== undefined && user.status !== 'active')
          response.removeHeader('Set-Cookie');
      },
    }),
  },
  {
    name: 'session-cookie-cleared-by-failed-login',
    title: 'A login that fails clears the session cookie that it brings.',
    wrap: (): Wrappers => ({
      response: ({ context, request, response }, { status }) => {
        if (request.path === '/auth/login' && status >= 400)
          response.append('Set-Cookie', `${context.settings.SESSION_COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Lax`);
      },
    }),
  },
] as const satisfies readonly Defect[];
