import { createServer, request as send, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer } from '../../reference-server/index.js';
import type { Report } from '../../spec/generated/report.js';
import { inProcess } from '../../runner/in-process.js';
import { runConformance } from '../../runner/run-conformance.js';
import { noteShortfall } from '../../suites/harness/run/comparisons.js';
import { assert } from '../../suites/harness/outcomes.js';
import { runCheck, testTarget } from './run-check.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Requirements that say what is accepted, one of each kind of token and of operation. */
const only = [
  'standard.authenticates',
  'standard.login.returns-expiry',
  'standard.refresh.returns-access-token',
  'session.authenticates',
  'static.authenticates',
  'static.not-viewable-again',
  'static.not-searchable',
  'requests.any-method',
  'requests.token-untampered',
  'requests.unrelated-headers',
  'requests.json-form',
  'login.new-session',
  'login.leaves-others',
  'login.password-exact',
  'jwt.encoding',
  'jwt.header-registered',
  'access.permissions-of-user',
] as const;

type Before = (method: string, path: string, count: number) => number | Promise<void> | undefined;

/**
 * Certifies a reference server behind a proxy.
 * @param before a status to answer with in the server's place, or what to wait for before it is asked
 */
async function certifyBehind(before: Before): Promise<Report> {
  const server = await createReferenceServer({
    settings: { LOGIN_STALL_TIME: '0' },
    argon2Cost: { memoryCost: 64, timeCost: 1, parallelism: 1 },
  });
  closing.push(async () => server.close());
  const behind = new URL(await server.listen());
  let count = 0;
  const listener: RequestListener = (incoming, response) => {
    count += 1;
    const path = incoming.url ?? '';
    void Promise.resolve(before(incoming.method ?? '', path, count)).then((status) => {
      if (typeof status === 'number') {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end('{"errors":[{"message":"No."}]}');
        incoming.resume();
        return;
      }
      const { method, headers } = incoming;
      const outgoing = send({ host: behind.hostname, port: behind.port, path, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
        answer.pipe(response);
      });
      incoming.pipe(outgoing);
    });
  };
  const proxy = createServer(listener);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return runConformance(
    {
      target: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      adminEmail: 'admin@example.com',
      adminPassword: 'd1r3ctu5',
      only: [...only],
      runs: 5,
    },
    {},
    inProcess,
  );
}

const passing = ({ requirements }: Report): string[] =>
  requirements.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'pass').map(({ title }) => title));

describe('a check', () => {
  test('that compares nothing is an error, and no pass', async () => {
    const target = await testTarget();
    closing.push(target.close);
    const { verdict, reason } = await runCheck(target.url, async () => Promise.resolve());
    expect({ verdict, reason }).toEqual({
      verdict: 'error',
      reason: 'the check compared nothing: the target gave no occasion for it',
    });
  });

  test('that compares less than was planned says so', async () => {
    const target = await testTarget();
    closing.push(target.close);
    const { verdict, shortfall } = await runCheck(target.url, async () => {
      assert(true, 'something', 'nothing');
      noteShortfall('one of two was tried');
      return Promise.resolve();
    });
    expect({ verdict, shortfall }).toEqual({ verdict: 'pass', shortfall: 'one of two was tried' });
  });
});

describe('requirements on what is accepted are not passed by', () => {
  test('a server that rejects everything but the preflight and the administrator', async () => {
    // The administrator logs in, makes users and reads them; whoever else asks is rejected.
    const report = await certifyBehind((_method, path, count) =>
      count <= 12 || /^\/(?:users|settings|roles|server)(?:\/?$|\?|\/[0-9a-f-]{36})/.test(path) ? undefined : 401,
    );
    expect(passing(report)).toEqual([]);
  });

  test('a server that answers 500 to everything after the preflight', async () => {
    const report = await certifyBehind((_method, path, count) =>
      count <= 12 || path === '/auth/login' ? undefined : 500,
    );
    expect(passing(report).filter((title) => !title.startsWith('A login'))).toEqual([]);
  });
});
