import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createReferenceServer,
  MemoryStore,
  type ReferenceServer,
  type SessionRecord,
} from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import type { Report } from '../../spec/generated/report.js';
import { runCli, type Ended } from '../helpers/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));
const adminPassword = 'a-password-of-16';
const secret = 'the-secret-of-the-target-is-this';
/** The tokens of all sessions that the target has opened. */
const issued = new Set<string>();

/** Notes the token of each session. */
class NotingStore extends MemoryStore {
  override async insertSession(session: SessionRecord): Promise<void> {
    issued.add(session.token);
    return super.insertSession(session);
  }
  override async replaceSession(token: string, by: SessionRecord): Promise<boolean> {
    issued.add(by.token);
    return super.replaceSession(token, by);
  }
  override async succeedSession(
    token: string,
    by: SessionRecord,
    graceEnds: number,
  ): Promise<SessionRecord | undefined> {
    issued.add(by.token);
    return super.succeedSession(token, by, graceEnds);
  }
}

let server: ReferenceServer;
let target: string;
const env = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: adminPassword };

beforeAll(async () => {
  server = await createReferenceServer({
    argon2Cost: cheapHash,
    settings: { LOGIN_STALL_TIME: '0', ADMIN_PASSWORD: adminPassword, SECRET: secret },
    store: new NotingStore(),
  });
  target = await server.listen();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('the command line', () => {
  test('runs what --only and --skip leave, and says that this is no certificate', async () => {
    const { code, stdout } = await runCli(
      ['--target', target, '--json', '--only', 'requests.*', '--skip', '*.static'],
      { env },
    );
    const report = JSON.parse(stdout) as Report;
    expect(code).toBe(0);
    expect(report.requirements.length).toBeGreaterThan(3);
    expect(report.requirements.every(({ id }) => id.startsWith('requests.') && !id.endsWith('.static'))).toBe(true);
    expect(report).toMatchObject({ outcome: 'conformant', complete: false });
  });

  test('takes the administrator by a token', async () => {
    const login = await fetch(`${target}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@example.com', password: adminPassword }),
    });
    const { data } = (await login.json()) as { data: { access_token: string } };
    const { code, stdout } = await runCli(['--target', target, '--json', '--only', 'static.*'], {
      env: { AUTH_CONFORMANCE_ADMIN_TOKEN: data.access_token },
    });
    const report = JSON.parse(stdout) as Report;
    expect(code).toBe(0);
    expect(report.summary.requirements.pass).toBe(report.summary.requirements.total);
    expect(stdout).not.toContain(data.access_token);
  });

  test('prefers flags to the environment, and the environment to the file', async () => {
    const file = join(folder, 'auth-conformance.config.json');
    writeFileSync(file, JSON.stringify({ target: 'http://127.0.0.1:9', seed: 1, runs: 3, only: ['requests.cookie'] }));
    const { stdout } = await runCli(['--json', '--target', target], {
      cwd: folder,
      env: { ...env, AUTH_CONFORMANCE_SEED: '2' },
    });
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ target: { url: target }, seed: 2 });
    expect(report.requirements.map(({ id }) => id)).toEqual(['requests.cookie']);
    rmSync(file);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['dots', ['--reporter', 'dots'], /\n\.+\n/],
    ['verbose', ['--reporter', 'verbose'], /✓ pass {2}requests\.cookie/],
    ['github', ['--reporter', 'github'], /^::stop-commands::/],
  ])('shows the run by the reporter %s', async (_name, flags, shown) => {
    const { code, stdout } = await runCli(['--target', target, '--only', 'requests.cookie', ...flags], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(shown);
  });

  test('shows the verdict alone by the reporter quiet, from the environment too', async () => {
    const { stdout } = await runCli(['--target', target, '--only', 'requests.cookie'], {
      env: { ...env, AUTH_CONFORMANCE_REPORTER: 'quiet' },
    });
    expect(stdout).not.toMatch(/Certifying/);
    expect(stdout).toMatch(/CONFORMANT as far as tested/);
  });

  test('gives the users that it creates the members of --user-fields', async () => {
    const file = join(folder, 'members.json');
    const args = ['--only', 'access.email-unique', '--user-fields', '{"location":"Nowhere"}', '--evidence', 'all'];
    const { code } = await runCli(['--target', target, ...args, '--report', `json=${file}`], { env });
    expect(code).toBe(0);
    const { requirements, leftovers } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const sent = requirements
      .flatMap(({ checks }) => checks.flatMap(({ exchanges }) => exchanges))
      .map(({ request }) => request);
    const creations = sent.filter(({ method, url }) => method === 'POST' && url.endsWith('/users'));
    expect(creations.length).toBeGreaterThan(1);
    for (const { body = '' } of creations) expect(body).toContain('"location":"Nowhere"');
    expect(leftovers).toEqual([]);
  });

  test.each([
    ['dot', [], /--reporter must be one of default, dots, .*, but is "dot"\. Do you mean dots\?/],
    ['dots', ['--quiet'], /--reporter and --quiet are two ways to say the same/],
  ])('rejects the reporter %s with %j', async (name, more, says) => {
    const { code, stderr } = await runCli(['--target', target, '--reporter', name, ...more], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });

  test('rejects a flag in the place of a value', async () => {
    const { code, stderr } = await runCli(['--target', target, '--wait', '--insecure'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^auth-conformance: option '--wait <TIME>' argument missing\n/);
  });

  test.each([['127.0.0.1:8055'], ['ftp://example.com'], ['localhost:8055/api']])(
    'says what the URL %s lacks',
    async (url) => {
      const { code, stderr } = await runCli([url], { env });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(`'${url}' must begin with http:// or https://`) as string,
      });
    },
  );

  test.each([
    ['waits for what never comes', 'await new Promise(() => {});'],
    ['calls process.exit', 'process.exit(0);'],
  ])('says so where a configuration file %s', async (_what, content) => {
    const file = join(folder, 'early.config.mjs');
    writeFileSync(file, `${content}\nexport default {};\n`);
    const { code, stderr } = await runCli(['--config', file], { cwd: folder, env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/the process ended before the command had: something in the configuration file/);
    rmSync(file);
  });

  test.each<[string, string, RegExp]>([
    [
      'a function that is misspelled',
      'users: { creat() {}, remove() {} }',
      /, creat: is not known here\. Do you mean create\?/,
    ],
    [
      'a path without a slash',
      "paths: { login: 'in' }",
      /, login must be a path, which begins with \/ and has no query/,
    ],
    ['a capability that is misspelled', 'capabilities: { sessions: true }', /Do you mean session\?/],
    [
      'a header that is none',
      "headers: { 'X Y': '1' }, adminToken: 'x'",
      /"headers", X Y: it has a name that HTTP cannot carry/,
    ],
  ])('names %s in a configuration file', async (_what, content, says) => {
    const file = join(folder, 'wrong.config.mjs');
    writeFileSync(file, `export default { target: '${target}', ${content} };\n`);
    const { code, stderr } = await runCli(['--config', file], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(says) as string });
    rmSync(file);
  });

  test('reads a configuration file in TypeScript', async () => {
    const file = join(folder, 'auth-conformance.config.ts');
    writeFileSync(file, `const only: string[] = ['requests.cookie'];\nexport default { target: '${target}', only };\n`);
    const { code, stdout } = await runCli(['--json'], { cwd: folder, env });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Report).requirements).toHaveLength(1);
    rmSync(file);
  });

  test('shows no secret in any report or output', async () => {
    const formats = ['json', 'junit', 'markdown', 'html'];
    const files = formats.map((format) => join(folder, `report.${format}`));
    const { code, stdout, stderr } = await runCli(
      [
        '--target',
        target,
        '--runs',
        '5',
        ...formats.flatMap((format, i) => ['--report', `${format}=${files[i] ?? ''}`]),
      ],
      { env: { ...env, AUTH_CONFORMANCE_SECRET: secret } },
    );
    expect(code).toBe(0);
    expect(issued.size).toBeGreaterThan(20);
    const written = [stdout, stderr, ...files.map((file) => readFileSync(file, 'utf8'))];
    for (const text of written) {
      expect(text.length).toBeGreaterThanOrEqual(0);
      expect(text).not.toContain(adminPassword);
      expect(text).not.toContain(secret);
      // A JWT with its claims in it; headers alone are no secret.
      expect(text).not.toMatch(/eyJ[\w-]{10,}\.eyJ[\w-]{20,}/);
      // A static token of the suite's own; the invented ones are no secret.
      expect(text).not.toMatch(/\b[0-9a-f]{32}\b/);
      expect([...issued].filter((token) => text.includes(token))).toEqual([]);
    }
  });

  test('is the same with one check at a time', { timeout: 300_000 }, async () => {
    const { code, stdout } = await runCli(['--target', target, '--json', '--concurrency', '1', '--runs', '2'], { env });
    expect((JSON.parse(stdout) as Report).summary.requirements.fail).toBe(0);
    expect(code).toBe(0);
  });

  test('colours nothing that is not a terminal, and nothing with NO_COLOR', async () => {
    const args = ['--target', target, '--only', 'requests.cookie'];
    const [plain, forced, rejected] = await Promise.all([
      runCli(args, { env }),
      runCli(args, { env: { ...env, FORCE_COLOR: '1' } }),
      runCli(args, { env: { ...env, FORCE_COLOR: '1', NO_COLOR: '1' } }),
    ]);
    const escapes = (text: string): boolean => text.includes('\u001B[');
    expect([plain, forced, rejected].map(({ stdout }) => escapes(stdout))).toEqual([false, true, false]);
  });

  test('lists and explains requirements', async () => {
    const list = await runCli(['list']);
    expect(list.stdout).toMatch(/standard\.refresh\.chain +MUST +core/);
    const explained = await runCli(['explain', 'standard.expires']);
    expect(explained.stdout).toMatch(/"expire after a short period"/);
    expect(explained.stdout).toMatch(/--patience/);
    expect(explained.stdout).toMatch(/^The server MUST reject an expired standard token\.$/m);
    expect(explained.stdout).toMatch(/^Impact: .*\nRemediation: .*`exp`.*\nClassification: severity high, CWE-613/m);
    expect(explained.stdout).toMatch(
      /^How it is checked:\n(?: {2}.*\n)* {2}A standard token that expired .* is rejected \(needs secret\)$/m,
    );
    const own = (await runCli(['explain', 'realtime.cross-origin'])).stdout;
    expect(own).toMatch(
      /^Source: OWASP ASVS 5\.0, 4\.4\.2 .*\n {2}".*"\n {2}The handshake of a WebSocket is accepted only from/m,
    );
    expect((await runCli(['explain', 'standard.claims'])).stdout).toMatch(/^Versions: Directus >=11\.0\.1$/m);
    const selected = await runCli(['--list', '--only', 'static.*']);
    expect(selected.stdout).toMatch(/^Static Tokens\n/);
    expect(selected.stdout).not.toMatch(/Session Tokens/);
  });

  test('lists the requirements of a profile, level, token type, topic and severity', async () => {
    const idsOf = async (...flags: string[]): Promise<string[]> => {
      const { stdout } = await runCli(['list', '--json', ...flags]);
      return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id);
    };
    const session = ['--profile', 'core', '--level', 'MUST', '--token-type', 'session', '--topic', 'refreshing'];
    expect(await idsOf(...session, '--severity', 'critical')).toEqual(['session.refresh.needs-session-token']);
    expect(await idsOf('--level', 'SHOULD')).toContain('standard.short-lived');
    expect((await runCli(['list', '--level', 'MAY'])).stdout).toBe('No requirement has all of these traits.\n');
    const wrong = await runCli(['list', '--severity', 'severe']);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/severe.*critical, high, medium, low/) as string,
    ]);
  });
});

