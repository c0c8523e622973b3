import { afterEach, beforeEach, expect, test } from 'vitest';
import { defects, type Defect, type ReferenceServer } from '../../../reference-server/index.js';
import { quickServer, send } from '../client.js';

let server: ReferenceServer;
beforeEach(async () => {
  server = await quickServer();
});
afterEach(() => server.close());

test.each([
  ['/admin', 'text/html'],
  ['/admin/', 'text/html'],
  ['/admin/script.js', 'text/javascript'],
  ['/admin/style.css', 'text/css'],
])('%s is %s, for everybody, and lets nothing else in', async (path, type) => {
  const { headers, status, text } = await send(server, `GET ${path}`, { cookie: 'directus_session_token=stale' });
  expect([status, headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
  expect(headers.get('content-security-policy')).not.toMatch(/unsafe/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(text).not.toMatch(/https?:\/\//);
});

test('the page is whole where the API has a defect', async () => {
  await server.close();
  const deviating = (defects as readonly Defect[]).filter(({ wrap }) => wrap?.().response !== undefined);
  server = await quickServer({ defects: deviating.slice(0, 1).map(({ name }) => name) });
  expect(deviating.length).toBeGreaterThan(0);
  expect((await send(server, 'GET /admin/script.js')).headers.get('content-type')).toMatch(/^text\/javascript/);
});
