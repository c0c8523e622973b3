import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer } from '../../reference-server/index.js';
import type { Report } from '../../spec/generated/report.js';
import { inProcess } from '../../runner/in-process.js';
import { runConformance } from '../../runner/run-conformance.js';
import { noteShortfall } from '../../suites/harness/run/comparisons.js';
import { assert } from '../../suites/harness/outcomes.js';
import { runCheck, testTarget } from './run-check.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import { ownReply, proxy, withBody } from '../helpers/targets/proxy.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Requirements that say what is accepted, one of each kind of token and of operation. */
const only = [
  'standard.authenticates',
  'standard.login.returns-expiry',
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
];

type Before = (method: string, path: string) => number | Promise<void> | undefined;

/**
 * Certifies a reference server behind a proxy.
 * @param before a status to answer with in the server's place, or what to wait for before it is asked
 * @param change what is done to the body of each response
 */
async function certifyBehind(
  before: Before,
  requirements = only,
  change = (body: string) => body,
  runs = 5,
): Promise<Report> {
  const server = await createReferenceServer({
    settings: { LOGIN_STALL_TIME: '0' },
    argon2Cost: cheapHash,
  });
  closing.push(async () => server.close());
  const { url, close } = await proxy(await server.listen(), async ({ method, path }, forward) => {
    const status = await before(method, path);
    if (typeof status === 'number') return ownReply(status, '{"errors":[{"message":"No."}]}');
    const reply = await forward();
    return withBody(reply, change(reply.body.toString()));
  });
  closing.push(close);
  return runConformance(
    {
      target: url,
      adminEmail: 'admin@example.com',
      adminPassword: 'd1r3ctu5',
      only: requirements,
      runs,
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
  test('a server that rejects everything but what the administrator needs', async () => {
    // The administrator logs in, makes users and reads them; every other login and every use of a token is rejected.
    let logins = 0;
    const report = await certifyBehind((method, path) => {
      if (path.startsWith('/auth/login')) return (logins += 1) <= 3 ? undefined : 401;
      return method === 'POST' && path === '/users' ? undefined : 401;
    });
    expect(report.requirements.length).toBe(only.length);
    expect(passing(report)).toEqual([]);
  });

  test('a server that answers 500 to everything after a login', async () => {
    let asked = 0;
    const report = await certifyBehind((_method, path) => {
      if (path.startsWith('/auth/login') || path.startsWith('/server/')) return undefined;
      return (asked += 1) <= 3 ? undefined : 500;
    });
    // What a login itself answers is all that can be judged.
    expect(passing(report)).toEqual(['`expires` is in milliseconds and agrees with the token']);
  });
});

describe('a right server is not failed', () => {
  test('which answers late: the report says what was judged by less than was planned', async () => {
    const requirements = ['access.any-history', 'standard.reusable'];
    const late = async (_method: string, _path: string): Promise<void> => sleep(500);
    const report = await certifyBehind(late, requirements, undefined, 40);
    expect(report.requirements.map(({ id, verdict }) => ({ id, verdict }))).toEqual([
      { id: 'access.any-history', verdict: 'pass' },
      { id: 'standard.reusable', verdict: 'pass' },
    ]);
    expect(report.notes.join()).toMatch(/access\.any-history was judged by less than was planned: \d of \d/);
  }, 120_000);

  test('whose errors carry an id of the request', async () => {
    const requirements = ['standard.login.unknown-alike', 'login.same-answer'];
    const withId = (body: string): string =>
      body.replace(/^\{"errors"/, () => `{"requestId":"${Math.random().toString(36).slice(2)}","errors"`);
    const report = await certifyBehind(() => undefined, requirements, withId);
    expect(report.requirements.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  });
});
