/**
 * `npm run test:directus`: the scenarios of Directus' own client and the certification of a real Directus (certify-directus.ts).
 * `npm run test:directus -- --differential [--runs N] [--seed N]`: the same random requests on a real Directus and on the reference
 * server, at least N of them (differential/).
 */
import { spawnSync } from 'node:child_process';

const given = process.argv.slice(2);
const steps = given.includes('--differential')
  ? [['tsx', 'tests/directus/differential/differential.ts', ...given]]
  : [
      ['vitest', 'run', '--config', 'vitest.directus.config.ts'],
      ['tsx', 'tests/directus/certify-directus.ts', ...given],
    ];
for (const [program = '', ...options] of steps) {
  const { status } = spawnSync('npx', [program, ...options], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
  if (status !== 0) break;
}
