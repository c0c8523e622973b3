import { WebSocket } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock, type ReferenceServer } from '../../../reference-server/index.js';
import { ADMIN, login, newUser, quickServer, send, sessionLogin } from '../client.js';
import { at, EventStream } from './event-stream.js';

const USER = { email: 'user@example.com', password: 'secret-of-a-user-x7Kq9' };

let clock: ManualClock;
let server: ReferenceServer;
beforeEach(async () => {
  clock = new ManualClock();
  server = await quickServer({ clock, timeTravel: true });
});
afterEach(() => server.close());

test('the event log tells each request as it happens: user, credential, where it was sent, and the outcome', async () => {
  const id = await newUser(server, { ...USER, token: 'static-token-of-a-user' });
  const cookie = await sessionLogin(server);
  const stream = await EventStream.open(server, cookie);
  await stream.until((events) => events.length >= 3);
  const start = stream.events.length;
  const noted = async <Value>(work: Promise<Value>, before = stream.events.length): Promise<Value> => {
    await stream.until(({ length }) => length > before);
    return work;
  };
  const told = async (...sent: [request: string, sent?: Parameters<typeof send>[2]]): Promise<unknown[]> => {
    await noted(send(server, ...sent));
    const event = stream.events.at(-1);
    return [
      event?.action,
      `${event?.method} ${event?.path}`,
      event?.credential,
      event?.sentIn,
      event?.email,
      event?.status,
      event?.code,
    ];
  };
  const me = 'GET /users/me';
  const { email } = USER;
  expect(await told(me)).toEqual(['request', me, null, null, null, 401, 'INVALID_CREDENTIALS']);
  expect(await told('POST /auth/login', { body: { ...USER, password: 'wrong' } })).toEqual([
    'login',
    'POST /auth/login',
    'password',
    'body',
    email,
    401,
    'INVALID_CREDENTIALS',
  ]);
  expect(await told('POST /auth/login', { body: '{' })).toEqual([
    'login',
    'POST /auth/login',
    null,
    null,
    null,
    400,
    'INVALID_PAYLOAD',
  ]);
  const { access, refresh } = await noted(login(server, USER));
  expect(await told(me, { bearer: access })).toEqual(['request', me, 'standard', 'header', email, 200, null]);
  expect(await told(`${me}?access_token=static-token-of-a-user`)).toEqual([
    'request',
    me,
    'static',
    'query',
    email,
    200,
    null,
  ]);
  expect(await told(me, { cookie })).toEqual(['request', me, 'session', 'cookie', ADMIN.email, 200, null]);
  expect(await told(me, { bearer: 'no-such-token-at-all' })).toEqual([
    'request',
    me,
    'static',
    'header',
    null,
    401,
    'INVALID_CREDENTIALS',
  ]);
  expect(await told('POST /auth/refresh', { body: { refresh_token: refresh } })).toEqual([
    'refresh',
    'POST /auth/refresh',
    'refresh',
    'body',
    email,
    200,
    null,
  ]);
  const other = await noted(sessionLogin(server, USER));
  expect(await told('POST /auth/logout', { cookie: other, body: { mode: 'session' } })).toEqual([
    'logout',
    'POST /auth/logout',
    'session',
    'cookie',
    email,
    204,
    null,
  ]);
  clock.advance(15 * 60_000);
  expect(await told(me, { bearer: access })).toEqual([
    'request',
    me,
    'standard',
    'header',
    email,
    401,
    'TOKEN_EXPIRED',
  ]);
  expect(await told(`DELETE /users/${id}`, { cookie })).toEqual([
    'request',
    `DELETE /users/${id}`,
    'session',
    'cookie',
    ADMIN.email,
    204,
    null,
  ]);
  expect(stream.events.length).toBeGreaterThan(start + 10);
  expect(stream.events.map((event) => event.id)).toEqual(stream.events.map((_, index) => index + 1));
  await stream.close();
});

