/**
 * How long a run takes, beside what it cannot do without. Of the reference server: an empty run of vitest, and the longest wait. Of a
 * real Directus: the longest chain of requests that depend on each other, and the time that its processor spent.
 */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../spec/generated/report.js';
import { installDirectus, OBSERVED_VERSION, startDirectus } from '../tests/directus/directus.js';
import { lossyProxy } from '../tests/helpers/targets/lossy-proxy.js';
import { cli, root, run } from '../tests/helpers/run-cli.js';
import { referenceServer } from './contestants/reference-server.js';
import { machine } from './measuring/machine.js';
import { measuredRun } from './measuring/measured-run.js';
import { duration, median, times } from './measuring/numbers.js';
import { startProcess } from './measuring/running-process.js';
import { table } from './measuring/table.js';
import { temporaryFolder } from './measuring/temporary-folder.js';

/**
 * The longest wait of a check, in ms: a session token that was refreshed is accepted for ten more seconds
 * (SESSION_REFRESH_GRACE_PERIOD; observed: Directus 12.4.1).
 */
const LONGEST_WAIT_MS = 10_000;
/** What the issue allows: this many times what a run cannot do without. */
const GOAL = 1.5;
/** So many of the longest checks are run once more by themselves, to find the longest chain. */
const CANDIDATES = 6;

async function medianMs(repetitions: number, measure: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let n = 0; n < repetitions; n += 1) all.push(await measure());
  return median(all);
}

/** A run of vitest, in one thread, on a file with one test in it that does nothing. In ms. */
async function emptyVitestMs(): Promise<number> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'empty.test.js'), "import { test } from 'vitest';\ntest('nothing', () => {});\n");
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--root',
    folder,
    '--pool=threads',
    '--no-isolate',
  ];
  return medianMs(5, async () => (await run(process.execPath, args)).ms);
}

/** The processor time that a process has spent, user and system, in ms. Linux only: proc(5), fields 14 and 15, in hundredths of a second. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The longest of the checks, each run by itself: a check sends its requests one after the other, for the most part. */
async function longestChain(url: string, { requirements }: Report): Promise<{ id: string; ms: number }> {
  const longest = (checks: Report['requirements'][number]['checks']): number =>
    Math.max(...checks.map(({ durationMs }) => durationMs));
  const candidates = [...requirements]
    .sort((one, other) => longest(other.checks) - longest(one.checks))
    .slice(0, CANDIDATES);
  let chain = { id: '', ms: 0 };
  for (const { id } of candidates) {
    const { reports } = await measuredRun([url], ['--only', id, '--concurrency', '1']);
    const ms = Math.max(...reports.flatMap((report) => report.requirements.map(({ checks }) => longest(checks))));
    if (ms > chain.ms) chain = { id, ms };
  }
  return chain;
}

console.log(`## The time of a run\n\n${machine()}\n`);

const empty = await emptyVitestMs();
/** What one run costs the target and the suite. The requests are counted in a run of their own, by a proxy. */
async function costs(name: string, { url, pid }: { readonly url: string; readonly pid: number }): Promise<string[]> {
  const before = processorMs(pid);
  const { ms, processorMs: ofSuite } = await measuredRun([url]);
  const ofTarget = processorMs(pid) - before;
  let requests = 0;
  const proxy = await lossyProxy(url, (number) => {
    requests = number;
    return false;
  });
  try {
    await measuredRun([proxy.url]);
  } finally {
    await proxy.close();
  }
  return [name, String(requests), duration(ofTarget), duration(ofSuite), duration(ms)];
}

const costRows: string[][] = [];
const reference = await startProcess(referenceServer.launch);
const ofReference = await medianMs(3, async () => (await measuredRun([reference.url])).ms);
costRows.push(await costs('reference server, LOGIN_STALL_TIME=0', reference));
await reference.stop();
const asStarted = await startProcess((port) => {
  const { env, ...launch } = referenceServer.launch(port);
  // The default of the setting, and of a Directus.
  return { ...launch, env: { ...env, LOGIN_STALL_TIME: '500' } };
});
costRows.push(await costs('reference server, as `serve` starts it', asStarted));
await asStarted.stop();
console.log(
  `${table([
    ['against the reference server', 'time', ''],
    ['an empty run of vitest (E)', duration(empty), ''],
    ['the longest wait of a check (W)', duration(LONGEST_WAIT_MS), ''],
    ['the whole suite, median of 3', duration(ofReference), ''],
    [`… beside E + W (goal: ${GOAL} ×)`, '', times(ofReference / (empty + LONGEST_WAIT_MS))],
    [`… beside ${GOAL} × E + W`, '', times(ofReference / (GOAL * empty + LONGEST_WAIT_MS))],
  ])}\n`,
);

const directus = await startDirectus(await installDirectus(OBSERVED_VERSION));
const before = processorMs(directus.pid);
const { ms: ofDirectus, reports } = await measuredRun([directus.url]);
const spent = processorMs(directus.pid) - before;
const [report] = reports;
if (report === undefined) throw new Error('no report');
const chain = await longestChain(directus.url, report);
costRows.push(await costs(`Directus ${OBSERVED_VERSION}, default settings`, directus));
await directus.stop();
console.log(
  `${table([
    [`against a real Directus ${OBSERVED_VERSION}, default settings`, 'time', ''],
    [`the longest chain of requests (${chain.id})`, duration(chain.ms), ''],
    ['processor time that the target spent', duration(spent), ''],
    ['the whole suite', duration(ofDirectus), ''],
    [`… beside the larger of both (goal: ${GOAL} ×)`, '', times(ofDirectus / Math.max(chain.ms, spent))],
  ])}\n`,
);

console.log(
  `${table([['one run', 'requests', 'processor time of the target', 'of the suite', 'time'], ...costRows])}\n`,
);

const node = await medianMs(15, async () => (await run(process.execPath, ['-e', '0'])).ms);
const help = await medianMs(15, async () => (await run(process.execPath, [cli, '--help'])).ms);
console.log(
  table([
    ['cold start', 'time', ''],
    ['`node -e 0`', duration(node), ''],
    ['`auth-conformance --help`', duration(help), times(help / node)],
    [`… beside ${GOAL} × \`node -e 0\` + 100 ms`, '', times(help / (GOAL * node + 100))],
  ]),
);
