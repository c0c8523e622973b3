import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../helpers/run-cli.js';
import { executable } from '../programs/programs.js';
import { installPackage } from './install-package.js';

/* What the tests of a user do, with the packed tarball in an empty folder. */

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-runners-'));
const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);

beforeAll(async () => installPackage(folder, {}, ['vitest@4', 'jest@30', '@playwright/test']), 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('vitest: a server for each file, undone after each test', { timeout: 120_000 }, async () => {
  file(
    'app.vitest.mjs',
    `import { test as base, expect } from 'vitest';
     import { authServer } from 'auth-conformance/vitest';
     const test = base.extend(authServer({ settings: { ACCESS_TOKEN_TTL: '5m' } }));
     const me = async (server, token) =>
       (await fetch(server.url + '/users/me', { headers: { authorization: 'Bearer ' + token } })).status;
     test('one', async ({ server }) => {
       const user = await server.createUser({ email: 'one@example.com', token: 'one' });
       expect(await me(server, 'one')).toBe(200);
       expect(await me(server, await server.tokenFor(user, { expired: true }))).toBe(401);
       server.defect('expired-standard-token-accepted');
       expect(await me(server, await server.tokenFor(user, { expired: true }))).toBe(200);
     });
     test('two', async ({ server }) => {
       expect(await me(server, 'one')).toBe(401);
       expect(await me(server, await server.tokenFor(server.admin, { expired: true }))).toBe(401);
     });`,
  );
  const { code, stdout, stderr } = await run(
    'npx',
    ['vitest', 'run', '--dir', '.', 'app.vitest.mjs', '--config', 'v.mjs', '--no-color'],
    {
      cwd: (file('v.mjs', `export default { test: { include: ['*.vitest.mjs'] } };`), folder),
    },
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/Tests {2}2 passed/);
  expect(code).toBe(0);
});

test('jest 30: required, without a flag', { timeout: 120_000 }, async () => {
  file(
    'app.test.js',
    `const { createReferenceServer } = require('auth-conformance/reference-server');
     let server;
     beforeAll(async () => { server = await createReferenceServer(); await server.listen(); });
     afterAll(() => server.close());
     test('a login', async () => {
       const { email, password } = server.admin;
       const login = (body) => fetch(server.url + '/auth/login', {
         method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
       });
       expect((await login({ email, password })).status).toBe(200);
       expect((await login({ email, password: 'wrong' })).status).toBe(401);
       const query = await fetch(server.url + '/graphql/system?query={server_ping}');
       expect(await query.json()).toEqual({ data: { server_ping: 'pong' } });
       expect((await fetch(server.url + '/admin/script.js')).status).toBe(200);
     });`,
  );
  const { code, stderr } = await run('npx', ['jest', 'app.test.js'], { cwd: folder });
  expect(stderr).toMatch(/Tests: +1 passed, 1 total/);
  expect(code, stderr).toBe(0);
});

test('Playwright: a page that is signed in', { timeout: 180_000 }, async () => {
  file(
    'app.spec.js',
    `const { test: base, expect } = require('@playwright/test');
     const { authServer } = require('auth-conformance/playwright');
     const test = base.extend(authServer());
     test('signed in', async ({ page, server, signIn }) => {
       const user = await server.createUser({ email: 'pw@example.com', role: 'Administrator' });
       await page.goto(server.url + '/users/me?fields=email');
       await expect(page.locator('body')).toContainText('INVALID_CREDENTIALS');
       await signIn(user);
       await page.reload();
       await expect(page.locator('body')).toContainText('pw@example.com');
     });
     test('undone', async ({ request, server }) => {
       const bearer = { authorization: 'Bearer ' + (await server.tokenFor(server.admin)) };
       const users = await request.get(server.url + '/users?fields=email', { headers: bearer });
       expect((await users.json()).data).toHaveLength(1);
     });`,
  );
  file(
    'playwright.config.js',
    `module.exports = { testMatch: '*.spec.js', workers: 1, use: { launchOptions: { executablePath: ${JSON.stringify(
      executable('chromium') ?? 'chromium',
    )}, args: ['--no-sandbox', '--disable-gpu'] } } };`,
  );
  const { code, stdout, stderr } = await run('npx', ['playwright', 'test', '--reporter=line'], { cwd: folder });
  expect(stdout + stderr).toContain('2 passed');
  expect(code).toBe(0);
});
