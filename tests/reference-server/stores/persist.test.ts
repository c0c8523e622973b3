import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'libsql';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../helpers/run-cli.js';
import { serve, type Served } from '../../helpers/serve.js';
import { ADMIN, login, mint, SECRET, send, sessionLogin, tokensOf, type Answer } from '../client.js';

/* serve --persist: what was answered outlives the process, however it ends. */

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-persist-'));
let file: string;
let files = 0;
let running: Served[] = [];
beforeEach(() => {
  file = join(folder, `${(files += 1)}.db`);
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.end()));
  running = [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(env?: Readonly<Record<string, string>>): Promise<Served> {
  const server = await serve(['--persist', file], env);
  running.push(server);
  return server;
}

const me = (server: Served, bearer: string): Promise<Answer> => send(server, 'GET /users/me', { bearer });
const refresh = (server: Served, token: string): Promise<Answer> =>
  send(server, 'POST /auth/refresh', { body: { refresh_token: token } });
const logout = (server: Served, token: string): Promise<Answer> =>
  send(server, 'POST /auth/logout', { body: { refresh_token: token } });
const setToken = (server: Served, bearer: string, token: string): Promise<Answer> =>
  send(server, 'PATCH /users/me', { bearer, body: { token } });

test('logins, a logout, a refresh and a new static token outlive kill -9 right after the answers', async () => {
  const first = await start();
  const [kept, ended, refreshed] = [await login(first), await login(first), await login(first)];
  const cookie = await sessionLogin(first);
  expect((await setToken(first, kept.access, 'static-token-1')).status).toBe(200);
  const renewed = tokensOf(await refresh(first, refreshed.refresh));
  const [token, out] = await Promise.all([
    setToken(first, kept.access, 'static-token-2'),
    logout(first, ended.refresh),
  ]);
  await first.end();
  expect([token.status, out.status]).toEqual([200, 204]);

  const second = await start();
  expect((await me(second, kept.access)).status).toBe(200);
  expect((await send(second, 'GET /users/me', { cookie })).status).toBe(200);
  expect((await me(second, 'static-token-2')).status).toBe(200);
  expect((await me(second, 'static-token-1')).status).toBe(401);
  expect((await refresh(second, kept.refresh)).status).toBe(200);
  expect((await refresh(second, renewed.refresh)).status).toBe(200);
  expect((await refresh(second, ended.refresh)).status).toBe(401);
  expect((await refresh(second, refreshed.refresh)).status).toBe(401);
});

test.each([1, 2, 3, 4])('under concurrent requests kill -9 loses nothing that was answered (%i)', async () => {
  const first = await start();
  const { access } = await login(first);
  const valid = new Set<string>();
  const revoked = new Set<string>();
  let [staticToken, nextStaticToken] = ['', ''];
  let killed = false;

  /**
   * Logs in, refreshes and logs out, all but every second time, until the server is gone. A token is neither valid nor revoked while its
   * fate is under way.
   */
  const use = async (): Promise<void> => {
    for (let times = 1; ; times += 1) {
      let { refresh: token } = await login(first);
      valid.add(token);
      for (let i = 0; i < 3; i += 1) {
        valid.delete(token);
        const next = tokensOf(await refresh(first, token)).refresh;
        revoked.add(token);
        valid.add(next);
        token = next;
      }
      if (times % 2 === 1) continue;
      valid.delete(token);
      await logout(first, token);
      revoked.add(token);
    }
  };
  const changeToken = async (): Promise<void> => {
    for (let i = 1; ; i += 1) {
      nextStaticToken = `static-token-${i}`;
      await setToken(first, access, nextStaticToken);
      staticToken = nextStaticToken;
    }
  };
  const untilKilled = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      if (!killed) throw error;
    });
  const work = [use(), use(), use(), use(), changeToken()].map(untilKilled);
  while (valid.size < 4 || revoked.size < 4 || staticToken === '') await Promise.race([sleep(10), ...work]);
  const delay = Math.random() * 500;
  await sleep(delay);
  killed = true;
  await first.end();
  await Promise.all(work);

  const second = await start();
  const when = `killed after ${delay.toFixed(1)} ms`;
  for (const token of revoked) expect((await refresh(second, token)).status, when).toBe(401);
  for (const token of valid) expect((await refresh(second, token)).status, when).toBe(200);
  const works = await Promise.all([staticToken, nextStaticToken].map(async (one) => (await me(second, one)).status));
  expect(works, when).toContain(200);
  const before = `static-token-${Number(staticToken.split('-')[2]) - 1}`;
  expect((await me(second, before)).status, when).toBe(401);
});

