import type { FinishedCheck } from '../report/build.js';
import { inNumbers } from '../report/wording.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';
import type { Janitor } from './clean-up/janitor.js';
import type { RunSecrets } from './run-secrets.js';
import type { OnCheck, ReadySuites } from './suites.js';

/** How long checks under way may take to let go of the target, in ms. */
const GRACE_MS = 3000;
/** Longest time that a timer of Node can wait for, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** What ends a run early. */
export interface RunLimits {
  /** The time that is left of the run, in ms. */
  readonly leftMs: number;
  /** The time limit of the run, in words. */
  readonly what: string;
  /** So many failed requirements. */
  readonly bail?: number | undefined;
  readonly interrupted?: AbortSignal | undefined;
}

/** The suites, run once within limits: at each of them the checks under way are given a moment to let go of the target. */
export class LimitedSuites {
  readonly #finished: FinishedCheck[] = [];
  /** Requirements that failed. */
  readonly #failed = new Set<string>();
  /** Checks that ended after the run had enough failures: they are not judged. */
  readonly #leftOut: FinishedCheck[] = [];
  /** Why the run had enough. */
  #bailed: string | undefined;
  #isOver = false;
  readonly #timers: NodeJS.Timeout[] = [];
  #letGo: () => void = () => undefined;

  constructor(
    private readonly suites: ReadySuites,
    private readonly plan: RunPlan,
    private readonly limits: RunLimits,
    private readonly secrets: RunSecrets,
    private readonly janitor: Janitor,
    private readonly onCheck: (check: FinishedCheck) => void = () => undefined,
  ) {}

  /** @returns the checks that have ended, and those that have not, each with the verdict `error`, or `skip` where enough had failed */
  async run(): Promise<readonly FinishedCheck[]> {
    const { interrupted, leftMs } = this.limits;
    const letGo = new Promise<void>((resolve) => (this.#letGo = resolve));
    const running = this.suites
      .run(this.plan, (...ended) => this.#note(...ended), interrupted)
      .finally(async () => this.suites.close());
    // Where it is not waited for any more, nothing that it ends with is of interest.
    running.catch(() => undefined);
    this.#timers.push(setTimeout(() => this.#onTimeOver(), Math.min(LONGEST_MS, Math.max(0, leftMs))));
    interrupted?.addEventListener('abort', () => this.#stop('the run was interrupted', GRACE_MS));
    await Promise.race([running.then(() => (this.#isOver = true)), letGo]);
    this.#timers.forEach((timer) => clearTimeout(timer));
    if (!this.#isOver) {
      this.janitor.expectLateUsers();
      this.suites.close().catch(() => undefined);
    }
    this.#isOver = true;
    return [...this.#finished, ...this.#unfinished()];
  }

  readonly #note: OnCheck = (check, fresh) => {
    this.secrets.add(fresh);
    if (this.#isOver) return;
    if (this.#bailed !== undefined) {
      this.#leftOut.push(check);
      return;
    }
    this.#finished.push(check);
    if (check.result.verdict === 'fail') this.#failed.add(check.requirement);
    this.onCheck({ ...check, result: this.secrets.masked(check.result) });
    const { bail } = this.limits;
    if (bail === undefined || this.#failed.size < bail) return;
    this.#bailed = `the run ended after ${inNumbers(this.#failed.size, 'failed requirement')}: --bail`;
    this.#stop(this.#bailed, GRACE_MS);
  };

  get #timeOver(): string {
    return `the run reached its time limit of ${this.limits.what}`;
  }

  #onTimeOver(): void {
    this.janitor.notes.push(`${this.#timeOver}: what was left then is not judged. --max-time gives it longer`);
    // The requests that leave something on the target are under way for as long as one may take.
    this.#stop(this.#timeOver, GRACE_MS + this.plan.timeoutMs);
  }

  #stop(why: string, graceMs: number): void {
    this.janitor.stop(why);
    this.#timers.push(setTimeout(this.#letGo, graceMs));
  }

  #unfinished(): FinishedCheck[] {
    const leftOut = this.#leftOut.map(({ requirement, result }) => ({ requirement, title: result.title }));
    return [...leftOut, ...this.suites.unfinished()].map(({ requirement, title }) => ({
      requirement,
      result: {
        title,
        verdict: this.#bailed === undefined ? 'error' : 'skip',
        reason: this.#bailed ?? this.#timeOver,
        durationMs: 0,
        exchanges: [],
        curl: [],
      },
    }));
  }
}
