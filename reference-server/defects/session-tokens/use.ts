import { servedMessage, servedOperation, servedRequest } from '../helpers/served.js';
import { forgivingSessionExpiry } from '../helpers/expiry.js';
import { invalidCredentials } from '../../http/errors.js';
import type { Defect, Wrappers } from '../defect.js';
import { claimsOf, sentToken, withoutIat } from '../helpers/tokens.js';
import { sessionCookieOf } from '../helpers/sessions/sessions.js';
import { judgingUseOfSessionTokens } from '../helpers/sessions/tokens-in-use.js';

/** Requests that come within this time of each other come at once, in ms; of which so many are let through. */
const [AT_ONCE_MS, MOST_AT_ONCE] = [40, 5];

/** Defects that requirements of the section `use` of the chapter `session-tokens` notice. */
export const sessionTokensUse = [
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
    title: 'A session token is rejected the second time it is used.',
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
    name: 'session-cookie-refused-at-once',
    title: 'Of several requests with one session cookie at once the sixth is rejected.',
    wrap: (): Wrappers => {
      const times = new Map<string, readonly number[]>();
      return {
        request: (exchange) => {
          const token = sessionCookieOf(exchange);
          if (token === undefined || exchange.request.path.startsWith('/auth/')) return;
          // Not by the clock of the server, which may be advanced.
          const now = performance.now();
          const recent = [...(times.get(token) ?? []).filter((time) => now - time < AT_ONCE_MS), now];
          times.set(token, recent);
          if (recent.length > MOST_AT_ONCE) throw invalidCredentials();
        },
      };
    },
  },
  {
    name: 'session-token-dies-early',
    title: 'A session token is rejected after a third of its lifetime.',
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
    name: 'session-token-only-by-cookie',
    title: 'A session token in the header or the query is rejected.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const sent = sentToken(exchange);
        if (sent !== undefined && sent.method !== 'cookie' && claimsOf(sent.token)?.['session'] !== undefined)
          throw invalidCredentials();
      },
    }),
  },
] as const satisfies readonly Defect[];
