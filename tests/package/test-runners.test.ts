import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import { run } from '../helpers/run-cli.js';
import { installPackage } from './install-package.js';

/** A project that has the packed tarball and test runners, and a server with one defect. */
const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-runners-'));
let server: ReferenceServer;
let target: string;

const audits = `audits({
  target: process.env.TARGET, adminEmail: 'admin@example.com', adminPassword: 'd1r3ctu5',
  only: ['standard.logout.login-again', 'standard.logout.invalidates-refresh-token'],
})`;
const files = {
  'jest.test.cjs': `const { audits } = require('auth-conformance');
    for (const { id, run } of ${audits}) test(id, async () => { await run(); }, 60_000);`,
  'mocha.test.cjs': `const { audits } = require('auth-conformance');
    for (const { id, run } of ${audits}) it(id, async function () { this.timeout(60_000); await run(); });`,
  'node.test.mjs': `import { test } from 'node:test';
    import { audits } from 'auth-conformance';
    for (const { id, run } of ${audits}) test(id, async () => { await run(); });`,
  'vitest.test.mjs': `import { test } from 'vitest';
    import { audits } from 'auth-conformance';
    for (const { id, run } of ${audits}) test(id, { timeout: 60_000 }, async () => { await run(); });`,
};

beforeAll(async () => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const jest = { testMatch: ['**/jest.test.cjs'] };
  await installPackage(folder, { jest }, ['--prefer-offline', 'jest@30', 'mocha@11']);
  server = await createReferenceServer({
    argon2Cost: cheapHash,
    settings: { LOGIN_STALL_TIME: '0' },
    defects: ['logout-does-nothing'],
  });
  target = await server.listen();
}, 300_000);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['jest', 'npx', ['jest'], /✓ standard\.logout\.login-again/],
  ['mocha', 'npx', ['mocha', 'mocha.test.cjs'], /✔ standard\.logout\.login-again/],
  [
    'node:test',
    process.execPath,
    ['--test', '--test-reporter=tap', 'node.test.mjs'],
    /^ok \d - standard\.logout\.login-again/m,
  ],
  ['vitest', 'npx', ['vitest', 'run', 'vitest.test.mjs', '--reporter=verbose'], /✓ .*standard\.logout\.login-again/],
])('audits are tests of %s', { timeout: 180_000 }, async (_name, command, args, passed) => {
  const { code, stdout, stderr } = await run(command, args, { cwd: folder, env: { TARGET: target, NO_COLOR: '1' } });
  const output = stdout + stderr;
  expect(output).toMatch(passed);
  expect(output).toContain('standard.logout.invalidates-refresh-token: A logout MUST invalidate the refresh token.');
  expect(code).not.toBe(0);
});
