import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase } from 'vitest/node';
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

/**
 * Gets vitest ready: one worker, no isolation, everything at once, so that a run takes as long as its longest check.
 * @param order in which the checks are begun
 */
export async function readySuites({ shuffle, seed }: Pick<RunPlan, 'shuffle' | 'seed'>): Promise<ReadySuites> {
  const broken: string[] = [];
  let tell: OnCheck = () => undefined;
  const underWay = new Map<string, string>();
  const reporter: Reporter = {
    onTestModuleCollected: (module) => {
      for (const test of module.children.allTests()) underWay.set(test.id, test.name);
    },
    onTestCaseResult: (test) => {
      underWay.delete(test.id);
      const finished = finishedCheck(test);
      if (finished !== undefined) tell(finished, test.meta().secrets ?? []);
      else if (test.result().state === 'failed')
        broken.push(...(test.result().errors ?? []).map(({ message }) => message));
    },
    onTestRunEnd: (modules, errors) => {
      broken.push(...errors.map(({ message }) => message));
      for (const module of modules) broken.push(...module.errors().map(({ message }) => message));
    },
  };
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const listeners = signalListeners();
  const { exitCode } = process;
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
  // vitest ends the process at a signal; this tool cleans the target up first.
  signalListeners()
    .filter(({ listener }) => !listeners.some((known) => known.listener === listener))
    .forEach(({ signal, listener }) => process.off(signal, listener));
  return {
    run: async (plan, onCheck, interrupted) => {
      tell = onCheck;
      vitest.provide('plan', plan);
      const cancel = (): void => void vitest.cancelCurrentRun('keyboard-input');
      interrupted?.addEventListener('abort', cancel, { once: true });
      try {
        await vitest.start();
      } finally {
        interrupted?.removeEventListener('abort', cancel);
      }
      if (broken.length > 0 && interrupted?.aborted !== true)
        throw new Error(`the suites could not be run: ${broken.join('; ')}`);
    },
    unfinished: () =>
      [...underWay.values()].map((name) => {
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
