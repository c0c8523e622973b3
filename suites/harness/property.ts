import fc from 'fast-check';
import type { Evidence } from './evidence.js';
import { Unjudged, Violation } from './outcomes.js';
import type { RunPlan } from './run-plan.js';

/** How long one property may take, in ms, shrinking included: a target that fails at once must not hold up the run. */
const TIME_LIMIT_MS = 60_000;

/** The numbers that a run of a property stands on. */
export interface PropertySettings {
  readonly plan: Pick<RunPlan, 'runs' | 'seed'>;
  readonly evidence: Evidence;
  /** Runs for this property, when it costs more than others: at most the plan's. */
  readonly atMost?: number;
}

/**
 * Demands that something hold for whatever an arbitrary comes up with. Of the evidence, only the last run is kept: when the
 * property fails, that of the shrunk counterexample.
 * @throws Violation with the seed and the shrunk counterexample; Unjudged when a run could not be judged
 */
export async function forAll<T>(
  arbitrary: fc.Arbitrary<T>,
  { plan, evidence, atMost }: PropertySettings,
  holds: (value: T) => Promise<void>,
): Promise<void> {
  const mark = evidence.mark();
  const property = fc.asyncProperty(arbitrary, async (value) => {
    evidence.backTo(mark);
    await holds(value);
  });
  const details = await fc.check(property, {
    seed: plan.seed,
    numRuns: Math.min(plan.runs, atMost ?? Infinity),
    interruptAfterTimeLimit: TIME_LIMIT_MS,
  });
  if (!details.failed) {
    if (details.interrupted) throw new Unjudged(`the property took longer than ${TIME_LIMIT_MS / 1000} s`);
    return;
  }
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
  const counterexample = `${evidence.masked(fc.stringify(value))} (seed ${details.seed}, after ${details.numRuns} runs and ${details.numShrinks} shrinks)`;
  throw new Violation(error.expected, error.actual, counterexample);
}
