import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../../../http/interceptor.js';
import type { Wrappers } from '../../defect.js';
import { bodyOf, isRefresh, modeOf } from '../exchange.js';

/** How long after the first of several refreshes the others count as coming at once, in ms. */
const AT_ONCE_MS = 100;

/** Where a response keeps the refresh token that several refreshes shared. */
const SHARED = 'shared refresh token';

/** The refresh token that a refresh shared with others at once; undefined for one that came alone. */
export const sharedRefreshTokenOf = ({ response }: Exchange): string | undefined =>
  response.locals[SHARED] as string | undefined;

/**
 * Makes all of several refreshes of one token at once succeed: each is given a session of its own in place of the one that they share.
 * A refresh that comes alone is left as it is.
 */
export function refreshesAtOnceSucceed(): NonNullable<Wrappers['request']> {
  const races = new Map<string, { count: number; readonly over: Promise<void> }>();
  return async (exchange) => {
    const { store } = exchange.context;
    const { refresh_token: token } = bodyOf(exchange);
    if (!isRefresh(exchange) || modeOf(exchange) !== 'json' || typeof token !== 'string') return;
    const session = await store.session(token);
    if (session === undefined) return;
    const race = races.get(token) ?? { count: 0, over: sleep(AT_ONCE_MS) };
    races.set(token, race);
    race.count += 1;
    await race.over;
    races.delete(token);
    if (race.count < 2) return;
    const own = { ...session, token: randomBytes(48).toString('base64url') };
    await store.insertSession(own);
    await store.deleteSession(token);
    bodyOf(exchange)['refresh_token'] = own.token;
    exchange.response.locals[SHARED] = token;
  };
}
