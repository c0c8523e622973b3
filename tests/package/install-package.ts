import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { root, run } from '../helpers/run-cli.js';

/** Runs npm in a folder; what it does must succeed. */
export async function npm(args: readonly string[], cwd: string): Promise<void> {
  const { code, stderr } = await run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
  expect(code, stderr).toBe(0);
}

/**
 * Installs the packed tarball in a folder, as a user does.
 * @param folder an empty one outside the repository
 * @param manifest members of the user's package.json beside its name
 * @param args what else `npm install` is told: further packages, flags
 */
export async function installPackage(
  folder: string,
  manifest: object = {},
  args: readonly string[] = [],
): Promise<void> {
  await npm(['pack', '--pack-destination', folder, '--ignore-scripts'], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, ...manifest }));
  await npm(['install', `./${tarball}`, ...args], folder);
}
