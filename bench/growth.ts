/**
 * What a run costs as it grows: more runs of each property, more targets.
 * `npm run bench -- growth [--targets N]`: no more than N targets, 50 unless told otherwise.
 */
import { parseArgs } from 'node:util';
import { machine } from './measuring/machine.js';
import { measuredRun } from './measuring/measured-run.js';
import { duration, times } from './measuring/numbers.js';
import { startProcess } from './measuring/running-process.js';
import { table } from './measuring/table.js';
import { launch } from './contestants/reference-server.js';

const { values } = parseArgs({ options: { targets: { type: 'string', default: '50' } } });

/** The default of --runs. */
const RUNS = 50;

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Measures steps, each beside the first. `size`: how many times the first it is. */
async function measure(
  heading: string,
  steps: readonly {
    readonly name: string;
    readonly size: number;
    readonly targets: readonly string[];
    readonly args: readonly string[];
  }[],
): Promise<void> {
  const rows: string[][] = [];
  let first: { ms: number; peakBytes: number } | undefined;
  for (const { name, size, targets, args } of steps) {
    const { ms, peakBytes, reportBytes } = await measuredRun(targets, args);
    first ??= { ms, peakBytes };
    rows.push([
      name,
      duration(ms),
      times(ms / first.ms),
      times(size),
      mebibytes(peakBytes),
      times(peakBytes / first.peakBytes),
      mebibytes(reportBytes),
    ]);
  }
  console.log(
    `${table([[heading, 'time', 'beside the first', 'size', 'peak memory', 'beside the first', 'reports'], ...rows])}\n`,
  );
}

console.log(`## What a run costs as it grows\n\nAgainst the reference server. ${machine()}\n`);

// All of 127.0.0.0/8 is this machine: fifty addresses are fifty targets, of one server.
const server = await startProcess(launch('--host', '0.0.0.0', '--allow-insecure'));
const targets = Array.from({ length: 50 }, (_one, i) => server.url.replace('127.0.0.1', `127.0.0.${i + 1}`));
/**
 * Left out: what waits ten seconds, or a run would take as long with the eightfold of everything else; what now and then waits for the
 * next half minute, to have a one-time password that lasts; and what registers users, which a server allows five times a minute.
 */
const left = [
  'standard.reusable',
  'session.authenticates',
  'session.refresh.ends-old',
  'static.does-not-expire',
  'tfa.*',
  'graphql.login.otp-required',
  'realtime.otp-required',
  'requests.nothing-else',
];
const quick = left.flatMap((id) => ['--skip', id]);

await measure(
  'runs of each property',
  [1, 2, 4, 8].map((size) => ({
    name: String(size * RUNS),
    size,
    targets: targets.slice(0, 1),
    args: [...quick, '--runs', String(size * RUNS)],
  })),
);
await measure(
  'targets',
  [1, 10, 50]
    .filter((size) => size <= Number(values.targets))
    .map((size) => ({ name: String(size), size, targets: targets.slice(0, size), args: quick })),
);
await server.stop();
