import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root, run } from '../helpers/run-cli.js';
import { installPackage, npm } from './install-package.js';

/** An empty folder outside the repository: what a user has. */
const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-package-'));

beforeAll(async () => installPackage(folder, { type: 'module' }), 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The executable of a Node version, from the npm packages that the package `node` chooses from. */
async function nodeOf(major: number): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const prefix = join(folder, `node-${major}`);
  await npm(['install', '--prefix', prefix, `node-${platform}@${major}`], folder);
  return join(prefix, `node_modules/node-${platform}/bin/node`);
}

describe('the packed tarball, installed in an empty folder', () => {
  test.each([20, 22, 24])('certifies the reference server on Node %i', { timeout: 300_000 }, async (major) => {
    const node = await nodeOf(major);
    const version = await run(node, ['--version'], { cwd: folder });
    expect(version.stdout).toMatch(new RegExp(`^v${major}\\.`));
    const { code, stdout, stderr } = await run(
      node,
      ['node_modules/auth-conformance/dist/cli/main.js', 'self-test', '--report', 'html=report.html'],
      { cwd: folder },
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\ncore CONFORMANT (\d+)\/\1 .* {2}http/);
    expect(code).toBe(0);
  });

  test('has the command, and the reference server as a module', { timeout: 120_000 }, async () => {
    const help = await run('npx', ['auth-conformance', '--version'], { cwd: folder });
    expect(help.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const script = `
      import { createReferenceServer, ManualClock } from 'auth-conformance/reference-server';
      import { runConformance } from 'auth-conformance';
      const server = await createReferenceServer({ clock: new ManualClock(Date.now()) });
      const url = await server.listen();
      console.log(await (await fetch(url + '/server/ping')).text(), typeof runConformance);
      console.log((await fetch(url + '/admin/script.js')).status);
      await server.close();`;
    const used = await run('node', ['--input-type=module', '-e', script], { cwd: folder });
    expect(used.stderr).toBe('');
    expect(used.stdout).toBe('pong function\n200\n');
  });
  test('has types that need nothing else', { timeout: 120_000 }, async () => {
    const source = `
      import { createReferenceServer } from 'auth-conformance/reference-server';
      import { runConformance } from 'auth-conformance';
      const server = await createReferenceServer({ settings: { ACCESS_TOKEN_TTL: '5s' } });
      const { outcome } = await runConformance({ target: await server.listen() });
      console.log(outcome.length);`;
    writeFileSync(join(folder, 'user.ts'), source);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const flags = '--noEmit --strict --skipLibCheck false --module nodenext --target es2023 --types node user.ts';
    const checked = await run('node', [tsc, ...flags.split(' ')], { cwd: folder });
    expect(checked.stdout).toBe('');
    expect(checked.code).toBe(0);
  });

  test('names the libraries that are compiled into it', () => {
    const licenses = readFileSync(join(folder, 'node_modules/auth-conformance/dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['express', 'jose', 'undici', 'tough-cookie', 'fast-check', 'commander', 'graphql'])
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  });
});
