import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Semaphore } from 'async-mutex';
import { afterAll, describe, expect, test } from 'vitest';
import { createReferenceServer } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import { recordingProxy } from '../helpers/targets/recording-proxy.js';
import { passwordOfEveryClass, passwordSpellings } from '../../suites/harness/generators/spellings.js';
import { runCli } from '../helpers/run-cli.js';
import { partsOf, wholeOnes } from '../helpers/secrets-in.js';
import { serve } from '../helpers/serve.js';
import { requirementOf } from '../../spec/catalogue.js';
import type { RequirementId } from '../../spec/generated/requirement-id.js';
import type { Report } from '../../spec/generated/report.js';

/** As many runs at once as there is something to do for. */
const places = new Semaphore(3);
const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

const formats = ['json', 'junit', 'markdown', 'html', 'sarif', 'badge', 'badge-svg'];
const EMAIL = 'admin@example.com';
const SECRET = 'Zq7-kfTv8mXw2nBc5hJd0yRg3Lp6Sa-41Xy';
/** Every character that is reserved somewhere and that a token may hold in a header, a URL and JSON. */
const RESERVED = `q7+z/k=9&w%v#u?t,s"r\\p'n`;
/** Passwords that the suite tries spellings with are in the source, and in the lines that repeat the check. */
const spelled = [...passwordSpellings, passwordOfEveryClass].flatMap(({ stored, others }) => [
  stored,
  ...others.map(([, other]) => other),
]);
const isOfTheSuite = (secret: string): boolean =>
  spelled.some((password) => password.includes(secret)) || secret.includes('Correct-Horse-Battery-Staple');
let count = 0;

/** What a run printed and wrote. */
interface Shown {
  readonly code: number | null;
  readonly report: Report | undefined;
  /** All of it: standard output, standard error and each file, by name. */
  readonly texts: Readonly<Record<string, string>>;
  /** What the target issued and was made up for it. */
  readonly issued: ReadonlySet<string>;
}

interface Given {
  readonly password: string;
  /** Environment of the run, beside the target. */
  readonly env: Readonly<Record<string, string>>;
  readonly defects?: readonly string[];
  readonly args?: readonly string[];
}

