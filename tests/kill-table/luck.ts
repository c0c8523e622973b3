/**
 * Certifies the reference server with each of its defects under several seeds and several numbers of checks at once, and says which
 * defects some run has not noticed: `npm run luck`. Without a defect it shows that no run fails a server that is right.
 *
 *   npm run luck -- NAME…                  these defects alone; `none` is the server without one
 *   npm run luck -- --seeds 20             seeds for each defect, from 1 on (default: 5)
 *   npm run luck -- --concurrency 1,8,16   checks at once: the seeds take turns (default: 1,8,16)
 *   npm run luck -- --jobs 2               so many runs at once for each core (default: 2)
 *
 * Each run is of the requirements that name the defect, with as many random cases as by default. Ends with 1 when a defect was not
 * noticed in each run by each of them, or a run without a defect did not pass.
 */
import { parseArgs } from 'node:util';
import { defects } from '../../reference-server/index.js';
import { AT_ONCE, Pool } from './pool.js';
import { missedIn, requirementsNaming } from './rows.js';

/** Random cases of each property: as many as by default. */
const RUNS = 50;
const NONE = 'none';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '1,8,16' },
    jobs: { type: 'string', default: String(AT_ONCE) },
  },
});
const all = [NONE, ...defects.map(({ name }): string => name)];
const unknown = positionals.filter((name) => !all.includes(name));
const seeds = Number(values.seeds);
const widths = values.concurrency.split(',').map(Number);
const isCount = (count: number): boolean => Number.isInteger(count) && count >= 1;
if (unknown.length > 0 || ![seeds, ...widths].every(isCount)) {
  const what =
    unknown.length > 0 ? `no such defect: ${unknown.join(', ')}` : '--seeds and --concurrency take numbers from 1';
  process.stderr.write(`luck: ${what}. See auth-conformance serve --list-defects\n`);
  process.exit(2);
}

const pool = new Pool(Number(values.jobs));
let unlucky = 0;
await Promise.all((positionals.length === 0 ? all : positionals).map(async (name) => several(name)));
pool.close();
process.stdout.write(unlucky === 0 ? 'no luck: every run is as it must be\n' : `${unlucky} depend on luck\n`);
process.exitCode = unlucky === 0 ? 0 : 1;

/** Certifies with one defect under each seed, and prints which runs were not as they must be. */
async function several(name: string): Promise<void> {
  const named = name === NONE ? [] : requirementsNaming(name);
  const runs = await Promise.all(
    Array.from({ length: seeds }, async (_item, i) => {
      const settings = { seed: i + 1, concurrency: widths[i % widths.length] ?? 1, runs: RUNS };
      const report = await pool.certify(name === NONE ? [] : [name], name === NONE ? undefined : named, settings);
      return { ...settings, wrong: missedIn(report, named) };
    }),
  );
  const wrong = runs.filter((run) => run.wrong.length > 0);
  if (wrong.length > 0) unlucky += 1;
  const said = wrong.map(({ seed, concurrency, wrong: ids }) => `seed ${seed} at ${concurrency}: ${ids.join(', ')}`);
  process.stdout.write(
    `${name}: ${seeds - wrong.length} of ${seeds}${said.length > 0 ? `; ${said.join('; ')}` : ''}\n`,
  );
}
