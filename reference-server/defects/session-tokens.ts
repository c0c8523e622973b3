import { servedMessage, servedOperation, servedRequest } from './helpers/served.js';
import { forgivingSessionExpiry } from './helpers/expiry.js';
import { invalidCredentials } from '../http/errors.js';
import { setRefreshCookie } from '../auth/cookies.js';
import type { Exchange } from '../http/interceptor.js';
import { type Defect, replacing, type Wrappers } from './defect.js';
import { setCookieValue, withoutSessionCookie } from './helpers/cookies.js';
import { furtherRefreshToken } from './helpers/logins.js';
import { changingSessionLogin, changingSessionRefresh } from './helpers/payloads.js';
import { sessionCookieOf } from './helpers/sessions.js';
import { claimsOf, sentToken, withoutIat } from './helpers/tokens.js';
import { judgingUseOfSessionTokens } from './helpers/tokens-in-use.js';

function putTokenIntoPayload(payload: Record<string, unknown>, { context, response }: Exchange): void {
  payload['session_token'] = setCookieValue(response, context.settings.SESSION_COOKIE_NAME);
}

/** Defects that requirements of the chapter `session-tokens` notice. */
export const sessionTokens = [
  {
    name: 'session-login-without-cookie',
    title: 'A login in mode session sets no cookie.',
    wrap: changingSessionLogin((_payload, exchange) => withoutSessionCookie(exchange)),
  },
  {
    name: 'session-login-ignores-password',
    title: 'A login in mode session takes any password.',
    wrap: (): Wrappers => ({
      passwords: (passwords) =>
        replacing(passwords, {
          verify: async (stored, given) => {
            const served = servedOperation();
            const ignored = served?.operation === 'login' && served.mode === 'session';
            return ignored || passwords.verify(stored, given);
          },
        }),
    }),
  },
  {
    name: 'session-token-refused',
    title: 'A session token authenticates nothing but its refresh and logout.',
    wrap: (): Wrappers => ({
      jwts: judgingUseOfSessionTokens(() => {
        throw invalidCredentials();
      }),
    }),
  },
  {
    name: 'session-token-works-once',
    title: 'A session token is refused the second time it is used.',
    wrap: (): Wrappers => {
      const uses = new Map<string, object>();
      return {
        jwts: judgingUseOfSessionTokens((claims) => {
          const token = JSON.stringify(claims);
          // A request by GraphQL may verify its token twice.
          const use = servedRequest() ?? servedMessage() ?? {};
          if ((uses.get(token) ?? use) !== use) throw invalidCredentials();
          uses.set(token, use);
        }),
      };
    },
  },
  {
    name: 'session-token-dies-early',
    title: 'A session token is refused a third of its life after it was issued.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const { iat, exp, session } = claimsOf(sentToken(exchange)?.token ?? '') ?? {};
        const now = exchange.context.clock.now() / 1000;
        if (session !== undefined && iat !== undefined && exp !== undefined && now > iat + (exp - iat) / 3 + 0.2)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'session-login-returns-refresh-token-too',
    title: 'A login in mode session answers with a refresh token beside the session token.',
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
    name: 'expired-session-token-accepted',
    title: 'A session token authenticates after it has expired.',
    wrap: forgivingSessionExpiry(() => [undefined, 'login'].includes(servedOperation()?.operation)),
  },
  {
    name: 'session-token-without-iat',
    title: 'A session token has no claim iat.',
    wrap: withoutIat(({ session }) => session !== undefined),
  },
  {
    name: 'session-payload-without-expiry',
    title: 'A login in mode session does not say when the token expires.',
    wrap: changingSessionLogin((payload) => delete payload['expires']),
  },
  {
    name: 'session-token-only-by-cookie',
    title: 'A session token in the header or the query is refused.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const sent = sentToken(exchange);
        if (sent !== undefined && sent.way !== 'cookie' && claimsOf(sent.token)?.['session'] !== undefined)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'dead-cookie-not-cleared',
    title: 'A session cookie that is refused stays in the browser.',
    wrap: (): Wrappers => ({
      response: ({ response }, answer) => {
        if (answer.status === 401) response.removeHeader('Set-Cookie');
      },
    }),
  },
  {
    name: 'good-cookie-cleared-when-forbidden',
    title: 'An answer with 403 clears the session cookie.',
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
] as const satisfies readonly Defect[];
