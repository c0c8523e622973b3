import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReferenceServer } from '../../reference-server/index.js';
import { ADMIN, claimsOf, login, mint, quickServer, send, type Answer } from './client.js';

/* The GraphQL exchanges that were observed with Directus 12.4.1. */

let server: ReferenceServer;
let access = '';

const TOKENS = '{access_token refresh_token expires}';
const system = async (query: string, more: { bearer?: string; cookie?: string } = {}, path = ''): Promise<Answer> =>
  send(server, `POST /graphql/system${path}`, { ...more, body: { query } });
const credentials = (password: string): string => `email:"${ADMIN.email}",password:"${password}"`;
const refused = (field: string): object => ({
  data: { [field]: null },
  errors: [
    {
      message: 'Invalid user credentials.',
      extensions: { code: 'INVALID_CREDENTIALS' },
      locations: [{ line: 1, column: 10 }],
      path: [field],
    },
  ],
});
const fieldOf = (answer: Answer, field: string): Record<string, string> =>
  (answer.data as Record<string, Record<string, string>>)[field] ?? {};

beforeAll(async () => {
  server = await quickServer();
  ({ access } = await login(server));
});
afterAll(() => server.close());

describe('auth_login', () => {
  test('answers with both tokens', async () => {
    const answer = await system(`mutation{auth_login(${credentials(ADMIN.password)})${TOKENS}}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const { access_token, refresh_token, expires } = fieldOf(answer, 'auth_login');
    expect(expires).toBe('900000');
    expect(refresh_token).toMatch(/^[\w-]{64}$/);
    expect(claimsOf(access_token ?? '')).toMatchObject({ admin_access: true, iss: 'directus' });
  });

  test.each([
    ['session', 'directus_session_token', '86400000'],
    ['cookie', 'directus_refresh_token', '900000'],
  ])('in mode %s sets the cookie', async (mode, cookie, expires) => {
    const answer = await system(`mutation{auth_login(${credentials(ADMIN.password)},mode:${mode})${TOKENS}}`);
    expect(fieldOf(answer, 'auth_login')).toMatchObject({ refresh_token: null, expires });
    expect(answer.cookies[0]).toMatch(
      new RegExp(`^${cookie}=[^;]+; Max-Age=\\d+; Path=/; Expires=[^;]+; HttpOnly; SameSite=Lax$`),
    );
  });

  test('refuses a wrong password beside null', async () => {
    const answer = await system(`mutation{auth_login(${credentials('x')}){access_token}}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual(refused('auth_login'));
  });

  test('stands once in a request', async () => {
    const answer = await system(
      `mutation{a:auth_login(${credentials('x')}){access_token} b:auth_login(${credentials('y')}){access_token}}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.json?.errors?.[0]).toMatchObject({
      message: 'GraphQL validation error.',
      extensions: {
        code: 'GRAPHQL_VALIDATION',
        errors: [{ message: '"auth_login" can only be used once per request' }],
      },
    });
  });
});

describe('auth_refresh and auth_logout', () => {
  test('a refresh token works once', async () => {
    const { refresh } = await login(server);
    const mutation = `mutation{auth_refresh(refresh_token:"${refresh}")${TOKENS}}`;
    const first = fieldOf(await system(mutation), 'auth_refresh');
    expect(first).toMatchObject({ expires: '900000' });
    expect((await system(mutation)).json).toEqual(refused('auth_refresh'));
    const logout = await system(`mutation{auth_logout(refresh_token:"${first['refresh_token'] ?? ''}")}`);
    expect(logout.json).toEqual({ data: { auth_logout: true } });
    const after = await system(`mutation{auth_refresh(refresh_token:"${first['refresh_token'] ?? ''}"){access_token}}`);
    expect(after.json).toEqual(refused('auth_refresh'));
  });

  test('the cookie takes its mode', async () => {
    const { cookies } = await system(`mutation{auth_login(${credentials(ADMIN.password)},mode:cookie)${TOKENS}}`);
    const cookie = cookies[0]?.split(';')[0] ?? '';
    const without = await system(`mutation{auth_refresh${TOKENS}}`, { cookie });
    expect(without.json?.errors?.[0]?.extensions.code).toBe('INVALID_PAYLOAD');
    const withMode = await system(`mutation{auth_refresh(mode:cookie)${TOKENS}}`, { cookie });
    expect(fieldOf(withMode, 'auth_refresh')).toMatchObject({ refresh_token: null, expires: '900000' });
    expect(withMode.cookies[0]).toMatch(/^directus_refresh_token=[\w-]{64};/);
  });
});

describe('users_me', () => {
  test.each([
    ['header', () => system('{users_me{id email}}', { bearer: access })],
    ['query', () => system('{users_me{id email}}', {}, `?access_token=${access}`)],
    ['cookie', () => system('{users_me{id email}}', { cookie: `directus_session_token=${access}` })],
  ])('by %s', async (_way, ask) => {
    expect(fieldOf(await ask(), 'users_me')).toEqual({ id: claimsOf(access)['id'], email: ADMIN.email });
  });

  test('is not there for nobody', async () => {
    const answer = await system('{users_me{id}}');
    expect(answer.status).toBe(400);
    expect(answer.json?.errors?.[0]?.extensions).toEqual({
      code: 'GRAPHQL_VALIDATION',
      errors: [{ message: 'Cannot query field "users_me" on type "Query".', locations: [{ line: 1, column: 2 }] }],
    });
  });

  test.each([
    ['garbage', 'INVALID_CREDENTIALS', () => 'garbage'],
    ['an expired token', 'TOKEN_EXPIRED', () => mint({ ...claimsOf(access), exp: 1 })],
  ])('is refused to %s', async (_what, code, token) => {
    const answer = await system('{users_me{id}}', { bearer: token() });
    expect([answer.status, answer.code]).toEqual([401, code]);
  });
});

test('what is no query is refused', async () => {
  for (const body of [{}, { query: '' }, { query: '{' }, { query: 1 }]) {
    const answer = await send(server, 'POST /graphql/system', { body });
    expect(answer.status).toBe(400);
  }
});

describe('/settings', () => {
  test('says how many attempts to log in there are, to administrators', async () => {
    expect((await send(server, 'GET /settings?fields=auth_login_attempts', { bearer: access })).data).toEqual({
      auth_login_attempts: 25,
    });
    expect((await send(server, 'GET /settings')).status).toBe(403);
  });

  test('changes it', async () => {
    const path = 'PATCH /settings?fields=auth_login_attempts';
    expect((await send(server, path, { bearer: access, body: { auth_login_attempts: 1 } })).data).toEqual({
      auth_login_attempts: 1,
    });
    const email = 'limited@example.com';
    await send(server, 'POST /users', { bearer: access, body: { email, password: 'right' } });
    const attempt = async (password: string): Promise<number> =>
      (await send(server, 'POST /auth/login', { body: { email, password } })).status;
    expect([await attempt('wrong'), await attempt('wrong'), await attempt('right')]).toEqual([401, 401, 401]);
    await send(server, path, { bearer: access, body: { auth_login_attempts: 25 } });
  });
});
