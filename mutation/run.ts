/**
 * Mutants as a proof: `npm run mutate`. Code is changed in one place at a time, and the suite certifies the server that it makes; a
 * mutant that no requirement notices has survived, and is explained in mutation/survivors.yaml or shows what is not checked.
 *
 *   npm run mutate                            the reference server's own auth/
 *   npm run mutate -- --target directus       a real Directus' compiled code (DIRECTUS_FOLDER: where it is installed)
 *   npm run mutate -- --sample 100 --seed 1   some of the mutants, the same ones for the same seed
 *   npm run mutate -- --jobs 2                so many at once (default: one for each core)
 *
 * Ends with 1 when a survivor is not explained, or an explained one was killed. Takes hours: it is not part of CI.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { directus } from './directus.js';
import { sampleOf, type Mutant } from './mutants.js';
import { referenceServer } from './reference-server.js';
import { compare, knownSurvivors } from './survivors.js';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'reference-server' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});
const targets = { 'reference-server': referenceServer, directus };
const isTarget = (name: string): name is keyof typeof targets => name in targets;
const [jobs, seed, sample] = [Number(values.jobs), Number(values.seed), Number(values.sample ?? Infinity)];
if (!isTarget(values.target) || !(jobs >= 1) || !(sample >= 1) || !Number.isInteger(seed)) {
  process.stderr.write(
    `mutate: --target is one of ${Object.keys(targets).join(', ')}; --jobs, --sample and --seed take a number\n`,
  );
  process.exit(2);
}

const start = performance.now();
const target = await targets[values.target]();
process.on('exit', () => target.close());
process.on('SIGINT', () => process.exit(130));
const asItIs = await target.judge();
if (asItIs === undefined || asItIs.failed.length > 0) {
  process.stderr.write(
    `mutate: without a mutant the server must pass, but ${asItIs === undefined ? 'did not start' : `fails ${asItIs.failed.join(', ')}`}\n`,
  );
  process.exit(1);
}
const chosen = Number.isFinite(sample) ? sampleOf(target.mutants, sample, seed) : [...target.mutants];
process.stdout.write(`${chosen.length} of ${target.mutants.length} mutants\n`);
const [survived, killed]: [Mutant[], Mutant[]] = [[], []];
const waiting = [...chosen];
await Promise.all(
  Array.from({ length: jobs }, async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { file, line, original, replacement } = mutant;
      const judgement = await target.judge(mutant);
      const isKilled = judgement === undefined || judgement.failed.length > 0;
      (isKilled ? killed : survived).push(mutant);
      const by = judgement === undefined ? 'no judgement' : judgement.failed.slice(0, 3).join(', ');
      process.stdout.write(
        `${isKilled ? `killed (${by})` : 'SURVIVED'} ${file}:${line}: ${original} → ${replacement}\n`,
      );
    }
  }),
);
const { unexplained, outdated } = compare(survived, killed, knownSurvivors());
for (const { file, line, original, replacement } of outdated)
  process.stdout.write(`is killed now: ${file}:${line}: ${original} → ${replacement}\n`);
const share = ((100 * killed.length) / chosen.length).toFixed(1);
process.stdout.write(
  `${killed.length} of ${chosen.length} mutants killed (${share} %), ${survived.length - unexplained.length} survivors explained, ${unexplained.length} not (${Math.round((performance.now() - start) / 60_000)} min)\n`,
);
process.exit(unexplained.length + outdated.length === 0 ? 0 : 1);
