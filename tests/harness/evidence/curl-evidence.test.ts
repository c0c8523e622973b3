import { afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../../reference-server/index.js';
import { cheapHash } from '../../helpers/cheap-hash.js';
import type { Report } from '../../../spec/generated/report.js';
import { run, runCli } from '../../helpers/run-cli.js';
import { needs } from '../../programs/tags.js';

/** It holds words and parts of the keys that the suite signs with itself: masking it must not change those. */
const secret = 'my-256-bit-secret-changeme-of-our-own-directus-password';
const env = {
  AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com',
  AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5',
  AUTH_CONFORMANCE_SECRET: secret,
};
let server: ReferenceServer | undefined;

afterEach(async () => server?.close());

describe('the curl lines of a failure', () => {
  test.each([
    ['alg-none-accepted', 'requests.token-untampered'],
    ['refresh-token-authenticates', 'requests.refresh-token-refused'],
    ['logout-does-nothing', 'standard.logout.invalidates-refresh-token'],
    ['session-logout-does-nothing', 'session.logout.invalidates-session-token'],
    ['old-static-token-survives', 'static.one-per-user'],
    ['expired-standard-token-accepted', 'standard.expires'],
    ['login-accepts-password-prefix', 'standard.login.needs-credentials'],
    ['static-token-prefix-accepted', 'static.exact'],
    ['weak-key-accepted', 'jwt.foreign-key'],
    ['embedded-key-accepted', 'jwt.foreign-key'],
    ['basic-credentials-accepted', 'requests.header.form'],
    ['first-claim-counts', 'jwt.duplicate-claims'],
    ['graphql-logout-does-nothing', 'graphql.logout'],
    ['third-static-token-revives-first', 'access.any-history'],
    ['login-for-sender', 'login.new-session'],
    ['session-refresh-takes-header', 'session.refresh.by-cookie-only'],
    ['not-modified-unguarded', 'requests.nothing-else'],
    ['last-cookie-counts', 'requests.precedence'],
    ['old-password-logs-in', 'access.password-change'],
    ['graphql-mutates-by-get', 'graphql.post-only'],
    ['concurrent-refreshes-all-live', 'standard.refresh.concurrent'],
    ['concurrent-cookie-refreshes-live', 'lifecycle.refresh.cookie-race'],
    ['otp-not-required', 'tfa.otp-required'],
  ])(
    'repeat %s from nothing, with the same answer at the end',
    { tags: needs('bash', 'curl', 'jq', 'openssl') },
    async (defect, requirement) => {
      server = await createReferenceServer({
        argon2Cost: cheapHash,
        settings: { LOGIN_STALL_TIME: '0', SECRET: secret },
        defects: [defect],
      });
      const target = await server.listen();
      const { stdout, code } = await runCli(
        ['--target', target, '--json', '--only', requirement, '--concurrency', '1'],
        {
          env,
        },
      );
      expect(code).toBe(1);
      const report = JSON.parse(stdout) as Report;
      // Of several that failed, the report holds the exchanges of the simplest.
      const failed = report.requirements[0]?.checks.find(
        ({ exchanges, verdict }) => verdict === 'fail' && exchanges.length > 0,
      );
      // The block ends with the failure; the check may have asked more by then.
      const [, told] = / returned (\d{3})\b/.exec(failed?.actual ?? '') ?? [];
      const status = told === undefined ? failed?.exchanges.at(-1)?.response?.status : Number(told);
      expect(failed?.curl).toContain(`TARGET=${target}`);

      const repeated = await run('bash', ['-c', (failed?.curl ?? []).join('\n')], { cwd: '/tmp', env });
      expect(repeated.stderr).toBe('');
      const statuses = [...repeated.stdout.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, one]) => Number(one));
      // The last lines remove the users that the lines before have created.
      const removals = (failed?.curl ?? []).filter((line) => line.endsWith('# removes the user again')).length;
      expect(removals).toBeGreaterThan(0);
      expect(statuses.at(-1 - removals)).toBe(status);
      expect((await server.store.users()).map(({ email }) => email)).toEqual(['admin@example.com']);
    },
  );

  test('need the secrets of the tester in the environment, and say so', { tags: needs('bash') }, async () => {
    server = await createReferenceServer({
      argon2Cost: cheapHash,
      settings: { LOGIN_STALL_TIME: '0' },
      defects: ['logout-does-nothing'],
    });
    const target = await server.listen();
    const { stdout } = await runCli(['--target', target, '--json', '--only', 'standard.logout.*'], {
      env: { ...env, AUTH_CONFORMANCE_SECRET: '' },
    });
    const [requirement] = (JSON.parse(stdout) as Report).requirements;
    const lines = requirement?.checks.find(({ verdict }) => verdict === 'fail')?.curl ?? [];
    expect(lines.join('\n')).toContain(
      ': "${AUTH_CONFORMANCE_ADMIN_PASSWORD:?set it to the password of the administrator}"',
    );
    const repeated = await run('bash', ['-c', lines.join('\n')], { cwd: '/tmp' });
    expect(repeated.code).not.toBe(0);
    expect(repeated.stderr).toContain('set it to the password of the administrator');
  });

  test('of a property lead to its smallest counterexample, which the seed brings again', async () => {
    server = await createReferenceServer({
      argon2Cost: cheapHash,
      settings: { LOGIN_STALL_TIME: '0', SECRET: secret },
      defects: ['json-logout-ends-session-tokens'],
    });
    const target = await server.listen();
    const args = ['--target', target, '--json', '--only', 'access.any-history', '--seed', '1'];
    const [first, second] = [await runCli(args, { env }), await runCli(args, { env })];
    const failed = [first, second].map(({ stdout }) => (JSON.parse(stdout) as Report).requirements[0]?.checks[0]);
    // The logins in both modes come first anyway: one logout is left.
    expect(failed[0]?.counterexample).toMatch(/^a logout of login \d \(seed 1, after/);
    expect(failed[1]?.counterexample).toBe(failed[0]?.counterexample);
    expect(failed[0]?.curl.filter((line) => line.includes('/auth/logout'))).toHaveLength(1);
  });

  test.each([
    [
      'realtime.token-valid',
      'realtime-accepts-any-token',
      `-x '{"type":"auth","access_token":"unknown"}'`,
      '"status":"ok"',
    ],
    ['realtime.cross-origin', 'realtime-trusts-any-origin', "-H 'Origin: ", 'HTTP/1.1 101'],
    ['realtime.own-origin', 'realtime-refuses-own-origin', "-H 'Origin: ", 'HTTP/1.1 403'],
  ] as const)(
    'of a WebSocket show the failure of %s',
    { tags: needs('bash', 'curl', 'jq') },
    async (only, defect, sent, shown) => {
      server = await createReferenceServer({
        argon2Cost: cheapHash,
        settings: { LOGIN_STALL_TIME: '0', SECRET: secret },
        defects: [defect],
      });
      const target = await server.listen();
      const { stdout } = await runCli(['--target', target, '--json', '--only', only], { env });
      const failed = (JSON.parse(stdout) as Report).requirements[0]?.checks.filter(({ verdict }) => verdict === 'fail');
      const block = failed?.find(({ curl }) =>
        curl.some((line) => line.startsWith('ws ') && line.includes(sent)),
      )?.curl;
      const repeated = await run('bash', ['-c', (block ?? []).join('\n')], { cwd: '/tmp', env });
      expect(repeated.stderr).toBe('');
      expect(repeated.stdout).toContain(shown);
    },
  );

  test('of a password with a NUL hold it as JSON does, for no variable of bash can', async () => {
    server = await createReferenceServer({
      argon2Cost: cheapHash,
      settings: { LOGIN_STALL_TIME: '0', SECRET: secret },
      defects: ['password-cut-at-nul'],
    });
    const target = await server.listen();
    const { stdout } = await runCli(['--target', target, '--json', '--only', 'login.password-exact'], { env });
    const failed = (JSON.parse(stdout) as Report).requirements[0]?.checks.filter(({ verdict }) => verdict === 'fail');
    expect(failed?.flatMap(({ curl }) => curl).filter((line) => line.includes('Pw-before\\u0000behind'))).not.toEqual(
      [],
    );
  });
});
