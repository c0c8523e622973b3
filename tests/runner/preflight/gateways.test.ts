import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../../reference-server/index.js';
import type { Report } from '../../../spec/generated/report.js';
import { freePort } from '../../helpers/free-port.js';
import {
  certificates,
  gateway,
  type Certificates,
  type Gateway,
  type GatewayOptions,
} from '../../helpers/targets/gateway.js';
import { run, runCli, type Ended } from '../../helpers/run-cli.js';

const admin = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };
const key = 'key-of-the-gateway-7Qx';
const some = ['--only', 'standard.authenticates', '--only', 'realtime.handshake'];
const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-gateways-'));
let pem: Certificates;
let server: ReferenceServer | undefined;
let front: Gateway | undefined;

beforeAll(() => {
  pem = certificates();
});
afterEach(async () => {
  await front?.close();
  await server?.close();
  front = server = undefined;
});
afterAll(() => {
  pem.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function behind(options: GatewayOptions, defects: readonly string[] = []): Promise<Gateway> {
  server = await createReferenceServer({ settings: { LOGIN_STALL_TIME: '0' }, defects });
  front = await gateway(await server.listen(), options);
  return front;
}

const tlsOf = ({ key: file, cert }: { key: string; cert: string }): { key: string; cert: string } => ({
  key: pem.read(file),
  cert: pem.read(cert),
});

const certify = async (
  target: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended & { report?: Report }> => {
  const ended = await runCli(['--target', target, '--json', ...some, ...args], { env: { ...admin, ...env } });
  return { ...ended, ...(ended.stdout !== '' && { report: JSON.parse(ended.stdout) as Report }) };
};

function expectConformant({ code, stderr, report }: Awaited<ReturnType<typeof certify>>): void {
  const errors = stderr.split('\n').filter((line) => /^auth-conformance: (?!waiting|removing)/.test(line));
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  expect(report?.requirements.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
    'standard.authenticates pass',
    'realtime.handshake pass',
  ]);
  expect(report?.leftovers).toEqual([]);
}

/** One sentence on standard error, and nothing created. */
async function expectSentence({ code, stderr, stdout }: Ended, wanted: { code: number; says: RegExp }): Promise<void> {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('auth-conformance: waiting'));
  expect({ code, lines }).toEqual({ code: wanted.code, lines: [expect.stringMatching(wanted.says)] });
  expect(stdout).toBe('');
  expect((await server?.store.users())?.map(({ email }) => email) ?? ['admin@example.com']).toEqual([
    'admin@example.com',
  ]);
}

describe('a gateway that wants a header', () => {
  const rejects: GatewayOptions['rejects'] = ({ headers }) =>
    headers['x-api-key'] === key ? undefined : { status: 401, body: 'Missing X-Api-Key\n\u001b[31mplease' };

  test('is quoted, and --header is named', async () => {
    const { url } = await behind({ rejects });
    await expectSentence(await certify(url), {
      code: 2,
      says: /something in front of the target rejected POST \/auth\/login with 401: "Missing X-Api-Key .*please": give .* by --header 'Name: value'/,
    });
  });

  test('gets it with each request and each handshake, and no report shows it', async () => {
    const { url, asked } = await behind({ rejects });
    const ended = await certify(url, ['--header', `X-Api-Key: ${key}`, '--header', 'X-Tenant: a, b']);
    expectConformant(ended);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter(({ headers }) => headers['x-api-key'] !== key || headers['x-tenant'] !== 'a, b')).toEqual([]);
    expect(asked.filter(({ path }) => path.startsWith('/websocket')).length).toBeGreaterThan(1);
    expect(ended.stdout + ended.stderr).not.toContain(key);
  });

  test('from the environment and from a file', async () => {
    const { url } = await behind({ rejects });
    expectConformant(await certify(url, [], { AUTH_CONFORMANCE_HEADER: `X-Other: 1\nX-Api-Key: ${key}` }));
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ header: [`X-Api-Key: ${key}`] }));
    expectConformant(await certify(url, ['--config', file]));
  });

  test('shell lines of a failure send it from a variable', async () => {
    const { url } = await behind({ rejects }, ['logout-does-nothing']);
    const args = ['--target', url, '--json', '--only', 'standard.logout.invalidates-refresh-token'];
    const { stdout, code } = await runCli([...args, '--header', `X-Api-Key: ${key}`], { env: admin });
    expect(code).toBe(1);
    const [failed] = (JSON.parse(stdout) as Report).requirements[0]?.checks ?? [];
    const lines = failed?.curl.join('\n') ?? '';
    expect(lines).not.toContain(key);
    expect(lines).toContain(': "${HEADER_X_API_KEY:?set it to the value of the header X-Api-Key}"');
    const repeated = await run('bash', ['-c', lines], { env: { ...admin, HEADER_X_API_KEY: key } });
    expect(repeated.stderr).toBe('');
    expect(repeated.stdout).toMatch(/"access_token"/);
    expect((await server?.store.users())?.length).toBe(1);
  });
});

