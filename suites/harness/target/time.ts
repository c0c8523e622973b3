import type { ClockDescription } from '../run/run-plan.js';

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

/**
 * What time it is for the target of a run. Its clock runs with that of this machine, unless the tester gave a way to advance it: then it
 * is ahead by what it has been advanced, and may stand still in between.
 */
export class TargetTime {
  #advancedMs = 0;
  readonly #first: Reading | undefined;
  #latest: Reading | undefined;

  /** @param clock that can be advanced, as it was read before the run; undefined for one that runs with that of this machine */
  constructor(clock?: Pick<ClockDescription, 'time' | 'readAt'>) {
    this.#first = clock && { target: clock.time, at: performance.now() - (Date.now() - clock.readAt), advancedMs: 0 };
    this.#latest = this.#first;
  }

  /** True where the tester gave a way to advance the target's clock: the Date of a response may be of another one. */
  get isAdvanced(): boolean {
    return this.#first !== undefined;
  }

  /** How far the clock has been advanced in this run, in ms. */
  get advancedMs(): number {
    return this.#advancedMs;
  }

  /**
   * What lifetimes are counted on, in ms: the clock of performance.now(), and ahead of it by as much as the target's clock has been
   * advanced. A target whose clock stands still in between is behind it, never ahead.
   */
  now(): number {
    return performance.now() + this.#advancedMs;
  }

  /** The time by the clock of the target, in ms since 1970: by the newest token that it has issued where its clock can be advanced. */
  sinceEpoch(): number {
    const latest = this.#latest;
    if (latest === undefined) return Date.now();
    return latest.target + (this.#advancedMs - latest.advancedMs) + (performance.now() - latest.at);
  }

  /** Takes note that the clock has been advanced, by so many ms. */
  noteAdvance(ms: number): void {
    this.#advancedMs += ms;
  }

  /**
   * Takes note of the `iat` of a token that the target has just issued, in s since 1970: it tells the time of a clock that stands still
   * between advances, and of one that runs. One that no such clock can show is left aside: the token may be what is wrong, or one from
   * before, which the target returns once more.
   */
  noteIssue(iat: unknown): void {
    const [first, latest] = [this.#first, this.#latest];
    if (first === undefined || latest === undefined || typeof iat !== 'number') return;
    const target = iat * 1000 + HALF_A_SECOND_MS;
    const at = performance.now();
    const standingStill = latest.target + this.#advancedMs - latest.advancedMs;
    const running = first.target + this.#advancedMs + (at - first.at);
    if (target < standingStill - TOLERANCE_MS || target > running + TOLERANCE_MS) return;
    this.#latest = { target, at, advancedMs: this.#advancedMs };
  }
}
