import type { Exchange } from '../../http/interceptor.js';
import type { Wrappers } from '../defect.js';
import { type Claims, ownClaimsOf, replaceToken, sentToken, signed } from './tokens.js';

/** Claims that a token is to have; those that are undefined are left out. */
type WantedClaims = Readonly<Record<string, unknown>>;

/** Signs the claims of a token anew when it is accepted in a way that is wrong. */
export const resigning =
  (accepts: (exchange: Exchange, token: string) => Promise<WantedClaims | undefined>) => (): Wrappers => ({
    request: async (exchange) => {
      const sent = sentToken(exchange);
      const claims = sent && (await accepts(exchange, sent.token));
      if (claims !== undefined) replaceToken(exchange, await signed(exchange, claims));
    },
  });

/** Changes the claims of tokens that this server has signed; undefined leaves them as they are. */
export const forgiving = (
  forgive: (
    claims: Claims,
    exchange: Exchange,
    token: string,
  ) => WantedClaims | Promise<WantedClaims | undefined> | undefined,
) =>
  resigning(async (exchange, token) => {
    const claims = await ownClaimsOf(exchange, token);
    return claims && forgive(claims, exchange, token);
  });

/** Signs a token of this server that has expired anew, with its time to come. */
export async function renewExpired(exchange: Exchange): Promise<void> {
  const sent = sentToken(exchange);
  const claims = sent && (await ownClaimsOf(exchange, sent.token));
  if (claims?.exp !== undefined && claims.exp <= nowOf(exchange))
    replaceToken(exchange, await signed(exchange, { ...claims, exp: nowOf(exchange) + 60 }));
}

export const nowOf = ({ context }: Exchange): number => Math.floor(context.clock.now() / 1000);