describe('serve', () => {
  /** Runs it, with more flags, until it has answered a request for each path. */
  async function served(flags: readonly string[], paths: readonly string[]): Promise<Ended & { answers: Response[] }> {
    const answers: Response[] = [];
    const ended = await runCli(['serve', '--port', '0', ...flags], {
      during: (child, output) => {
        const timer = setInterval(() => {
          const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0];
          if (url === undefined || !output().includes('Ctrl-C')) return;
          clearInterval(timer);
          void Promise.all(paths.map(async (path) => fetch(url + path)))
            .then((all) => answers.push(...all))
            .finally(() => child.kill('SIGTERM'));
        }, 20);
      },
    });
    return { ...ended, answers };
  }

  test('prints its URL, the credentials and lines to try, answers, and stops when told', async () => {
    const { answers, code, stdout } = await served([], ['/server/ping', '/admin', '/admin/api/time-travel']);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(code).toBe(0);
    expect(stdout.match(/^ {2}curl /gm)).toHaveLength(3);
    expect(stdout).toContain('admin@example.com');
    expect(stdout).toMatch(/^ {2}studio {9}http:.*\/admin$/m);
  });

  test('with --time-travel the clock can be advanced by a user who has signed in', async () => {
    const { answers } = await served(['--time-travel'], ['/admin/api/time-travel']);
    expect(answers.map(({ status }) => status)).toEqual([401]);
  });
});
