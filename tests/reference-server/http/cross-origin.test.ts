import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { ADMIN, quickServer, send, sessionLogin, type Answer } from '../client.js';

/* What a Directus 12.4.1 was seen to answer, started with the same variables. */

const A = 'http://a.test';
const SUBDOMAIN = 'http://x.b.test';

let server: ReferenceServer | undefined;
afterEach(() => server?.close());

async function serverWith(settings: Readonly<Record<string, string>>): Promise<ReferenceServer> {
  server = await quickServer({ settings });
  return server;
}

/** The headers of an answer that say something about origins. */
function corsHeaders({ headers }: Answer): Record<string, string> {
  const told: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (name.startsWith('access-control-') || name === 'vary') told[name] = value;
  });
  return told;
}

const from = (origin: string | undefined): Record<string, string> => (origin === undefined ? {} : { origin });
const preflight = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'content-type, x-thing',
};

const allows = {
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'Content-Range',
};
const allowsAtPreflight = {
  'access-control-allow-methods': 'GET,POST,PATCH,DELETE',
  'access-control-allow-headers': 'Content-Type,Authorization',
  'access-control-max-age': '18000',
};
const forOrigin = (origin: string): object => ({ 'access-control-allow-origin': origin, vary: 'Origin' });

describe.each([
  ['by default', {}],
  ['with CORS_ENABLED alone', { CORS_ENABLED: 'true' }],
  ['with CORS_ORIGIN alone', { CORS_ORIGIN: 'true' }],
])('%s', (_when, settings) => {
  test('nothing is said about origins, and OPTIONS tells the methods', async () => {
    const server = await serverWith(settings);
    const rejected = await send(server, 'GET /users/me', { headers: from(A) });
    expect([rejected.status, corsHeaders(rejected)]).toEqual([401, {}]);
    const options = await send(server, 'OPTIONS /auth/login', { headers: { ...from(A), ...preflight } });
    expect([options.status, options.text, corsHeaders(options)]).toEqual([200, 'POST', {}]);
    const loggedIn = await send(server, 'POST /auth/login', { headers: from(A), body: ADMIN });
    expect([loggedIn.status, corsHeaders(loggedIn)]).toEqual([200, { vary: 'Origin, Cache-Control' }]);
  });
});

/** What GET /users/me without a token says to each origin. */
const said: readonly (readonly [
  Readonly<Record<string, string>>,
  readonly (readonly [string | undefined, object])[],
])[] = [
  // One origin is in every answer.
  [{ CORS_ORIGIN: A }, [A, SUBDOMAIN, undefined].map((origin) => [origin, { ...allows, ...forOrigin(A) }] as const)],
  [
    { CORS_ORIGIN: 'true', CORS_CREDENTIALS: 'false' },
    [
      [A, { 'access-control-expose-headers': 'Content-Range', ...forOrigin(A) }],
      [SUBDOMAIN, { 'access-control-expose-headers': 'Content-Range', ...forOrigin(SUBDOMAIN) }],
      [undefined, { 'access-control-expose-headers': 'Content-Range', vary: 'Origin' }],
    ],
  ],
  [
    { CORS_ORIGIN: `${A},http://b.test`, CORS_EXPOSED_HEADERS: 'X-Three,X-Four' },
    [
      [A, { ...allows, 'access-control-expose-headers': 'X-Three,X-Four', ...forOrigin(A) }],
      [SUBDOMAIN, { ...allows, 'access-control-expose-headers': 'X-Three,X-Four', vary: 'Origin' }],
    ],
  ],
  [
    { CORS_ORIGIN: `${A},regex:^http://.*\\.b\\.test$` },
    [
      [A, { ...allows, ...forOrigin(A) }],
      ['http://b.test', { ...allows, vary: 'Origin' }],
      [SUBDOMAIN, { ...allows, ...forOrigin(SUBDOMAIN) }],
    ],
  ],
  [
    { CORS_ORIGIN: 'regex:^http://.*\\.b\\.test$' },
    [
      [A, { ...allows, vary: 'Origin' }],
      [SUBDOMAIN, { ...allows, ...forOrigin(SUBDOMAIN) }],
    ],
  ],
  [{ CORS_ORIGIN: '*' }, [A, undefined].map((origin) => [origin, { ...allows, 'access-control-allow-origin': '*' }])],
];

test.each(said)('%j', async (settings, answers) => {
  const server = await serverWith({ CORS_ENABLED: 'true', ...settings });
  for (const [origin, expected] of answers) {
    const answer = await send(server, 'GET /users/me', { headers: from(origin) });
    expect([origin, answer.status, corsHeaders(answer)]).toEqual([origin, 401, expected]);
  }
});

