import { afterEach, expect, test } from 'vitest';
import { startServerToCertify } from '../../../cli/server-to-certify.js';
import { inProcess } from '../../../runner/in-process.js';
import { runConformance } from '../../../runner/run-conformance.js';
import type { Report } from '../../../spec/generated/report.js';
import { idsOf } from './ids-of.js';

/* What an administrator may set up otherwise than it is by default is no failure. */

/** A request of the administrator, and its payload. */
type AsAdministrator = (method: string, path: string, body?: object) => Promise<unknown>;

let stop: (() => Promise<void>) | undefined;
afterEach(async () => stop?.());

/** Certifies the reference server, set up otherwise. */
async function certify(
  setUp: (ask: AsAdministrator) => Promise<unknown>,
  only: readonly string[],
  defects: readonly string[] = [],
): Promise<Report> {
  const { server, given } = await startServerToCertify(defects);
  stop = async () => server.close();
  const token = await server.tokenFor(server.admin);
  await setUp(async (method, path, body) => {
    const response = await fetch(`${given.target}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    return ((await response.json()) as { data: unknown }).data;
  });
  return runConformance({ ...given, runs: 5, only: [...only] }, {}, inProcess);
}

/** The strictest rules for passwords that a Directus offers. Read in the packages: 12.4.1. */
const strictest = String.raw`/(?=^.{8,}$)(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?=.*[!@#$%^&*()_+}{';'?>.<,])(?!.*\s).*$/`;

test('rules for passwords', async () => {
  const report = await certify(
    async (ask) => ask('PATCH', '/settings', { auth_password_policy: strictest }),
    ['login', 'access', 'lifecycle.password', 'requests.nothing-else'],
  );
  expect(idsOf(report, 'fail', 'error', 'warn')).toEqual([]);
  expect(idsOf(report, 'pass')).toEqual(expect.arrayContaining(['login.password-exact', 'requests.nothing-else']));
});

test('few attempts to log in', async () => {
  const report = await certify(
    async (ask) => ask('PATCH', '/settings', { auth_login_attempts: 3 }),
    ['tfa', 'login', 'graphql.login', 'lifecycle.password'],
  );
  expect(idsOf(report, 'fail', 'error', 'warn')).toEqual([]);
  expect(idsOf(report, 'pass')).toEqual(
    expect.arrayContaining(['login.attempts-limited', 'lifecycle.password.every-door']),
  );
});

const letEverybodyReadUsers = async (ask: AsAdministrator): Promise<void> => {
  const policies = (await ask('GET', '/policies')) as { id: string; name: string }[];
  const policy = policies.find(({ name }) => name === '$t:public_label')?.id;
  await ask('POST', '/permissions', {
    policy,
    collection: 'directus_users',
    action: 'read',
    fields: ['id', 'first_name'],
  });
};

test('users that everybody may read', async () => {
  const report = await certify(letEverybodyReadUsers, [
    'access',
    'requests',
    'graphql',
    'realtime',
    'jwt',
    'lifecycle.role',
  ]);
  expect(idsOf(report, 'fail', 'error', 'warn')).toEqual([]);
  expect(idsOf(report, 'pass')).toEqual(expect.arrayContaining(['requests.nothing-else', 'access.any-history']));
});

test('users that everybody may read, where a header names who asks', async () => {
  const report = await certify(letEverybodyReadUsers, ['requests.nothing-else'], ['forwarded-user-trusted']);
  expect(idsOf(report, 'fail')).toEqual(['requests.nothing-else']);
});
