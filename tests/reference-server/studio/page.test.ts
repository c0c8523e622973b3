import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defects, type Defect, type ReferenceServer } from '../../../reference-server/index.js';
import { quickServer, send } from '../client.js';

/** Those that the page imports: in the folder alone, with no list of them. */
const scripts = readdirSync(new URL('../../../reference-server/studio/scripts', import.meta.url));

let server: ReferenceServer;
beforeEach(async () => {
  server = await quickServer();
});
afterEach(() => server.close());

test.each([
  ['/admin', 'text/html'],
  ['/admin/', 'text/html'],
  ...scripts.map((name) => [`/admin/${name}`, 'text/javascript']),
  ['/admin/style.css', 'text/css'],
])('%s is %s, without a login, and loads nothing from elsewhere', async (path = '', type = '') => {
  const { headers, status, text } = await send(server, `GET ${path}`, { cookie: 'directus_session_token=stale' });
  expect([status, headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
  expect(headers.get('content-security-policy')).not.toMatch(/unsafe/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(text).not.toMatch(/https?:\/\//);
});

test('of the folder of the scripts nothing else is served', async () => {
  expect(scripts).toContain('script.js');
  for (const path of ['/admin/scripts', '/admin/script', '/admin/../tsconfig.json', '/admin/%2e%2e/tsconfig.json'])
    expect((await send(server, `GET ${path}`)).status).toBe(404);
});

test('the page is whole where the API has a defect', async () => {
  await server.close();
  const deviating = (defects as readonly Defect[]).filter(({ wrap }) => wrap?.().response !== undefined);
  server = await quickServer({ defects: deviating.slice(0, 1).map(({ name }) => name) });
  expect(deviating.length).toBeGreaterThan(0);
  expect((await send(server, 'GET /admin/script.js')).headers.get('content-type')).toMatch(/^text\/javascript/);
});