test('a preflight is answered before anything else, whether there is such a route or not', async () => {
  const server = await serverWith({ CORS_ENABLED: 'true', CORS_ORIGIN: A });
  for (const path of ['/auth/login', '/nowhere', '/users/me?access_token=x']) {
    const answer = await send(server, `OPTIONS ${path}`, { headers: { ...from(A), ...preflight } });
    expect([answer.status, answer.headers.get('content-length'), answer.text]).toEqual([204, '0', '']);
    expect(corsHeaders(answer)).toEqual({ ...allows, ...allowsAtPreflight, ...forOrigin(A) });
  }
});

test('a preflight tells what the settings allow', async () => {
  const settings = { CORS_METHODS: 'GET, PUT', CORS_ALLOWED_HEADERS: 'X-One,X-Two', CORS_MAX_AGE: '0' };
  const server = await serverWith({ CORS_ENABLED: 'true', CORS_ORIGIN: '*', ...settings });
  const answer = await send(server, 'OPTIONS /auth/login', { headers: { ...from(A), ...preflight } });
  expect(corsHeaders(answer)).toEqual({
    ...allows,
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'X-One,X-Two',
    'access-control-max-age': '0',
  });
});

test('what cannot be read is answered to the origin too, and a success says what else it varies with', async () => {
  const server = await serverWith({ CORS_ENABLED: 'true', CORS_ORIGIN: A });
  const unread = await send(server, 'POST /auth/login', { headers: from(A), body: '{"email":' });
  expect([unread.status, corsHeaders(unread)]).toEqual([400, { ...allows, ...forOrigin(A) }]);
  const pong = await send(server, 'GET /server/ping', { headers: from(A) });
  expect([pong.status, corsHeaders(pong)]).toEqual([200, { ...allows, ...forOrigin(A) }]);
  const loggedIn = await send(server, 'POST /auth/login', { headers: from(A), body: ADMIN });
  expect(corsHeaders(loggedIn)).toEqual({ ...allows, ...forOrigin(A), vary: 'Origin, Cache-Control' });
});

describe('a WebSocket', () => {
  /** 101, or the status with which the upgrade is rejected. */
  async function upgrade(server: ReferenceServer, headers: Readonly<Record<string, string>>): Promise<number> {
    const socket = new WebSocket(server.url.replace('http', 'ws') + '/websocket', { headers });
    const status = await new Promise<number>((resolve, reject) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', reject);
    });
    socket.removeAllListeners('error').on('error', () => undefined);
    socket.terminate();
    return status;
  }

  test.each([
    [{}, 403, 403],
    [{ CORS_ORIGIN: A }, 403, 403],
    [{ CORS_ENABLED: 'true' }, 403, 403],
    [{ CORS_ENABLED: 'true', CORS_ORIGIN: '*' }, 403, 403],
    [{ CORS_ENABLED: 'true', CORS_ORIGIN: A }, 101, 403],
    [{ CORS_ENABLED: 'true', CORS_ORIGIN: `${A},regex:^http://.*\\.b\\.test$` }, 101, 101],
    [{ CORS_ENABLED: 'true', CORS_ORIGIN: 'true' }, 101, 101],
  ])('of pages elsewhere: %j', async (settings, ofA, ofSubdomain) => {
    const server = await serverWith(settings);
    const cookie = await sessionLogin(server);
    expect(await upgrade(server, { cookie, origin: A })).toBe(ofA);
    expect(await upgrade(server, { origin: A })).toBe(ofA);
    expect(await upgrade(server, { cookie, origin: SUBDOMAIN })).toBe(ofSubdomain);
    expect(await upgrade(server, { cookie, origin: 'null' })).toBe(403);
    expect(await upgrade(server, { cookie, origin: 'garbage' })).toBe(403);
    expect(await upgrade(server, { cookie, origin: server.url })).toBe(101);
    expect(await upgrade(server, { cookie, origin: server.url.replace('http', 'https') })).toBe(101);
    expect(await upgrade(server, { cookie, origin: A, host: 'a.test' })).toBe(101);
    expect(await upgrade(server, { cookie })).toBe(101);
  });

  test('is rejected for its origin before its token', async () => {
    const server = await serverWith({ CORS_ENABLED: 'true', CORS_ORIGIN: A });
    const cookie = 'directus_session_token=x';
    expect(await upgrade(server, { cookie, origin: A })).toBe(401);
    expect(await upgrade(server, { cookie, origin: SUBDOMAIN })).toBe(403);
  });
});