/** Runs the suite against the reference server, whose administrator has a password, through a proxy that notes what is secret. */
async function run({ password, env, defects = [], args = [] }: Given): Promise<Shown> {
  return places.runExclusive(async () => {
    const settings = { LOGIN_STALL_TIME: '0', ADMIN_EMAIL: EMAIL, ADMIN_PASSWORD: password, SECRET };
    const server = await createReferenceServer({ settings, argon2Cost: cheapHash, defects });
    const proxy = await recordingProxy(await server.listen({ port: 0, host: '127.0.0.1' }));
    count += 1;
    const fileOf = (format: string): string => join(folder, `${count}.${format}`);
    const files = formats.map((format) => [format, fileOf(format)] as const);
    const reports = files.flatMap(([format, file]) => ['--report', `${format}=${file}`]);
    const summary = fileOf('summary');
    try {
      const { code, stdout, stderr } = await runCli(
        [...reports, '--json', '--evidence', 'all', '--runs', '5', ...args],
        {
          env: {
            AUTH_CONFORMANCE_TARGET: proxy.url,
            GITHUB_ACTIONS: 'true',
            GITHUB_STEP_SUMMARY: summary,
            ...env,
          },
        },
      );
      const written = Object.fromEntries(
        [...files, ['summary', summary] as const].map(([name, file]) => [name, read(file)]),
      );
      return {
        code,
        report: stdout === '' ? undefined : (JSON.parse(stdout) as Report),
        texts: { ...written, stdout, stderr },
        issued: proxy.secrets,
      };
    } finally {
      await proxy.close();
      await server.close();
    }
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Long secrets stand nowhere, neither six characters of what was given nor much of what was issued; the run came to an end. */
function expectNoSecret({ texts, report, issued }: Shown, given: readonly string[]): void {
  expect(report, texts['stderr']).toBeDefined();
  expect(Object.values(texts).every((text) => text.length > 0)).toBe(true);
  const strings = stringsOf(report);
  for (const [name, text] of Object.entries({ ...texts, json: strings.join('\n') }))
    expect(partsOf(given, text), `parts of what was given in ${name}`).toEqual([]);
  const all = Object.values(texts).join('\n') + strings.join('\n');
  const telling = [...issued].filter((secret) => secret.length >= 16 && !isOfTheSuite(secret));
  expect(wholeOnes(telling, all), 'what was issued').toEqual([]);
}

/** The values of members and parameters that hold a secret, wherever they are written out, in all of a report. */
function valuesIn(report: Report | undefined): string[] {
  return stringsOf(report).flatMap((text) =>
    [...text.matchAll(/"?password\\?"?\s*:\s*\\?"((?:[^"\\]|\\[^"])*)\\?"|access_token=([^&\s'"]*)/g)].map(
      ([, member, parameter]) => member ?? parameter ?? '',
    ),
  );
}

function inCatalogue(id: string): unknown {
  const { title, source } = requirementOf(id as RequirementId);
  return { title, source };
}

const stringsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(stringsOf)
      : [];

const asAdministrator = (password: string): Record<string, string> => ({
  AUTH_CONFORMANCE_ADMIN_EMAIL: EMAIL,
  AUTH_CONFORMANCE_ADMIN_PASSWORD: password,
  AUTH_CONFORMANCE_SECRET: SECRET,
});
const asUser = (password: string): Record<string, string> => ({
  AUTH_CONFORMANCE_EMAIL: EMAIL,
  AUTH_CONFORMANCE_PASSWORD: password,
  AUTH_CONFORMANCE_SECRET: SECRET,
});

const strange = `pa"ss\\wörd'$(x)`;
const long = Array.from({ length: 20 }, (_none, i) => `K${i}w-q#Zß`)
  .join('')
  .slice(0, 200);

/** For the runs that need not be whole: the chapters whose requests hold most. */
const some = ['--only', 'requests.*', '--only', 'login.*'];

describe.concurrent('no secret is in what a run shows', () => {
  // Each check meets each kind of password and each kind of tester; not each in each run.
  test.each([
    ['administrator', strange, asAdministrator],
    ['user', long, asUser],
  ])("the %s's password %s", async (_who, password, as) => {
    const shown = await run({ password, env: as(password) });
    expectNoSecret(shown, [password, SECRET]);
    expect(shown.code, shown.texts['stderr']).toBe(0);
  });

  test.each([
    ['administrator', 'admin', asAdministrator, []],
    ['user', 'a', asUser, []],
    ['administrator', 'a', asAdministrator, some],
    ['administrator', 'q"\\w5', asAdministrator, some],
  ])("the %s's short password %s", async (_who, password, as, args) => {
    const shown = await run({ password, env: as(password), args });
    expectNoSecret(shown, [SECRET]);
    expect(valuesIn(shown.report)).not.toContain(password);
    expect(valuesIn(shown.report)).not.toContain(JSON.stringify(password).slice(1, -1));
    // What the tool says and who the users are stays readable.
    expect(shown.texts['stdout']).toContain(EMAIL);
    expect(shown.texts['stdout']).toContain('--admin-email');
    for (const { id, title, source } of shown.report?.requirements ?? [])
      expect({ title, source }).toEqual(inCatalogue(id));
  });

  test('a static token of every reserved character, and that of the administrator', async () => {
    const password = 'Kd9-vwXq7-Zt2m';
    const settings = {
      LOGIN_STALL_TIME: '0',
      ADMIN_EMAIL: EMAIL,
      ADMIN_PASSWORD: password,
      SECRET,
      ADMIN_TOKEN: RESERVED,
    };
    const server = await createReferenceServer({ settings, argon2Cost: cheapHash });
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    const login = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: EMAIL, password }),
    });
    const { data } = (await login.json()) as { data: { access_token: string } };
    const changed = await fetch(`${url}/users/me`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${data.access_token}` },
      body: JSON.stringify({ token: RESERVED }),
    });
    expect(changed.status).toBe(200);
    for (const [env, args] of [
      [{ ...asUser(password), AUTH_CONFORMANCE_STATIC_TOKEN: RESERVED }, []],
      [{ AUTH_CONFORMANCE_ADMIN_TOKEN: RESERVED }, [...some, '--only', 'static.*']],
    ] as const) {
      const { stdout, stderr } = await runCli(
        ['--json', '--evidence', 'all', '--target', url, '--runs', '5', ...args],
        { env },
      );
      expect(stdout, stderr).not.toBe('');
      const strings = stringsOf(JSON.parse(stdout)).join('\n');
      expect(partsOf([RESERVED, password, SECRET], `${stdout}\n${stderr}\n${strings}`)).toEqual([]);
    }
    await server.close();
  });

  test.each([
    [
      'static-token-echoed-on-create',
      'static-token-readable-in-list',
      'static-token-readable-by-owner',
      'session-token-in-body',
      'tfa-secret-generated-again',
      'password-hash-readable',
    ],
    [
      'static-token-partly-readable',
      'errors-with-stack',
      'graphql-shows-own-static-token',
      'mask-is-a-token',
      'refresh-token-in-url',
      'otp-of-any-user-accepted',
    ],
  ])('of a target with the defects %s, %s, %s, %s, %s and %s', async (...defects) => {
    const shown = await run({ password: strange, env: asAdministrator(strange), defects });
    expectNoSecret(shown, [strange, SECRET]);
  });
});

describe('no secret is in a message', () => {
  test('when the target rejects it and repeats it', async () => {
    const { createServer } = await import('node:http');
    const target = createServer((_request, response) => {
      const body = JSON.stringify({ errors: [{ message: 'no', extensions: { code: `WRONG ${strange}` } }] });
      response.writeHead(401, { 'Content-Type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as { port: number };
    const { code, stderr } = await runCli(['--target', `http://127.0.0.1:${port}`], {
      env: asAdministrator(strange),
    });
    target.close();
    expect(code).toBe(2);
    expect(stderr).toContain('rejects');
    expect(partsOf([strange], stderr)).toEqual([]);
  });

  test('while a target is waited for which repeats a header', async () => {
    const { createServer } = await import('node:http');
    const target = createServer((request, response) => {
      response.writeHead(503).end(`not yet, ${request.headers['x-key'] as string}`);
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as { port: number };
    const key = 'Kq8-vwXq7-Zt2m';
    const { code, stdout, stderr } = await runCli(
      ['--target', `http://127.0.0.1:${port}`, '--wait', '6s', '--header', `X-Key: ${key}`],
      { env: asAdministrator(strange) },
    );
    target.closeAllConnections();
    target.close();
    expect(code).toBe(3);
    expect(stdout).toMatch(/waiting for the target.*not yet/);
    expect(partsOf([key, strange], stdout + stderr)).toEqual([]);
  });

  test('about a flag that is misspelled, a target that is none and a file that is no JSON', async () => {
    const { writeFileSync } = await import('node:fs');
    const config = join(folder, 'broken.json');
    writeFileSync(config, `{"adminPassword": Kq8-vwXq7-Zt2m }`);
    for (const args of [
      ['--admin-pasword=Kq8-vwXq7-Zt2m'],
      ['--target', 'ftp://me:Kq8-vwXq7-Zt2m@host'],
      ['--config', config],
    ]) {
      const { code, stdout, stderr } = await runCli(args);
      expect(code).toBe(2);
      expect(partsOf(['Kq8-vwXq7-Zt2m'], stdout + stderr)).toEqual([]);
    }
  });

  test('of the request log', async () => {
    const server = await serve(['--log', 'json'], { ADMIN_EMAIL: EMAIL, ADMIN_PASSWORD: strange, SECRET });
    const { stdout, stderr } = await runCli(['--target', server.url, '--json', '--profile', 'core', '--runs', '5'], {
      env: asAdministrator(strange),
    });
    expect(stdout, stderr).not.toBe('');
    expect(server.output()).toContain('"request"');
    expect(partsOf([strange, SECRET], server.output())).toEqual([]);
    await server.end();
  });
});
