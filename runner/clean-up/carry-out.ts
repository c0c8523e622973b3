import { setTimeout as sleep } from 'node:timers/promises';
import { Semaphore } from 'async-mutex';
import type { Leftover } from '../../spec/generated/report.js';
import { Inconclusive } from '../../suites/harness/outcomes.js';
import { TransportError } from '../../suites/harness/target/http/transport-error.js';

/** Requests of the clean-up that may be under way at once. */
const CONCURRENCY = 8;

/** Something that the run left on the target. */
export interface Task {
  readonly leftover: Omit<Leftover, 'reason'>;
  /** Removed before what is not. */
  readonly isUrgent: boolean;
  readonly remove: () => Promise<void>;
  /** Whether it is still there; undefined when that cannot be found out. */
  readonly isThere: () => Promise<boolean | undefined>;
}

/** How long a clean-up tries. */
export interface CleanUpLimits {
  /** How long it goes on without getting anywhere, in ms. */
  readonly patienceMs: number;
  /** The pause between two rounds, in ms. */
  readonly betweenMs: number;
  /** How long it is looked up in all what of the rest is still there, in ms. */
  readonly lookUpMs: number;
}

/**
 * A clean-up has this much patience unless told otherwise: a Directus that stands still for 30 s, as it does now and then, is waited for,
 * as is one that is started again.
 */
export const defaultCleanUpLimits: CleanUpLimits = { patienceMs: 35_000, betweenMs: 1000, lookUpMs: 10_000 };

/**
 * Carries tasks out, the urgent ones first, again and again where the target gives no answer, until nothing has been got done for
 * `patienceMs`.
 * @param onDone called after each that is done
 * @returns the tasks that could not be, each with the last error
 */
export async function carriedOut(
  tasks: readonly Task[],
  onDone: () => void,
  { patienceMs, betweenMs }: CleanUpLimits = defaultCleanUpLimits,
): Promise<Map<Task, Error>> {
  const slots = new Semaphore(CONCURRENCY);
  const failed = new Map<Task, Error>();
  let latest = performance.now();
  const attempt = async (task: Task): Promise<void> =>
    slots.runExclusive(async () => {
      // A target that answers nothing of this kind: the many that wait for their turn would each wait in vain.
      if (performance.now() - latest > patienceMs) {
        failed.set(task, new TransportError(`nothing could be removed for ${patienceMs / 1000} s`, 'silent'));
        return;
      }
      try {
        await task.remove();
        failed.delete(task);
        latest = performance.now();
        onDone();
      } catch (error) {
        failed.set(task, error as Error);
      }
    });
  let pending = tasks;
  while (pending.length > 0) {
    // Those that are urgent, when they are done, and the rest in the end: each before the other.
    for (const urgent of [true, false])
      await Promise.all(pending.filter(({ isUrgent }) => isUrgent === urgent).map(attempt));
    pending = [...failed].filter(([, error]) => mayBeOvercome(error)).map(([task]) => task);
    if (pending.length === 0 || performance.now() - latest > patienceMs) break;
    await sleep(betweenMs);
  }
  return failed;
}

/**
 * Looks up which of several things are still there, for as long as there is time.
 * @returns whether each is; undefined where that could not be found out
 */
export async function stillThere(
  tasks: readonly Task[],
  { lookUpMs }: CleanUpLimits = defaultCleanUpLimits,
): Promise<(boolean | undefined)[]> {
  const slots = new Semaphore(CONCURRENCY);
  const end = performance.now() + lookUpMs;
  return Promise.all(
    tasks.map(async ({ isThere }) => slots.runExclusive(async () => (performance.now() < end ? isThere() : undefined))),
  );
}

/**
 * Whether trying again may help: not where the target has said no, rejects requests for their rate for longer than is waited, or leaves
 * this endpoint without an answer while it answers others, so that it is not asked any more.
 */
const mayBeOvercome = (error: Error): boolean =>
  error instanceof TransportError ? !['limited', 'silent'].includes(error.kind) : error instanceof Inconclusive;
