import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReferenceServer } from '../../reference-server/index.js';
import { login, quickServer, send } from './client.js';

/* The pages that links of emails lead to. They work without a script. */

let server: ReferenceServer;
beforeEach(async () => {
  server = await quickServer({ basePath: '/api' });
});
afterEach(() => server.close());

const linkTo = (email: string): string => server.outbox.lastTo(email)?.link ?? '';

/** Fills the form of a page in, and sends it as a browser does. */
async function sendForm(link: string, password: string): Promise<Response> {
  const page = await fetch(link);
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
  expect(html).toContain('<form method="post">');
  const token = /name="token" value="([^"]*)"/.exec(html)?.[1] ?? '';
  return fetch(link, { method: 'POST', body: new URLSearchParams({ token, password }) });
}

test('a password is set by the link of a reset, once', async () => {
  const user = await server.createUser();
  await send(server, 'POST /auth/password/request', { body: { email: user.email } });
  const link = linkTo(user.email);
  expect(await (await sendForm(link, 'another-one')).text()).toContain('The new password is set');
  expect((await login(server, { email: user.email, password: 'another-one' })).access).not.toBe('');
  const again = await sendForm(link, 'a-third-one');
  expect([again.status, await again.text()]).toEqual([403, expect.stringContaining('not valid, or has been used')]);
});

test('an invitation is accepted by its link', async () => {
  const { access } = await login(server);
  const body = { email: 'new@example.com', role: server.admin.role };
  await send(server, 'POST /users/invite', { bearer: access, body });
  const done = await sendForm(linkTo('new@example.com'), 'my-password');
  expect(await done.text()).toContain('The account is ready.');
  expect((await login(server, { email: 'new@example.com', password: 'my-password' })).access).not.toBe('');
});

test('the link of a verification leads to the page of the user', async () => {
  const { access } = await login(server);
  await send(server, 'PATCH /settings', { bearer: access, body: { public_registration: true } });
  await send(server, 'POST /users/register', { body: { email: 'r@example.com', password: 'my-password' } });
  const verified = await fetch(linkTo('r@example.com'), { redirect: 'manual' });
  const page = await fetch(new URL(verified.headers.get('location') ?? '', server.url), { redirect: 'manual' });
  expect(page.headers.get('location')).toMatch(/^\/api\/admin#\/users\/[\da-f-]{36}$/);
  expect((await login(server, { email: 'r@example.com', password: 'my-password' })).access).not.toBe('');
});

test('what is in the link becomes no markup', async () => {
  const page = await fetch(`${server.url}/admin/reset-password?token=${encodeURIComponent('"><script>x</script>')}`);
  expect(await page.text()).not.toContain('<script>');
});
