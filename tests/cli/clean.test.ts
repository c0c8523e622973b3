import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import { limiter, type Limiter } from '../helpers/targets/limiter.js';
import { runCli } from '../helpers/run-cli.js';

const admin = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };
let server: ReferenceServer | undefined;
let front: Limiter | undefined;

afterEach(async () => {
  await front?.close();
  await server?.close();
  front = server = undefined;
});

/** A server with users of these emails. */
async function withUsers(emails: readonly string[]): Promise<string> {
  server = await createReferenceServer({ settings: { LOGIN_STALL_TIME: '0' } });
  const target = await server.listen();
  const json = { 'content-type': 'application/json' };
  const login = await fetch(`${target}/auth/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: 'admin@example.com', password: 'd1r3ctu5' }),
  });
  const { data } = (await login.json()) as { data: { access_token: string; refresh_token: string } };
  for (const email of emails) {
    const created = await fetch(`${target}/users`, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${data.access_token}` },
      body: JSON.stringify({ email, password: 'secret123' }),
    });
    expect([200, 204]).toContain(created.status);
  }
  return target;
}

const left = async (): Promise<(string | null)[]> =>
  ((await server?.store.users()) ?? []).map(({ email }) => email).sort();

const ours = [
  'auth-conformance-0123abcd-1@example.com',
  'auth-conformance-0123abcd-27@example.com',
  'new-auth-conformance-89abcdef-3@example.com',
];
const others = [
  'admin2@example.com',
  'auth-conformance-0123abcd-1@example.com.org',
  'auth-conformance-0123abcd-1@example.org',
  'auth-conformance-0123abcd@example.com',
  'auth-conformance-0123abcg-1@example.com',
  'auth-conformance-team@example.com',
  'my-auth-conformance-0123abcd-1@example.com',
];

describe('auth-conformance clean', () => {
  test('removes users named as runs name theirs, and nothing else, and says so', async () => {
    const target = await withUsers([...ours, ...others]);
    const { code, stdout } = await runCli(['clean', target], { env: admin });
    expect(code).toBe(0);
    for (const email of ours)
      expect(stdout).toMatch(new RegExp(`^removed ${email.replaceAll('.', '\\.')} \\([\\w-]+\\)$`, 'm'));
    expect(stdout).toMatch(/^removed 3 of 3 that earlier runs had left$/m);
    expect(await left()).toEqual(['admin@example.com', ...others].sort());
    const again = await runCli(['clean', '--target', target], { env: admin });
    expect({ code: again.code, stdout: again.stdout }).toEqual({
      code: 0,
      stdout: 'nothing of an earlier run is there: nothing was removed\n',
    });
  });

  test('removes policies named as runs name theirs, and no other', async () => {
    const target = await withUsers([]);
    const names = ['auth-conformance-0123abcd-1', 'auth-conformance-0123abcd', 'my-auth-conformance-0123abcd-1'];
    const ids = names.map(() => randomUUID());
    for (const [index, name] of names.entries()) {
      const id = ids[index] ?? '';
      await server?.store.changeItems([
        { kind: 'insert', collection: 'directus_policies', key: id, members: { id, name } },
      ]);
    }
    const { code, stdout } = await runCli(['clean', target], { env: admin });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `removed ${names[0]} (${ids[0]})\nremoved 1 of 1 that earlier runs had left\n`,
    });
    const kept = (await server?.store.items('directus_policies')) ?? [];
    expect(kept.map(({ members }) => members['name'])).toEqual(names.slice(1));
  });

  test('finds those of several pages, under a limiter', async () => {
    const many = Array.from({ length: 130 }, (_, n) => `auth-conformance-0123abcd-${n + 1}@example.com`);
    const target = await withUsers(many);
    front = await limiter(target, { points: 30, windowMs: 1000 });
    const { code, stdout } = await runCli(['clean', '--target', front.url], { env: admin });
    expect(code).toBe(0);
    expect(stdout).toMatch(/removed 130 of 130 that earlier runs had left/);
    expect(await left()).toEqual(['admin@example.com']);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ['without a target', [], admin, /no target: give --target URL/],
    [
      'without an administrator',
      ['--target', 'http://127.0.0.1:9'],
      {},
      /only an administrator may remove users: give --admin-email and --admin-password, or --admin-token/,
    ],
    [
      'with a user alone',
      ['--target', 'http://127.0.0.1:9'],
      { AUTH_CONFORMANCE_EMAIL: 'a@example.com', AUTH_CONFORMANCE_PASSWORD: 'secret123' },
      /only an administrator may remove users/,
    ],
  ])('%s, says what is missing', async (_what, args, env, says) => {
    const { code, stderr, stdout } = await runCli(['clean', ...args], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });

  test('at a target that is not there, ends with 3', async () => {
    const { code, stderr } = await runCli(['clean', '--target', 'http://127.0.0.1:9'], { env: admin });
    expect(code).toBe(3);
    expect(stderr).toMatch(/refuses connections/);
  });

  describe('from a target that means harm', () => {
    /** A target that knows its administrator, and lists users as told. */
    async function listing(
      users: (page: number) => readonly unknown[],
      run: (url: string) => Promise<void>,
    ): Promise<void> {
      const target = createServer((request, response) => {
        request.resume();
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://target');
        const json = (status: number, body: unknown): void =>
          void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
        if (pathname === '/server/ping') return void response.end('pong');
        if (pathname === '/auth/login')
          return json(200, { data: { access_token: 'a.b.c', refresh_token: 'r', expires: 900_000 } });
        if (request.method === 'DELETE')
          return json(403, {
            errors: [{ message: 'no', extensions: { code: `NO ${admin.AUTH_CONFORMANCE_ADMIN_PASSWORD}` } }],
          });
        if (pathname === '/users') return json(200, { data: users(Number(searchParams.get('page') ?? '1')) });
        return json(200, { data: { id: '1', email: 'admin@example.com' } });
      });
      await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
      try {
        await run(`http://127.0.0.1:${(target.address() as AddressInfo).port}`);
      } finally {
        target.closeAllConnections();
        target.close();
      }
    }

    test('with a list of users that has no end, it gives up in a sentence', async () => {
      const page = (number: number): unknown[] =>
        Array.from({ length: 100 }, (_, i) => ({ id: `${number}-${i}`, email: `${number}-${i}@example.com` }));
      await listing(page, async (url) => {
        const { code, stderr } = await runCli(['clean', '--target', url], { env: admin });
        expect(stderr).toMatch(/^auth-conformance: the target cannot be asked: its list of users has no end.*\n$/);
        expect(code).toBe(3);
      });
    });

    test('which repeats the password of the administrator, it does not', async () => {
      const { AUTH_CONFORMANCE_ADMIN_PASSWORD: password } = admin;
      const users = [{ id: `id-${password}`, email: ours[0] }];
      await listing(
        () => users,
        async (url) => {
          const { stdout, stderr } = await runCli(['clean', '--target', url], { env: admin });
          expect(stdout).toMatch(/^not removed: auth-conformance-0123abcd-1@example\.com \(id-\*{4}\): /);
          expect(stdout + stderr).not.toContain(password);
        },
      );
    });
  });
});
