import { afterEach, describe, expect, test } from 'vitest';
import { MemoryStore, type ReferenceServer, type SessionRecord } from '../../../reference-server/index.js';
import { runCli } from '../../helpers/run-cli.js';
import { ADMIN, cookieClaims, login, quickServer, send, sessionCookieOf, sessionLogin, tokensOf } from '../client.js';

/* Several refreshes at once with one token. The stores that keep are tested in persist and shared-store. */

let server: ReferenceServer;
afterEach(() => server.close());
const times = Array.from({ length: 20 }, (_, i) => i);
const graphql = (token: string): string => `mutation{auth_refresh(refresh_token:"${token}"){refresh_token}}`;

describe('in mode json', () => {
  test('exactly one of twenty is answered with tokens, and they work', async () => {
    server = await quickServer();
    const { refresh } = await login(server);
    const answers = await Promise.all(
      times.map(() => send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } })),
    );
    expect(answers.map(({ code = 'none' }) => code).sort()).toEqual([
      ...times.slice(1).map(() => 'INVALID_CREDENTIALS'),
      'none',
    ]);
    const winner = answers.find(({ status }) => status === 200);
    const next =
      winner && (await send(server, 'POST /auth/refresh', { body: { refresh_token: tokensOf(winner).refresh } }));
    expect(next?.status).toBe(200);
  });

  test('whichever way they come', async () => {
    server = await quickServer();
    const { refresh } = await login(server);
    const answers = await Promise.all(
      times.map((i) =>
        i % 2 === 0
          ? send(server, 'POST /graphql/system', { body: { query: graphql(refresh) } })
          : send(server, 'POST /auth/refresh', {
              cookie: `directus_refresh_token=${refresh}`,
              body: { mode: 'cookie' },
            }),
      ),
    );
    const given = answers.filter(
      ({ text, cookies }) =>
        /"refresh_token":"/.test(text) || cookies.some((cookie) => /^directus_refresh_token=\w/.test(cookie)),
    );
    expect(given).toHaveLength(1);
  });
});

test('in mode session each is answered with a token of the same session', async () => {
  server = await quickServer();
  const cookie = await sessionLogin(server);
  const answers = await Promise.all(
    times.map(() => send(server, 'POST /auth/refresh', { cookie, body: { mode: 'session' } })),
  );
  const sessions = new Set(answers.map((answer) => cookieClaims(sessionCookieOf(answer))['session']));
  expect([answers.every(({ status }) => status === 200), sessions.size]).toEqual([true, 1]);
});

test('a server that answers each with tokens, of which one works, is conformant too (observed: Directus 12.4.1)', async () => {
  /** Says that each refresh has replaced the session, which all of them have found. */
  class Lenient extends MemoryStore {
    override async session(token: string): Promise<SessionRecord | undefined> {
      const found = await super.session(token);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return found;
    }
    override async replaceSession(token: string, by: SessionRecord): Promise<boolean> {
      await super.replaceSession(token, by);
      return true;
    }
  }
  server = await quickServer({ store: new Lenient() });
  const { refresh } = await login(server);
  const answers = await Promise.all(
    times.map(() => send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } })),
  );
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(1);
  const args = [
    '--target',
    server.url,
    '--admin-email',
    ADMIN.email,
    '--only',
    'standard.refresh.concurrent',
    '--verbose',
  ];
  const { code, stdout } = await runCli(args, { env: { AUTH_CONFORMANCE_ADMIN_PASSWORD: ADMIN.password } });
  expect([code, stdout]).toEqual([0, expect.stringContaining('standard.refresh.concurrent')]);
});
