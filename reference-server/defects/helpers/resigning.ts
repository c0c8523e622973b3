import type { Exchange } from '../../http/interceptor.js';
import { ownClaimsOf, replaceToken, sentToken, signed } from './tokens.js';

/** Signs a token of this server that has expired anew, with its time to come. */
export async function renewExpired(exchange: Exchange): Promise<void> {
  const sent = sentToken(exchange);
  const claims = sent && (await ownClaimsOf(exchange, sent.token));
  if (claims?.exp !== undefined && claims.exp <= nowOf(exchange))
    replaceToken(exchange, await signed(exchange, { ...claims, exp: nowOf(exchange) + 60 }));
}

export const nowOf = ({ context }: Exchange): number => Math.floor(context.clock.now() / 1000);
