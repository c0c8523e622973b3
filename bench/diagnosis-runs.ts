/**
 * Measures the diagnosis on runs: `npx tsx bench/diagnosis-runs.ts [--seed N] [--count N] [--pairs N]`. Certifies the reference server with
 * defects that a seed picks, one at a time and two at once, and says whether the true cause is first, or among the first three.
 * bench/diagnosis.ts measures it on the table itself.
 */
import { parseArgs } from 'node:util';
import { suspects } from '../report/diagnosis.js';
import { killTable } from '../spec/kill-table.js';
import type { Report } from '../spec/generated/report.js';
import { certifyDefects } from '../tests/kill-table/certify-defect.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '15' },
    pairs: { type: 'string', default: '3' },
  },
});

/** Numbers from 0 to 1 that a seed decides: a linear congruential generator (Numerical Recipes, chapter 7.1). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Where a defect is in a diagnosis, from 1; a cause that no run can tell from it counts. Infinity where it is not named. */
function placeOf(name: string, { diagnosis, requirements }: Report): number {
  const causes = diagnosis?.causes ?? [];
  const at = causes.findIndex(({ defect, alternatives }) =>
    [defect, ...alternatives.map((other) => other.defect)].includes(name),
  );
  if (at >= 0) return at + 1;
  const place = suspects(requirements).indexOf(name);
  return place < 0 ? Infinity : place + 1;
}

const next = numbers(Number(values.seed));
const names = Object.keys(killTable);
const pick = (): string => names[Math.floor(next() * names.length)] ?? '';
const sets = [
  ...Array.from({ length: Number(values.count) }, () => [pick()]),
  ...Array.from({ length: Number(values.pairs) }, () => [pick(), pick()]),
];
const places: number[] = [];
for (const defects of sets) {
  const report = await certifyDefects(defects);
  const own = defects.map((name) => placeOf(name, report));
  places.push(Math.max(...own));
  const told = report.diagnosis?.causes.map(({ defect }) => defect).join(' + ') ?? '';
  const kind = defects.map((name) => (killTable[name]?.provisional === true ? 'provisional' : 'certified')).join(', ');
  const { fail, warn } = report.summary.requirements;
  process.stdout.write(
    `${defects.join(' + ')} (${kind}): place ${own.join(' and ')}; ${fail + warn} failures; told: ${told || 'no known cause'}\n`,
  );
}
const count = Number(values.count);
const within = (some: readonly number[], most: number): string =>
  `${some.filter((place) => place <= most).length} of ${some.length}`;
process.stdout.write(
  `one defect: first ${within(places.slice(0, count), 1)}, among the first three ${within(places.slice(0, count), 3)}; ` +
    `two defects: both among the first five ${within(places.slice(count), 5)}\n`,
);
