import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, isLogin, isRefresh, payloadOf } from '../helpers/exchange.js';
import { withAllRights } from '../helpers/rights.js';
import { claimsOf, signed } from '../helpers/tokens.js';
import type { Exchange } from '../../http/interceptor.js';

/** Puts other claims into the access token of a response. */
const withClaims =
  (
    when: (exchange: Exchange) => boolean,
    change: (
      claims: Readonly<Record<string, unknown>>,
      exchange: Exchange,
    ) => Promise<Readonly<Record<string, unknown>>> | Readonly<Record<string, unknown>>,
  ) =>
  (): Wrappers => ({
    response: async (exchange, answer) => {
      const payload = payloadOf(answer);
      const claims = typeof payload['access_token'] === 'string' ? claimsOf(payload['access_token']) : undefined;
      if (when(exchange) && claims !== undefined)
        payload['access_token'] = await signed(exchange, await change(claims, exchange));
    },
  });

/** Defects that show when a login or a refresh has members that it does not need. */
export const accessTokensFurtherMembers = [
  {
    name: 'login-takes-rights-from-body',
    title: 'A login that says admin_access is given a token with all rights.',
    wrap: withClaims(
      (exchange) => isLogin(exchange) && bodyOf(exchange)['admin_access'] === true,
      async (claims, { context }) => ({ ...(await withAllRights(context.store, claims)), admin_access: true }),
    ),
  },
  {
    name: 'refresh-takes-user-from-body',
    title: 'A refresh that names a user is given a token of that user.',
    wrap: withClaims(
      (exchange) => isRefresh(exchange) && typeof bodyOf(exchange)['user'] === 'string',
      (claims, exchange) => ({ ...claims, id: bodyOf(exchange)['user'] }),
    ),
  },
] as const satisfies readonly Defect[];
