import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, type ReferenceServer } from '../../../reference-server/index.js';
import {
  ADMIN,
  claimsOf,
  cookieClaims,
  login,
  newUser,
  quickServer,
  send,
  sessionCookieOf,
  sessionLogin,
  tokensOf,
  type Answer,
} from '../client.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

let clock: ManualClock;
let server: ReferenceServer;
beforeEach(async () => {
  clock = new ManualClock();
  server = await quickServer({ clock });
});
afterEach(() => server.close());

const me = (sent: { bearer?: string; cookie?: string }): Promise<Answer> => send(server, 'GET /users/me', sent);
const refresh = (token: string): Promise<Answer> =>
  send(server, 'POST /auth/refresh', { body: { refresh_token: token } });
const refreshSession = (cookie: string): Promise<Answer> =>
  send(server, 'POST /auth/refresh', { cookie, body: { mode: 'session' } });

describe('expiry', () => {
  test('a standard token works for 15 minutes, to the second', async () => {
    const { access } = await login(server);
    clock.advance(15 * MINUTE - 1);
    expect((await me({ bearer: access })).status).toBe(200);
    clock.advance(1);
    const answer = await me({ bearer: access });
    expect([answer.status, answer.code]).toEqual([401, 'TOKEN_EXPIRED']);
  });

  test('a refresh token works for 7 days, and each refresh begins them anew', async () => {
    const first = await login(server);
    clock.advance(7 * DAY - 1);
    const second = await refresh(first.refresh);
    expect(second.status).toBe(200);
    const { access, refresh: token } = tokensOf(second);
    expect(claimsOf(access)['exp']).toBe(Math.floor(clock.now() / 1000) + 900);
    clock.advance(7 * DAY);
    expect((await refresh(token)).code).toBe('INVALID_CREDENTIALS');
  });

  test('a session token works for a day, and cannot be refreshed after', async () => {
    const cookie = await sessionLogin(server);
    clock.advance(DAY - 1);
    expect((await me({ cookie })).status).toBe(200);
    clock.advance(1);
    expect((await me({ cookie })).code).toBe('TOKEN_EXPIRED');
    expect((await refreshSession(cookie)).code).toBe('TOKEN_EXPIRED');
  });

  test('a static token does not expire', async () => {
    await newUser(server, { email: 'user@example.com', token: 'static-token' });
    clock.advance(10_000 * DAY);
    expect((await me({ bearer: 'static-token' })).status).toBe(200);
  });

  test('the settings decide', async () => {
    await server.close();
    server = await quickServer({
      clock,
      settings: { ACCESS_TOKEN_TTL: '3s', REFRESH_TOKEN_TTL: 6000, SESSION_COOKIE_TTL: '4s' },
    });
    const answer = await send(server, 'POST /auth/login', { body: { ...ADMIN, mode: 'cookie' } });
    expect(answer.data['expires']).toBe(3000);
    expect(answer.cookies[0]).toContain('; Max-Age=6; ');
    const session = await send(server, 'POST /auth/login', { body: { ...ADMIN, mode: 'session' } });
    expect(session.data['expires']).toBe(4000);
    const { iat, exp } = cookieClaims(sessionCookieOf(session));
    expect(Number(exp) - Number(iat)).toBe(4);
    clock.advance(4000);
    expect((await me({ cookie: sessionCookieOf(session) })).code).toBe('TOKEN_EXPIRED');
  });

  test('a cookie says when it ends, by the clock of the server', async () => {
    const { cookies } = await send(server, 'POST /auth/login', { body: { ...ADMIN, mode: 'session' } });
    expect(cookies[0]).toContain(`; Expires=${new Date(clock.now() + DAY).toUTCString()}; HttpOnly`);
  });
});

describe('session refresh', () => {
  test('the old token works for 10 seconds more, and is exchanged for the same session', async () => {
    const old = await sessionLogin(server);
    clock.advance(MINUTE);
    const renewed = sessionCookieOf(await refreshSession(old));
    expect(Number(cookieClaims(renewed)['exp']) - Number(cookieClaims(old)['exp'])).toBe(60);
    expect(cookieClaims(renewed)['session']).not.toBe(cookieClaims(old)['session']);
    clock.advance(10 * SECOND - 1);
    expect((await me({ cookie: old })).status).toBe(200);
    expect(cookieClaims(sessionCookieOf(await refreshSession(old)))['session']).toBe(cookieClaims(renewed)['session']);
    clock.advance(1);
    expect((await me({ cookie: old })).code).toBe('INVALID_CREDENTIALS');
    expect((await refreshSession(old)).code).toBe('INVALID_CREDENTIALS');
    expect((await me({ cookie: renewed })).status).toBe(200);
  });

  test('a logout ends the session it is about and no other', async () => {
    const old = await sessionLogin(server);
    const renewed = sessionCookieOf(await refreshSession(old));
    const logout = (cookie: string): Promise<Answer> =>
      send(server, 'POST /auth/logout', { cookie, body: { mode: 'session' } });
    expect((await logout(old)).status).toBe(204);
    expect((await me({ cookie: old })).status).toBe(401);
    expect((await me({ cookie: renewed })).status).toBe(200);
  });

  test('five at once give tokens of one session, all good', async () => {
    const old = await sessionLogin(server);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => refreshSession(old)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const cookies = answers.map(sessionCookieOf);
    expect(new Set(cookies.map((cookie) => cookieClaims(cookie)['session'])).size).toBe(1);
    for (const cookie of cookies) expect((await me({ cookie })).status).toBe(200);
  });
});

