import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { ADMIN, quickServer, send, sessionLogin } from '../client.js';

/* A store that cannot be reached is a fault of the server: no response says that the token were wrong, and none says why. */

let server: ReferenceServer;
let cookie = '';

beforeEach(async () => {
  server = await quickServer();
  cookie = await sessionLogin(server);
  const fails = (): Promise<never> => Promise.reject(new Error('the database is at db.internal'));
  Object.assign(server.store, { user: fails, userByEmail: fails, session: fails, role: fails });
});
afterEach(() => server.close());

test('a request is answered with 500', async () => {
  const answer = await send(server, 'POST /auth/login', { body: ADMIN });
  expect([answer.status, answer.text]).toEqual([
    500,
    '{"errors":[{"message":"An unexpected error occurred.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}',
  ]);
});

test('a session cookie is not taken away', async () => {
  const answer = await send(server, 'GET /users/me', { cookie });
  expect([answer.status, answer.code, answer.cookies]).toEqual([500, 'INTERNAL_SERVER_ERROR', []]);
});

test('a field of GraphQL tells nothing about the fault', async () => {
  const query = `mutation{auth_login(email:"${ADMIN.email}",password:"${ADMIN.password}"){access_token}}`;
  const answer = await send(server, 'POST /graphql/system', { body: { query } });
  expect(answer.json?.errors).toEqual([
    { message: 'An unexpected error occurred.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
  ]);
  expect(answer.text).not.toContain('db.internal');
});

test('a WebSocket is told of the fault and closed, and the server lives on', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket`);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'auth', ...ADMIN }));
  const [message] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(message.toString())).toEqual({
    type: 'auth',
    status: 'error',
    error: { code: 'INTERNAL_SERVER_ERROR', message: 'An unexpected error occurred.' },
  });
  await once(socket, 'close');
  expect((await send(server, 'GET /server/ping')).status).toBe(200);
});

test.each(['query', 'cookie'])('a WebSocket whose token comes as %s is rejected with 500', async (way) => {
  const socket = new WebSocket(
    `${server.url.replace('http', 'ws')}/websocket${way === 'query' ? `?access_token=${cookie.split('=')[1] ?? ''}` : ''}`,
    { headers: way === 'cookie' ? { cookie } : {} },
  );
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(500);
  socket.on('error', () => undefined).terminate();
});
