import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EMAILS_KEPT } from '../../reference-server/outbox.js';
import type { OutboxEmail, ReferenceServer } from '../../reference-server/index.js';
import { claimsOf, login, quickServer, send, sessionLogin } from './client.js';

/* Links by email, as a real Directus 12.4.1 sent them (observed with an SMTP server that kept what came). */

const allowed = 'http://app.example/page';
let server: ReferenceServer;
const told: OutboxEmail[] = [];
beforeAll(async () => {
  server = await quickServer({
    settings: {
      PASSWORD_RESET_URL_ALLOW_LIST: allowed,
      USER_INVITE_URL_ALLOW_LIST: [allowed],
      USER_REGISTER_URL_ALLOW_LIST: `http://other.example,${allowed}`,
      RATE_LIMITER_REGISTRATION_ENABLED: 'false',
    },
    onEmail: (email) => told.push(email),
  });
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const last = (): { readonly url: string; readonly token: string } => {
  const link = new URL(server.outbox.emails.at(-1)?.link ?? '');
  const token = link.searchParams.get('token') ?? '';
  link.searchParams.delete('token');
  return { url: link.href, token };
};

test('a password reset: the link is good for one new password, and ends the sessions', async () => {
  const { email, password } = await server.createUser();
  const { refresh } = await login(server, { email, password });
  await send(server, 'POST /auth/password/request', { body: { email: email.toUpperCase() } });
  const { token, url } = last();
  expect(url).toBe(`${server.url}/admin/reset-password`);
  const { iat, exp, ...claims } = claimsOf(token) as { iat: number; exp: number };
  expect(claims).toEqual({
    email,
    scope: 'password-reset',
    hash: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
    iss: 'directus',
  });
  expect(exp - iat).toBe(86_400);
  const reset = (): ReturnType<typeof send> =>
    send(server, 'POST /auth/password/reset', { body: { token, password: 'another-1' } });
  expect([(await reset()).status, (await reset()).code]).toEqual([204, 'FORBIDDEN']);
  expect((await send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401);
  expect((await login(server, { email, password: 'another-1' })).access).toBeTruthy();
  expect((await send(server, 'POST /auth/login', { body: { email, password } })).status).toBe(401);
});

test('nothing is sent to an address of no active user, and the answer is the same', async () => {
  const { email } = await server.createUser({ status: 'suspended' });
  for (const to of [email, 'nobody@example.com'])
    expect((await send(server, 'POST /auth/password/request', { body: { email: to } })).status).toBe(204);
  expect(server.outbox.emails).toEqual([]);
});

test.each([
  [allowed, 204],
  [`${allowed}?x=1`, 204],
  [`${allowed}/more`, 400],
  [`${allowed}/`, 400],
  ['http://app.example.evil.example/page', 400],
  ['http://app.example@evil.example/page', 400],
  ['https://app.example/page', 400],
  ['javascript:alert(1)', 400],
  ['x', 400],
])('reset_url %s: %i', async (url, status) => {
  const body = { email: server.admin.email, reset_url: url };
  expect((await send(server, 'POST /auth/password/request', { body })).status).toBe(status);
  expect(server.outbox.emails.length).toBe(status === 204 ? 1 : 0);
  if (status === 204) expect(last().url).toBe(url);
});

test('an invitation is accepted once, and sent again as long as it is not', async () => {
  const bearer = await server.tokenFor(server.admin);
  const body = { email: 'new@example.com', role: server.admin.role, invite_url: allowed };
  await send(server, 'POST /users/invite', { bearer, body });
  await send(server, 'POST /users/invite', { bearer, body });
  expect(server.outbox.emails.map(({ kind, to }) => [kind, to])).toEqual(
    Array(2).fill(['invitation', 'new@example.com']),
  );
  expect(last().url).toBe(allowed);
  const accept = (): ReturnType<typeof send> =>
    send(server, 'POST /users/invite/accept', { body: { token: last().token, password: 'chosen-1' } });
  expect([(await accept()).status, (await accept()).code]).toEqual([204, 'INVALID_INVITE']);
  expect((await login(server, { email: 'new@example.com', password: 'chosen-1' })).access).toBeTruthy();
  const elsewhere = { ...body, invite_url: 'http://evil.example' };
  expect((await send(server, 'POST /users/invite', { bearer, body: elsewhere })).status).toBe(400);
});

test('a registration is verified by the link', async () => {
  const bearer = await server.tokenFor(server.admin);
  await send(server, 'PATCH /settings', { bearer, body: { public_registration: true } });
  const credentials = { email: 'reg@example.com', password: 'secret123' };
  await send(server, 'POST /users/register', { body: credentials });
  expect((await send(server, 'POST /auth/login', { body: credentials })).status).toBe(401);
  const { token, url } = last();
  expect(url).toBe(`${server.url}/users/register/verify-email`);
  const follow = (): Promise<Response> =>
    fetch(server.outbox.lastTo('REG@example.com')?.link ?? '', { redirect: 'manual' });
  expect((await follow()).headers.get('location')).toMatch(/^\/admin\/users\/[0-9a-f-]{36}$/);
  expect((await follow()).status).toBe(400);
  expect((await login(server, credentials)).access).toBeTruthy();
  // A token is good for what it was sent for.
  const body = { token, password: 'x' };
  expect((await send(server, 'POST /auth/password/reset', { body })).code).toBe('FORBIDDEN');
  expect((await send(server, 'GET /users/register/verify-email')).code).toBe('INVALID_TOKEN');
});

test('the outbox is told as it fills, is read by administrators alone, and keeps the last', async () => {
  told.length = 0;
  await send(server, 'POST /auth/password/request', { body: { email: server.admin.email } });
  expect(told).toEqual(server.outbox.emails);
  const { email, password } = await server.createUser();
  const read = async (credentials?: object): ReturnType<typeof send> =>
    send(server, 'GET /admin/api/outbox', { cookie: await sessionLogin(server, credentials) });
  expect((await read()).json?.data).toEqual(server.outbox.emails);
  expect((await read({ email, password })).status).toBe(403);
  for (let i = 0; i < EMAILS_KEPT; i += 1) server.outbox.add({ kind: 'invitation', to: 'x', link: 'x', time: 0 });
  expect(server.outbox.emails).toHaveLength(EMAILS_KEPT);
});
