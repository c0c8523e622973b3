import fc from 'fast-check';
import type { Evidence } from './evidence.js';
import { Unjudged, Violation } from './outcomes.js';
import type { RunPlan } from './run-plan.js';

/** How long one property may take, in ms, shrinking included: a target that fails at once must not hold up the run. */
const TIME_LIMIT_MS = 60_000;
/** When more runs are asked for than the default, each may add this much, in ms. */
const TIME_LIMIT_PER_RUN_MS = 1000;

/** The numbers that a run of a property stands on. */
export interface PropertySettings {
  readonly plan: Pick<RunPlan, 'runs' | 'seed'>;
  readonly evidence: Evidence;
  /** Runs for this property, when it costs more than others: at most the plan's. */
  readonly atMost?: number;
  /** Time after which no further run is begun, in ms, when runs take long: fewer are made then. */
  readonly budgetMs?: number;
}

/**
 * Demands that something hold for whatever an arbitrary comes up with. Of the evidence, only the last run is kept: when the
 * property fails, that of the shrunk counterexample.
 * @throws Violation with the seed and the shrunk counterexample; Unjudged when a run could not be judged
 */
export async function forAll<T>(
  arbitrary: fc.Arbitrary<T>,
  { plan, evidence, atMost, budgetMs }: PropertySettings,
  holds: (value: T) => Promise<void>,
): Promise<void> {
  const mark = evidence.mark();
  const property = fc.asyncProperty(arbitrary, async (value) => {
    evidence.backTo(mark);
    await holds(value);
  });
  const numRuns = Math.min(plan.runs, atMost ?? Infinity);
  const timeLimitMs = Math.max(TIME_LIMIT_MS, numRuns * TIME_LIMIT_PER_RUN_MS);
  const found = await fc.check(property, {
    seed: plan.seed,
    numRuns,
    endOnFailure: true,
    interruptAfterTimeLimit: budgetMs ?? timeLimitMs,
  });
  if (!found.failed) {
    if (found.interrupted && budgetMs === undefined)
      throw new Unjudged(`the property took longer than ${timeLimitMs / 1000} s`);
    return;
  }
  if (!(found.errorInstance instanceof Violation)) throw found.errorInstance;
  // Found; now it is made as small as it can be in the time there is.
  const shrunk = await fc.check(property, {
    seed: found.seed,
    numRuns: 1,
    path: found.counterexamplePath ?? '',
    interruptAfterTimeLimit: TIME_LIMIT_MS,
  });
  const details = shrunk.failed && shrunk.errorInstance instanceof Violation ? shrunk : found;
  const error: unknown = details.errorInstance;
  if (!(error instanceof Violation)) throw error;
  const [value] = details.counterexample ?? [];
  if (value !== undefined) {
    // The last run was a step of shrinking that held: repeat the counterexample, so that the evidence shows it.
    evidence.backTo(mark);
    await holds(value).catch((again: unknown) => {
      if (!(again instanceof Violation)) throw again;
    });
  }
  const counterexample = `${evidence.masked(fc.stringify(value))} (seed ${details.seed}, after ${found.numRuns} runs and ${details.numShrinks} shrinks)`;
  throw new Violation(error.expected, error.actual, counterexample);
}
