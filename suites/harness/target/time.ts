/**
 * What time it is for the target. Unless the tester gave a way to advance the target's clock, it runs with that of this machine; each
 * advance puts it ahead. One run at a time: `followClock` begins it.
 */
interface Reading {
  /** The time of the target, in ms since 1970. */
  readonly target: number;
  /** When it was read, on the clock of performance.now(). */
  readonly at: number;
  /** How far the clock had been advanced by then, in ms. */
  readonly advancedMs: number;
}

/** An `iat` counts whole seconds: half of one is the best guess of the rest, in ms. */
const HALF_A_SECOND_MS = 500;
/** How far a reading may be beside what is possible, in ms: rounding, and the way of the response. */
const TOLERANCE_MS = 1500;

let advancedMs = 0;
let first: Reading | undefined;
let latest: Reading | undefined;

/**
 * The clock that lifetimes are counted on, in ms: that of performance.now(), and ahead of it by as much as the target's clock has been
 * advanced. A target whose clock stands still in between is behind it, never ahead.
 */
export const now = (): number => performance.now() + advancedMs;

/** How far the clock of the target has been advanced in this run, in ms. */
export const advanced = (): number => advancedMs;

/**
 * The time by the clock of the target, in ms since 1970: the machine's, unless its clock can be advanced; then by the newest token that
 * the target has issued.
 */
export function targetTime(): number {
  if (latest === undefined) return Date.now() + advancedMs;
  return latest.target + (advancedMs - latest.advancedMs) + (performance.now() - latest.at);
}

/**
 * Begins a run.
 * @param time what the clock of a target that can be advanced says, in ms since 1970; undefined where it is the machine's
 */
export function followClock(time: number | undefined): void {
  advancedMs = 0;
  first = latest = time === undefined ? undefined : { target: time, at: performance.now(), advancedMs };
}

/** Takes note that the clock of the target has been advanced, by so many ms. */
export function noteAdvance(ms: number): void {
  advancedMs += ms;
}

/**
 * Takes note of the `iat` of a token that the target has just issued, in s since 1970: it tells the time of a clock that stands still
 * between advances, and of one that runs. One that no such clock can show is left aside: the token may be what is wrong.
 */
export function noteIssueTime(iat: unknown): void {
  if (first === undefined || typeof iat !== 'number') return;
  const target = iat * 1000 + HALF_A_SECOND_MS;
  const standingStill = first.target + advancedMs;
  if (target < standingStill - TOLERANCE_MS || target > targetTime() + TOLERANCE_MS) return;
  latest = { target, at: performance.now(), advancedMs };
}
