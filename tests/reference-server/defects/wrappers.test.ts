import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { withDefects } from '../../../reference-server/defects/index.js';
import { replacing, type Defect, type Ports } from '../../../reference-server/defects/defect.js';
import { jwtsSignedWith } from '../../../reference-server/auth/jwt.js';
import { Passwords } from '../../../reference-server/passwords.js';
import {
  ManualClock,
  MemoryStore,
  readSettings,
  systemRandom,
  type DefectName,
  type ReferenceServer,
} from '../../../reference-server/index.js';
import { ADMIN, login, quickServer, send } from '../client.js';

/* A defect wraps a port of the server; the server knows nothing of it. */

const clock = new ManualClock();
let server: ReferenceServer | undefined;
afterEach(() => server?.close());

async function serverWith(...defects: DefectName[]): Promise<ReferenceServer> {
  server = await quickServer({ defects, clock });
  return server;
}

/** The responses to messages, and whether the server closed the WebSocket. */
async function talk(
  { url }: ReferenceServer,
  ...messages: object[]
): Promise<{ received: unknown[]; closed: boolean }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`);
  const received: unknown[] = [];
  let closed = true;
  const next = (): void => {
    const message = messages.shift();
    if (message !== undefined) socket.send(JSON.stringify(message));
    else
      setTimeout(() => {
        if (socket.readyState !== socket.OPEN) return;
        closed = false;
        socket.close();
      }, 50);
  };
  socket.on('open', next);
  socket.on('message', (data: Buffer) => {
    received.push(JSON.parse(data.toString()));
    next();
  });
  await new Promise((resolve) => socket.on('close', resolve));
  return { received, closed };
}

const ok = expect.objectContaining({ status: 'ok' }) as unknown;
const rejected = expect.objectContaining({ status: 'error' }) as unknown;

describe('each port', () => {
  test('jwts: a signature that is wrong', async () => {
    const { access } = await login(await serverWith('signature-not-checked'));
    const tampered = `${access.slice(0, access.lastIndexOf('.'))}.${'A'.repeat(43)}`;
    expect((await send(server!, 'GET /users/me', { bearer: tampered })).status).toBe(200);
    await server!.close();
    expect((await send(await serverWith(), 'GET /users/me', { bearer: tampered })).status).toBe(403);
  });

  test('jwts and store: a session token that has expired', async () => {
    const { cookies } = await send(await serverWith('expired-session-token-accepted'), 'POST /auth/login', {
      body: { ...ADMIN, mode: 'session' },
    });
    const cookie = cookies[0]?.split(';')[0] ?? '';
    clock.advance(2 * 86_400_000);
    expect((await send(server!, 'GET /users/me', { cookie })).status).toBe(200);
    expect((await send(server!, 'POST /auth/refresh', { cookie, body: { mode: 'session' } })).code).toBe(
      'TOKEN_EXPIRED',
    );
  });

  test('jwts: what is signed in a refresh', async () => {
    const { refresh } = await login(await serverWith('refresh-returns-dead-token'));
    const { data } = await send(server!, 'POST /auth/refresh', { body: { refresh_token: refresh } });
    expect((await send(server!, 'GET /users/me', { bearer: String(data['access_token']) })).code).toBe('INVALID_TOKEN');
  });

  test('store: a refresh token that is not replaced', async () => {
    const { refresh } = await login(await serverWith('refresh-token-survives-refresh'));
    for (let times = 0; times < 2; times += 1)
      expect((await send(server!, 'POST /auth/refresh', { body: { refresh_token: refresh } })).status).toBe(200);
  });

  test.each(['static-token-prefix-accepted', 'static-token-wildcard-accepted', 'old-static-token-survives'] as const)(
    'store: %s',
    async (defect) => {
      const { access: bearer } = await login(await serverWith(defect));
      const token = 'a-static-token-of-an-administrator';
      const set = async (name: string): Promise<unknown> =>
        send(server!, 'PATCH /users/me', { bearer, body: { token: name } });
      await set(token);
      if (defect === 'old-static-token-survives') await set('another');
      const sent = {
        'static-token-prefix-accepted': token.slice(0, 10),
        'static-token-wildcard-accepted': 'a-static%',
      };
      const tried = { 'old-static-token-survives': token, ...sent }[defect];
      expect((await send(server!, 'GET /users/me', { bearer: tried })).status).toBe(200);
      await server!.close();
      const { access } = await login(await serverWith());
      await send(server!, 'PATCH /users/me', { bearer: access, body: { token: 'another' } });
      expect((await send(server!, 'GET /users/me', { bearer: tried })).status).toBe(401);
    },
  );

  test('store: a refresh that is rejected says nothing of the session cookie sent beside', async () => {
    const { cookies } = await send(await serverWith('refresh-refuses-everyone'), 'POST /auth/login', {
      body: { ...ADMIN, mode: 'session' },
    });
    const cookie = cookies[0]?.split(';')[0] ?? '';
    const { refresh } = await login(server!);
    const answer = await send(server!, 'POST /auth/refresh', { cookie, body: { refresh_token: refresh } });
    expect([answer.status, answer.cookies]).toEqual([401, []]);
  });

  test('store: strings that are taken for refresh tokens', async () => {
    const { access, refresh } = await login(await serverWith('refresh-accepts-access-token', 'refresh-accepts-prefix'));
    const attempt = async (token: string): Promise<number> =>
      (await send(server!, 'POST /auth/refresh', { body: { refresh_token: token } })).status;
    expect([await attempt(access), await attempt(refresh.slice(0, 7)), await attempt(refresh.slice(0, 8))]).toEqual([
      200, 401, 200,
    ]);
    expect(await attempt(refresh)).toBe(401);
  });

  test('jwts: a standard token that is rejected acts nowhere, and does not keep a refresh from being made', async () => {
    const { access, refresh } = await login(await serverWith('standard-token-refused'));
    expect((await send(server!, 'GET /users/me', { bearer: access })).status).toBe(401);
    const body = { refresh_token: refresh };
    expect((await send(server!, 'POST /auth/refresh', { bearer: access, body })).status).toBe(200);
  });

  test('message and passwords: an empty one', async () => {
    await serverWith('login-accepts-empty-password');
    const body = { ...ADMIN, password: '' };
    expect((await send(server!, 'POST /auth/login', { body })).status).toBe(200);
    expect((await send(server!, 'POST /auth/login', { body: { ...body, mode: 'session' } })).status).toBe(400);
    expect((await talk(server!, { type: 'auth', ...body })).received).toEqual([ok]);
  });

  test('store and clock: a static token that expires', async () => {
    const { access: bearer } = await login(await serverWith('static-token-expires'));
    await send(server!, 'PATCH /users/me', { bearer, body: { token: 'static-token' } });
    expect((await send(server!, 'GET /users/me', { bearer: 'static-token' })).status).toBe(200);
    clock.advance(900_000);
    expect((await send(server!, 'GET /users/me', { bearer: 'static-token' })).status).toBe(401);
  });

  test('passwords: only in a login for a standard token', async () => {
    await serverWith('login-ignores-password');
    const body = { ...ADMIN, password: 'bad' };
    expect((await send(server!, 'POST /auth/login', { body })).status).toBe(200);
    expect((await send(server!, 'POST /auth/login', { body: { ...body, mode: 'session' } })).status).toBe(401);
  });

  test('passwords: the beginning of one', async () => {
    await serverWith('login-accepts-password-prefix');
    const attempt = async (password: string): Promise<number> =>
      (await send(server!, 'POST /auth/login', { body: { ...ADMIN, password } })).status;
    expect([await attempt('d1r3'), await attempt('d1r'), await attempt('d1r4')]).toEqual([200, 401, 401]);
  });

  test('request: a token in the header that is not seen', async () => {
    const { access: bearer } = await login(await serverWith('header-ignored'));
    expect((await send(server!, 'GET /users/me', { bearer })).status).toBe(401);
    expect((await send(server!, `GET /users/me?access_token=${bearer}`)).status).toBe(200);
    expect((await send(server!, `GET /users/me?access_token=${bearer}`, { bearer })).status).toBe(400);
  });

  test('response: members of the payload', async () => {
    const tokens = await send(await serverWith('payload-in-camel-case'), 'POST /auth/login', { body: ADMIN });
    expect(Object.keys(tokens.data)).toEqual(['expires', 'refreshToken', 'accessToken']);
    const bare = await send(await serverWith('login-without-expiry', 'payload-not-wrapped'), 'POST /auth/login', {
      body: ADMIN,
    });
    expect(Object.keys(bare.json ?? {})).toEqual(['refresh_token', 'access_token']);
  });

  test('response: errors', async () => {
    const { json, status } = await send(
      await serverWith('errors-not-in-envelope', 'every-refusal-is-400'),
      'GET /users/me',
    );
    expect([status, json]).toEqual([400, { error: 'Invalid user credentials.' }]);
  });
});

describe('messages', () => {
  test('clock: an expired token', async () => {
    const { access } = await login(await serverWith('realtime-accepts-expired-token'));
    clock.advance(900_000);
    const auth = { type: 'auth', access_token: access };
    expect(await talk(server!, auth)).toEqual({ received: [ok], closed: false });
    expect((await send(server!, 'GET /users/me', { bearer: access })).code).toBe('TOKEN_EXPIRED');
  });

  const bad = { type: 'auth', ...ADMIN, password: 'bad' };
  test.each<[DefectName, object, unknown, boolean]>([
    ['realtime-ignores-password', bad, ok, false],
    ['realtime-accepts-any-token', { type: 'auth', access_token: 'any' }, ok, false],
    ['realtime-open-without-auth', { type: 'ping' }, { type: 'pong' }, false],
    ['realtime-stays-open', bad, rejected, false],
    ['realtime-credentials-give-no-token', { type: 'auth', ...ADMIN }, { type: 'auth', status: 'ok' }, false],
    [
      'realtime-tells-why',
      bad,
      expect.objectContaining({ error: { code: 'INVALID_CREDENTIALS', message: 'Authentication handshake failed.' } }),
      true,
    ],
  ])('%s', async (defect, message, received, closed) => {
    expect(await talk(await serverWith(defect), message)).toEqual({ received: [received], closed });
    await server!.close();
    expect(await talk(await serverWith(), message)).not.toEqual({ received: [received], closed });
  });

  test('realtime-refuses-tokens, realtime-repeats-token, realtime-second-auth-ignored', async () => {
    const auth = async (...defects: DefectName[]): Promise<unknown[]> => {
      const { access } = await login(await serverWith(...defects));
      const { received } = await talk(server!, { type: 'auth', access_token: access }, bad);
      await server!.close();
      return received;
    };
    expect(await auth()).toEqual([{ type: 'auth', status: 'ok' }, rejected]);
    expect(await auth('realtime-second-auth-ignored')).toEqual([ok, ok]);
    expect((await auth('realtime-refuses-tokens'))[0]).toEqual(rejected);
    expect((await auth('realtime-repeats-token'))[0]).toHaveProperty('access_token');
  });

  test('a refresh token survives a message, and not a request', async () => {
    const { refresh } = await login(await serverWith('realtime-refresh-token-survives'));
    const auth = { type: 'auth', refresh_token: refresh };
    expect((await talk(server!, auth, auth)).received).toEqual([ok, ok]);
    const body = { refresh_token: refresh };
    expect((await send(server!, 'POST /auth/refresh', { body })).status).toBe(200);
    expect((await send(server!, 'POST /auth/refresh', { body })).status).toBe(401);
  });
});

describe('composition', () => {
  const ports: Ports = {
    settings: readSettings({}, systemRandom),
    store: new MemoryStore(),
    clock: new ManualClock(0),
    random: systemRandom,
    passwords: new Passwords(),
    jwts: jwtsSignedWith('secret'),
  };
  const later = (name: string, ms: number): Defect => ({
    name,
    title: '',
    wrap: () => ({ clock: (inner) => replacing(inner, { now: () => inner.now() * 2 + ms }) }),
  });

  test('without a defect each port is the one that was given, and nothing intercepts', () => {
    expect(withDefects(ports, [])).toMatchObject({ ...ports, interceptors: [] });
  });

  test('the first defect is the innermost wrapper', () => {
    expect(withDefects(ports, [later('one', 1), later('ten', 10)]).clock.now()).toBe(12);
  });

  test('each server has wrappers of its own', () => {
    let made = 0;
    const counting: Defect = {
      name: 'counting',
      title: '',
      wrap: () => {
        made += 1;
        return {};
      },
    };
    withDefects(ports, [counting]);
    withDefects(ports, [counting]);
    expect(made).toBe(2);
  });

  test('members that are not replaced are those of the port, private ones too', async () => {
    const passwords = replacing(ports.passwords, { verify: async () => Promise.resolve(true) });
    expect(await passwords.hash('x')).toMatch(/^\$argon2id\$/);
    expect(await passwords.verify('', '')).toBe(true);
  });
});

test('no file of the server but its index mentions defects', () => {
  const root = new URL('../../../reference-server/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !name.startsWith('defects') && name !== 'index.ts',
  );
  expect(files.length).toBeGreaterThan(40);
  expect(files.filter((name) => /defect|deviat/i.test(readFileSync(new URL(name, root), 'utf8')))).toEqual([]);
});
