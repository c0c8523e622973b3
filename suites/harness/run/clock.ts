import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import type { Semaphore } from 'async-mutex';
import { Inconclusive, NotApplicable } from '../outcomes.js';
import type { TargetTime } from '../target/time.js';
import { clockChannelName, type AdvanceOutcome, type AdvanceOrder } from './clock-channel.js';
import type { RunPlan } from './run-plan.js';

/** Lets a check wait until time has passed for the target. */
export interface Clock {
  /**
   * Waits, with no slot held.
   * @param ms how long
   * @throws Inconclusive when the run is to end early, or the clock cannot be advanced; NotApplicable when it must not be, so far
   */
  wait(ms: number): Promise<void>;
  /** Lets go of what it holds. */
  close(): void;
}

/** The machine's clock, for a target whose clock runs with it: waiting takes as long as it says. */
export class RunningClock implements Clock {
  constructor(private readonly interrupted: AbortSignal) {}

  async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.interrupted }).catch(() => this.interrupted.throwIfAborted());
  }

  close(): void {
    // Nothing is held.
  }
}

/** A check that waits. */
interface Waiter {
  /** When it goes on, in ms that the clock has been advanced since the run began. */
  readonly until: number;
  readonly wake: () => void;
  readonly fail: (why: Error) => void;
}

/** What a clock is advanced for. */
interface AdvancedRun {
  readonly time: TargetTime;
  /** Of the checks: all of them are held while the clock is advanced. */
  readonly slots: Semaphore;
  readonly interrupted: AbortSignal;
}

/** Later than all checks, those too that measure alone. */
const LAST = -2;

/** Checks that are to go on within this time of each other go on together, in ms: each advance holds all of them up. */
const STEP_MS = 250;

/**
 * A clock of the target that can be advanced: nothing is waited for. The checks that wait are gathered until every check waits or has
 * ended; with all slots held, so that nothing else is under way, the clock is advanced to when the first of them is to go on, all that
 * are due then go on, and so forth. So there is one advance for each lifetime that is waited for, the shortest first.
 */
export class AdvancedClock implements Clock {
  readonly #waiters = new Set<Waiter>();
  readonly #channel: BroadcastChannel;
  readonly #width: number;
  readonly #limitMs: number;
  /** How far it has been advanced, in ms. Time that passed by itself is not counted: the clock may stand still in between. */
  #advancedMs = 0;
  #advancing = false;
  #broken: Inconclusive | undefined;
  #answered: ((outcome: AdvanceOutcome) => void) | undefined;

  constructor(
    { runId, concurrency, clock }: Pick<RunPlan, 'runId' | 'concurrency' | 'clock'>,
    private readonly run: AdvancedRun,
  ) {
    const { interrupted } = run;
    this.#width = concurrency;
    this.#limitMs = clock?.limitMs ?? Infinity;
    this.#channel = new BroadcastChannel(clockChannelName(runId));
    this.#channel.onmessage = (event): void => {
      const { data } = event as { data: AdvanceOrder | AdvanceOutcome };
      if (data.type === 'advanced') this.#answered?.(data);
    };
    this.#channel.unref();
    interrupted.addEventListener('abort', () => this.#failAll(interrupted.reason as Error), { once: true });
  }

  async wait(ms: number): Promise<void> {
    this.run.interrupted.throwIfAborted();
    if (this.#broken !== undefined) throw this.#broken;
    const until = Math.ceil((this.#advancedMs + ms) / STEP_MS) * STEP_MS;
    if (until > this.#limitMs)
      throw new NotApplicable(
        'the token of --admin-token expires before that, and what the run creates could not be removed: give --admin-email and --admin-password, by which the suite can log in again',
      );
    await new Promise<void>((wake, fail) => {
      this.#waiters.add({ until, wake, fail });
      void this.#advance();
    });
  }

  close(): void {
    this.#channel.close();
  }

  /** Advances the clock, step by step, as long as checks wait for it. */
  async #advance(): Promise<void> {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#waiters.size > 0) {
      await this.#whenAllWait();
      try {
        await this.#advanceToNext();
      } finally {
        this.run.slots.release(this.#width);
      }
    }
    this.#advancing = false;
  }

  /** Holds all slots, once no check is under way and none is about to go on. */
  async #whenAllWait(): Promise<void> {
    for (;;) {
      await this.run.slots.acquire(this.#width, LAST);
      // Who waited for another check, which has ended or waits now itself, asks for a slot in this turn.
      await nextTurn();
      this.run.slots.release(this.#width);
      if (this.run.slots.getValue() === this.#width) break;
    }
    await this.run.slots.acquire(this.#width, LAST);
  }

  async #advanceToNext(): Promise<void> {
    const next = Math.min(...[...this.#waiters].map(({ until }) => until));
    if (!Number.isFinite(next)) return;
    const ms = next - this.#advancedMs;
    if (ms > 0) {
      const { problem } = await this.#ask(ms);
      if (problem !== undefined) {
        this.#broken = new Inconclusive(problem);
        this.#failAll(this.#broken);
        return;
      }
      this.#advancedMs = next;
      this.run.time.noteAdvance(ms);
    }
    for (const waiter of this.#waiters) {
      if (waiter.until > this.#advancedMs) continue;
      this.#waiters.delete(waiter);
      waiter.wake();
    }
  }

  async #ask(ms: number): Promise<AdvanceOutcome> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.run.interrupted.addEventListener('abort', () => resolve({ type: 'advanced' }), { once: true });
      this.#channel.postMessage({ type: 'advance', ms } satisfies AdvanceOrder);
    });
  }

  #failAll(why: Error): void {
    for (const waiter of this.#waiters) waiter.fail(why);
    this.#waiters.clear();
  }
}
