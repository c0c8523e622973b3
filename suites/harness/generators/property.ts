import fc from 'fast-check';
import type { Evidence } from '../evidence/evidence.js';
import { Inconclusive, TokenExpired, Violation } from '../outcomes.js';
import { noteShortfall } from '../run/comparisons.js';
import type { RunPlan } from '../run/run-plan.js';

/** How long the search for a smaller counterexample may take, in ms. */
const SHRINK_LIMIT_MS = 20_000;
/** How long one property may take, in ms, at the default number of runs: a target that answers late must not hold up the run. */
const TIME_LIMIT_MS = 60_000;
/** When more runs are asked for than the default, each may add this much, in ms. */
const TIME_LIMIT_PER_RUN_MS = 1000;

/** The numbers that a run of a property stands on. */
export interface PropertySettings<T = unknown> {
  readonly plan: Pick<RunPlan, 'runs' | 'seed'>;
  readonly evidence: Evidence;
  /** Runs for this property, when it costs more than others: at most the plan's. */
  readonly atMost?: number;
  /** Time after which no further run is begun, in ms, when runs take long: fewer are made then. */
  readonly budgetMs?: number;
  /** Runs that are made however long they take: one when not given. */
  readonly atLeast?: number;
  /** What is tried first, in every run: it counts among the runs. */
  readonly examples?: readonly T[];
}

/**
 * Expects that something hold for whatever an arbitrary comes up with. Of the evidence, only the last run is kept: when the
 * property fails, that of the shrunk counterexample.
 * @throws Violation with the seed and the shrunk counterexample; Inconclusive when a run could not be judged
 */
export async function forAll<T>(
  arbitrary: fc.Arbitrary<T>,
  { plan, evidence, atMost, budgetMs, atLeast = 1, examples = [] }: PropertySettings<T>,
  holds: (value: T) => Promise<void>,
): Promise<void> {
  const mark = evidence.mark();
  const run = async (value: T): Promise<void> => {
    await evidence.backTo(mark);
    try {
      await holds(value);
    } catch (error) {
      throw evidence.hasExpired ? new TokenExpired() : error;
    }
  };
  const numRuns = Math.min(plan.runs, atMost ?? Infinity);
  const timeLimitMs = Math.max(TIME_LIMIT_MS, numRuns * TIME_LIMIT_PER_RUN_MS);
  // What waits for a turn at a target that limits the rate of requests is no time that the target takes.
  const now = (): number => performance.now() - evidence.waitedMs;
  const start = now();
  let begun = 0;
  let made = 0;
  let isOver = false;
  const withinBudget = fc.asyncProperty(arbitrary, async (value) => {
    begun += 1;
    isOver ||= now() - start > timeLimitMs;
    if (begun > atLeast && (isOver || now() - start >= (budgetMs ?? Infinity))) return;
    made += 1;
    await run(value);
  });
  const found = await fc.check(withinBudget, {
    seed: plan.seed,
    numRuns,
    examples: examples.map((example): [T] => [example]),
    endOnFailure: true,
  });
  const cause: unknown = found.errorInstance;
  if (!(cause instanceof Violation)) {
    if (isOver && budgetMs === undefined)
      throw new Inconclusive(`the property took longer than ${timeLimitMs / 1000} s`);
    if (found.failed) throw cause;
    if (made < numRuns)
      noteShortfall(`${made} of ${numRuns} random cases were tried in the ${(budgetMs ?? 0) / 1000} s that there are`);
    return;
  }
  // Found; now it is made as small as it can be in the time there is.
  const shrunk = await fc.check(fc.asyncProperty(arbitrary, run), {
    seed: found.seed,
    numRuns: 1,
    examples: examples.map((example): [T] => [example]),
    path: found.counterexamplePath ?? '',
    interruptAfterTimeLimit: SHRINK_LIMIT_MS,
  });
  const details = shrunk.failed && shrunk.errorInstance instanceof Violation ? shrunk : found;
  const error: unknown = details.errorInstance;
  if (!(error instanceof Violation)) throw error;
  const [value] = details.counterexample ?? [];
  if (value !== undefined) {
    // The last run was a step of shrinking that held: repeat the counterexample, so that the evidence shows it.
    await evidence.backTo(mark);
    await holds(value).catch((again: unknown) => {
      if (!(again instanceof Violation)) throw again;
    });
  }
  const counterexample = `${evidence.masked(fc.stringify(value))} (seed ${details.seed}, after ${found.numRuns} runs and ${details.numShrinks} shrinks)`;
  throw new Violation(error.expected, error.actual, counterexample);
}
