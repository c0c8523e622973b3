import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request, WebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isLoopback } from '../../cli/insecure-bind.js';
import { certificateIn } from '../helpers/certificate.js';
import { runCli } from '../helpers/run-cli.js';
import { serve, type Served } from '../helpers/serve.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));
const running: Served[] = [];

afterEach(async () => {
  for (const served of running.splice(0)) await served.end();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function started(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Served> {
  const served = await serve(args, env);
  running.push(served);
  return served;
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function login(url: string, email: string, password: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/auth/login`, { method: 'POST', headers, body: JSON.stringify({ email, password }) });
}

async function read(url: string, token: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('--seed-file', () => {
  const data = {
    roles: [{ name: 'Editor', description: 'Writes' }],
    users: [
      { email: 'boss@example.com', password: 'boss-password', token: 'boss-token', role: 'Administrator' },
      { email: 'ed@example.com', password: 'ed-password', role: 'Editor', first_name: 'Ed' },
      { email: 'gone@example.com', password: 'gone-password', token: 'gone-token', status: 'suspended' },
    ],
  };

  test('is what the server begins with, beside the administrator', async () => {
    const { url } = await started(['--seed-file', file('users.json', data)]);
    const logins = [
      ['admin@example.com', 'd1r3ctu5', 200],
      ['boss@example.com', 'boss-password', 200],
      ['ed@example.com', 'ed-password', 200],
      ['ed@example.com', 'boss-password', 401],
      ['gone@example.com', 'gone-password', 401],
    ] as const;
    for (const [email, password, status] of logins) expect((await login(url, email, password)).status).toBe(status);
    const list = await read(`${url}/users?fields=email,first_name,status,role&sort=email`, 'boss-token');
    const users = list.body['data'] as { email: string; first_name: string; status: string; role: string }[];
    expect(users.map(({ email, first_name, status }) => [email, first_name, status])).toEqual([
      ['admin@example.com', 'Admin', 'active'],
      ['boss@example.com', null, 'active'],
      ['ed@example.com', 'Ed', 'active'],
      ['gone@example.com', null, 'suspended'],
    ]);
    const roles = (await read(`${url}/roles?fields=id,name,description`, 'boss-token')).body['data'] as object[];
    expect(roles).toContainEqual({ id: users[2]?.role, name: 'Editor', description: 'Writes' });
    expect((await read(`${url}/users/me`, 'gone-token')).status).toBe(401);
  });

  test('may say what the administrator is', async () => {
    const users = [{ email: 'Admin@example.com', password: 'another', role: 'Administrator' }];
    const { url } = await started(['--seed-file', file('admin.json', { users })]);
    expect((await login(url, 'admin@example.com', 'd1r3ctu5')).status).toBe(401);
    expect((await login(url, 'admin@example.com', 'another')).status).toBe(200);
  });

  test.each([
    ['that is not there', undefined, /missing\.json: cannot be read \(ENOENT\)/],
    ['that is not JSON', '{', /is not JSON/],
    [
      'with an unknown member',
      { users: [{ email: 'a@example.com', passwrod: 'p' }] },
      /users\.0\.passwrod is not known/,
    ],
    ['with a user without email', { users: [{ password: 'p' }] }, /users\.0 must have required property 'email'/],
    [
      'with a status that is none',
      { users: [{ email: 'a@example.com', status: 'away' }] },
      /users\.0\.status must be one of active,/,
    ],
    [
      'with a role that is none',
      { users: [{ email: 'a@example.com', role: 'Writer' }] },
      /a@example\.com has the role "Writer", which is none of Administrator$/m,
    ],
    [
      'with a user who is there twice',
      { users: ['a@example.com', 'A@example.com'].map((email) => ({ email })) },
      /A@example\.com is there twice/,
    ],
    [
      'with another role for the administrator',
      { roles: [{ name: 'Editor' }], users: [{ email: 'admin@example.com', role: 'Editor' }] },
      /admin@example\.com is the one of ADMIN_EMAIL, whose role is Administrator/,
    ],
    [
      'with a static token of two users',
      { users: ['a', 'b'].map((name) => ({ email: `${name}@example.com`, token: 'the-same-token' })) },
      /b@example\.com: another user has the same token/,
    ],
  ])('%s is rejected', async (_what, content, message) => {
    const path = content === undefined ? join(folder, 'missing.json') : file('wrong.json', content);
    const { code, stderr } = await runCli(['serve', '--port', '0', '--seed-file', path]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at |the-same-token/m);
    expect(code).toBe(2);
  });
});

describe('--base-path', () => {
  test('is where everything is, and nothing is beside it', async () => {
    const { url } = await started(['--base-path', '/v1/api']);
    expect(new URL(url).pathname).toBe('/v1/api');
    const { data } = (await (await login(url, 'admin@example.com', 'd1r3ctu5')).json()) as {
      data: { access_token: string };
    };
    expect((await read(`${url}/users/me`, data.access_token)).status).toBe(200);
    const beside = await read(`${new URL(url).origin}/users/me`, data.access_token);
    expect([beside.status, beside.body]).toEqual([
      404,
      {
        errors: [
          { message: "Route /users/me doesn't exist.", extensions: { path: '/users/me', code: 'ROUTE_NOT_FOUND' } },
        ],
      },
    ]);
    const opened = async (path: string): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${path.replace(/^http/, 'ws')}/websocket`);
        socket.onopen = (): void => resolve(true);
        socket.onerror = (): void => resolve(false);
      });
    expect(await opened(url)).toBe(true);
    expect(await opened(new URL(url).origin)).toBe(false);
  });

  test.each(['api', '/a b', '/a?x'])('"%s" is none', async (path) => {
    const { code, stderr } = await runCli(['serve', '--port', '0', '--base-path', path]);
    expect(stderr).toMatch(/--base-path must be a path such as \/api/);
    expect(code).toBe(2);
  });
});

