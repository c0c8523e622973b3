import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateIn } from '../../helpers/certificate.js';
import { frame, RawConnection, requestText, UPGRADE } from '../../helpers/raw-connection.js';
import { serve, type Served } from '../../helpers/serve.js';
import { sessionLogin } from '../client.js';

/* What a client does to its connection ends the connection, never the server: a process of its own, so that an end is seen. */

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-hostile-'));
const servers: Partial<Record<'http' | 'https', Served>> = {};

beforeAll(async () => {
  const { cert, key } = await certificateIn(folder);
  servers.http = await serve([]);
  servers.https = await serve(['--tls-cert', cert, '--tls-key', key]);
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.end();
  rmSync(folder, { recursive: true });
});

/** The server still answers, and has complained about nothing. */
async function isUp(server: Served): Promise<void> {
  const probe = await RawConnection.open(server.url);
  probe.write(requestText('GET', '/server/ping', ['Connection: close']));
  await probe.closed();
  expect(probe.received).toMatch(/^HTTP\/1\.1 200 .*pong$/s);
  expect(server.output()).not.toMatch(/Error|Unhandled|warning/i);
}

const halves: Readonly<Record<string, readonly string[]>> = {
  'an upgrade request': [requestText('GET', '/websocket', UPGRADE)],
  'an upgrade request with a token': [requestText('GET', '/websocket?access_token=nobody', UPGRADE)],
  'an upgrade request that is rejected': [requestText('GET', '/nowhere', UPGRADE)],
  'an upgrade request with a key that is none': [requestText('GET', '/websocket', UPGRADE.slice(0, 3))],
  'a message in the same packet': [
    requestText('GET', '/websocket', UPGRADE) +
      frame({ type: 'auth', email: 'admin@example.com', password: 'wrong' }).toString('latin1'),
  ],
  'a login': [
    requestText('POST', '/auth/login', ['Content-Type: application/json', 'Content-Length: 100'], '{"email"'),
  ],
  'half a head': ['GET /server/ping HT'],
  'a request for something else than HTTP': ['CONNECT example.com:80 HTTP/1.1\r\n\r\n'],
  nothing: [],
};

describe.each(['http', 'https'] as const)('%s', (scheme) => {
  test.each(Object.keys(halves))('a connection may be reset after %s', async (what) => {
    const server = servers[scheme] as Served;
    for (let i = 0; i < 40; i += 1) {
      const connection = await RawConnection.open(server.url);
      for (const part of halves[what] ?? []) connection.write(part);
      // Now and then the server has read it by then.
      if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve, i / 10));
      connection.reset();
    }
    await isUp(server);
  });
});

test('a connection may be reset while events are sent', async () => {
  const server = servers.http as Served;
  const cookie = await sessionLogin(server);
  for (let i = 0; i < 20; i += 1) {
    const connection = await RawConnection.open(server.url);
    connection.write(requestText('GET', '/admin/api/events', [`Cookie: ${cookie}`]));
    await connection.answered();
    expect(connection.status).toBe(200);
    const other = await RawConnection.open(server.url);
    other.write(requestText('GET', '/users/me'));
    connection.reset();
    other.reset();
  }
  await isUp(server);
});

test('a TLS handshake may be something else', async () => {
  const server = servers.https as Served;
  for (let i = 0; i < 10; i += 1) {
    const connection = await RawConnection.open(server.url.replace('https', 'http'));
    connection.write('GET / HTTP/1.1\r\n\r\n');
    connection.reset();
  }
  await isUp(server);
});

/** Targets that look like something, and bytes that look like nothing. */
const target = fc.oneof(
  fc.constantFrom(
    '//',
    'http://[',
    '*',
    '/%',
    '/%ff',
    '/websocket',
    '/websocket?access_token=%',
    '//websocket',
    '/../x',
  ),
  fc.constantFrom(
    'http://',
    'http://[::1',
    'http://a:b@c/websocket',
    'ws://x/websocket',
    'x:',
    ':',
    '?',
    '/?',
    '[',
    '#',
  ),
  fc.constantFrom(
    '/roles?filter[__proto__][x]=1',
    '/users?limit[toString]=1',
    '/users/me?fields[constructor]=1',
    '/\t',
  ),
  fc.string({ minLength: 1, maxLength: 40 }).map((text) => text.replace(/[\r\n ]/g, '')),
  fc.uint8Array({ minLength: 1, maxLength: 30 }).map(
    (bytes) =>
      `/${Buffer.from(bytes)
        .toString('latin1')
        .replace(/[\r\n ]/g, '')}`,
  ),
);
const header = fc.oneof(
  fc.constantFrom('Upgrade: h2c', 'Origin: http://[', 'Origin: null', 'Cookie: directus_session_token=%', 'Expect: x'),
  fc.constantFrom('Authorization: Bearer a.b.c', 'Content-Length: 5', 'Transfer-Encoding: chunked', 'Host: [', 'Host:'),
  fc.constantFrom('Content-Type: application/json; charset=x', 'Content-Encoding: gzip', 'Content-Encoding: x', ': x'),
  fc.string({ maxLength: 30 }).map((text) => `X-Any: ${text.replace(/[\r\n]/g, '')}`),
);

test(
  'no request, however it is put together, is answered with a fault of the server',
  { timeout: 60_000 },
  async () => {
    const server = servers.http as Served;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD', 'PATCH', 'SEARCH', 'BREW'),
        target,
        fc.array(header, { maxLength: 4 }),
        fc.boolean(),
        async (method, path, headers, upgrades) => {
          const connection = await RawConnection.open(server.url);
          connection.write(requestText(method, path, [...headers, ...(upgrades ? UPGRADE : [])], '{"a":'));
          await Promise.race([connection.answered(), new Promise((resolve) => setTimeout(resolve, 100))]);
          connection.reset();
          expect(connection.status ?? 0).toBeLessThan(500);
        },
      ),
      { numRuns: 1000 },
    );
    await isUp(server);
  },
);

test.each(['//', 'http://[', 'x:'])(
  'a target that is no path (%s) is rejected with 4xx, for an upgrade too',
  async (path) => {
    const server = servers.http as Served;
    for (const headers of [[], UPGRADE]) {
      const connection = await RawConnection.open(server.url);
      connection.write(requestText('GET', path, [...headers, ...(headers.length === 0 ? ['Connection: close'] : [])]));
      await connection.closed();
      expect(connection.status).toBe(path === '//' ? 404 : 400);
    }
  },
);

test('a target in absolute form is the same as its path', async () => {
  const connection = await RawConnection.open((servers.http as Served).url);
  connection.write(requestText('GET', 'http://elsewhere.example/server/ping?x=1', ['Connection: close']));
  await connection.closed();
  expect(connection.received).toMatch(/^HTTP\/1\.1 200 .*pong$/s);
});
