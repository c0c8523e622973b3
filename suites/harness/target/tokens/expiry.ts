import type { Response } from '../http/response.js';
import { claimsOf } from './jwt.js';
import { assert, TokenExpired, NotApplicable } from '../../outcomes.js';
import type { CheckOptions } from '../../check.js';
import { noteComparison } from '../../run/comparisons.js';
import type { RunPlan } from '../../run/run-plan.js';
import type { SentTokens } from './bearer-methods.js';
import type { Target } from '../target.js';
import type { AccessToken, AnyAccessToken, RefreshToken, SessionToken } from './tokens.js';

/** A token this long past its expiry must be rejected, whatever leeway for clocks is given (RFC 7519 section 4.1.4: "a few minutes"), in s. */
export const LONG_EXPIRED_S = 360;
/** How long a check waits to see that a token stays valid where it has to wait, in ms: as long as a run takes anyway. */
export const WHILE_MS = 10_000;
/** Where the clock can be advanced, a token is looked at so long before its lifetime is over, in ms. */
const BEFORE_THE_END_MS = 60_000;
/** A clock that counts whole seconds may be this far behind, in ms. */
const MARGIN_MS = 1100;

/** How far the `expires` of a response and a claim exp may be apart, in ms, where the clocks of two machines are compared. */
const CLOCK_TOLERANCE_MS = 300_000;

/**
 * True where two times of the target agree, of which one is that of the header Date: it may tell the clock that the suite has advanced, or
 * one that goes on as ever.
 * @param apartMs how far they are apart, in ms
 */
export const isAgreed = ({ time }: Pick<Target, 'time'>, apartMs: number): boolean =>
  [0, time.advancedMs].some((advancedMs) => Math.abs(apartMs - advancedMs) <= CLOCK_TOLERANCE_MS);

/** When a response was sent, by the clock of the target where it says so (RFC 9110 section 6.6.1), in ms since 1970. */
export function timeOf(response: Response): number {
  const told = Date.parse(response.headers('date')[0] ?? '');
  return Number.isNaN(told) ? Date.now() : told;
}

/** How far `expires` and the claims of the token may be apart, in ms: both are rounded. */
const TOLERANCE_MS = 2000;

/**
 * Expects that the `expires` of a response be the lifetime of the token by its own claims, where it has any: since its iat, or since the
 * response where it has none.
 * @throws Violation
 */
export function expectMatchingExpiry(response: Response, token: string): void {
  const { expires } = response.payload;
  const { exp, iat } = claimsOf(token) ?? {};
  if (exp === undefined) return;
  if (iat === undefined) {
    const left = exp * 1000 - timeOf(response);
    assert(
      Math.abs(left - Number(expires)) <= CLOCK_TOLERANCE_MS,
      `the \`expires\` of ${response.what} to be the lifetime of the token by its exp (${Math.round(left / 1000)} s from now)`,
      `it is ${JSON.stringify(expires) ?? 'not there'}`,
    );
    return;
  }
  const life = (exp - iat) * 1000;
  assert(
    Math.abs(life - Number(expires)) <= TOLERANCE_MS,
    `the \`expires\` of ${response.what} to be the lifetime of the token by its own claims (exp − iat = ${life} ms)`,
    `it is ${JSON.stringify(expires) ?? 'not there'}`,
  );
}

/** Options of a check that sees a real credential expire: it waits for it, or the target's clock is advanced. */
export const seesExpiry: CheckOptions = { needs: ['patience', 'clock'] };

type Reach = Pick<RunPlan, 'patienceMs' | 'clock'>;

/** True when a check may see what happens after so many ms: the target's clock can be advanced, or the tester is as patient. */
export const canSee = (ms: number, { patienceMs = 0, clock }: Reach): boolean =>
  clock !== undefined || ms <= patienceMs;

/**
 * How long to wait until a token has expired, in ms. Its lifetime is what the check is about from here on.
 * @throws NotApplicable when its expiry cannot be waited for
 */
export function untilExpiry({ type, lifetime }: AccessToken | SessionToken, plan: Reach): number {
  if (lifetime.ms === undefined) throw new NotApplicable(`the target does not state the lifetime of a ${type} token`);
  const whole = lifetime.ms + MARGIN_MS;
  if (!canSee(whole, plan)) {
    const variable = type === 'session' ? 'SESSION_COOKIE_TTL' : 'ACCESS_TOKEN_TTL';
    const patienceMs = plan.patienceMs ?? 0;
    const limit = patienceMs === 0 ? 'which is not waited for' : `longer than --patience (${patienceMs / 1000} s)`;
    throw new NotApplicable(
      `a ${type} token of this target has a lifetime of ${lifetime.ms / 1000} s, ${limit}: shorten it for the run and give --patience (on a Directus: ${variable}=3s, --patience 10s), or give --clock-url`,
    );
  }
  lifetime.putUnderTest();
  // A clock that can be advanced may have stood still since the token was issued.
  return plan.clock === undefined ? Math.max(0, lifetime.issuedAt + whole - performance.now()) : whole;
}

/**
 * How long to wait to see that a token stays valid, in ms: where the clock can be advanced, until shortly before its lifetime is over;
 * otherwise some seconds, at most half of it.
 */
export function someTime({ lifetime: { ms } }: AnyAccessToken, { clock }: Pick<RunPlan, 'clock'>): number {
  if (ms === undefined) return WHILE_MS;
  return clock === undefined ? Math.min(WHILE_MS, ms / 2) : Math.max(ms / 2, ms - BEFORE_THE_END_MS);
}

/**
 * To be called before a refresh token is used that must outlive its access token: that it may have expired excuses a rejection only
 * where the target itself says that it lives longer.
 */
export function expectToOutlive({ lifetime: refresh }: RefreshToken, { lifetime: access }: AccessToken): void {
  if (refresh.ms === undefined || refresh.ms <= (access.ms ?? Infinity)) refresh.putUnderTest();
}

/**
 * Assumes that a token cannot have expired yet, so that a rejection has another reason.
 * @throws TokenExpired
 */
export function assumeUnexpired({ time }: Target, { lifetime }: AnyAccessToken): void {
  if (lifetime.excusesRejectionAt(time.now())) throw new TokenExpired();
}

/**
 * Expects that a token, whose time is over, be rejected: at once, or as soon as the leeway is over that the target gives to clocks.
 * @throws Violation when it is still accepted at the end of the tester's patience, or six minutes later where the clock is advanced
 */
export async function expectExpiry(
  {
    target,
    plan,
    wait,
    waitedMs,
  }: { target: Target; plan: RunPlan; wait: (ms: number) => Promise<void>; waitedMs: number },
  sent: SentTokens,
  what: string,
): Promise<void> {
  // RFC 7519 section 4.1.4 lets a server give clocks some leeway; a tester who waits longer gives it more.
  const [leewayMs, stepMs] =
    plan.clock === undefined
      ? [Math.min(5000, Math.max(0, (plan.patienceMs ?? 0) - waitedMs)), 1000]
      : [LONG_EXPIRED_S * 1000, LONG_EXPIRED_S * 1000];
  for (let over = 0; ; over += stepMs) {
    const response = await target.whoAmI(sent);
    if (response.rejected) {
      noteComparison();
      return;
    }
    assert(
      over < leewayMs,
      `${what} to be rejected once it has expired`,
      `${response.summary} ${over / 1000} s after its expiry`,
    );
    await wait(stepMs);
  }
}
