/**
 * Measures the diagnosis on the kill table: `npx tsx bench/diagnosis.ts [TABLE.json]`. Each defect alone, two at once (a sample of
 * pairs, by a fixed seed), and each defect with its own row taken out of the table, where the right answer is that no cause is known.
 */
import { readFileSync } from 'node:fs';
import { killTable, type KillTable } from '../spec/kill-table.js';
import { accuracyOf } from '../tests/kill-table/diagnosis-accuracy.js';

const [file] = process.argv.slice(2);
const table = file === undefined ? killTable : (JSON.parse(readFileSync(file, 'utf8')) as KillTable);
if (Object.keys(table).length === 0) {
  process.stderr.write('the kill table is empty: `npm run kill-table -- --update` writes it\n');
  process.exit(2);
}
const { alone, pairs, unseen, notFirst, guessed } = accuracyOf(table);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
process.stdout.write(
  [
    `one defect (${alone.count}): first, or as good as the first ${percent(alone.first)}, among the first three ${percent(alone.amongThree)}`,
    `two defects (${pairs.count} pairs): both among the first five ${percent(pairs.bothAmongFive)}`,
    `unseen (${unseen.count}): no known cause ${percent(unseen.noKnownCause)}; of those that no other defect resembles (${unseen.unlikeAny}) ${percent(unseen.noKnownCauseOfUnlike)}`,
    ...(notFirst.length === 0 ? [] : [`not first: ${notFirst.join(', ')}`]),
    ...(guessed.length === 0 ? [] : [`guessed: ${guessed.join(', ')}`]),
    '',
  ].join('\n'),
);