describe('--tls-cert and --tls-key', () => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  beforeAll(async () => {
    await certificateIn(folder);
  });

  test('make it speak https', async () => {
    const { url } = await started(['--tls-cert', cert, '--tls-key', key]);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    const dispatcher = new Agent({ connect: { ca: readFileSync(cert, 'utf8') } });
    const answer = await request(`${url}/server/ping`, { dispatcher });
    expect([answer.statusCode, await answer.body.text()]).toEqual([200, 'pong']);
    await dispatcher.close();
  });

  test.each([
    ['go together', ['--tls-cert', cert], /--tls-cert and --tls-key go together/],
    [
      'are read',
      ['--tls-cert', cert, '--tls-key', join(folder, 'none.pem')],
      /--tls-key .*none\.pem cannot be read \(ENOENT\)/,
    ],
    ['are PEM', ['--tls-cert', key, '--tls-key', cert], /no certificate and private key in PEM/],
  ])('%s', async (_what, args, message) => {
    const { code, stderr } = await runCli(['serve', '--port', '0', ...args]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('a host that others can reach', () => {
  test('is rejected with the default password', async () => {
    const { code, stderr } = await runCli(['serve', '--port', '0', '--host', '0.0.0.0']);
    expect(stderr).toMatch(/0\.0\.0\.0 can be reached by others.*set ADMIN_PASSWORD.*--allow-insecure/);
    expect(code).toBe(2);
  });

  const own = { ADMIN_PASSWORD: 'a password of my own' };

  test.each(['0.0.0.0', '::', 'some-host.example'])(
    '%s is rejected with a store that was kept and has the default password, whatever ADMIN_PASSWORD says now',
    async (host) => {
      const kept = join(folder, `kept-${host.replace(/\W/g, '')}.db`);
      const first = await started(['--persist', kept]);
      await first.end('SIGTERM');
      const { code, stdout, stderr } = await runCli(['serve', '--port', '0', '--host', host, '--persist', kept], {
        env: own,
      });
      expect(stderr).toMatch(
        /can be reached by others, and the stored password of the administrator admin@example\.com is the default/,
      );
      expect([code, stdout]).toEqual([2, '']);
    },
  );

  test('is listened on with a store that was kept and has another password, whatever ADMIN_PASSWORD says now', async () => {
    const kept = join(folder, 'kept-other.db');
    const first = await started(['--persist', kept], own);
    await first.end('SIGTERM');
    const { url } = await started(['--host', '0.0.0.0', '--persist', kept]);
    expect((await login(url.replace('0.0.0.0', '127.0.0.1'), 'admin@example.com', own.ADMIN_PASSWORD)).status).toBe(
      200,
    );
  });

  test('192.0.2.1 is rejected with a store whose password was changed, and changed back', async () => {
    const kept = join(folder, 'kept-back.db');
    const first = await started(['--persist', kept]);
    const change = async (from: string, to: string): Promise<void> => {
      const { data } = (await (await login(first.url, 'admin@example.com', from)).json()) as {
        data: { access_token: string };
      };
      const changed = await fetch(`${first.url}/users/me`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${data.access_token}` },
        body: JSON.stringify({ password: to }),
      });
      expect(changed.status).toBe(200);
    };
    await change('d1r3ctu5', own.ADMIN_PASSWORD);
    await change(own.ADMIN_PASSWORD, 'd1r3ctu5');
    await first.end('SIGTERM');
    const { code, stderr } = await runCli(['serve', '--port', '0', '--host', '192.0.2.1', '--persist', kept], {
      env: own,
    });
    expect(stderr).toMatch(/the stored password of the administrator admin@example\.com is the default/);
    expect(code).toBe(2);
  });

  test('is rejected with a seed file that gives another administrator the default password', async () => {
    const users = [{ email: 'boss@example.com', password: 'd1r3ctu5', role: 'Administrator' }];
    const args = ['serve', '--port', '0', '--host', '0.0.0.0', '--seed-file', file('exposed.json', { users })];
    const { code, stderr } = await runCli(args, { env: own });
    expect(stderr).toContain('the stored password of the administrator boss@example.com is the default');
    expect(code).toBe(2);
  });

  test('leaves no new file behind where it is rejected', async () => {
    const fresh = join(folder, 'fresh.db');
    const { code } = await runCli(['serve', '--port', '0', '--host', '0.0.0.0', '--persist', fresh]);
    expect([code, existsSync(fresh)]).toEqual([2, false]);
  });

  test('is rejected with a short SECRET', async () => {
    const env = { ADMIN_PASSWORD: 'a password of my own', SECRET: 'short' };
    const { code, stderr } = await runCli(['serve', '--port', '0', '--host', '0.0.0.0'], { env });
    expect(stderr).toMatch(/SECRET is shorter than 32 bytes/);
    expect(code).toBe(2);
  });

  test('is listened on with a password of its own, or when told so', async () => {
    const own = await started(['--host', '0.0.0.0'], { ADMIN_PASSWORD: 'a password of my own' });
    expect(own.output()).not.toContain('a password of my own');
    await started(['--host', '0.0.0.0', '--allow-insecure']);
  });

  test.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.0.7', false],
    ['128.0.0.1', false],
    ['localhost.example.com', false],
  ])('%s: loopback %s', (host, loopback) => expect(isLoopback(host)).toBe(loopback));
});

describe('--log json', () => {
  test('prints nothing but a line of JSON for each request, and no secret', async () => {
    const users = [{ email: 'ed@example.com', password: 'ed-password-1', token: 'static-token-of-ed' }];
    const served = await started(['--log', 'json', '--seed-file', file('log.json', { users })], {
      ADMIN_PASSWORD: 'admin-password-1',
    });
    const { url } = served;
    const tokens = ((await (await login(url, 'ed@example.com', 'ed-password-1')).json()) as { data: object }).data;
    await login(url, 'ed@example.com', 'wrong-password');
    await fetch(`${url}/users/me?access_token=static-token-of-ed`);
    await read(`${url}/server/info?search=query-text`, 'no-such-token-at-all');
    expect(await served.end('SIGTERM')).toBe(0);
    const lines = served
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ message, level }) => [message, level])).toEqual([
      ['listening', 'info'],
      ...Array.from({ length: 4 }, () => ['request', 'info']),
      ['stopped', 'info'],
    ]);
    expect(lines[0]?.['url']).toBe(url);
    const told = lines.slice(1, 5).map(({ action, credential, sentIn, email, method, path, status, code }) => ({
      ...{ action, credential, sentIn, email, method, path, status, code },
    }));
    const ed = { action: 'login', credential: 'password', sentIn: 'body', email: 'ed@example.com', method: 'POST' };
    const request = { action: 'request', credential: 'static', email: null, method: 'GET' };
    expect(told).toEqual([
      { ...ed, path: '/auth/login', status: 200, code: null },
      { ...ed, path: '/auth/login', status: 401, code: 'INVALID_CREDENTIALS' },
      { ...request, sentIn: 'query', path: '/users/me', status: 200, code: null },
      { ...request, sentIn: 'header', path: '/server/info', status: 401, code: 'INVALID_CREDENTIALS' },
    ]);
    for (const line of lines) expect(new Date(line['time'] as string).toISOString()).toBe(line['time']);
    expect(lines.slice(1, 5).map(({ durationMs }) => Number.isInteger(durationMs))).not.toContain(false);
    const secrets = [
      'ed-password-1',
      'wrong-password',
      'admin-password-1',
      'static-token',
      'no-such-token',
      'query-text',
    ];
    for (const secret of [
      ...secrets,
      ...Object.values(tokens)
        .map(String)
        .filter((text) => text.length > 20),
    ])
      expect(served.output()).not.toContain(secret);
  });

  test('in another format is rejected', async () => {
    const { code, stderr } = await runCli(['serve', '--log', 'xml']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are json')]);
  });

  test('goes on when its output is no longer read', async () => {
    const served = await started(['--log', 'json']);
    served.stopReading();
    for (let count = 0; count < 3; count += 1) expect((await fetch(`${served.url}/server/ping`)).status).toBe(200);
    expect(await served.end('SIGTERM')).toBe(0);
    expect(served.output()).not.toContain('EPIPE');
  });
});

describe('serve', () => {
  test('lets requests under way end when it is told to stop', async () => {
    const served = await started([], { LOGIN_STALL_TIME: '700' });
    const answer = login(served.url, 'admin@example.com', 'd1r3ctu5');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const code = served.end('SIGTERM');
    expect((await answer).status).toBe(200);
    expect(await code).toBe(0);
    await expect(fetch(`${served.url}/server/ping`)).rejects.toThrow();
  });

  test('tells its health to users who have logged in', async () => {
    const users = [
      { email: 'ed@example.com', token: 'ed-token' },
      { email: 'boss@example.com', token: 'boss-token', role: 'Administrator' },
    ];
    const { url } = await started(['--seed-file', file('health.json', { users })]);
    expect((await fetch(`${url}/server/health`)).status).toBe(403);
    expect((await read(`${url}/server/health`, 'ed-token')).body).toEqual({ status: 'ok' });
    const { body } = await read(`${url}/server/health`, 'boss-token');
    expect(Object.keys(body)).toEqual(['status', 'releaseId', 'serviceId', 'checks']);
  });

  test('keeps browsers from taking an answer for something else', async () => {
    const { url } = await started([]);
    const { headers } = await fetch(`${url}/users/me`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});
