/**
 * `npm run bench [-- NAME [OPTIONS]]` runs all benchmarks one after another, or the named one with its options.
 * Each is a process of its own, so that none measures what another has left in memory.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The benchmarks, bench/NAME.ts, in the order in which they are run. */
const benchmarks = ['run-time', 'growth', 'server', 'alternatives'];

const [name, ...options] = process.argv.slice(2);
if (name !== undefined && !benchmarks.includes(name)) {
  console.error(`There is no benchmark ${JSON.stringify(name)}. There are: ${benchmarks.join(', ')}.`);
  process.exit(2);
}
if (!existsSync(new URL('node_modules', import.meta.url))) {
  console.error('What is measured is not installed: npm ci --prefix bench');
  process.exit(2);
}
for (const benchmark of name === undefined ? benchmarks : [name]) {
  const file = fileURLToPath(new URL(`${benchmark}.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', file, ...options], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = status ?? 1;
}
