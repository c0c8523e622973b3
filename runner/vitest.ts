import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { createVitest } from 'vitest/node';
import type { FinishedCheck } from '../report/build.js';
import type { RequirementId } from '../spec/generated/requirement-id.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';
import type { OnCheck, ReadySuites } from './suites.js';

/** Longer than any run: the time limits are those of the requests and of the waits. */
const NO_LIMIT_MS = 2 ** 31 - 1;

const isCompiled = import.meta.url.endsWith('.js');
/** Where the suites stand: in the folder beside that of this file, compiled or not. */
const suites = fileURLToPath(new URL('../suites/', import.meta.url));

/** What the tests come to, as vitest reports it. */
class Results implements Reporter {
  /** What is wrong with the suites themselves. */
  readonly broken: string[] = [];
  /** The names of the tests that have not ended, by id. */
  readonly underWay = new Map<string, string>();
  onCheck: OnCheck = () => undefined;

  onTestModuleCollected(module: TestModule): void {
    for (const test of module.children.allTests()) this.underWay.set(test.id, test.name);
  }

  onTestCaseResult(test: TestCase): void {
    this.underWay.delete(test.id);
    const finished = finishedCheck(test);
    if (finished !== undefined) this.onCheck(finished, test.meta().secrets ?? []);
    else if (test.result().state === 'failed')
      this.broken.push(...(test.result().errors ?? []).map(({ message }) => message));
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    this.broken.push(...errors.map(({ message }) => message));
    for (const module of modules) this.broken.push(...module.errors().map(({ message }) => message));
  }
}

/**
 * Gets vitest ready: one worker, no isolation, everything at once, so that a run takes as long as its longest check.
 * @param order in which the checks are begun
 */
export async function readySuites(order: Pick<RunPlan, 'shuffle' | 'seed'>): Promise<ReadySuites> {
  const results = new Results();
  const { exitCode } = process;
  const vitest = await silentVitest(order, results);
  return {
    run: async (plan, onCheck, interrupted) => {
      results.onCheck = onCheck;
      vitest.provide('plan', plan);
      const cancel = (): void => void vitest.cancelCurrentRun('keyboard-input');
      interrupted?.addEventListener('abort', cancel, { once: true });
      try {
        await vitest.start();
      } finally {
        interrupted?.removeEventListener('abort', cancel);
      }
      if (results.broken.length > 0 && interrupted?.aborted !== true)
        throw new Error(`the suites could not be run: ${results.broken.join('; ')}`);
    },
    unfinished: () =>
      [...results.underWay.values()].map((name) => {
        const [requirement = '', ...title] = name.split(': ');
        return { requirement: requirement as RequirementId, title: title.join(': ') };
      }),
    close: async () => {
      await vitest.close();
      // vitest takes a failed check for a failed program; what the exit code is to be, the verdicts decide.
      process.exitCode = exitCode;
    },
  };
}

/** A vitest that prints nothing and leaves signals alone: it would end the process, and this tool cleans the target up first. */
async function silentVitest({ shuffle, seed }: Pick<RunPlan, 'shuffle' | 'seed'>, reporter: Reporter): Promise<Vitest> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const listeners = signalListeners();
  const vitest = await createVitest(
    'test',
    {
      root: suites,
      config: false,
      watch: false,
      include: [`all.suite.${isCompiled ? 'js' : 'ts'}`],
      exclude: [],
      pool: 'threads',
      maxWorkers: 1,
      isolate: false,
      sequence: { concurrent: true, shuffle, seed },
      // How many checks are under way at once is the suites' own affair: a check that waits lets others go ahead.
      maxConcurrency: 10_000,
      testTimeout: NO_LIMIT_MS,
      hookTimeout: NO_LIMIT_MS,
      teardownTimeout: 5000,
      cache: false,
      // Compiled suites are imported by Node itself; only TypeScript has to go through Vite.
      experimental: { viteModuleRunner: !isCompiled, nodeLoader: !isCompiled },
      reporters: [reporter],
    },
    { logLevel: 'silent', clearScreen: false },
    { stdout: silent, stderr: silent },
  );
  signalListeners()
    .filter(({ listener }) => !listeners.some((known) => known.listener === listener))
    .forEach(({ signal, listener }) => process.off(signal, listener));
  return vitest;
}

function finishedCheck(test: TestCase): FinishedCheck | undefined {
  const { requirement, result } = test.meta();
  return requirement === undefined || result === undefined ? undefined : { requirement, result };
}

/** What the command listens to as well. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK'] as const;

interface SignalListener {
  readonly signal: (typeof signals)[number];
  readonly listener: (...args: unknown[]) => void;
}

function signalListeners(): SignalListener[] {
  return signals.flatMap((signal) =>
    process.listeners(signal).map((listener) => ({ signal, listener: listener as (...args: unknown[]) => void })),
  );
}
