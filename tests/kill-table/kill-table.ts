/**
 * Certifies the reference server with each of its defects, and prints which requirements notice each: `npm run kill-table`.
 *
 *   npm run kill-table -- --quick         against the requirements that name the defect alone, in a fraction of the time
 *   npm run kill-table -- NAME…           these defects alone
 *   npm run kill-table -- --jobs 2        so many runs at once (default: 5; most of a run is waiting)
 *
 * Ends with 1 when a defect is not noticed by a requirement that names it.
 */
import { Semaphore } from 'async-mutex';
import { parseArgs } from 'node:util';
import { defects } from '../../reference-server/index.js';
import { requirements } from '../../spec/catalogue.js';
import type { Report } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, jobs: { type: 'string', default: '5' } },
});
const jobs = new Semaphore(Number(values.jobs));
const unknown = positionals.filter((name) => !defects.some((defect) => defect.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `kill-table: no such defect: ${unknown.join(', ')}. See auth-conformance serve --list-defects\n`,
  );
  process.exit(2);
}

let survivors = 0;
await Promise.all(
  defects
    .map(({ name }): string => name)
    .filter((name) => positionals.length === 0 || positionals.includes(name))
    .map(async (name) => jobs.runExclusive(async () => row(name))),
);
process.stdout.write(
  survivors === 0 ? 'every defect is noticed\n' : `${survivors} defects are not noticed as they should be\n`,
);
process.exitCode = survivors === 0 ? 0 : 1;

/** Runs the suite against one defect, up to three times until each requirement that names it has failed, and prints its row. */
async function row(name: string): Promise<void> {
  const named = requirements.filter((one) => (one.defects as readonly string[]).includes(name)).map(({ id }) => id);
  const only = values.quick ? named.flatMap((id) => ['--only', id]) : [];
  let missed: string[] = named;
  let failed: string[] = [];
  let runs = 0;
  for (; runs < 3 && missed.length > 0; runs += 1) {
    const flags = ['self-test', '--json', '--runs', '20', '--seed', '3', '--defect', name, ...only];
    const { stdout, stderr } = await runCli(flags);
    if (stdout === '') throw new Error(`${name}: ${stderr}`);
    const report = JSON.parse(stdout) as Report;
    failed = report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ id }) => id);
    missed = named.filter((id) => !failed.includes(id));
  }
  if (missed.length > 0) survivors += 1;
  const note = missed.length > 0 ? `NOT NOTICED by ${missed.join(', ')}; ` : runs > 1 ? `in ${runs} runs: ` : '';
  process.stdout.write(`${name} → ${note}${failed.join(', ')}\n`);
}
