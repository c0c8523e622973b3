import { afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import { limiter, type Limiter } from '../helpers/limiter.js';
import { runCli } from '../helpers/run-cli.js';

const admin = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };
let server: ReferenceServer | undefined;
let front: Limiter | undefined;

afterEach(async () => {
  await front?.close();
  await server?.close();
  front = server = undefined;
});

/** A server with users of these e-mails. */
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
    const { code, stdout } = await runCli(['clean', '--target', target], { env: admin });
    expect(code).toBe(0);
    for (const email of ours)
      expect(stdout).toMatch(new RegExp(`^removed ${email.replaceAll('.', '\\.')} \\([\\w-]+\\)$`, 'm'));
    expect(stdout).toMatch(/^3 of 3 users of earlier runs removed$/m);
    expect(await left()).toEqual(['admin@example.com', ...others].sort());
    const again = await runCli(['clean', '--target', target], { env: admin });
    expect({ code: again.code, stdout: again.stdout }).toEqual({
      code: 0,
      stdout: 'no user of an earlier run is there: nothing was removed\n',
    });
  });

  test('finds those of several pages, under a limiter', async () => {
    const many = Array.from({ length: 130 }, (_, n) => `auth-conformance-0123abcd-${n + 1}@example.com`);
    const target = await withUsers(many);
    front = await limiter(target, { points: 30, windowMs: 1000 });
    const { code, stdout } = await runCli(['clean', '--target', front.url], { env: admin });
    expect(code).toBe(0);
    expect(stdout).toMatch(/130 of 130 users of earlier runs removed/);
    expect(await left()).toEqual(['admin@example.com']);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ['without a target', [], admin, /no target: give --target URL/],
    ['without an administrator', ['--target', 'http://127.0.0.1:9'], {}, /nothing to log in with/],
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
});
