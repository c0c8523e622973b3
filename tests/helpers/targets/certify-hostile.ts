import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../../spec/generated/report.js';
import { adminOfTarget } from './hostile-proxy.js';
import { cli, root, run, type Ended } from '../run-cli.js';

/** How a certification ended, and what it cost. */
export interface Certified extends Ended {
  /** Undefined when none was written. */
  readonly report: Report | undefined;
  /** Length of the report in JSON, in bytes. */
  readonly reportBytes: number;
  /** The most memory that the process had, in MB; undefined when it had to be killed. */
  readonly peakMb: number | undefined;
}

/** A process that has not ended by itself after so long is killed, in ms: its exit code is null then. */
const KILL_AFTER_MS = 480_000;

/** Certifies a target that means harm. */
export async function certifyHostile(target: string, args: readonly string[]): Promise<Certified> {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));
  const [file, memory] = [join(folder, 'report.json'), join(folder, 'memory')];
  const command = [
    '--import',
    `${root}tests/helpers/peak-memory.mjs`,
    cli,
    '--target',
    target,
    '--report',
    `json=${file}`,
    // All that a report can hold.
    '--evidence',
    'all',
  ];
  let timer: NodeJS.Timeout | undefined;
  try {
    const ended = await run(process.execPath, [...command, ...args], {
      env: { ...adminOfTarget, PEAK_MEMORY_FILE: memory },
      during: (child) => (timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)),
    });
    const text = read(file);
    const peak = read(memory);
    return {
      ...ended,
      report: text === undefined ? undefined : (JSON.parse(text) as Report),
      reportBytes: text?.length ?? 0,
      peakMb: peak === undefined ? undefined : Number(peak) / 1_000_000,
    };
  } finally {
    clearTimeout(timer);
    rmSync(folder, { recursive: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