test('a start with users adds no administrator and shows no password', async () => {
  const first = await start({ ADMIN_PASSWORD: 'the-first' });
  expect(await first.end('SIGTERM')).toBe(0);
  const second = await start({ ADMIN_PASSWORD: 'the-second', ADMIN_EMAIL: 'other@example.com' });
  const credentials = { email: ADMIN.email, password: 'the-first' };
  const { access } = await login(second, credentials);
  const { data } = await send(second, 'GET /users?fields=email', { bearer: access });
  expect(data).toEqual([{ email: ADMIN.email }]);
  expect(second.output()).toContain('users, passwords and sessions are those that the store has');
  expect(second.output()).not.toMatch(/the-first|the-second|other@example\.com/);
});

test('a SECRET that is given is used and not kept', async () => {
  const first = await start();
  const { access } = await login(first);
  const { data } = await send(first, 'GET /users/me', { bearer: access });
  const claims = { id: data['id'], role: null, app_access: true, admin_access: true, iss: 'directus' };
  const minted = mint({ ...claims, iat: 1, exp: Math.floor(Date.now() / 1000) + 600 });
  await first.end();
  const second = await start({ SECRET });
  expect([(await me(second, minted)).status, (await me(second, access)).code]).toEqual([200, 'INVALID_TOKEN']);
  await second.end();
  const third = await start();
  expect([(await me(third, minted)).code, (await me(third, access)).status]).toEqual(['INVALID_TOKEN', 200]);
});

test('the limit of attempts to log in and their count outlive kill -9', async () => {
  const first = await start();
  const { access } = await login(first);
  await send(first, 'PATCH /settings', { bearer: access, body: { auth_login_attempts: 2 } });
  const wrong = { ...ADMIN, password: 'wrong' };
  for (let i = 0; i < 2; i += 1) await send(first, 'POST /auth/login', { body: wrong });
  await first.end();
  const second = await start();
  const settings = await send(second, 'GET /settings', { bearer: access });
  expect(settings.data).toMatchObject({ auth_login_attempts: 2 });
  await send(second, 'POST /auth/login', { body: wrong });
  expect((await send(second, 'POST /auth/login', { body: ADMIN })).code).toBe('INVALID_CREDENTIALS');
});

test('two processes may share a file: of 20 refreshes at once exactly one is answered with tokens', async () => {
  const servers = await Promise.all([start(), start()]);
  const [first] = servers;
  const { access, refresh: token } = await login(first);
  expect((await send(first, 'GET /users?fields=email', { bearer: access })).data).toEqual([{ email: ADMIN.email }]);
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => refresh(servers[i % 2 === 0 ? 0 : 1], token)));
  const given = answers.filter(({ status }) => status === 200).map((answer) => tokensOf(answer).refresh);
  expect(given).toHaveLength(1);
  expect((await refresh(first, given[0] ?? '')).status).toBe(200);
});

describe('a file that cannot be used', () => {
  const rejects = async (args: readonly string[], message: string): Promise<void> => {
    const { code, stdout, stderr } = await runCli(['serve', '--port', '0', ...args]);
    expect(stderr).toBe(`auth-conformance: ${message}\n`);
    expect([code, stdout]).toEqual([2, '']);
  };
  const open = createRequire(import.meta.url)('libsql') as typeof Database;

  test('is no database', async () => {
    writeFileSync(file, 'This is a letter, and no database. '.repeat(200));
    await rejects(['--persist', file], `${file} is no SQLite database: name another file, or one to be created`);
  });

  test('is a database of another program, and stays as it is', async () => {
    const other = new open(file);
    other.exec('CREATE TABLE users (id)');
    other.close();
    await rejects(['--persist', file], `${file} is a database of another program: name another file`);
    const [row] = new open(file).prepare('SELECT group_concat(name) AS names FROM sqlite_master').all();
    expect(row).toEqual({ names: 'users' });
  });

  test('is of a newer version', async () => {
    await (await start()).end('SIGTERM');
    const newer = new open(file);
    newer.pragma('user_version = 2');
    newer.close();
    await rejects(
      ['--persist', file],
      `${file} was written by another version of auth-conformance (schema 2, this one has 1): use that version, or another file`,
    );
  });

  test('is a folder, or in none', async () => {
    await rejects(['--persist', folder], `${folder} is not a file: name one, or one to be created`);
    const nowhere = join(folder, 'nowhere', 'auth.db');
    await rejects(
      ['--persist', nowhere],
      `${nowhere} cannot be created, for its folder does not exist: create the folder, or name another file`,
    );
  });

  test('is given beside a store', async () => {
    await rejects(
      ['--persist', file, '--store', 'redis://127.0.0.1'],
      'users and sessions are kept in one place: give --persist or --store, not both',
    );
  });
});
