import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { createReferenceServer, readSettings, SettingsError } from '../../reference-server/index.js';
import { quickServer, send, sessionLogin } from './client.js';

test('the defaults are those of Directus', () => {
  const { SECRET, ...others } = readSettings({});
  expect(SECRET).toMatch(/^[\w-]{64}$/);
  expect(readSettings({}).SECRET).not.toBe(SECRET);
  expect(others).toEqual({
    ACCESS_TOKEN_TTL: 900_000,
    REFRESH_TOKEN_TTL: 604_800_000,
    SESSION_REFRESH_GRACE_PERIOD: 10_000,
    SESSION_COOKIE_TTL: 86_400_000,
    SESSION_COOKIE_NAME: 'directus_session_token',
    SESSION_COOKIE_SECURE: false,
    SESSION_COOKIE_SAME_SITE: 'lax',
    SESSION_COOKIE_DOMAIN: undefined,
    REFRESH_TOKEN_COOKIE_NAME: 'directus_refresh_token',
    REFRESH_TOKEN_COOKIE_SECURE: false,
    REFRESH_TOKEN_COOKIE_SAME_SITE: 'lax',
    REFRESH_TOKEN_COOKIE_DOMAIN: undefined,
    CORS_ENABLED: false,
    CORS_ORIGIN: false,
    CORS_METHODS: 'GET,POST,PATCH,DELETE',
    CORS_ALLOWED_HEADERS: 'Content-Type,Authorization',
    CORS_EXPOSED_HEADERS: 'Content-Range',
    CORS_CREDENTIALS: true,
    CORS_MAX_AGE: 18_000,
    RATE_LIMITER_REGISTRATION_ENABLED: true,
    RATE_LIMITER_REGISTRATION_POINTS: 5,
    RATE_LIMITER_REGISTRATION_DURATION: 60,
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'd1r3ctu5',
    PUBLIC_URL: undefined,
    PASSWORD_RESET_URL_ALLOW_LIST: [],
    USER_INVITE_URL_ALLOW_LIST: [],
    USER_REGISTER_URL_ALLOW_LIST: [],
    LOGIN_STALL_TIME: 500,
  });
});

test('text as in an environment is understood', () => {
  const settings = readSettings({
    PATH: '/bin',
    SECRET: '',
    ACCESS_TOKEN_TTL: '3s',
    REFRESH_TOKEN_TTL: '6000',
    LOGIN_STALL_TIME: '0',
    SESSION_COOKIE_SECURE: 'true',
    SESSION_COOKIE_SAME_SITE: 'Strict',
    SESSION_COOKIE_DOMAIN: 'example.com',
    CORS_ENABLED: 'true',
    CORS_CREDENTIALS: 'false',
    CORS_MAX_AGE: '60',
  });
  expect(settings).toMatchObject({
    ACCESS_TOKEN_TTL: 3000,
    REFRESH_TOKEN_TTL: 6000,
    LOGIN_STALL_TIME: 0,
    SESSION_COOKIE_SECURE: true,
    SESSION_COOKIE_SAME_SITE: 'strict',
    SESSION_COOKIE_DOMAIN: 'example.com',
    CORS_ENABLED: true,
    CORS_CREDENTIALS: false,
    CORS_MAX_AGE: 60,
  });
});

