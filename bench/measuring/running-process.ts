import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { freePort } from '../../tests/helpers/free-port.js';

/** How a server is started: a program of Node and what it is given. */
export interface Launch {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The path whose first answer, of any status, counts as the end of the start. */
  readonly path: string;
}

/** A server that runs as a process of its own. */
export interface RunningProcess {
  readonly url: string;
  /** From the start of the process to its first answer, in ms. */
  readonly startMs: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** How long is waited between two attempts to reach a server that starts, in ms: the error of a start. */
const PAUSE_MS = 2;
const LIMIT_MS = 120_000;

/**
 * Starts a server, and asks it over and over until it answers.
 * @throws Error when it ends instead, or has not answered within two minutes
 */
export async function startProcess(launch: (port: number) => Launch): Promise<RunningProcess> {
  const port = await freePort();
  const { args, env = {}, cwd, path } = launch(port);
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-2000)));
  while (!(await answers(url + path))) {
    if (hasEnded(child)) throw new Error(`${args.join(' ')} ended before it answered: ${complaints}`);
    if (performance.now() - begun > LIMIT_MS) {
      child.kill('SIGKILL');
      throw new Error(`${args.join(' ')} has not answered within two minutes: ${complaints}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { url, startMs: performance.now() - begun, pid: child.pid ?? 0, stop: () => end(child) };
}

/** On a connection of its own, which is not kept: a `fetch` would find its time out at the first start and not at the others. */
async function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
