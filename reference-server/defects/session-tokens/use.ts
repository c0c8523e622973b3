import { servedMessage, servedOperation, servedRequest } from '../helpers/served.js';
import { forgivingSessionExpiry } from '../helpers/expiry.js';
import { invalidCredentials } from '../../http/errors.js';
import type { Defect, Wrappers } from '../defect.js';
import { claimsOf, sentToken, withoutIat } from '../helpers/tokens.js';
import { judgingUseOfSessionTokens } from '../helpers/sessions/tokens-in-use.js';

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
