import type { Cookie } from 'tough-cookie';

/** How far the lifetime of the cookie and that of the token in it may be apart, in ms: both are rounded, and the response takes its time. */
export const LIFETIME_TOLERANCE_MS = 3000;

/** A cookie's attributes as it was set, without its value. */
export function describe(cookie: Cookie): string {
  return cookie.toString().replace(/=[^;]*/, '=…');
}
