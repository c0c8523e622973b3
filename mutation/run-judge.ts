import { spawn } from 'node:child_process';
import type { Judgement } from './judge.js';

/** How long one run may take, in ms: a mutant may loop endlessly. */
const LIMIT_MS = 180_000;

/**
 * Runs a judge in a process of its own.
 * @param program the judge
 * @returns undefined when it gave no judgement in time
 */
export async function runJudge(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Judgement | undefined> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  const last = output.trim().split('\n').at(-1) ?? '';
  return last.startsWith('{"failed"') ? (JSON.parse(last) as Judgement) : undefined;
}
