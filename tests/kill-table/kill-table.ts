/**
 * Certifies the reference server with each of its defects, and holds what fails against spec/kill-table.json: `npm run kill-table`.
 *
 *   npm run kill-table -- NAME…           these defects alone
 *   npm run kill-table -- --quick         against the requirements that name the defect alone, in a fraction of the time
 *   npm run kill-table -- --update        writes what fails into the table; what does not fail in each run stands as chance.
 *                                         With --quick, what a row says of requirements that do not name the defect stays
 *   npm run kill-table -- --only ID       this requirement alone (repeatable), as after a change of its checks: what a row says of others stays
 *   npm run kill-table -- --times 3       so many runs of each defect (default: 1; with --update: 2)
 *   npm run kill-table -- --jobs 2        so many runs at once for each core (default: 2)
 *
 * Ends with 1 when a row is not as the table says, or a defect is not noticed by a requirement that names it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { defects } from '../../reference-server/index.js';
import { requirements } from '../../spec/catalogue.js';
import { currentRows, killTableText } from '../../spec/document/kill-table-rows.js';
import type { KillTableRow } from '../../spec/kill-table.js';
import type { Report } from '../../spec/generated/report.js';
import { AT_ONCE, Pool } from './pool.js';
import { differenceFrom, failedIn, requirementsNaming, rowOf } from './rows.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    times: { type: 'string' },
    jobs: { type: 'string', default: String(AT_ONCE) },
  },
});
const file = new URL('../../spec/kill-table.json', import.meta.url);
const table = JSON.parse(readFileSync(file, 'utf8')) as Record<string, KillTableRow>;
const times = Number(values.times ?? (values.update ? 2 : 1));
const unknown = {
  defects: positionals.filter((name) => !defects.some((defect) => defect.name === name)),
  ids: (values.only ?? []).filter((id) => !requirements.some((requirement) => requirement.id === id)),
};
const problems = [
  ...(unknown.defects.length === 0
    ? []
    : [`no such defect: ${unknown.defects.join(', ')}. See auth-conformance serve --list-defects`]),
  ...(unknown.ids.length === 0 ? [] : [`no such requirement: ${unknown.ids.join(', ')}. See auth-conformance list`]),
  ...(times >= 1 ? [] : ['--times takes a number from 1']),
];
if (problems.length > 0) {
  process.stderr.write(`kill-table: ${problems.join('\nkill-table: ')}\n`);
  process.exit(2);
}

const pool = new Pool(Number(values.jobs));
const titles = new Map(defects.map(({ name, title }): [string, string] => [name, title]));
const start = performance.now();
let wrong = 0;
if (values.update) write();
const names = defects
  .map(({ name }): string => name)
  .filter((name) => positionals.length === 0 || positionals.includes(name));
await Promise.all(names.map(async (name) => line(name)));
pool.close();
const took = `${Math.round((performance.now() - start) / 1000)} s`;
process.stdout.write(
  wrong === 0 ? `${names.length} defects, each as it should be (${took})\n` : `${wrong} rows are wrong (${took})\n`,
);
process.exitCode = wrong === 0 ? 0 : 1;

/** Writes the table. Row by row: what was certified is kept when the rest is interrupted. */
function write(): void {
  writeFileSync(file, killTableText(currentRows(table, defects, requirements)));
}

/** Certifies with one defect as often as asked for, and prints what came of it. */
async function line(name: string): Promise<void> {
  const named = requirementsNaming(name).filter((id) => values.only?.includes(id) !== false);
  const only = values.quick ? named : values.only;
  const reports: Report[] = [];
  for (let run = 0; run < times; run += 1) reports.push(await pool.certify([name], only));
  const runs = reports.map(failedIn);
  const missed = named.filter((id) => runs.some((failed) => !failed.includes(id)));
  if (values.update) {
    table[name] = rowOf({ name, title: titles.get(name) ?? name }, reports, table[name], only);
    write();
  }
  const differences =
    values.update || values.quick ? [] : runs.flatMap((failed) => differenceFrom(table[name], failed, only) ?? []);
  if (missed.length > 0 || differences.length > 0) wrong += 1;
  const said = [
    ...(missed.length > 0 ? [`NOT NOTICED by ${missed.join(', ')}`] : []),
    ...differences.map(
      ({ unexpected, missing }) => `UNEXPECTED ${unexpected.join(', ')} MISSING ${missing.join(', ')}`,
    ),
    runs[0]?.join(', '),
  ];
  process.stdout.write(`${name} → ${said.join('; ')}\n`);
}
