import type * as Argon2 from '@node-rs/argon2';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Clock, ReferenceServer } from '../../../reference-server/index.js';
import { ADMIN, login, newUser, quickServer, send } from '../client.js';

/* An attempt to log in takes as long whatever is wrong with it (CWE-208): the same work is done, and the same delay follows. */

const work = vi.hoisted(() => ({ hashes: 0 }));
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof Argon2>();
  const counted =
    <Args extends unknown[], Result>(compute: (...args: Args) => Result) =>
    (...args: Args): Result => {
      work.hashes += 1;
      return compute(...args);
    };
  return { ...real, hash: counted(real.hash), verify: counted(real.verify) };
});

const password = 'right-password';
const attempts = [
  ['a wrong password', { email: 'ada@example.com', password: 'wrong' }],
  ['an unknown email', { email: 'nobody@example.com', password }],
  ['a user who is suspended', { email: 'gone@example.com', password }],
  ['a user who has no password', { email: 'bare@example.com', password }],
  ['a wrong password of a user with two-factor login', { email: 'two@example.com', password: 'wrong' }],
  ['no one-time password', { email: 'two@example.com', password }],
  ['a wrong one-time password', { email: 'two@example.com', password, otp: '000000' }],
] as const;

const doors: Readonly<Record<string, (server: ReferenceServer, credentials: object) => Promise<unknown>>> = {
  'POST /auth/login': (server, body) => send(server, 'POST /auth/login', { body }),
  'POST /auth/login, mode session': (server, body) =>
    send(server, 'POST /auth/login', { body: { ...body, mode: 'session' } }),
  GraphQL: (server, credentials) => {
    const given = Object.entries(credentials).map(([name, value]) => `${name}:${JSON.stringify(value)}`);
    return send(server, 'POST /graphql/system', {
      body: { query: `mutation{auth_login(${given.join(',')}){access_token}}` },
    });
  },
  WebSocket: async (server, credentials) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket`);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'auth', ...credentials })));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('message', () => socket.close());
    return closed;
  },
};

let slept: number[] = [];
/** Stands still, without waits. */
const clock: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  sleep: (ms) => {
    slept.push(ms);
    return Promise.resolve();
  },
};

async function withUsers(): Promise<ReferenceServer> {
  const server = await quickServer({ clock, settings: { LOGIN_STALL_TIME: 500 } });
  await newUser(server, { email: 'ada@example.com', password });
  await newUser(server, { email: 'gone@example.com', password, status: 'suspended' });
  await newUser(server, { email: 'bare@example.com' });
  const two = await newUser(server, { email: 'two@example.com', password });
  await server.store.updateUser(two, { tfa_secret: 'JBSWY3DPEHPK3PXP' });
  return server;
}

beforeEach(() => {
  slept = [];
});

describe.each(Object.entries(doors))('%s', (_door, attempt) => {
  test.each(attempts)('%s: one password is compared, and LOGIN_STALL_TIME passes', async (_what, credentials) => {
    const server = await withUsers();
    [work.hashes, slept] = [0, []];
    await attempt(server, credentials);
    expect([work.hashes, slept]).toEqual([1, [500]]);
    await server.close();
  });

  test('so it is where the login succeeds', async () => {
    const server = await withUsers();
    [work.hashes, slept] = [0, []];
    await attempt(server, { email: 'ada@example.com', password });
    expect([work.hashes, slept]).toEqual([1, [500]]);
    await server.close();
  });
});

test.each(['new@example.com', 'ada@example.com'])('a registration of %s hashes one password', async (email) => {
  const server = await withUsers();
  const { access: bearer } = await login(server, ADMIN);
  await send(server, 'PATCH /settings', { bearer, body: { public_registration: true } });
  [work.hashes, slept] = [0, []];
  expect((await send(server, 'POST /users/register', { body: { email, password } })).status).toBe(204);
  expect([work.hashes, slept]).toEqual([1, [500]]);
  await server.close();
});

test.each(['nobody@example.com', 'ada@example.com'])(
  'a request to reset the password of %s is the same',
  async (email) => {
    const server = await withUsers();
    [work.hashes, slept] = [0, []];
    expect((await send(server, 'POST /auth/password/request', { body: { email } })).status).toBe(204);
    expect([work.hashes, slept]).toEqual([0, [500]]);
    await server.close();
  },
);
