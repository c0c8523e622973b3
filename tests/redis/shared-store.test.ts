import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RedisServer } from '../helpers/redis-server.js';
import { runCli } from '../helpers/run-cli.js';
import { serve, type Served } from '../helpers/serve.js';
import {
  ADMIN,
  login,
  send,
  sessionCookieOf,
  sessionLogin,
  tokensOf,
  type Answer,
} from '../reference-server/client.js';

/*
 * serve --store: two instances that share a Redis are one server.
 *
 * @module-tag needs/redis-server
 */

const PASSWORD = 'pass:word/of@redis';
let redis: RedisServer;
let one: Served;
let two: Served;
beforeAll(async () => {
  redis = await RedisServer.start(PASSWORD);
  [one, two] = await Promise.all([serve(['--store', redis.url]), serve(['--store', redis.url])]);
});
afterAll(async () => {
  const printed = [one, two].map((server) => server.output()).join('');
  await Promise.all([one, two].map((server) => server.end()));
  await redis.remove();
  expect(printed).not.toMatch(/pass:word|of@redis|pass%3Aword/);
});

const me = (server: Served, sent: { bearer?: string; cookie?: string }): Promise<Answer> =>
  send(server, 'GET /users/me', sent);
const refresh = (server: Served, token: string): Promise<Answer> =>
  send(server, 'POST /auth/refresh', { body: { refresh_token: token } });

test('two instances that start at once on an empty store make one administrator', async () => {
  const { access } = await login(one);
  expect((await send(two, 'GET /users?fields=email', { bearer: access })).data).toEqual([{ email: ADMIN.email }]);
  expect((await send(two, 'GET /roles?fields=name', { bearer: access })).data).toEqual([{ name: 'Administrator' }]);
});

test('an access token of one is good at the other: they share the SECRET', async () => {
  const { access } = await login(one);
  expect((await me(two, { bearer: access })).status).toBe(200);
  expect((await me(two, { cookie: await sessionLogin(one) })).status).toBe(200);
});

test('a refresh token that was rotated at one is rejected by the other', async () => {
  const old = await login(one);
  const renewed = tokensOf(await refresh(one, old.refresh));
  expect((await refresh(two, old.refresh)).code).toBe('INVALID_CREDENTIALS');
  expect((await refresh(two, renewed.refresh)).status).toBe(200);
});

test.each([1, 2, 3])('of 20 refreshes at once with one token exactly one is answered with tokens (%i)', async () => {
  const { refresh: token } = await login(one);
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => refresh(i % 2 === 0 ? one : two, token)));
  const given = answers.filter(({ status }) => status === 200).map((answer) => tokensOf(answer).refresh);
  expect(given).toHaveLength(1);
  expect(answers.filter(({ code }) => code === 'INVALID_CREDENTIALS')).toHaveLength(19);
  expect((await refresh(one, given[0] ?? '')).status).toBe(200);
  expect((await refresh(two, token)).status).toBe(401);
});

test('20 refreshes at once of one session token lead to one session', async () => {
  const cookie = await sessionLogin(one);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      send(i % 2 === 0 ? one : two, 'POST /auth/refresh', { cookie, body: { mode: 'session' } }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  const renewed = answers.map(sessionCookieOf);
  await send(one, 'POST /auth/logout', { cookie: renewed[0] ?? '', body: { mode: 'session' } });
  for (const other of renewed) expect((await me(two, { cookie: other })).status).toBe(401);
});

test('a logout at one ends the login at the other', async () => {
  const { refresh: token } = await login(one);
  const cookie = await sessionLogin(one);
  await send(two, 'POST /auth/logout', { body: { refresh_token: token } });
  await send(two, 'POST /auth/logout', { cookie, body: { mode: 'session' } });
  expect((await refresh(one, token)).status).toBe(401);
  expect((await me(one, { cookie })).status).toBe(401);
});

test('a static token that was replaced at one is rejected by the other', async () => {
  const { access: bearer } = await login(one);
  await send(one, 'PATCH /users/me', { bearer, body: { token: 'static-token-1' } });
  expect((await me(two, { bearer: 'static-token-1' })).status).toBe(200);
  await send(one, 'PATCH /users/me', { bearer, body: { token: 'static-token-2' } });
  expect((await me(two, { bearer: 'static-token-1' })).status).toBe(401);
  expect((await me(two, { bearer: 'static-token-2' })).status).toBe(200);
});

test('an email is given once, whichever instance is asked', async () => {
  const { access: bearer } = await login(one);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      send(i % 2 === 0 ? one : two, 'POST /users', {
        bearer,
        body: { email: i % 3 === 0 ? 'Once@example.com' : 'once@example.com', password: 'secret' },
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ code }) => code === 'RECORD_NOT_UNIQUE')).toHaveLength(9);
});

test('attempts to log in are counted together, up to a limit that is set at one', async () => {
  const { access: bearer } = await login(one);
  const credentials = { email: 'guessed@example.com', password: 'secret' };
  await send(one, 'POST /users', { bearer, body: credentials });
  await send(one, 'PATCH /settings', { bearer, body: { auth_login_attempts: 4 } });
  expect((await send(two, 'GET /settings', { bearer })).data).toMatchObject({ auth_login_attempts: 4 });
  for (const server of [one, two, one, two, one])
    await send(server, 'POST /auth/login', { body: { ...credentials, password: 'wrong' } });
  expect((await send(two, 'POST /auth/login', { body: credentials })).code).toBe('INVALID_CREDENTIALS');
  const [user] = (await send(two, 'GET /users?filter[email][_eq]=guessed@example.com', { bearer })).json
    ?.data as readonly { status: string }[];
  expect(user?.status).toBe('suspended');
});

