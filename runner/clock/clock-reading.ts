import { Account } from '../../suites/harness/users/account.js';
import type { Response } from '../../suites/harness/target/http/response.js';
import { claimsOf } from '../../suites/harness/target/tokens/jwt.js';
import type { Credentials } from '../../suites/harness/run/run-plan.js';
import type { Target } from '../../suites/harness/target/target.js';

/** What tells the time of a target, each in ms since 1970. */
export interface ClockReading {
  /** `iat` and `exp` of a token that it has just issued: whole seconds. */
  readonly iat: number | undefined;
  readonly exp: number | undefined;
  /** The header Date of its response. Some servers take it from another clock. */
  readonly date: number | undefined;
  /** When it was asked for and when it had come, on the clock of performance.now(). */
  readonly askedAt: number;
  readonly at: number;
}

/** How a clock has moved between two readings. */
export type Movement =
  | { readonly kind: 'as-told' }
  /** Nothing that the target says tells the time. */
  | { readonly kind: 'unknown' }
  /** `byMs`: by how much instead. */
  | { readonly kind: 'other'; readonly byMs: number };

/** An iat counts whole seconds, and so does the header Date, in ms. */
const ROUNDING_MS = 1000;

/**
 * Reads the target's clock off a token of a new login, and off the header Date.
 * @param account undefined where no login was given: the header Date is all there is then
 * @throws Inconclusive when no response comes
 */
export async function readClock(target: Target, account: Credentials | undefined): Promise<ClockReading> {
  const askedAt = performance.now();
  const response =
    account === undefined
      ? await target.send({ path: '/users/me' })
      : await target.login(Account.given(account, 'USER'));
  const { iat, exp } = claimsOf(response.text('access_token') ?? '') ?? {};
  return {
    iat: typeof iat === 'number' ? iat * 1000 : undefined,
    exp: typeof exp === 'number' ? exp * 1000 : undefined,
    date: dateOf(response),
    askedAt,
    at: performance.now(),
  };
}

function dateOf(response: Response): number | undefined {
  const date = Date.parse(response.headers('date')[0] ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/**
 * Holds two readings against what the clock was told. Either claim of a token will do: a target may be wrong about the other one.
 * @param ms by how much it was advanced in between
 */
export function movementBetween(before: ClockReading, after: ClockReading, ms: number): Movement {
  // A busy target answers late: what it says may be as old as the request.
  const passedMs = after.at - before.askedAt;
  const asTold = (byMs: number): boolean => byMs > ms - ROUNDING_MS && byMs < ms + passedMs + 2 * ROUNDING_MS;
  const moved = (member: 'iat' | 'exp' | 'date'): number[] => {
    const [one, other] = [before[member], after[member]];
    return one === undefined || other === undefined ? [] : [other - one];
  };
  const issued = [...moved('iat'), ...moved('exp')];
  if ([...issued, ...moved('date')].some(asTold)) return { kind: 'as-told' };
  const [byMs] = issued;
  return byMs === undefined ? { kind: 'unknown' } : { kind: 'other', byMs };
}
