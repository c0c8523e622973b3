import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReferenceServer } from '../../reference-server/index.js';
import { ADMIN, claimsOf, login, quickServer, send, type Answer } from './client.js';

/* What GraphQL and the settings do beside the exchanges that were observed (replay.test.ts). */

let server: ReferenceServer;
let access = '';

const system = async (query: string, more: { bearer?: string; cookie?: string } = {}, path = ''): Promise<Answer> =>
  send(server, `POST /graphql/system${path}`, { ...more, body: { query } });
const fieldOf = (answer: Answer, field: string): Record<string, string> =>
  (answer.data as Record<string, Record<string, string>>)[field] ?? {};

beforeAll(async () => {
  server = await quickServer();
  ({ access } = await login(server));
});
afterAll(() => server.close());

describe('users_me', () => {
  test.each([
    ['header', () => system('{users_me{id email}}', { bearer: access })],
    ['query', () => system('{users_me{id email}}', {}, `?access_token=${access}`)],
    ['cookie', () => system('{users_me{id email}}', { cookie: `directus_session_token=${access}` })],
  ])('by %s', async (_way, ask) => {
    expect(fieldOf(await ask(), 'users_me')).toEqual({ id: claimsOf(access)['id'], email: ADMIN.email });
  });
});

test('what is no query is rejected', async () => {
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
