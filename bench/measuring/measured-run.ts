import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../spec/generated/report.js';
import { known } from '../../tests/directus/directus.js';
import { runCli } from '../../tests/helpers/run-cli.js';
import { temporaryFolder } from './temporary-folder.js';

/** What a run of auth-conformance took. */
export interface MeasuredRun {
  /** From the start of the process to its end, in ms. */
  readonly ms: number;
  /** The most memory the process has had, resident, in bytes. */
  readonly peakBytes: number;
  /** The processor time that the process has spent, user and system, in ms. */
  readonly processorMs: number;
  /** The size of the JSON reports, in bytes. */
  readonly reportBytes: number;
  readonly reports: readonly Report[];
}

/** A module for Node's --import: it writes the most memory that the process has had, in bytes, and its processor time, in ms, into the file that PEAK_MEMORY names. */
const peakMemory = `data:text/javascript,${encodeURIComponent(`
  import { writeFileSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  const file = process.env.PEAK_MEMORY;
  if (isMainThread && file) process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeFileSync(file, JSON.stringify([maxRSS * 1024, (userCPUTime + systemCPUTime) / 1000]));
  });
`)}`;

/**
 * Certifies targets that this bench has started, as the command does it that is shipped.
 * @throws Error when something failed, or was not judged: what is measured then is not what was meant
 */
export async function measuredRun(targets: readonly string[], args: readonly string[] = []): Promise<MeasuredRun> {
  const folder = temporaryFolder();
  const peak = join(folder, 'peak');
  const { code, stdout, stderr, ms } = await runCli(
    [...targets.flatMap((target) => ['--target', target]), '--json', ...args],
    {
      env: {
        AUTH_CONFORMANCE_ADMIN_EMAIL: known.email,
        AUTH_CONFORMANCE_ADMIN_PASSWORD: known.password,
        NODE_OPTIONS: `--import=${peakMemory}`,
        PEAK_MEMORY: peak,
      },
    },
  );
  if (code !== 0) throw new Error(`exit code ${code ?? 'none'}: ${stderr.slice(-2000)}`);
  const [peakBytes, processorMs] = JSON.parse(readFileSync(peak, 'utf8')) as [number, number];
  return {
    ms,
    peakBytes,
    processorMs,
    reportBytes: stdout.length,
    reports: [JSON.parse(stdout) as Report | Report[]].flat(),
  };
}
