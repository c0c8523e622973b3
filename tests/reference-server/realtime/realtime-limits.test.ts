import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { Pace, tell } from '../../../reference-server/realtime/conversation.js';
import {
  BYTES_AT_ONCE,
  BYTES_PER_SECOND,
  CONTROL_FRAMES_PER_SECOND,
  HELD_BACK_MS,
  MESSAGE_BYTES,
  MESSAGES_PER_SECOND,
  MESSAGES_WAITING,
  UNREAD_BYTES,
} from '../../../reference-server/realtime/message-limits.js';
import { controlFrame, frame, RawConnection, requestText, UPGRADE } from '../../helpers/raw-connection.js';
import { ADMIN, login, newUser, quickServer, send } from '../client.js';

/* What one WebSocket may use up, and what is judged of what it sends. */

let server: ReferenceServer;
let access = '';
beforeEach(async () => {
  server = await quickServer();
  ({ access } = await login(server));
});
afterEach(() => server.close());

const ada = { email: 'ada@example.com', password: 'right-password' };

/** Opens one by hand. */
async function opened(query = ''): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url);
  connection.write(requestText('GET', `/websocket${query}`, UPGRADE));
  await connection.answered();
  expect(connection.status).toBe(101);
  return connection;
}

const client = (): WebSocket =>
  new WebSocket(`${server.url.replace('http', 'ws')}/websocket?access_token=${access}`).on('error', () => undefined);

describe('after the first rejection nothing is judged', () => {
  const guesses = Array.from({ length: 30 }, (_, i) => ({ type: 'auth', email: ada.email, password: `guess-${i}` }));

  test.each([
    ['in one packet', (connection: RawConnection) => connection.write(Buffer.concat(guesses.map(frame)))],
    ['one after another', (connection: RawConnection) => guesses.forEach((guess) => connection.write(frame(guess)))],
  ])('thirty guesses %s count as one', async (_what, sendAll) => {
    const id = await newUser(server, ada);
    const connection = await opened();
    sendAll(connection);
    await connection.closed();
    expect(connection.received.match(/AUTH_FAILED/g)).toHaveLength(1);
    expect(await server.store.countAttempt(id)).toBe(2);
    expect((await send(server, 'POST /auth/login', { body: ada })).status).toBe(200);
  });

  test('a right password that was sent along does not count', async () => {
    const connection = await opened();
    connection.write(
      Buffer.concat(
        [
          { type: 'auth', access_token: 'wrong' },
          { type: 'auth', ...ADMIN },
        ].map(frame),
      ),
    );
    await connection.closed();
    expect(connection.received).not.toContain('refresh_token');
  });
});

test('messages are answered in order, one after the other', async () => {
  const connection = await opened();
  const messages = [{ type: 'auth', ...ADMIN }, ...Array.from({ length: 50 }, (_, uid) => ({ type: 'ping', uid }))];
  connection.write(Buffer.concat(messages.map(frame)));
  await expect.poll(() => connection.received.match(/"uid":\d+/g)).toHaveLength(50);
  const order = [...connection.received.matchAll(/"uid":(\d+)/g)].map(([, uid]) => Number(uid));
  expect(order).toEqual(Array.from({ length: 50 }, (_, uid) => uid));
  expect(connection.received.indexOf('"auth"')).toBeLessThan(connection.received.indexOf('"pong"'));
  connection.end();
});

test('who does not read is cut off: what waits for a client is bounded', () => {
  const done: string[] = [];
  const unread = (bufferedAmount: number): WebSocket =>
    ({
      ...{ bufferedAmount, OPEN: 1, readyState: 1 },
      send: () => done.push('sent'),
      terminate: () => done.push('cut off'),
    }) as unknown as WebSocket;
  for (const bytes of [0, UNREAD_BYTES, UNREAD_BYTES + 1]) tell(unread(bytes), { type: 'pong' });
  expect(done).toEqual(['sent', 'sent', 'cut off']);
});

test.each([
  ['too large', [JSON.stringify({ type: 'ping', uid: 'x'.repeat(MESSAGE_BYTES) })], 1009],
  ['too many at once', Array.from({ length: 2 * MESSAGES_WAITING }, () => '1'), 1008],
])('messages that are %s close the connection', async (_what, messages, code) => {
  const socket = client();
  await once(socket, 'open');
  // Corked, they come in one packet.
  const { _socket: transport } = socket as unknown as { _socket: { cork(): void; uncork(): void } };
  transport.cork();
  for (const message of messages) socket.send(message);
  transport.uncork();
  const [closed] = (await once(socket, 'close')) as [number];
  expect(closed).toBe(code);
});

