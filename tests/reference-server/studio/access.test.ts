import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, type ReferenceServer } from '../../../reference-server/index.js';
import { ADMIN, login, newUser, quickServer, send, sessionLogin, type Answer } from '../client.js';
import { at, EventStream } from './event-stream.js';
import { sessionsFor } from './sessions.js';

const USER = { email: 'user@example.com', password: 'secret-of-a-user-x7Kq9' };

let clock: ManualClock;
let server: ReferenceServer;
beforeEach(async () => {
  clock = new ManualClock();
  server = await quickServer({ clock, timeTravel: true });
});
afterEach(() => server.close());

describe('access', () => {
  const reads = ['me', 'users', 'sessions', 'events', 'time-travel'].map((name) => `GET /admin/api/${name}`);

  test.each(reads)('%s needs a session token', async (request) => {
    const { access } = await login(server);
    const id = await newUser(server, { ...USER, token: 'static-token-of-a-user' });
    expect((await send(server, request)).code).toBe('INVALID_CREDENTIALS');
    expect((await send(server, request, { bearer: access })).code).toBe('INVALID_CREDENTIALS');
    expect((await send(server, request, { bearer: 'static-token-of-a-user' })).code).toBe('INVALID_CREDENTIALS');
    const cookie = await sessionLogin(server, USER);
    await send(server, `PATCH /users/${id}`, { bearer: access, body: { status: 'suspended' } });
    expect((await send(server, request, { cookie })).status).toBe(401);
  });

  test('users see themselves, their own sessions and no others', async () => {
    const userId = await newUser(server, USER);
    const administrator = await sessionLogin(server);
    const [cookie] = [await sessionLogin(server, USER), await login(server, USER)];
    expect((await send(server, 'GET /admin/api/me', { cookie })).data).toMatchObject({
      email: USER.email,
      admin: false,
    });
    expect((await send(server, 'GET /admin/api/users', { cookie })).json?.data).toEqual([
      {
        id: userId,
        first_name: null,
        last_name: null,
        email: USER.email,
        status: 'active',
        role: null,
        has_token: false,
      },
    ]);
    expect((await send(server, 'GET /admin/api/users', { cookie: administrator })).json?.data).toMatchObject([
      { email: ADMIN.email, role: 'Administrator' },
      { email: USER.email },
    ]);
    const own = await sessionsFor(server, cookie);
    expect(own.map(({ email }) => email)).toEqual([USER.email, USER.email]);
    expect(own.map((session) => session.own)).toEqual([true, false]);
    expect(new Set((await sessionsFor(server, administrator)).map(({ email }) => email))).toEqual(
      new Set([ADMIN.email, USER.email]),
    );
  });

  test('users see their own events and no others', async () => {
    await newUser(server, USER);
    const cookie = await sessionLogin(server, USER);
    await send(server, 'POST /auth/login', { body: { ...USER, password: 'wrong' } });
    await send(server, 'GET /users/me', { cookie: await sessionLogin(server) });
    await send(server, 'GET /server/info', { cookie });
    const stream = await EventStream.open(server, cookie);
    const events = await stream.until(at('/server/info'));
    expect(events.map(({ action, status, email }) => [action, status, email])).toEqual([
      ['login', 200, USER.email],
      ['login', 401, USER.email],
      ['request', 200, USER.email],
    ]);
    await stream.close();
  });

  test('users end their own sessions and no others', async () => {
    await newUser(server, USER);
    const [administrator, cookie] = [await sessionLogin(server), await sessionLogin(server, USER)];
    const { refresh } = await login(server, USER);
    const end = async (id: string | undefined, sender: string): Promise<Answer> =>
      send(server, `DELETE /admin/api/sessions/${id}`, {
        cookie: sender,
        headers: { 'content-type': 'application/json' },
      });
    const others = (await sessionsFor(server, administrator)).find(({ own }) => own);
    expect((await end(others?.id, cookie)).code).toBe('FORBIDDEN');
    expect((await send(server, 'GET /users/me', { cookie: administrator })).status).toBe(200);

    const second = (await sessionsFor(server, cookie)).find(({ own }) => !own);
    expect((await end(second?.id, cookie)).status).toBe(204);
    expect((await send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401);

    const first = (await sessionsFor(server, administrator)).find(({ email }) => email === USER.email);
    expect((await end(first?.id, administrator)).status).toBe(204);
    expect((await send(server, 'GET /users/me', { cookie })).status).toBe(401);
    expect((await end(first?.id, administrator)).code).toBe('FORBIDDEN');
  });

  test('only administrators travel in time', async () => {
    await newUser(server, USER);
    const cookie = await sessionLogin(server, USER);
    const headers = { 'content-type': 'application/json' };
    expect((await send(server, 'GET /admin/api/time-travel', { cookie })).code).toBe('FORBIDDEN');
    expect((await send(server, 'POST /admin/api/time-travel', { cookie, body: { ms: 1 } })).code).toBe('FORBIDDEN');
    expect((await send(server, 'DELETE /admin/api/time-travel', { cookie, headers })).code).toBe('FORBIDDEN');
    expect(server.clock.now()).toBe(clock.now());
  });
});

describe('what another site makes a browser send', () => {
  const changes = [
    'POST /admin/api/time-travel',
    'DELETE /admin/api/time-travel',
    'DELETE /admin/api/session-cookie',
    'DELETE /admin/api/sessions/00000000000000000000000000000000',
  ];
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'text/plain;application/json',
  ];

  test.each(changes)('%s is rejected, whatever a form can say', async (request) => {
    const cookie = await sessionLogin(server);
    for (const type of types) {
      const answer = await send(server, request, {
        cookie,
        headers: { 'content-type': type },
        ...(request.startsWith('POST') && { body: '{"ms":86400000}' }),
      });
      expect([answer.status, answer.code, answer.cookies], type).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE', []]);
    }
    expect(server.clock.now()).toBe(clock.now());
  });

  test('and no site may ask whether it may say more', async () => {
    const answer = await send(server, 'OPTIONS /admin/api/time-travel', {
      headers: { origin: 'https://other.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('access-control-allow-headers')).toBeNull();
  });
});

test('no answer of /admin/api holds a token, a password or a one-time password', async () => {
  const staticToken = 'static-token-ABCDEFGHIJKL-0123456789';
  await newUser(server, { ...USER, token: staticToken });
  const cookie = await sessionLogin(server);
  const { access, refresh } = await login(server, USER);
  const json = { headers: { 'content-type': 'application/json' } };
  const spilt = 'spilt-password-9876543210';
  await send(server, `GET /users/me?access_token=${staticToken}`);
  await send(server, `GET /users/${staticToken}`);
  await send(server, `GET /nowhere/${access}/${refresh}`);
  await send(server, 'POST /auth/login', { body: { email: spilt, password: spilt, otp: '314159' } });
  await send(server, 'POST /auth/login', { body: { ...USER, password: spilt, otp: '314159' } });
  await send(server, 'POST /auth/refresh', { body: { refresh_token: `${refresh}x` } });
  await send(server, 'GET /server/info', { bearer: `${access}x` });

  const stream = await EventStream.open(server, cookie);
  await stream.until(at('/server/info'));
  const texts = [stream.text];
  await stream.close();
  for (const path of ['me', 'users', 'sessions', 'time-travel'])
    texts.push((await send(server, `GET /admin/api/${path}`, { cookie })).text);
  texts.push((await send(server, 'POST /admin/api/time-travel', { cookie, body: { ms: 1 } })).text);
  texts.push((await send(server, 'DELETE /admin/api/time-travel', { cookie, ...json })).text);
  const all = texts.join('\n');

  const sessions = await server.store.sessions();
  const secrets = [
    ...sessions.map(({ token }) => token),
    ...access.split('.'),
    ...(cookie.split('=')[1] ?? '').split('.'),
    staticToken,
    refresh,
    spilt,
    USER.password,
    ADMIN.password,
    '314159',
  ];
  for (const secret of secrets) {
    expect(all).not.toContain(secret);
    // Nor any part of it that is longer than the 4 characters at its end.
    if (secret.length > 12) expect(all).not.toContain(secret.slice(-5));
  }
  expect((await sessionsFor(server, cookie)).map(({ token }) => token).sort()).toEqual(
    sessions.map(({ token }) => `…${token.slice(-4)}`).sort(),
  );
});