test('of five refreshes at once exactly one leaves a valid refresh token', async () => {
  const { refresh: old } = await login(server);
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => refresh(old)));
  const tokens = answers.filter(({ status }) => status === 200).map((answer) => tokensOf(answer).refresh);
  expect(new Set(tokens).size).toBe(tokens.length);
  const alive = await Promise.all(tokens.map(async (token) => (await refresh(token)).status === 200));
  expect(alive.filter(Boolean)).toHaveLength(1);
});

describe('stall', () => {
  const mutation = `mutation{auth_login(email:"${ADMIN.email}",password:"bad"){expires}}`;
  const attempts: [what: string, request: string, body: object, status: number][] = [
    ['a good login', 'POST /auth/login', ADMIN, 200],
    ['a wrong password', 'POST /auth/login', { ...ADMIN, password: 'bad' }, 401],
    ['an unknown email', 'POST /auth/login', { ...ADMIN, email: 'nobody@example.com' }, 401],
    ['a body that is not right', 'POST /auth/login', {}, 400],
    ['a login by GraphQL', 'POST /graphql/system', { query: mutation }, 200],
    ['a request for a new password', 'POST /auth/password/request', { email: 'nobody@example.com' }, 204],
  ];
  for (const [what, request, body, status] of attempts) {
    test(`${what} takes LOGIN_STALL_TIME`, async () => {
      await server.close();
      server = await quickServer({ clock, settings: { LOGIN_STALL_TIME: 500 } });
      let done = false;
      const asleep = new Promise<void>((resolve) => {
        const sleep = clock.sleep.bind(clock);
        clock.sleep = (ms) => {
          resolve();
          return sleep(ms);
        };
      });
      const answer = send(server, request, { body }).finally(() => (done = true));
      // However long it takes until then: GraphQL is loaded by the first query.
      await asleep;
      clock.advance(499);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(done).toBe(false);
      clock.advance(1);
      expect((await answer).status).toBe(status);
    });
  }

  test('a body that cannot be read is rejected at once', async () => {
    await server.close();
    server = await quickServer({ clock, settings: { LOGIN_STALL_TIME: 500 } });
    expect((await send(server, 'POST /auth/login', { body: '{' })).status).toBe(400);
  });
});

describe('login attempts', () => {
  const user = { email: 'user@example.com', password: 'secret123' };
  const attempt = async (password: string): Promise<number> =>
    (await send(server, 'POST /auth/login', { body: { ...user, password } })).status;
  const statusOf = async (id: string): Promise<unknown> => {
    const { access } = await login(server);
    return (await send(server, `GET /users/${id}?fields=status`, { bearer: access })).data['status'];
  };

  test('25 failures are forgiven, the attempt after them suspends the account', async () => {
    const id = await newUser(server, user);
    const { refresh: token } = await login(server, user);
    for (let count = 0; count < 25; count += 1) expect(await attempt('bad')).toBe(401);
    expect(await statusOf(id)).toBe('active');
    expect(await attempt('bad')).toBe(401);
    expect(await statusOf(id)).toBe('suspended');
    expect(await attempt(user.password)).toBe(401);
    expect((await refresh(token)).status).toBe(401);
  });

  test('a success begins the count anew', async () => {
    const id = await newUser(server, user);
    for (let count = 0; count < 20; count += 1) await attempt('bad');
    expect(await attempt(user.password)).toBe(200);
    for (let count = 0; count < 20; count += 1) await attempt('bad');
    expect(await statusOf(id)).toBe('active');
  });
});

describe('what ends the tokens of a login', () => {
  const user = { email: 'user@example.com', password: 'secret123' };
  test.each([
    [{ password: 'secret123' }, 401],
    [{ email: 'other@example.com' }, 401],
    [{ status: 'draft' }, 401],
    [{ status: 'active' }, 200],
    [{ first_name: 'Other', token: 'x' }, 200],
    [{ role: null }, 200],
  ])('%j → %i', async (change, status) => {
    const id = await newUser(server, user);
    const [{ access, refresh: token }, cookie] = [await login(server, user), await sessionLogin(server, user)];
    const administrator = (await login(server)).access;
    const { status: changed } = await send(server, `PATCH /users/${id}`, { bearer: administrator, body: change });
    expect(changed).toBe(200);
    expect((await me({ cookie })).status).toBe(status);
    expect((await refreshSession(cookie)).status).toBe(status);
    expect((await refresh(token)).status).toBe(status);
    expect((await me({ bearer: access })).status).toBe(200);
  });

  test('a new password leaves the session that asks for it alone', async () => {
    const [cookie, other] = [await sessionLogin(server), await sessionLogin(server)];
    const change = { cookie, body: { password: 'another' } };
    expect((await send(server, 'PATCH /users/me', change)).status).toBe(200);
    expect((await me({ cookie })).status).toBe(200);
    expect((await me({ cookie: other })).status).toBe(401);
  });
});
