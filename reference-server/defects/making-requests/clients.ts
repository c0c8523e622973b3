import { invalidCredentials, ApiError } from '../../http/errors.js';
import type { Exchange } from '../../http/interceptor.js';
import type { Defect, Wrappers } from '../defect.js';
import { setCookieValue } from '../helpers/cookies.js';
import { isRefresh, payloadOf } from '../helpers/exchange.js';
import { refreshTokenOf, sessionCookieOf } from '../helpers/sessions/sessions.js';
import { ownClaimsOf, replaceToken, sentToken, signed } from '../helpers/tokens.js';

/** Binds what a response issues to a header of its request, and rejects it with another value of that header. */
const bound =
  (
    header: string,
    issuedIn: (exchange: Exchange, payload: Record<string, unknown>) => unknown,
    presentedIn: (exchange: Exchange) => unknown,
  ) =>
  (): Wrappers => {
    const known = new Map<unknown, string>();
    return {
      request: (exchange) => {
        const expected = known.get(presentedIn(exchange));
        const value = String(exchange.request.headers[header] ?? '');
        if (expected !== undefined && value !== '' && expected !== '' && value !== expected) throw invalidCredentials();
      },
      response: (exchange, answer) => {
        const token = issuedIn(exchange, payloadOf(answer));
        if (typeof token === 'string') known.set(token, String(exchange.request.headers[header] ?? ''));
      },
    };
  };

const issuedSession = ({ response, context }: Exchange): unknown =>
  setCookieValue(response, context.settings.SESSION_COOKIE_NAME);

/** Defects that show when a client is not, or does not ask, as it did before. */
export const makingRequestsClients = [
  {
    name: 'session-bound-to-user-agent',
    title: 'A session token is rejected with another User-Agent than that of its login.',
    wrap: bound('user-agent', issuedSession, sessionCookieOf),
  },
  {
    name: 'refresh-bound-to-address',
    title: 'A refresh token is rejected from another address than that of its login.',
    wrap: bound(
      'x-forwarded-for',
      (_exchange, payload) => payload['refresh_token'],
      (exchange) => (isRefresh(exchange) ? refreshTokenOf(exchange) : undefined),
    ),
  },
  {
    name: 'revoked-token-not-modified',
    title: 'A token that was accepted once is answered with 304 to a conditional request, also when it is revoked.',
    wrap: (): Wrappers => {
      const known = new Set<string>();
      return {
        request: (exchange) => {
          const token = sentToken(exchange)?.token ?? '';
          const isConditional = exchange.request.headers['if-none-match'] !== undefined;
          if (isConditional && known.has(token)) throw new ApiError(304, 'NOT_MODIFIED', 'Not modified.');
        },
        response: (exchange, { status }) => {
          const token = sentToken(exchange)?.token;
          if (token !== undefined && status === 200) known.add(token);
        },
      };
    },
  },
  {
    name: 'compressed-responses-cached',
    title: 'Responses to requests that accept gzip are cached for a while, by token.',
    wrap: (): Wrappers => {
      const kept = new Map<string, unknown>();
      return {
        response: (exchange, answer) => {
          const { request } = exchange;
          const token = sentToken(exchange)?.token;
          if (request.method !== 'GET' || request.path !== '/users/me' || token === undefined) return;
          if (request.headers['accept-encoding'] !== 'gzip') return;
          const key = `${request.originalUrl} ${token}`;
          if (answer.status === 200) kept.set(key, answer.body);
          else if (kept.has(key)) {
            answer.status = 200;
            answer.body = kept.get(key);
          }
        },
      };
    },
  },
  {
    name: 'slash-skips-revocation',
    title: 'Where a slash stands behind the path, a session token is accepted after its logout.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { token } = sentToken(exchange) ?? {};
        const claims = token === undefined ? undefined : await ownClaimsOf(exchange, token);
        if (claims?.['session'] === undefined || !exchange.request.path.endsWith('/')) return;
        replaceToken(exchange, await signed(exchange, { ...claims, session: undefined }));
      },
    }),
  },
] as const satisfies readonly Defect[];
