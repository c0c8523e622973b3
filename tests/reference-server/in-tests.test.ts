import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import { claimsOf, login, quickServer, send } from './client.js';

/* What createReferenceServer has for the tests of others. */

let server: ReferenceServer;
beforeAll(async () => {
  server = await quickServer({ initialData: { roles: [{ name: 'Editor' }] } });
});
beforeEach(() => server.reset());
afterAll(() => server.close());

test('await using closes the server', async () => {
  let url = '';
  {
    await using short = await createReferenceServer();
    url = await short.listen();
    expect((await send({ url }, 'GET /server/ping')).text).toBe('pong');
  }
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('nothing stalls unless LOGIN_STALL_TIME is given', async () => {
  const plain = await createReferenceServer();
  const stalling = await createReferenceServer({ settings: { LOGIN_STALL_TIME: '300' } });
  expect([plain.settings.LOGIN_STALL_TIME, stalling.settings.LOGIN_STALL_TIME]).toEqual([0, 300]);
});

test('admin can log in, and is an administrator', async () => {
  const { access } = await login(server, { email: server.admin.email, password: server.admin.password });
  expect(claimsOf(access)).toMatchObject({ id: server.admin.id, admin_access: true });
});

test('admin is not known where the store had users before', async () => {
  const second = await createReferenceServer({ store: server.store });
  expect(() => second.admin).toThrow('the password of the administrator is not known');
});

test('createUser makes up what is not given, and takes a role by its name', async () => {
  const [one, other] = [await server.createUser(), await server.createUser({ role: 'Editor', token: 'editor-token' })];
  expect(one.email).not.toBe(other.email);
  expect(other.role).toBe((await server.store.roles()).find(({ name }) => name === 'Editor')?.id);
  for (const { email, password } of [one, other])
    expect((await login(server, { email, password })).access).toBeTruthy();
  expect((await send(server, 'GET /users/me', { bearer: 'editor-token' })).data).toEqual({ id: other.id });
  await expect(server.createUser({ role: 'Nobody' })).rejects.toThrow('there is no role "Nobody"');
});

test.each(['standard', 'session', 'static', 'refresh'] as const)(
  'tokenFor gives a %s token that works',
  async (type) => {
    const user = await server.createUser({ token: 'a-static-token' });
    const token = await server.tokenFor(user, { type });
    const answer =
      type === 'refresh'
        ? await send(server, 'POST /auth/refresh', { body: { refresh_token: token } })
        : type === 'session'
          ? await send(server, 'GET /users/me', { cookie: `directus_session_token=${token}` })
          : await send(server, 'GET /users/me', { bearer: token });
    expect(answer.status).toBe(200);
  },
);

test('tokenFor gives tokens that have expired', async () => {
  const standard = await server.tokenFor(server.admin, { expired: true });
  const session = await server.tokenFor(server.admin, { type: 'session', expired: true });
  const refresh = await server.tokenFor(server.admin, { type: 'refresh', expired: true });
  expect([
    (await send(server, 'GET /users/me', { bearer: standard })).code,
    (await send(server, 'GET /users/me', { cookie: `directus_session_token=${session}` })).code,
    (await send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } })).code,
  ]).toEqual(['TOKEN_EXPIRED', 'TOKEN_EXPIRED', 'INVALID_CREDENTIALS']);
  await expect(server.tokenFor(server.admin, { type: 'static', expired: true })).rejects.toThrow('does not expire');
});

test('reset undoes what was done to users, roles, sessions and settings', async () => {
  const bearer = await server.tokenFor(server.admin);
  const session = `directus_session_token=${await server.tokenFor(server.admin, { type: 'session' })}`;
  await server.createUser();
  await send(server, `PATCH /users/${server.admin.id}`, {
    bearer,
    body: { first_name: 'Changed', password: 'changed-1' },
  });
  await send(server, 'POST /roles', { bearer, body: { name: 'New' } });
  await send(server, 'PATCH /settings', { bearer, body: { public_registration: true } });
  await send(server, 'POST /auth/password/request', { body: { email: server.admin.email } });
  await server.reset();
  const { data } = await send(server, 'GET /users?fields=id,first_name', { bearer });
  expect(data).toEqual([{ id: server.admin.id, first_name: 'Admin' }]);
  expect((await server.store.roles()).map(({ name }) => name).sort()).toEqual(['Administrator', 'Editor']);
  expect((await send(server, 'GET /users/me', { cookie: session })).status).toBe(401);
  expect((await send(server, 'GET /settings?fields=public_registration', { bearer })).data).toEqual({
    public_registration: false,
  });
  expect(server.outbox.emails).toEqual([]);
  const { email, password } = server.admin;
  expect((await send(server, 'POST /auth/login', { body: { email, password } })).status).toBe(200);
});

test('defect makes a running server wrong, until it is disposed of or reset', async () => {
  const { email, password } = server.admin;
  const acceptsExpired = async (): Promise<boolean> =>
    (await send(server, 'GET /users/me', { bearer: await server.tokenFor(server.admin, { expired: true }) })).status ===
    200;
  const acceptsLogin = async (): Promise<boolean> =>
    (await send(server, 'POST /auth/login', { body: { email, password } })).status === 200;
  expect(await acceptsExpired()).toBe(false);
  const ends = [server.defect('expired-standard-token-accepted'), server.defect('expired-session-token-accepted')];
  expect([await acceptsExpired(), await acceptsLogin()]).toEqual([true, true]);
  for (const end of ends) end[Symbol.dispose]();
  expect(await acceptsExpired()).toBe(false);
  server.defect('expired-standard-token-accepted');
  await server.reset();
  expect(await acceptsExpired()).toBe(false);
  expect(() => server.defect('nope')).toThrow('nope');
});

test('a defect of the responses comes and goes, too', async () => {
  const isHttpOnly = async (): Promise<boolean> => {
    const { email, password } = server.admin;
    const { cookies } = await send(server, 'POST /auth/login', { body: { email, password, mode: 'session' } });
    return cookies.some((cookie) => /httponly/i.test(cookie));
  };
  const broken = server.defect('session-cookie-not-http-only');
  expect(await isHttpOnly()).toBe(false);
  broken[Symbol.dispose]();
  expect(await isHttpOnly()).toBe(true);
});
