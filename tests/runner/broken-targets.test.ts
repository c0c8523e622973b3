import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import { runCli, type Ended } from '../helpers/run-cli.js';

const env = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };
const closing: (() => unknown)[] = [];
const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function serverThat(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function referenceServer(): Promise<string> {
  const server = await createReferenceServer({ argon2Cost: cheapHash, settings: { LOGIN_STALL_TIME: '0' } });
  closing.push(async () => server.close());
  return server.listen();
}

/** One clear message on standard error, within seconds; no stack trace, nothing reported as passed. */
function expectRejection({ code, stdout, stderr, ms }: Ended, expected: { code: number; message: RegExp }): void {
  expect(stderr).toMatch(expected.message);
  expect(code).toBe(expected.code);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  expect(stdout).not.toMatch(/✓|pass|CONFORMANT/);
  expect(ms).toBeLessThan(10_000);
}

describe('a target that cannot be judged', () => {
  test('refuses connections', async () => {
    expectRejection(await runCli(['--target', 'http://127.0.0.1:9'], { env }), {
      code: 3,
      message: /refuses connections/,
    });
  });

  test('has an unknown name', async () => {
    expectRejection(await runCli(['--target', 'http://nobody.invalid'], { env }), {
      code: 3,
      message: /name that cannot be resolved/,
    });
  });

  test('never answers', async () => {
    const target = await serverThat(() => undefined);
    expectRejection(await runCli(['--target', target, '--timeout', '1s'], { env }), {
      code: 3,
      message: /gave no answer within 1 s/,
    });
  });

  test('begins to answer and never ends', async () => {
    const target = await serverThat((_request, response) => void response.write('{'));
    expectRejection(await runCli(['--target', target, '--timeout', '1s'], { env }), {
      code: 3,
      message: /gave no answer within 1 s/,
    });
  });

  test('speaks HTML', async () => {
    const target = await serverThat((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>Hello</h1>'),
    );
    expectRejection(await runCli(['--target', target], { env }), {
      code: 3,
      message: /text\/html that is not JSON: "Hello": is the URL that of the API/,
    });
  });

  test('answers 500 to everything', async () => {
    const target = await serverThat((_request, response) => response.writeHead(500).end('{}'));
    expectRejection(await runCli(['--target', target], { env }), { code: 3, message: /returned 500/ });
  });

  test('has no such endpoint', async () => {
    const target = await serverThat((_request, response) => response.writeHead(404).end('{}'));
    expectRejection(await runCli(['--target', target], { env }), { code: 3, message: /has no such endpoint/ });
  });

  test.each<[string, number, string, RegExp]>([
    ['the page of a login', 200, '<title>Sign in</title>', /"Sign in": is the URL .*wants a login, .*--header/],
    ['a filter', 403, '<h1>Blocked by rule 941</h1>', /"Blocked by rule 941"/],
    [
      'a network that wants a login',
      511,
      '<p>Log in at http://portal</p>',
      /"Log in at http:\/\/portal": the network wants a login first/,
    ],
    [
      'a gateway that wants a certificate',
      400,
      '<h1>No required SSL certificate was sent</h1>',
      /--client-cert FILE and --client-key FILE/,
    ],
    ['a failure', 500, 'out of memory', /returned 500: "out of memory"; its own log/],
    ['one answer for everything', 200, '{"ok":true}', /\{"ok":true\}.*it answers everything alike/],
  ])('shows %s, which is quoted', async (_what, status, body, message) => {
    // Only a login is answered so, but for the last: what is asked first says nothing.
    const target = await serverThat((request, response) =>
      request.method === 'POST' || body.startsWith('{')
        ? response
            .writeHead(status, { 'content-type': body.startsWith('{') ? 'application/json' : 'text/html' })
            .end(body)
        : response.end('pong'),
    );
    expectRejection(await runCli(['--target', target], { env }), { code: 3, message });
  });

  test('redirects to the same elsewhere, whose base URL is named', async () => {
    const target = await serverThat(({ url = '' }, response) =>
      response.writeHead(308, { location: `https://api.example.com/v1${url}` }).end(),
    );
    expectRejection(await runCli(['--target', target], { env }), {
      code: 3,
      message: /: give https:\/\/api\.example\.com\/v1 as --target/,
    });
  });

  test('speaks https at an http URL', async () => {
    const target = await serverThat((request) => request.destroy());
    expectRejection(await runCli(['--target', target], { env }), { code: 3, message: /does its URL begin with https/ });
  });

  test('redirects', async () => {
    const target = await serverThat((_request, response) =>
      response.writeHead(308, { location: 'https://elsewhere.example' }).end(),
    );
    expectRejection(await runCli(['--target', target], { env }), {
      code: 3,
      message: /redirect to https:\/\/elsewhere\.example/,
    });
  });

  test('closes every connection', async () => {
    const target = await serverThat((request) => request.destroy());
    expectRejection(await runCli(['--target', target], { env }), { code: 3, message: /cannot be judged/ });
  });

  test('says nothing on standard output with --json either', async () => {
    const { stdout, code } = await runCli(['--target', 'http://127.0.0.1:9', '--json'], { env });
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
  });
});

describe('what the tester gave is wrong', () => {
  test('a wrong password', async () => {
    const target = await referenceServer();
    const ended = await runCli(['--target', target], {
      env: { ...env, AUTH_CONFORMANCE_ADMIN_PASSWORD: 'wrong-password' },
    });
    expectRejection(ended, { code: 2, message: /rejects the administrator's email and password.*check --admin-email/ });
    expect(ended.stderr).not.toContain('wrong-password');
  });

  test('an administrator who is none', async () => {
    const target = await referenceServer();
    const login = await fetch(`${target}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: env.AUTH_CONFORMANCE_ADMIN_EMAIL, password: env.AUTH_CONFORMANCE_ADMIN_PASSWORD }),
    });
    const { data } = (await login.json()) as { data: { access_token: string } };
    await fetch(`${target}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${data.access_token}` },
      body: JSON.stringify({ email: 'plain@example.com', password: 'secret123' }),
    });
    const plain = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'plain@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'secret123' };
    expectRejection(await runCli(['--target', target], { env: plain }), { code: 2, message: /may not list users/ });
  });

  test('a wrong secret', async () => {
    const target = await referenceServer();
    const ended = await runCli(['--target', target], {
      env: { ...env, AUTH_CONFORMANCE_SECRET: 'not-the-secret-of-the-target' },
    });
    expectRejection(ended, { code: 2, message: /not signed with this secret: check --secret/ });
  });

  test.each([
    ['an unknown option', ['--tarpit', 'x'], /unknown option '--tarpit'/],
    ['an unknown command', ['sevre'], /too many arguments|unknown command/],
    ['no target', [], /no target: give --target URL/],
    ['a target that is no URL', ['--target', 'localhost:8055'], /--target: must be a URL|--target must be a URL/],
    [
      'a duration that is none',
      ['--target', 'http://127.0.0.1:9', '--timeout', 'soon'],
      /--timeout must be a duration.*"soon"/,
    ],
    [
      'a number that is none',
      ['--target', 'http://127.0.0.1:9', '--concurrency', 'many'],
      /--concurrency must be integer.*"many"/,
    ],
    [
      'a profile that is none',
      ['--target', 'http://127.0.0.1:9', '--profile', 'gold'],
      /--profile must be one of core, security, directus/,
    ],
    [
      'an id that matches nothing',
      ['--target', 'http://127.0.0.1:9', '--only', 'standard.nothing'],
      /--only standard\.nothing matches no requirement/,
    ],
    [
      'a report format that is none',
      ['--target', 'http://127.0.0.1:9', '--report', 'pdf=x.pdf'],
      /--report: there is no format "pdf"/,
    ],
    ['a report without a file', ['--target', 'http://127.0.0.1:9', '--report', 'html'], /not of the form FORMAT=FILE/],
    [
      'members of users that are no JSON',
      ['--target', 'http://127.0.0.1:9', '--user-fields', '{company'],
      /--user-fields: "\{company" is no object in JSON, such as/,
    ],
    [
      'members of users in a list',
      ['--target', 'http://127.0.0.1:9', '--user-fields', '["company"]'],
      /--user-fields: .* is no object in JSON/,
    ],
    [
      'half of a pair',
      ['--target', 'http://127.0.0.1:9', '--email', 'a@example.com'],
      /--email and --password go together/,
    ],
    ['an unknown requirement', ['explain', 'standard.nothing'], /no requirement is called "standard\.nothing"/],
    ['an unknown defect', ['serve', '--defect', 'nothing'], /nothing/],
    ['a port that is none', ['serve', '--port', 'x'], /--port must be a number/],
  ])('%s', async (_what, args, message) => {
    const needsLogin = args.includes('--email') ? {} : env;
    expectRejection(await runCli(args, { env: needsLogin, cwd: folder }), { code: 2, message });
  });

  test('nothing to log in with', async () => {
    const { code, stderr } = await runCli(['--target', 'http://127.0.0.1:9']);
    expect(stderr).toMatch(/nothing to log in with: give --admin-email/);
    expect(code).toBe(2);
  });

  test('an environment variable that is not read', async () => {
    const ended = await runCli(['--target', 'http://127.0.0.1:9'], { env: { ...env, AUTH_CONFORMANCE_PASSWROD: 'x' } });
    expectRejection(ended, { code: 2, message: /AUTH_CONFORMANCE_PASSWROD is not known/ });
  });

  test.each([
    ['that is not there', undefined, /does not exist/],
    ['that is not JSON', '{ "target": ', /is not JSON/],
    [
      'with an unknown key',
      '{ "targte": "x" }',
      /"targte" in .*config\.json is not known\. Do you mean target\? Known are target,/,
    ],
    ['with a value that is wrong', '{ "concurrency": 0 }', /"concurrency" in .*config\.json must be >= 1, but is 0/],
    ['that holds no object', '[]', /must hold an object/],
  ])('a configuration file %s', async (_what, content, message) => {
    const file = join(folder, 'config.json');
    rmSync(file, { force: true });
    if (content !== undefined) writeFileSync(file, content);
    expectRejection(await runCli(['--target', 'http://127.0.0.1:9', '--config', file], { env }), { code: 2, message });
  });

  test('a settings variable of serve', async () => {
    const ended = await runCli(['serve', '--port', '0'], { env: { ACCESS_TOKEN_TTL: 'soon' } });
    expectRejection(ended, { code: 2, message: /ACCESS_TOKEN_TTL.*soon/ });
  });

  test('a port that is taken', async () => {
    const { port } = new URL(await referenceServer());
    expectRejection(await runCli(['serve', '--port', port]), { code: 2, message: /is in use/ });
  });
});
