import type { CheckResult } from '../../../spec/generated/report.js';
import type { Check } from '../check.js';
import { Evidence } from '../evidence/evidence.js';
import { Violation } from '../outcomes.js';
import { Attempt, type SharedThings } from './attempt.js';
import { counting } from './comparisons.js';
import type { Run } from './run.js';

/**
 * How long after the first check that is run again further ones are begun, in ms: a target that fails everything is not run through
 * twice. The same failure is seldom confirmed in one check and by chance in the next.
 */
const LIMIT_MS = 20_000;

/** Runs checks that failed once more, each alone, so that the report can tell what fails in each run from what fails now and then. */
export class Confirmation {
  /** What the checks that are run again share: nothing of what was there the first time. */
  readonly #shared: SharedThings = new Map();
  #begun: number | undefined;

  /** @param limitMs how long after the first one further checks are begun, in ms */
  constructor(private readonly limitMs = LIMIT_MS) {}

  /**
   * Runs a check that failed once more, with no other check under way. Waits for its turn: the others go first.
   * @returns undefined when the second run came to no verdict, or there was no time for it
   */
  async of(run: Run, check: Check): Promise<CheckResult['confirmation']> {
    const { plan, slots, interrupted } = run;
    await slots.acquire(plan.concurrency, -1);
    const attempt = new Attempt(run, new Evidence(), plan.concurrency, this.#shared);
    try {
      this.#begun ??= performance.now();
      if (interrupted.aborted || performance.now() - this.#begun > this.limitMs) return undefined;
      const { made } = await counting(async () => check.body(attempt.context));
      return made === 0 ? undefined : 'intermittent';
    } catch (error) {
      return error instanceof Violation && !attempt.evidence.hasExpired ? 'confirmed' : undefined;
    } finally {
      await attempt.end();
      slots.release(plan.concurrency);
    }
  }
}
