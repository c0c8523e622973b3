import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cli, root } from './run-cli.js';

/** `auth-conformance serve` as a process of its own, on a port of its own. */
export interface Served {
  /** As http://127.0.0.1:8055. */
  readonly url: string;
  readonly pid: number;
  /** True until it has ended. */
  readonly isRunning: () => boolean;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Closes the end of the pipe that standard output goes to. */
  stopReading(): void;
  /** Ends it by a signal, at once by default; its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts it; resolves when it listens. */
export async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], LOGIN_STALL_TIME: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => (printed += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (printed += data));
  const url = await listening(child, () => printed);
  return {
    url,
    pid: child.pid ?? 0,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    output: () => printed,
    stopReading: () => void child.stdout.destroy(),
    end: async (signal = 'SIGKILL') => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await once(child, 'exit');
      }
      return child.exitCode;
    },
  };
}

async function listening(child: ChildProcess, printed: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`serve ended with ${code}: ${printed()}`)));
    child.stdout?.on('data', () => {
      const url = /(?:reference server: |"url":")([^"\s]+)/.exec(printed())?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
