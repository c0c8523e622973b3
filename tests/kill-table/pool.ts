import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Configuration } from '../../spec/generated/configuration.js';
import type { Report } from '../../spec/generated/report.js';

/** What a process is to do. */
export interface Job {
  readonly id: number;
  /** Names of defects; none for the server as it is. */
  readonly defects: readonly string[];
  /** These requirements alone; all when not given. */
  readonly only?: readonly string[] | undefined;
  /** Settings that differ from those of the kill table. */
  readonly settings?: Pick<Configuration, 'seed' | 'concurrency' | 'runs'> | undefined;
}

/** What came of it. */
export interface Outcome {
  readonly id: number;
  readonly report?: Report;
  readonly error?: string;
}

/** Runs of one process at once: a run waits for logins, each of which takes LOGIN_STALL_TIME. */
export const AT_ONCE = 2;

/**
 * Processes that certify the reference server with its defects: one for each core, each several runs at once. They start once, so
 * that the suites are loaded and compiled once.
 */
export class Pool {
  readonly #processes: readonly ChildProcess[];
  readonly #idle: ChildProcess[];
  readonly #waiting: ((process: ChildProcess) => void)[] = [];
  readonly #underWay = new Map<number, (outcome: Outcome) => void>();
  #count = 0;

  /** @param atOnce runs of one process at once */
  constructor(atOnce: number = AT_ONCE) {
    const worker = fileURLToPath(new URL('worker.ts', import.meta.url));
    this.#processes = Array.from({ length: availableParallelism() }, () => {
      const child = fork(worker, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      child.on('message', (outcome: Outcome) => this.#underWay.get(outcome.id)?.(outcome));
      child.on('exit', (code) => {
        for (const [id, end] of this.#underWay) end({ id, error: `a process of the kill table ended with ${code}` });
      });
      return child;
    });
    this.#idle = this.#processes.flatMap((child) => Array<ChildProcess>(atOnce).fill(child));
  }

  /**
   * Certifies the reference server with defects.
   * @param only these requirements alone; all when not given
   * @param settings that differ from those of the kill table
   * @throws Error when no report came of it
   */
  async certify(defects: readonly string[], only?: readonly string[], settings?: Job['settings']): Promise<Report> {
    const child = this.#idle.shift() ?? (await new Promise<ChildProcess>((resolve) => this.#waiting.push(resolve)));
    this.#count += 1;
    const id = this.#count;
    const { report, error } = await new Promise<Outcome>((resolve) => {
      this.#underWay.set(id, resolve);
      child.send({ id, defects, only, settings } satisfies Job);
    });
    this.#underWay.delete(id);
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(child);
    else next(child);
    if (report === undefined) throw new Error(`${defects.join(', ')}: ${error}`);
    return report;
  }

  /** Ends the processes. */
  close(): void {
    for (const child of this.#processes) child.removeAllListeners('exit').disconnect();
  }
}
