import type { Cookie } from 'tough-cookie';
import { assert } from '../harness/outcomes.js';
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

/** Expects that a response set a cookie which browsers do not send with requests from other sites. */
export function expectSameSite(response: Response, name: string, what: string): void {
  const { sameSite = 'nothing' } = response.cookie(name) ?? {};
  assert(
    sameSite === 'lax' || sameSite === 'strict',
    `the cookie ${name} set by ${what} to say SameSite=Lax or Strict`,
    `it says ${sameSite}`,
  );
}

/**
 * Expects that a cookie be set with the Domain that it was first set with: a browser keeps one with a Domain beside one of the name without,
 * also where the Domain is the host of both (the draft of RFC 6265bis, section 5.7: host-only-flag).
 */
export function expectSameDomain(first: Cookie, cookie: Cookie, { what }: Response): void {
  const said = ({ domain }: Cookie): string => (domain === null ? 'no Domain' : `Domain=${domain}`);
  assert(
    cookie.domain === first.domain,
    `the cookie ${cookie.key} set by ${what} to say ${said(first)}, as that of the login does`,
    `it says ${said(cookie)}: a browser keeps both`,
  );
}

/** A cookie's attributes as it was set, without its value. */
export function describe(cookie: Cookie): string {
  return cookie.toString().replace(/=[^;]*/, '=…');
}
