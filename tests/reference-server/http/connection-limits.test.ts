import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  createReferenceServer,
  defaultLimits,
  type Limits,
  type ReferenceServer,
} from '../../../reference-server/index.js';
import { createGuardedServer } from '../../../reference-server/http/guard/guarded-server.js';
import { cheapHash } from '../../helpers/cheap-hash.js';
import { RawConnection, requestText, UPGRADE } from '../../helpers/raw-connection.js';
import { ADMIN, SECRET, send } from '../client.js';

/* What a connection may use up, with limits that a test reaches soon. */

let server: ReferenceServer | undefined;
const open: RawConnection[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) connection.end();
  await server?.close();
  server = undefined;
});

async function listening(limits: Partial<Limits>): Promise<ReferenceServer> {
  server = await createReferenceServer({ argon2Cost: cheapHash, settings: { SECRET, LOGIN_STALL_TIME: 0 } });
  await server.listen({ limits: { checkMs: 50, ...limits } });
  return server;
}

async function connected({ url }: { readonly url: string }): Promise<RawConnection> {
  const connection = await RawConnection.open(url);
  open.push(connection);
  return connection;
}

test('a head that does not come is not waited for', async () => {
  const connection = await connected(await listening({ headMs: 200 }));
  connection.write('GET /server/ping HTTP/1.1\r\nX-Slow: ');
  const drip = setInterval(() => connection.write('x'), 20);
  await connection.closed();
  clearInterval(drip);
  expect(connection.status).toBe(408);
});

test('a body that does not come is not waited for, however it drips', async () => {
  const connection = await connected(await listening({ headMs: 200, requestMs: 400 }));
  connection.write(
    requestText('POST', '/auth/login', ['Content-Type: application/json', 'Content-Length: 999'], '{"a":"'),
  );
  const drip = setInterval(() => connection.write('x'), 20);
  await connection.closed();
  clearInterval(drip);
  expect(connection.status).toBe(408);
});

test('an answer that is not read is not kept', async () => {
  const answers = createGuardedServer((_request, response) => response.end(Buffer.alloc(50_000_000)), undefined, {
    ...defaultLimits,
    idleMs: 300,
  });
  await new Promise<void>((resolve) => answers.listen(0, '127.0.0.1', resolve));
  const gone = new Promise<void>((resolve) =>
    answers.once('connection', (socket: Socket) => socket.on('close', resolve)),
  );
  const { port } = answers.address() as AddressInfo;
  const connection = await connected({ url: `http://127.0.0.1:${port}` });
  connection.stopReading();
  connection.write(requestText('GET', '/'));
  await gone;
  answers.close();
});

test('a request has so many header fields at most, for an upgrade too', async () => {
  const target = await listening({ headers: 20 });
  const many = Array.from({ length: 20 }, (_, i) => `X-${i}: x`);
  for (const headers of [
    [...many, 'Connection: close'],
    [...many, ...UPGRADE],
  ]) {
    const connection = await connected(target);
    connection.write(requestText('GET', '/websocket', headers));
    await connection.closed();
    expect(connection.status).toBe(431);
  }
  expect((await send(target, 'GET /server/ping')).status).toBe(200);
});

test('a head has so many bytes at most', async () => {
  const connection = await connected(await listening({}));
  connection.write(requestText('GET', '/server/ping', [`X-Large: ${'x'.repeat(defaultLimits.headBytes)}`]));
  await connection.closed();
  expect(connection.status).toBe(431);
});

test('an address has so many connections at most, and others when it closes one', async () => {
  const target = await listening({ connectionsPerAddress: 5 });
  const first = await Promise.all(Array.from({ length: 5 }, () => connected(target)));
  const sixth = await connected(target);
  await sixth.closed();
  first[0]?.end();
  await first[0]?.closed();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const next = await connected(target);
  next.write(requestText('GET', '/server/ping'));
  await next.answered();
  expect(next.status).toBe(200);
});

test('the server has so many connections at most', async () => {
  const target = await listening({ connections: 3 });
  await Promise.all(Array.from({ length: 3 }, () => connected(target)));
  const fourth = await connected(target);
  await fourth.closed();
  expect(fourth.received).toBe('');
});

test('large bodies share some memory; small ones need none of it, and what was reserved is given back', async () => {
  const target = await listening({ largeBodiesBytes: 1_500_000 });
  const large = requestText('POST', '/auth/login', ['Content-Type: application/json', 'Content-Length: 1000000'], '{');
  const first = await connected(target);
  first.write(large);
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (const announced of [
    'Content-Length: 1000000',
    'Transfer-Encoding: chunked',
    'Content-Encoding: gzip\r\nContent-Length: 2000',
  ]) {
    const second = await connected(target);
    second.write(requestText('POST', '/auth/login', ['Content-Type: application/json', announced]));
    await second.closed();
    expect(second.status).toBe(503);
  }
  expect((await send(target, 'POST /auth/login', { body: ADMIN })).status).toBe(200);
  first.end();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const third = await connected(target);
  third.write(large + ' '.repeat(999_998) + '}');
  await third.answered();
  expect(third.status).toBe(400);
});

test.each([
  ['that was rejected', requestText('GET', '/nowhere', UPGRADE)],
  ['that was accepted', requestText('GET', '/websocket', UPGRADE)],
])('the server closes at once with an upgrade %s', async (_what, text) => {
  const target = await listening({});
  const connection = await connected(target);
  connection.write(text);
  await connection.answered();
  await target.close();
  await connection.closed();
  server = undefined;
});
