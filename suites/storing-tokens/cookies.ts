import type { Cookie } from 'tough-cookie';
import type { Response } from '../harness/target/http/response.js';
import type { Target } from '../harness/target/target.js';

/** How far the lifetime of the cookie and that of the token in it may be apart, in ms: both are rounded. */
export const LIFETIME_TOLERANCE_MS = 3000;

/**
 * How far times that a response names may be apart from those that are told of now, in ms: the target set the cookie at some time since
 * the request was sent, which is long ago where the target is slow.
 */
export const toleranceSince = ({ asked }: Response, { time }: Target): number =>
  LIFETIME_TOLERANCE_MS + time.now() - asked.sentAt;

/** A cookie's attributes as it was set, without its value. */
export function describe(cookie: Cookie): string {
  return cookie.toString().replace(/=[^;]*/, '=…');
}
