import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { ADMIN, claimsOf, login, mint, quickServer, send } from '../client.js';

/* What was observed of the WebSocket of Directus 12.4.1. */

let server: ReferenceServer;
let access = '';

beforeAll(async () => {
  server = await quickServer();
  ({ access } = await login(server));
});
afterAll(() => server.close());

interface Talk {
  /** What came, in order. */
  readonly received: readonly unknown[];
  /** The status with which the upgrade was rejected. */
  readonly rejected: number | undefined;
  /** The code with which it was closed: 4000 by the client, when it had nothing more to say. */
  readonly code: number;
}

const CLOSED_BY_CLIENT = 4000;
/** A close without a code (RFC 6455 section 7.1.5). */
const CLOSED_BY_SERVER = 1005;

/** Sends messages, each when the one before it was answered; ends after the last answer, or when the server ends it. */
async function talk(path: string, ...messages: object[]): Promise<Talk> {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path);
  const received: unknown[] = [];
  let rejected: number | undefined;
  const left = [...messages];
  const next = (): void => {
    const message = left.shift();
    if (message === undefined) socket.close(CLOSED_BY_CLIENT);
    else socket.send(JSON.stringify(message));
  };
  socket.on('open', next);
  socket.on('message', (data: Buffer) => {
    received.push(JSON.parse(data.toString()));
    next();
  });
  socket.on('unexpected-response', (_request, response) => {
    rejected = response.statusCode;
    socket.terminate();
  });
  socket.on('error', () => undefined);
  const code = await new Promise<number>((resolve) => socket.on('close', resolve));
  return { received, rejected, code };
}

const AUTH_FAILED = {
  type: 'auth',
  status: 'error',
  error: { code: 'AUTH_FAILED', message: 'Authentication handshake failed.' },
};
const ok = { type: 'auth', status: 'ok' };
const withRefreshToken = { ...ok, refresh_token: expect.stringMatching(/^[\w-]{64}$/) as unknown };

describe('the message auth', () => {
  test('with an access token', async () => {
    const { received } = await talk('/websocket', { type: 'auth', access_token: access }, { type: 'ping' });
    expect(received).toEqual([ok, { type: 'pong' }]);
  });

  test('with a static token', async () => {
    await send(server, 'POST /users', {
      bearer: access,
      body: { email: 'static@example.com', token: 'a-static-token' },
    });
    expect((await talk('/websocket', { type: 'auth', access_token: 'a-static-token' })).received).toEqual([ok]);
  });

  test('with email and password', async () => {
    expect((await talk('/websocket', { type: 'auth', ...ADMIN })).received).toEqual([withRefreshToken]);
  });

  test('with a refresh token, which is rotated', async () => {
    const { refresh } = await login(server);
    const message = { type: 'auth', refresh_token: refresh };
    expect((await talk('/websocket', message)).received).toEqual([withRefreshToken]);
    expect(await talk('/websocket', message)).toEqual({
      received: [AUTH_FAILED],
      rejected: undefined,
      code: CLOSED_BY_SERVER,
    });
  });

  test.each([
    ['a bad token', () => ({ access_token: 'garbage' })],
    ['an expired token', () => ({ access_token: mint({ ...claimsOf(access), exp: 1 }) })],
    ['a wrong password', () => ({ email: ADMIN.email, password: 'wrong' })],
    ['nothing', () => ({})],
  ])('with %s ends it', async (_what, credentials) => {
    const { received, code } = await talk('/websocket', { type: 'auth', ...credentials() }, { type: 'ping' });
    expect(received).toEqual([AUTH_FAILED]);
    expect(code).toBe(CLOSED_BY_SERVER);
  });

  test('answers with the uid of the message', async () => {
    const messages = [
      { type: 'auth', access_token: access, uid: 'a1' },
      { type: 'ping', uid: 'b2' },
    ];
    expect((await talk('/websocket', ...messages)).received).toEqual([
      { ...ok, uid: 'a1' },
      { type: 'pong', uid: 'b2' },
    ]);
  });

  test('with a bad token ends what a good one has begun', async () => {
    const messages = [
      { type: 'auth', access_token: access },
      { type: 'auth', access_token: 'garbage' },
    ];
    const { received, code } = await talk('/websocket', ...messages);
    expect(received).toEqual([
      ok,
      { ...AUTH_FAILED, error: { code: 'AUTH_FAILED', message: 'Authentication failed.' } },
    ]);
    expect(code).toBe(CLOSED_BY_SERVER);
  });

  test('comes first', async () => {
    expect(await talk('/websocket', { type: 'ping' })).toEqual({
      received: [AUTH_FAILED],
      rejected: undefined,
      code: CLOSED_BY_SERVER,
    });
  });
});

describe('a token in the query', () => {
  test('opens', async () => {
    expect((await talk(`/websocket?access_token=${access}`, { type: 'ping' })).received).toEqual([{ type: 'pong' }]);
  });

  test('is rejected before it opens', async () => {
    expect(await talk('/websocket?access_token=garbage')).toMatchObject({ received: [], rejected: 401 });
  });
});

test('there is no other WebSocket', async () => {
  expect(await talk('/elsewhere')).toMatchObject({ received: [], rejected: 404 });
});
