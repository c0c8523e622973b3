import type { Exchange } from '../../http/interceptor.js';
import { setHeader } from './exchange.js';
import { replaceToken, sentToken, tokenFor } from './tokens.js';

/** Adds a token of the first user, an administrator, to a request that is sent without a token. */
export async function sendTokenOfFirstUser(exchange: Exchange): Promise<void> {
  const { context, request } = exchange;
  if (sentToken(exchange) !== undefined || Boolean(request.query['access_token'])) return;
  const [first] = await context.store.users();
  if (first !== undefined) setHeader(request, 'authorization', `Bearer ${await tokenFor(exchange, first)}`);
}

/** Has a request that is sent with a token be one of the first user, an administrator. */
export async function actAsFirstUser(exchange: Exchange): Promise<void> {
  if (sentToken(exchange) === undefined) return;
  const [first] = await exchange.context.store.users();
  if (first !== undefined) replaceToken(exchange, await tokenFor(exchange, first));
}