test.each([
  ['true', true],
  [true, true],
  ['false', false],
  ['*', '*'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['https://a.test,capacitor://localhost', ['https://a.test', 'capacitor://localhost']],
  ['regex:\\.test$', /\.test$/],
  [
    ['https://a.test', /\.test$/],
    ['https://a.test', /\.test$/],
  ],
])('CORS_ORIGIN: %j', (given, origin) => {
  expect(readSettings({ CORS_ORIGIN: given }).CORS_ORIGIN).toEqual(origin);
});

test.each([
  [
    'ACCESS_TOKEN_TTL',
    'soon',
    'ACCESS_TOKEN_TTL: "soon" cannot be used; allowed: a duration of 1 ms or more, as \'15m\'',
  ],
  ['REFRESH_TOKEN_TTL', '-1d', 'REFRESH_TOKEN_TTL: "-1d" cannot be used'],
  ['SESSION_COOKIE_TTL', 0, 'SESSION_COOKIE_TTL: 0 cannot be used'],
  ['LOGIN_STALL_TIME', Number.NaN, 'LOGIN_STALL_TIME: null cannot be used; allowed: a duration of 0 ms or more'],
  ['SESSION_COOKIE_SECURE', 'yes', "SESSION_COOKIE_SECURE: \"yes\" cannot be used; allowed: 'true' or 'false'"],
  ['REFRESH_TOKEN_COOKIE_SAME_SITE', 'loose', "allowed: 'lax', 'strict' or 'none'"],
  ['SESSION_COOKIE_NAME', 'a b', 'SESSION_COOKIE_NAME: "a b" cannot be used; allowed: a cookie name'],
  ['SESSION_COOKIE_DOMAIN', 'a; Path=/', 'allowed: a domain name'],
  ['CORS_ENABLED', 'TRUE', "allowed: 'true' or 'false'"],
  [
    'CORS_ORIGIN',
    'https://a.test/',
    "CORS_ORIGIN: \"https://a.test/\" cannot be used; allowed: 'true', 'false', '*', or",
  ],
  ['CORS_ORIGIN', 'https://a.test, https://b.test', 'separated by commas without spaces'],
  ['CORS_ORIGIN', 'a.test', 'CORS_ORIGIN: "a.test" cannot be used'],
  ['CORS_ORIGIN', 'regex:(', 'CORS_ORIGIN: "regex:(" cannot be used'],
  ['CORS_ORIGIN', 5, 'CORS_ORIGIN: 5 cannot be used'],
  ['CORS_METHODS', 'GET;POST', 'CORS_METHODS: "GET;POST" cannot be used; allowed: names, separated by commas'],
  ['CORS_ALLOWED_HEADERS', 'X:', 'CORS_ALLOWED_HEADERS: "X:" cannot be used'],
  ['CORS_CREDENTIALS', 'yes', "allowed: 'true' or 'false'"],
  ['CORS_MAX_AGE', '15m', 'CORS_MAX_AGE: "15m" cannot be used; allowed: a whole number of seconds, 0 or more'],
  ['ADMIN_EMAIL', 'admin', 'ADMIN_EMAIL: "admin" cannot be used; allowed: an email address'],
  ['SECRET', 5, 'SECRET: the value given cannot be used; allowed: one character or more'],
])('%s: %j is rejected', (name, given, message) => {
  expect(() => readSettings({ [name]: given })).toThrow(SettingsError);
  expect(() => readSettings({ [name]: given })).toThrow(message);
});

test('the settings of the cookies show in them', async () => {
  const server = await quickServer({
    settings: {
      SESSION_COOKIE_NAME: 'my_session',
      SESSION_COOKIE_SECURE: true,
      SESSION_COOKIE_SAME_SITE: 'none',
      SESSION_COOKIE_DOMAIN: 'example.com',
      REFRESH_TOKEN_COOKIE_NAME: 'my_refresh',
      REFRESH_TOKEN_COOKIE_SAME_SITE: 'strict',
      ADMIN_EMAIL: 'root@example.com',
      ADMIN_PASSWORD: 'toor',
    },
  });
  try {
    const credentials = { email: 'root@example.com', password: 'toor' };
    const session = await send(server, 'POST /auth/login', { body: { ...credentials, mode: 'session' } });
    expect(session.cookies[0]).toMatch(
      /^my_session=[^;]+; Max-Age=86400; Domain=example\.com; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=None$/,
    );
    const refresh = await send(server, 'POST /auth/login', { body: { ...credentials, mode: 'cookie' } });
    expect(refresh.cookies[0]).toMatch(
      /^my_refresh=[^;]+; Max-Age=604800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    expect(await sessionLogin(server)).toBe('');
  } finally {
    await server.close();
  }
});

/** True when a server listens at a port. */
const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(true));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(false)));
  });

test('close leaves nothing listening, and does not wait for kept-alive connections or a stalled login', async () => {
  const server = await quickServer({ settings: { LOGIN_STALL_TIME: 60_000 } });
  const port = Number(new URL(server.url).port);
  await send(server, 'GET /server/ping');
  const stalled = send(server, 'POST /auth/login', { body: {} }).catch(() => 'cut off');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await isTaken(port)).toBe(true);
  const before = performance.now();
  await server.close();
  expect(performance.now() - before).toBeLessThan(1000);
  expect(await isTaken(port)).toBe(false);
  expect(await stalled).toBe('cut off');
  await server.close();
  expect(() => server.url).toThrow('does not listen');
  expect(await server.listen({ port })).toBe(`http://127.0.0.1:${port}`);
  await expect(server.listen()).rejects.toThrow('listens already');
  await server.close();
});

test('a port that is taken is told', async () => {
  const [first, second] = [await quickServer(), await createReferenceServer()];
  try {
    await expect(second.listen({ port: Number(new URL(first.url).port) })).rejects.toThrow('EADDRINUSE');
  } finally {
    await first.close();
    await second.close();
  }
});

test('a fault of the server tells nothing about itself', async () => {
  const server = await quickServer();
  try {
    server.store.userByEmail = () => Promise.reject(new Error('the database is at db.internal'));
    const answer = await send(server, 'POST /auth/login', { body: { email: 'a@example.com', password: 'x' } });
    expect([answer.status, answer.code]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    expect(answer.text).not.toContain('db.internal');
  } finally {
    await server.close();
  }
});