describe('HTTP Basic in front of a target', () => {
  const sent = `Basic ${Buffer.from('gate:pass%word').toString('base64')}`;
  const rejects: GatewayOptions['rejects'] = ({ headers }) =>
    headers.authorization === sent
      ? undefined
      : { status: 401, headers: { 'www-authenticate': 'Basic realm="gate"' }, body: 'Unauthorized' };
  const withLogin = (url: string): string => url.replace('://', '://gate:pass%25word@');

  test('is told from a wrong password of the administrator', async () => {
    const { url } = await behind({ rejects });
    await expectSentence(await certify(url), {
      code: 2,
      says: /something in front of the target rejected .* "Unauthorized".*--header.*, or user and password in the URL of the target, before an @ and its host/,
    });
  });

  test('rejects another user and password from the URL, and says so', async () => {
    const { url } = await behind({ rejects });
    await expectSentence(await certify(url.replace('://', '://gate:wrong@')), {
      code: 2,
      says: /something in front of the target rejected user and password of the URL of the target, .*"Unauthorized": check them/,
    });
  });

  test('is passed with user and password from the URL; a token in the header is said not to get through', async () => {
    const { url } = await behind({ rejects });
    const ended = await certify(withLogin(url), ['--only', 'standard.login.returns-access-token']);
    expect(ended.code).toBe(0);
    expect(ended.report?.target.url).toBe(url);
    expect(ended.stdout + ended.stderr).not.toContain('pass%');
    expect(ended.stdout).not.toContain(sent.slice(6));
    const verdicts = ended.report?.requirements.map(({ id, verdict }) => `${id} ${verdict}`);
    expect(verdicts).toContain('realtime.handshake pass');
    const checks = ended.report?.requirements.flatMap((one) => one.checks) ?? [];
    expect(checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')).toEqual([]);
    expect(checks.map(({ reason = '' }) => reason).join('\n')).toMatch(
      /the header Authorization is taken by what is in front/,
    );
    expect(ended.report?.notes.join('\n')).toMatch(
      /The header Authorization carries the credentials of what is in front/,
    );
  });
});

describe('certificates', () => {
  test('one that is self-signed is named, with --ca and --insecure', async () => {
    const { url } = await behind({ tls: tlsOf(pem.selfSigned) });
    await expectSentence(await certify(url), {
      code: 3,
      says: /self-signed certificate: .*--ca FILE, or take any by --insecure/,
    });
    expectConformant(await certify(url, ['--ca', pem.selfSigned.cert]));
  });

  test('any is taken with --insecure, and the report says so', async () => {
    const { url } = await behind({ tls: tlsOf(pem.selfSigned) });
    const ended = await certify(url, ['--insecure']);
    expectConformant(ended);
    expect(ended.report?.notes.join('\n')).toMatch(/certificate of the target was not verified \(--insecure\)/);
  });

  test('of an authority that is not known, and of a client', async () => {
    const { url } = await behind({
      tls: { ...tlsOf(pem.server), ca: pem.read(pem.ca), requestCert: true, rejectUnauthorized: true },
    });
    await expectSentence(await certify(url), { code: 3, says: /an authority that is not known here: .*--ca FILE/ });
    await expectSentence(await certify(url, ['--ca', pem.ca]), {
      code: 3,
      says: /wants? a certificate of the client.*--client-cert FILE/,
    });
    const own = ['--ca', pem.ca, '--client-cert', pem.client.cert, '--client-key', pem.client.key];
    expectConformant(await certify(url, own));
  });

  test('a name that is not in DNS is reached by --connect-to, and shell lines do the same', async () => {
    const { port } = await behind({ tls: tlsOf(pem.server) }, ['logout-does-nothing']);
    const target = `https://api.example.test:${port}`;
    await expectSentence(await certify(target, ['--ca', pem.ca]), {
      code: 3,
      says: /cannot be resolved.*--connect-to HOST:PORT/,
    });
    const there = ['--ca', pem.ca, '--connect-to', `127.0.0.1:${port}`];
    expectConformant(await certify(target, there));
    const args = ['--target', target, '--json', '--only', 'standard.logout.invalidates-refresh-token', ...there];
    const { stdout } = await runCli(args, { env: admin });
    const [failed] = (JSON.parse(stdout) as Report).requirements[0]?.checks ?? [];
    const repeated = await run('bash', ['-c', failed?.curl.join('\n') ?? ''], {
      env: { ...admin, AUTH_CONFORMANCE_CA: pem.ca },
    });
    expect(repeated.stderr).toBe('');
    expect(repeated.stdout).toMatch(/"access_token"/);
  });
});

describe('proxies', () => {
  test('HTTP_PROXY is used for requests and WebSockets, and NO_PROXY goes before it', async () => {
    const { url, asked } = await behind({});
    // The proxy finds the server; the name is known to nobody else.
    const ended = await certify('http://api.example.test', [], { HTTP_PROXY: url });
    expectConformant(ended);
    expect(asked.filter(({ path }) => path.startsWith('http://api.example.test/')).length).toBeGreaterThan(5);
    expect(asked.map(({ path }) => path)).toContain('CONNECT api.example.test:80');
    expect(ended.report?.notes.join('\n')).toMatch(/reached through the proxy 127\.0\.0\.1:\d+ \(HTTP_PROXY\)/);
    await expectSentence(await certify('http://api.example.test', [], { HTTP_PROXY: url, NO_PROXY: 'example.test' }), {
      code: 3,
      says: /cannot be resolved/,
    });
  });

  test('one that refuses connections, or a tunnel, is named', async () => {
    const port = await freePort();
    const gone = { HTTP_PROXY: `http://127.0.0.1:${port}`, HTTPS_PROXY: `http://me:hush-7Qx-hush@127.0.0.1:${port}` };
    for (const scheme of ['http', 'https'])
      await expectSentence(await certify(`${scheme}://api.example.test`, [], gone), {
        code: 2,
        says: new RegExp(
          `the proxy 127\\.0\\.0\\.1:${port} refuses connections: ${scheme.toUpperCase()}_PROXY names it; .*NO_PROXY`,
        ),
      });
    const { url } = await behind({ rejects: () => ({ status: 403 }) });
    await expectSentence(await certify('https://api.example.test', [], { HTTPS_PROXY: url }), {
      code: 2,
      says: /the proxy .* refuses to pass the connection on \(it answered CONNECT with 403\)/,
    });
    // A proxy may pass requests on and want a password for the tunnels of WebSockets alone.
    const guarded = await behind({ rejects: ({ method }) => (method === 'CONNECT' ? { status: 407 } : undefined) });
    await expectSentence(await certify('http://api.example.test', [], { HTTP_PROXY: guarded.url }), {
      code: 3,
      says: /the WebSocket at \/websocket was broken off \(the proxy .* wants user and password \(407\): put them into its URL/,
    });
  });
});

describe('a target that is still starting', () => {
  test('is waited for with --wait, and --wait is named without it', async () => {
    let rejections = 8;
    const { url } = await behind({
      rejects: () => {
        rejections -= 1;
        return rejections < 0 ? undefined : { status: 503, body: '<html><b>Starting</b></html>' };
      },
    });
    await expectSentence(await certify(url), {
      code: 3,
      says: /GET \/server\/ping returned 503: "Starting".*--wait 60s/,
    });
    const ended = await certify(url, ['--wait', '60s']);
    expectConformant(ended);
    expect(ended.stderr).toMatch(/waiting for the target, \d+ s at most: GET \/server\/ping returned 503: "Starting"/);
  });

  test('one that refuses connections, too', async () => {
    const target = `http://127.0.0.1:${await freePort()}`;
    await expectSentence(await certify(target), {
      code: 3,
      says: /refuses connections: is it running\?.*--wait 60s waits for it/,
    });
    await expectSentence(await certify(target, ['--wait', '1s']), {
      code: 3,
      says: /refuses connections.*1 s after the first try/,
    });
  });
});

describe('a handshake that is left unanswered', () => {
  test('is not waited for where no requirement needs it, and said while it is', async () => {
    const { url, asked } = await behind({ rejects: (_asked, isHandshake) => (isHandshake ? 'silent' : undefined) });
    const one = await runCli(['--target', url, '--json', '--only', 'standard.authenticates'], { env: admin });
    expect(one.code).toBe(0);
    expect(asked.filter(({ path }) => path.startsWith('/websocket'))).toEqual([]);
    const both = await certify(url);
    expect(both.report?.requirements.map(({ verdict }) => verdict)).toEqual(['pass', 'skip']);
    expect(both.stderr).toMatch(/waiting for the target: a handshake at \/websocket \(2 s\)/);
    expect(both.report?.notes.join('\n')).toMatch(/handshake of a WebSocket at \/websocket had no answer within 5 s/);
  });
});

describe('what is wrong with how the target is to be reached', () => {
  const target = 'http://127.0.0.1:9';
  test.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    [
      'a header without a colon',
      ['--header', 'X-Api-Key'],
      {},
      /--header has no colon: it must be of the form 'Name: value'/,
    ],
    ['a header without a value', ['--header', 'X-Api-Key:'], {}, /--header gives X-Api-Key no value/],
    ['a header with another name', ['--header', 'X Api Key: a'], {}, /--header has a name that HTTP cannot carry/],
    [
      'a header with a line end',
      ['--header', 'X-Api-Key: a\nB: c'],
      {},
      /--header gives X-Api-Key a value that HTTP cannot carry/,
    ],
    [
      'a header of the message',
      ['--header', 'Content-Length: 5'],
      {},
      /--header names Content-Length, which is set by the connection itself/,
    ],
    ['a header twice', ['--header', 'X-A: 1', '--header', 'x-a: 2'], {}, /the header x-a is given twice/i],
    [
      'a CA that is not there',
      ['--ca', '/nowhere/ca.pem'],
      {},
      /the file \/nowhere\/ca\.pem of --ca cannot be read \(ENOENT\)/,
    ],
    ['a CA that is no PEM', ['--ca', 'package.json'], {}, /the file package\.json of --ca holds no certificate in PEM/],
    [
      'a certificate without a key',
      ['--client-cert', 'package.json'],
      {},
      /--client-cert and --client-key go together/,
    ],
    ['a place that is none', ['--connect-to', 'localhost'], {}, /--connect-to must be of the form HOST:PORT/],
    ['a time that is none', ['--wait', 'long'], {}, /--wait must be a duration/],
    ['a proxy that is none', [], { http_proxy: 'http://[' }, /the environment variable http_proxy holds no URL/],
    ['a proxy of another kind', [], { ALL_PROXY: 'socks5://127.0.0.1:1' }, /ALL_PROXY names a proxy at socks5:\/\//],
  ])('%s', async (_what, args, env, says) => {
    await expectSentence(await certify(target, args, env), { code: 2, says });
  });

  test('a key that is not that of the certificate', async () => {
    const args = ['--client-cert', pem.client.cert, '--client-key', pem.server.key];
    await expectSentence(await certify(target, args), {
      code: 2,
      says: /private key .* is not that of the certificate/,
    });
  });
});
