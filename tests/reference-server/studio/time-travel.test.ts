import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock, type ReferenceServer } from '../../../reference-server/index.js';
import { ADMIN, login, quickServer, send, sessionLogin } from '../client.js';

const DAY = 24 * 60 * 60_000;

let clock: ManualClock;
let server: ReferenceServer;
beforeEach(async () => {
  clock = new ManualClock();
  server = await quickServer({ clock, timeTravel: true });
});
afterEach(() => server.close());

test('time travel advances the clock of every token, and comes back', async () => {
  const cookie = await sessionLogin(server);
  const { access, refresh } = await login(server);
  const start = clock.now();
  const advanced = await send(server, 'POST /admin/api/time-travel', { cookie, body: { ms: 15 * 60_000 } });
  expect(advanced.data).toEqual({
    now: new Date(start + 15 * 60_000).toISOString(),
    ahead: 15 * 60_000,
    longest_lifetime: 7 * DAY,
  });
  expect((await send(server, 'GET /users/me', { bearer: access })).code).toBe('TOKEN_EXPIRED');
  clock.advance(1000);
  expect(server.clock.now()).toBe(start + 15 * 60_000 + 1000);
  const back = await send(server, 'DELETE /admin/api/time-travel', {
    cookie,
    headers: { 'content-type': 'application/json' },
  });
  expect(back.data['ahead']).toBe(0);
  expect((await send(server, 'GET /users/me', { bearer: access })).status).toBe(200);
  await send(server, 'POST /admin/api/time-travel', { cookie, body: { ms: 7 * DAY } });
  expect((await send(server, 'GET /users/me', { cookie })).code).toBe('TOKEN_EXPIRED');
  expect((await send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401);
});

test('time travel ends waits for the time that is skipped', async () => {
  await server.close();
  server = await quickServer({ clock, timeTravel: true, settings: { LOGIN_STALL_TIME: 500 } });
  const first = sessionLogin(server);
  const advanced = setInterval(() => clock.advance(500), 5);
  const cookie = await first;
  clearInterval(advanced);
  let done = false;
  const second = login(server).finally(() => (done = true));
  while (!done) await send(server, 'POST /admin/api/time-travel', { cookie, body: { ms: 500 } });
  expect((await second).access).toMatch(/^eyJ/);
});

test.each([{}, { ms: 0 }, { ms: -1 }, { ms: 1.5 }, { ms: '60000' }, { ms: 1e15 }])(
  'there is no time travel by %j',
  async (body) => {
    const cookie = await sessionLogin(server);
    expect((await send(server, 'POST /admin/api/time-travel', { cookie, body })).code).toBe('INVALID_PAYLOAD');
    expect(server.clock.now()).toBe(clock.now());
  },
);

test('an expired session cookie, which every login rejects, is cleared when the page asks for it', async () => {
  const cookie = await sessionLogin(server);
  await send(server, 'POST /admin/api/time-travel', { cookie, body: { ms: DAY } });
  expect((await send(server, 'POST /auth/login', { cookie, body: ADMIN })).code).toBe('TOKEN_EXPIRED');
  const { cookies, status } = await send(server, 'DELETE /admin/api/session-cookie', {
    cookie,
    headers: { 'content-type': 'application/json' },
  });
  expect(status).toBe(204);
  expect(cookies).toEqual([expect.stringMatching(/^directus_session_token=; /)]);
});

test('time travel is not there unless it is asked for', async () => {
  await server.close();
  server = await quickServer({ clock });
  const cookie = await sessionLogin(server);
  const headers = { 'content-type': 'application/json' };
  for (const request of ['GET', 'POST', 'DELETE'].map((method) => `${method} /admin/api/time-travel`)) {
    const answer = await send(server, request, { cookie, headers });
    const unknown = await send(server, request.replace('time-travel', 'nowhere-else'), { cookie, headers });
    expect([answer.status, answer.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    expect(answer.text.replaceAll('time-travel', 'nowhere-else')).toBe(unknown.text);
  }
  expect((await send(server, 'GET /admin/api/me', { cookie })).data['time_travel']).toBe(false);
});
