import { spawn } from 'node:child_process';
import { cli, root } from './run-cli.js';

/** `auth-conformance serve`, running. */
export interface Served {
  readonly url: string;
  /** All that it printed so far. */
  readonly output: () => string;
  /** Sends a signal and waits for the end; the exit code, null when the signal ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/**
 * Starts the reference server by its command, on a free port.
 * @throws Error with what it printed when it ends instead of listening
 */
export async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], LOGIN_STALL_TIME: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (data: string) => {
        output += data;
        const found = /reference server: (\S+)/.exec(output)?.[1];
        if (found !== undefined && output.includes('Ctrl-C')) resolve(found);
      });
    child.on('close', () => reject(new Error(output)));
  });
  return {
    url,
    output: () => output,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}
