import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watch as watchFiles } from 'chokidar';
import { targetStates } from './target-states.js';

/** How long no further change must come before a run begins, in ms: an editor and a compiler write several files. */
const QUIET_MS = 300;

/** What ends it. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Folders and files that change without the server changing. */
const IGNORED = /(?:^|[\\/])(?:node_modules|\.git|coverage)(?:[\\/]|$)|\.(?:log|tmp|sqlite|db)(?:-\w+)?$/;

/** What is run again and again. */
export interface Watched {
  /** The arguments of a run. */
  readonly args: readonly string[];
  /** Base URLs that are looked at between runs; none where the run starts its own server. */
  readonly targets: readonly string[];
  /** The folder whose files are watched. */
  readonly directory: string;
  /** Files that runs write: their changes are ignored. */
  readonly written: readonly string[];
}

/**
 * Runs the command anew, as a process of its own, when a file or a target changes, until Ctrl-C. A change ends the run that is under
 * way: what it has seen is of the former server.
 * @returns the exit code of the last run that came to its end
 */
export async function watch({ args, targets, directory, written }: Watched): Promise<number> {
  let run: ChildProcess | undefined;
  let code = 0;
  let isOver = false;
  let wake = (): void => undefined;
  let why: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  // A second signal would keep a run from cleaning up.
  let isInterrupted = false;
  const interrupt = (): void => {
    if (!isInterrupted) run?.kill('SIGINT');
    isInterrupted = true;
  };
  const changed = (what: string): void => {
    why ??= what;
    clearTimeout(timer);
    timer = setTimeout(() => {
      interrupt();
      wake();
    }, QUIET_MS);
  };
  const files = watchFiles(directory, {
    ignoreInitial: true,
    ignored: (path) => IGNORED.test(path.slice(directory.length)) || written.includes(path),
  }).on('all', (_event, path) => changed(path.slice(directory.length + 1)));
  const end = (): void => {
    if (isOver) run?.kill('SIGINT');
    isOver = true;
    interrupt();
    wake();
  };
  for (const signal of SIGNALS) process.on(signal, end);
  const states = targetStates(targets, changed);
  try {
    await once(files, 'ready');
    while (!isOver) {
      why = undefined;
      states.pause();
      isInterrupted = false;
      // In a process group of its own: what a terminal sends at Ctrl-C reaches it once, from here.
      run = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
        stdio: 'inherit',
        detached: process.platform !== 'win32',
      });
      const [ended] = (await once(run, 'exit')) as [number | null];
      run = undefined;
      if (ended !== null && ended !== 130) code = ended;
      if (isOver) break;
      if (why === undefined) {
        process.stderr.write('auth-conformance: waiting for a file or the target to change (Ctrl-C ends)\n');
        await states.look();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      if (!isOver) process.stderr.write(`auth-conformance: ${why ?? 'something'} changed, running again\n`);
    }
    return code;
  } finally {
    clearTimeout(timer);
    states.pause();
    for (const signal of SIGNALS) process.off(signal, end);
    await files.close();
  }
}