describe('while Redis is away', () => {
  beforeEach(() => redis.save());
  afterEach(async () => {
    redis.signal('SIGCONT');
    await redis.stop();
    await redis.start();
    await Promise.all([recovered(one), recovered(two)]);
  });

  /** What a server answers, and after how many ms. */
  const asked = async (server: Served, what: string, sent: object): Promise<[number, string | undefined, boolean]> => {
    const before = performance.now();
    const { status, code } = await send(server, what, sent);
    return [status, code, performance.now() - before < 15_000];
  };
  const failed = [500, 'INTERNAL_SERVER_ERROR', true];

  /** Waits until a server answers a login with 200 again. */
  const recovered = async (server: Served): Promise<void> => {
    const end = performance.now() + 30_000;
    while ((await send(server, 'POST /auth/login', { body: ADMIN })).status !== 200) {
      if (performance.now() > end) throw new Error('no login within 30 s');
      await sleep(100);
    }
  };

  const ways = [
    ['has ended', () => redis.stop(), () => redis.start()],
    [
      'hangs',
      async () => Promise.resolve(redis.signal('SIGSTOP')),
      async () => Promise.resolve(redis.signal('SIGCONT')),
    ],
  ] as const;
  test.each(ways)(
    'and %s, requests are answered with 500 soon, and afterwards as before',
    { timeout: 120_000 },
    async (_way, leave, back) => {
      const { access: bearer, refresh: token } = await login(one);
      const cookie = await sessionLogin(one);
      await redis.save();
      await leave();
      for (const server of [one, two]) {
        expect(await asked(server, 'POST /auth/login', { body: ADMIN })).toEqual(failed);
        expect(await asked(server, 'GET /users/me', { bearer: 'static-token-2' })).toEqual(failed);
      }
      const together = [
        asked(one, 'GET /users/me', { cookie }),
        asked(one, 'POST /auth/refresh', { body: { refresh_token: token } }),
        asked(two, 'POST /auth/logout', { body: { refresh_token: token } }),
      ];
      expect(await Promise.all(together)).toEqual([failed, failed, failed]);
      expect((await send(one, 'GET /server/ping')).text).toBe('pong');
      await back();
      await Promise.all([recovered(one), recovered(two)]);
      expect((await me(two, { bearer })).status).toBe(200);
      expect((await me(two, { cookie })).status).toBe(200);
      expect(one.output()).toMatch(
        /the connection to redis:\/\/127\.0\.0\.1:\d+\/0 is lost: requests are answered with 500/,
      );
      expect(one.output()).toMatch(/the connection to redis:\/\/127\.0\.0\.1:\d+\/0 is back\n/);
    },
  );
});

describe('a store that cannot be used', () => {
  const rejects = async (url: string, message: string): Promise<void> => {
    const { code, stdout, stderr, ms } = await runCli(['serve', '--port', '0'], {
      env: { AUTH_CONFORMANCE_STORE: url },
    });
    expect(stderr).toBe(`auth-conformance: ${message}\n`);
    expect([code, stdout]).toEqual([2, '']);
    expect(ms).toBeLessThan(30_000);
  };
  const ofRedis = (change: (url: URL) => void): string => {
    const url = new URL(redis.url);
    change(url);
    return url.href;
  };

  test('does not listen', async () => {
    await rejects(
      'redis://:pass%3Aword@127.0.0.1:1/0',
      'Redis at redis://127.0.0.1:1/0 cannot be used (connect ECONNREFUSED 127.0.0.1:1): start it, or name another one',
    );
  });

  test('does not answer', async () => {
    const mute: Server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    await rejects(
      `redis://:pass%3Aword@127.0.0.1:${port}/0`,
      `Redis at redis://127.0.0.1:${port}/0 does not answer: start it anew, or name another one`,
    );
    mute.close();
  });

  test('rejects the password', async () => {
    const rejected = `Redis at redis://127.0.0.1:${redis.port}/0 rejects user or password: give them in the URL, as redis://user:password@host:port/db`;
    await rejects(
      ofRedis((url) => (url.password = 'wrong')),
      rejected,
    );
    await rejects(
      ofRedis((url) => (url.password = '')),
      rejected,
    );
  });

  test('has no database of the number', async () => {
    await rejects(
      ofRedis((url) => (url.pathname = '/99')),
      `Redis at redis://127.0.0.1:${redis.port}/99 has no database of this number: name another one`,
    );
  });

  test.each(['http://:pass%3Aword@127.0.0.1/0', 'redis://127.0.0.1/zero', 'redis:', 'redis', ''])(
    'is no URL of one: %s',
    async (url) => {
      const { code, stderr } = await runCli(['serve', '--port', '0', '--store', url]);
      expect(stderr).toBe(
        'auth-conformance: the store must be a URL as redis://host:port/db (or rediss://… for TLS)\n',
      );
      expect(code).toBe(2);
    },
  );
});
