import type { CheckResult } from '../../../spec/generated/report.js';
import type { Check } from '../check.js';
import { Evidence } from '../evidence/evidence.js';
import { Violation } from '../outcomes.js';
import { Attempt } from './attempt.js';
import { counting } from './comparisons.js';
import type { Run } from './run.js';

/**
 * Runs a check that failed once more, with no other check under way, so that the report can tell what fails in each run from what fails
 * now and then. Waits for its turn: the others go first, then those that are understood most easily, for the time may end before all
 * have had theirs.
 * @param reading how much there is to read of it: a number of exchanges
 * @returns undefined when the second run came to no verdict, or there was no time for it
 */
export async function confirm(run: Run, check: Check, reading: number): Promise<CheckResult['confirmation']> {
  const { plan, slots, interrupted, confirmations } = run;
  await slots.acquire(plan.concurrency, -1 - Math.min(reading, 9_999) / 10_000);
  const attempt = new Attempt(run, new Evidence(), plan.concurrency, confirmations.shared);
  try {
    if (interrupted.aborted || !confirmations.begin()) return undefined;
    const { made } = await counting(async () => check.body(attempt.context));
    return made === 0 ? undefined : 'intermittent';
  } catch (error) {
    return error instanceof Violation && !attempt.evidence.hasExpired ? 'confirmed' : undefined;
  } finally {
    await attempt.end();
    slots.release(plan.concurrency);
  }
}