describe('what a client sends is answered at a pace', () => {
  test('so many bytes at once, and the next ones when so much time has passed', () => {
    const pace = new Pace();
    expect(pace.waitFor(BYTES_AT_ONCE, 0)).toBe(0);
    expect(pace.waitFor(BYTES_PER_SECOND, 0)).toBe(1000);
    expect(pace.waitFor(2 * BYTES_PER_SECOND, 1000)).toBe(2000);
    expect(pace.waitFor(1, 4000)).toBe(0);
    expect(pace.waitFor(BYTES_AT_ONCE, 10_000)).toBe(0);
  });

  test('so many messages a second', () => {
    const pace = new Pace();
    const waits = Array.from({ length: MESSAGES_PER_SECOND + 1 }, () => pace.waitFor(1, 0));
    expect(waits.slice(0, -1).every((wait) => wait === 0)).toBe(true);
    expect(waits.at(-1)).toBe(1000);
    expect(pace.waitFor(1, 1000)).toBe(0);
  });

  test('one that sends more all the time is not answered any more', () => {
    const pace = new Pace();
    let now = 0;
    for (let waitMs: number | undefined = 0; waitMs !== undefined; now += waitMs ?? 0)
      waitMs = pace.waitFor(BYTES_PER_SECOND, now);
    expect(now).toBeGreaterThan(HELD_BACK_MS - 1000);
    expect(now).toBeLessThanOrEqual(HELD_BACK_MS);
  });
});

test('so many messages a second are answered; the next ones wait and are not lost', async () => {
  const socket = client();
  await once(socket, 'open');
  let answers = 0;
  const total = MESSAGES_PER_SECOND + 10;
  const begun = performance.now();
  const all = new Promise<void>((resolve) => {
    socket.on('message', () => {
      answers += 1;
      if (answers === total) resolve();
      else socket.send('{"type":"ping"}');
    });
  });
  socket.send('{"type":"ping"}');
  await all;
  expect(performance.now() - begun).toBeGreaterThan(900);
  socket.terminate();
});

describe('pings and pongs of a client (RFC 6455 section 5.5)', () => {
  const kinds = [
    ['pings', 0x9],
    ['pongs', 0xa],
  ] as const;

  test.each(kinds)('a flood of %s is cut off', async (_what, opcode) => {
    const connection = await opened();
    connection.write(Buffer.concat(Array.from({ length: CONTROL_FRAMES_PER_SECOND + 1 }, () => controlFrame(opcode))));
    await connection.closed();
    // Without a farewell: nothing more is said to one that does not listen.
    expect(connection.received).not.toContain('AUTH_FAILED');
  });

  test.each(kinds)('as many %s as a heartbeat takes are none', async (_what, opcode) => {
    const connection = await opened();
    connection.write(Buffer.concat(Array.from({ length: CONTROL_FRAMES_PER_SECOND }, () => controlFrame(opcode, 4))));
    connection.write(frame({ type: 'auth', ...ADMIN }));
    await expect.poll(() => connection.received).toContain('"status":"ok"');
    connection.end();
  });
});

test('a message that is nested deep is rejected, and the next one answered', async () => {
  const socket = client();
  await once(socket, 'open');
  socket.send(`{"type":"ping","uid":${'['.repeat(10_000)}${']'.repeat(10_000)}}`);
  const [first] = (await once(socket, 'message')) as [Buffer];
  socket.send('{"type":"ping"}');
  const [second] = (await once(socket, 'message')) as [Buffer];
  expect(first.toString()).toContain('INVALID_PAYLOAD');
  expect(second.toString()).toContain('pong');
  socket.terminate();
});

test('who does not answer a close is cut off', async () => {
  const connection = await opened();
  connection.write(frame({ type: 'auth', access_token: 'wrong' }));
  // A close frame is never sent back.
  await connection.closed();
  expect(connection.received).toContain('AUTH_FAILED');
});

test('a connection that is rejected is closed, also when the other side leaves its half open', async () => {
  const connection = await RawConnection.open(server.url);
  connection.write(requestText('GET', '/websocket?access_token=wrong', UPGRADE));
  await connection.closed();
  expect(connection.status).toBe(401);
});