test('the event log tells of WebSockets', async () => {
  await newUser(server, { ...USER, token: 'static-token-of-a-user' });
  const cookie = await sessionLogin(server);
  const { access, refresh } = await login(server, USER);
  const stream = await EventStream.open(server, cookie);
  await stream.until(({ length }) => length >= 4);
  const told = async (query: string, message?: object): Promise<unknown[]> => {
    const before = stream.events.length;
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket${query}`);
    socket.addEventListener('open', () => message && socket.send(JSON.stringify(message)));
    await stream.until((events) => events.length > before);
    socket.close();
    return stream.events
      .slice(before)
      .map(({ action, method, path, credential, sentIn, email, status, code }) => [
        ...[action, `${method} ${path}`, credential, sentIn, email, status, code],
      ]);
  };
  const { email } = USER;
  const [open, auth] = ['GET /websocket', 'WS /websocket'];
  expect(await told(`?access_token=${access}`)).toEqual([['request', open, 'standard', 'query', email, 101, null]]);
  expect(await told('', { type: 'auth', access_token: 'static-token-of-a-user' })).toEqual([
    ['request', auth, 'static', 'message', email, 200, null],
  ]);
  expect(await told('', { type: 'auth', access_token: 'bad' })).toEqual([
    ['request', auth, 'static', 'message', null, 401, 'AUTH_FAILED'],
  ]);
  expect(await told('', { type: 'auth', ...USER })).toEqual([['login', auth, 'password', 'message', email, 200, null]]);
  for (const [status, code, who] of [
    [200, null, email],
    [401, 'AUTH_FAILED', null],
  ])
    expect(await told('', { type: 'auth', refresh_token: refresh })).toEqual([
      ['refresh', auth, 'refresh', 'message', who, status, code],
    ]);
  // The client of this test asks twice when it is rejected (Fetch standard, HTTP-network-or-cache fetch): last, and the first counts.
  const [rejected] = await told('?access_token=bad');
  expect(rejected).toEqual(['request', open, 'static', 'query', null, 401, null]);
  expect(stream.text).not.toContain(access);
  expect(stream.text).not.toContain(refresh);
  await stream.close();
});

test('the event log keeps the last 200 events', async () => {
  const cookie = await sessionLogin(server);
  for (let count = 0; count < 250; count += 1) await send(server, 'GET /server/ping');
  await send(server, 'GET /server/info');
  const stream = await EventStream.open(server, cookie);
  const events = await stream.until(at('/server/info'));
  expect(events).toHaveLength(200);
  expect(events.at(-1)?.id).toBe(252);
  await stream.close();
});

test('the event log goes on after the last event that was received', async () => {
  const cookie = await sessionLogin(server);
  for (const path of ['/server/ping', '/server/info', '/users/me']) await send(server, `GET ${path}`);
  const stream = await EventStream.open(server, cookie, { 'last-event-id': '2' });
  expect((await stream.until(at('/users/me'))).map(({ path }) => path)).toEqual(['/server/info', '/users/me']);
  await stream.close();
});

test('the event log leaves out what the page itself asks for, but for changes', async () => {
  const cookie = await sessionLogin(server);
  for (const path of ['/admin', '/admin/script.js', '/admin/api/me', '/admin/api/sessions'])
    await send(server, `GET ${path}`, { cookie });
  await send(server, 'POST /admin/api/time-travel', { cookie, body: { ms: 1 } });
  const stream = await EventStream.open(server, cookie);
  const events = await stream.until(at('/admin/api/time-travel'));
  expect(events.map(({ path }) => path)).toEqual(['/auth/login', '/admin/api/time-travel']);
  await stream.close();
});

test('the event log ends with its session', async () => {
  const cookie = await sessionLogin(server);
  const stream = await EventStream.open(server, cookie);
  await stream.until(at('/auth/login'));
  await send(server, 'POST /auth/logout', { cookie, body: { mode: 'session' } });
  await send(server, 'GET /server/info');
  await stream.end();
  expect(stream.events.map(({ path }) => path)).toEqual(['/auth/login']);
});

test('the event log ends with the server', async () => {
  const stream = await EventStream.open(server, await sessionLogin(server));
  await stream.until(at('/auth/login'));
  await server.close();
  await stream.end();
  expect(stream.events).toHaveLength(1);
});
