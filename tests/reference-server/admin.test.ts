import { WebSocket } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defects, ManualClock, type Defect, type ReferenceServer } from '../../reference-server/index.js';
import { ADMIN, login, newUser, quickServer, send, sessionLogin, type Answer } from './client.js';

const DAY = 24 * 60 * 60_000;
const USER = { email: 'user@example.com', password: 'secret-of-a-user-x7Kq9' };

let clock: ManualClock;
let server: ReferenceServer;
beforeEach(async () => {
  clock = new ManualClock();
  server = await quickServer({ clock, timeTravel: true });
});
afterEach(() => server.close());

interface ToldSession {
  readonly id: string;
  readonly token: string;
  readonly email: string | null;
  readonly expires: string;
  readonly own: boolean;
  readonly refreshed: boolean;
}

const sessionsFor = async (cookie: string): Promise<readonly ToldSession[]> =>
  (await send(server, 'GET /admin/api/sessions', { cookie })).json?.data as readonly ToldSession[];

interface ToldEvent {
  readonly id: number;
  readonly action: string;
  readonly path: string;
  readonly method: string;
  readonly email: string | null;
  readonly credential: string | null;
  readonly sentIn: string | null;
  readonly status: number;
  readonly code: string | null;
}

/** The event stream as it is sent, read on and on. */
class Stream {
  #reader: ReadableStreamDefaultReader<string>;
  text = '';

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  }

  static async open(cookie: string, headers: Record<string, string> = {}): Promise<Stream> {
    const { body, status } = await fetch(`${server.url}/admin/api/events`, { headers: { cookie, ...headers } });
    expect(status).toBe(200);
    return new Stream(body as ReadableStream<Uint8Array>);
  }

  get events(): readonly ToldEvent[] {
    return [...this.text.matchAll(/^data: (.*)\n\n/gm)].map(([, data = '']) => JSON.parse(data) as ToldEvent);
  }

  /** Reads until what was read satisfies a condition. @throws Error when the stream ends before */
  async until(condition: (events: readonly ToldEvent[]) => boolean): Promise<readonly ToldEvent[]> {
    while (!condition(this.events)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`the stream ended after ${this.text}`);
      this.text += value;
    }
    return this.events;
  }

  /** Resolves when the server ends the stream, as HTTP demands: a connection that breaks off rejects. */
  async end(): Promise<void> {
    for (let done = false; !done;) {
      const read = await this.#reader.read();
      done = read.done;
      this.text += read.value ?? '';
    }
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

const at = (path: string) => (events: readonly ToldEvent[]) => events.some((event) => event.path === path);

describe('the page', () => {
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

  test('is whole where the API is wrong on purpose', async () => {
    await server.close();
    const deviating = (defects as readonly Defect[]).filter(({ wrap }) => wrap?.().response !== undefined);
    server = await quickServer({ defects: deviating.slice(0, 1).map(({ name }) => name) });
    expect(deviating.length).toBeGreaterThan(0);
    expect((await send(server, 'GET /admin/script.js')).headers.get('content-type')).toMatch(/^text\/javascript/);
  });
});

describe('who is let in', () => {
  const reads = ['me', 'users', 'sessions', 'events', 'time-travel'].map((name) => `GET /admin/api/${name}`);

  test.each(reads)('%s: nobody without a session token', async (request) => {
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
    const own = await sessionsFor(cookie);
    expect(own.map(({ email }) => email)).toEqual([USER.email, USER.email]);
    expect(own.map((session) => session.own)).toEqual([true, false]);
    expect(new Set((await sessionsFor(administrator)).map(({ email }) => email))).toEqual(
      new Set([ADMIN.email, USER.email]),
    );
  });

  test('users see their own events and no others', async () => {
    await newUser(server, USER);
    const cookie = await sessionLogin(server, USER);
    await send(server, 'POST /auth/login', { body: { ...USER, password: 'wrong' } });
    await send(server, 'GET /users/me', { cookie: await sessionLogin(server) });
    await send(server, 'GET /server/info', { cookie });
    const stream = await Stream.open(cookie);
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
    const others = (await sessionsFor(administrator)).find(({ own }) => own);
    expect((await end(others?.id, cookie)).code).toBe('FORBIDDEN');
    expect((await send(server, 'GET /users/me', { cookie: administrator })).status).toBe(200);

    const second = (await sessionsFor(cookie)).find(({ own }) => !own);
    expect((await end(second?.id, cookie)).status).toBe(204);
    expect((await send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401);

    const first = (await sessionsFor(administrator)).find(({ email }) => email === USER.email);
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

describe('time travel', () => {
  test('advances the clock of every token, and comes back', async () => {
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

  test('wakes who waits for the time that is ignored', async () => {
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

  test.each([{}, { ms: 0 }, { ms: -1 }, { ms: 1.5 }, { ms: '60000' }, { ms: 1e15 }])('not by %j', async (body) => {
    const cookie = await sessionLogin(server);
    expect((await send(server, 'POST /admin/api/time-travel', { cookie, body })).code).toBe('INVALID_PAYLOAD');
    expect(server.clock.now()).toBe(clock.now());
  });

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

  test('is not there unless it is asked for', async () => {
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
});

describe('the event log', () => {
  test('tells each request as it happens: user, credential, where it was sent, and the outcome', async () => {
    const id = await newUser(server, { ...USER, token: 'static-token-of-a-user' });
    const cookie = await sessionLogin(server);
    const stream = await Stream.open(cookie);
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

  test('tells of WebSockets', async () => {
    await newUser(server, { ...USER, token: 'static-token-of-a-user' });
    const cookie = await sessionLogin(server);
    const { access, refresh } = await login(server, USER);
    const stream = await Stream.open(cookie);
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
    expect(await told('', { type: 'auth', ...USER })).toEqual([
      ['login', auth, 'password', 'message', email, 200, null],
    ]);
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

  test('keeps the last 200 events', async () => {
    const cookie = await sessionLogin(server);
    for (let count = 0; count < 250; count += 1) await send(server, 'GET /server/ping');
    await send(server, 'GET /server/info');
    const stream = await Stream.open(cookie);
    const events = await stream.until(at('/server/info'));
    expect(events).toHaveLength(200);
    expect(events.at(-1)?.id).toBe(252);
    await stream.close();
  });

  test('goes on after the last event that came', async () => {
    const cookie = await sessionLogin(server);
    for (const path of ['/server/ping', '/server/info', '/users/me']) await send(server, `GET ${path}`);
    const stream = await Stream.open(cookie, { 'last-event-id': '2' });
    expect((await stream.until(at('/users/me'))).map(({ path }) => path)).toEqual(['/server/info', '/users/me']);
    await stream.close();
  });

  test('leaves out what the page itself asks for, but for changes', async () => {
    const cookie = await sessionLogin(server);
    for (const path of ['/admin', '/admin/script.js', '/admin/api/me', '/admin/api/sessions'])
      await send(server, `GET ${path}`, { cookie });
    await send(server, 'POST /admin/api/time-travel', { cookie, body: { ms: 1 } });
    const stream = await Stream.open(cookie);
    const events = await stream.until(at('/admin/api/time-travel'));
    expect(events.map(({ path }) => path)).toEqual(['/auth/login', '/admin/api/time-travel']);
    await stream.close();
  });

  test('ends with the session that it is told to', async () => {
    const cookie = await sessionLogin(server);
    const stream = await Stream.open(cookie);
    await stream.until(at('/auth/login'));
    await send(server, 'POST /auth/logout', { cookie, body: { mode: 'session' } });
    await send(server, 'GET /server/info');
    await stream.end();
    expect(stream.events.map(({ path }) => path)).toEqual(['/auth/login']);
  });

  test('ends with the server', async () => {
    const stream = await Stream.open(await sessionLogin(server));
    await stream.until(at('/auth/login'));
    await server.close();
    await stream.end();
    expect(stream.events).toHaveLength(1);
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

  const stream = await Stream.open(cookie);
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
  expect((await sessionsFor(cookie)).map(({ token }) => token).sort()).toEqual(
    sessions.map(({ token }) => `…${token.slice(-4)}`).sort(),
  );
});
