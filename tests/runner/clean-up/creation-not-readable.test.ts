import { afterEach, describe, expect, test } from 'vitest';
import { certifyHostile, type Certified } from '../../helpers/targets/certify-hostile.js';
import {
  hostileTarget,
  type HostileTarget,
  type Hostility,
  type RightAnswer,
} from '../../helpers/targets/hostile-proxy.js';

/* What is cut for evidence is not cut for what the tool itself needs: every user that it made is removed, or named. */

let target: HostileTarget | undefined;
afterEach(async () => target?.close());

const SOME = ['--timeout', '2s', '--runs', '3', '--only', 'standard.*', '--only', 'requests.errors'];

async function certify(answers: NonNullable<Hostility['answers']>): Promise<Certified> {
  target = await hostileTarget({ answers });
  return certifyHostile(target.url, SOME);
}

const left = async (): Promise<(string | null)[]> =>
  ((await target?.server.store.users()) ?? []).map(({ email }) => email).sort();

/** Header fields that fit a body of another length. */
function withoutLength({ 'content-length': _gone, ...headers }: RightAnswer['headers']): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
}

/** An object with more in it, at the end or at the beginning. */
const with_ = (body: string, member: string): string => body.replace(/\}$/, `,"noise":${member}}`);
const isCreation = (method = '', url = ''): boolean => method === 'POST' && url === '/users';

describe('a target leaves no users behind', () => {
  test.each<[string, NonNullable<Hostility['answers']>]>([
    [
      'whose every answer carries a text above 16 kB',
      (_asked, answer, { status, headers, body }) => {
        // Beside errors it would be a member that has no place there, which fails.
        if (!body.startsWith('{"data"')) return false;
        answer.writeHead(status, withoutLength(headers)).end(with_(body, JSON.stringify('x'.repeat(20_000))));
        return true;
      },
    ],
    [
      'whose every answer is nested 100,000 deep',
      (_asked, answer, { status, headers, body }) => {
        // Beside errors it would be a member that has no place there, which fails.
        if (!body.startsWith('{"data"')) return false;
        answer.writeHead(status, withoutLength(headers)).end(with_(body, '['.repeat(100_000) + ']'.repeat(100_000)));
        return true;
      },
    ],
    [
      'whose creations are answered with 1.5 MB',
      ({ method, url }, answer, { status, body }) =>
        isCreation(method, url) && !!answer.writeHead(status).end(with_(body, JSON.stringify('x'.repeat(1_500_000)))),
    ],
    [
      'whose creations are answered with HTML',
      ({ method, url }, answer) => isCreation(method, url) && !!answer.writeHead(200).end('<html>'),
    ],
    [
      'which creates users and says that it does not',
      ({ method, url }, answer) =>
        isCreation(method, url) && !!answer.writeHead(400).end('{"errors":[{"extensions":{"code":"NO"}}]}'),
    ],
  ])('%s', async (_what, answers) => {
    const { code, report } = await certify(answers);
    expect(code).not.toBeNull();
    expect(await left()).toEqual(['admin@example.com']);
    const failures = report?.requirements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
    expect({ failures, leftovers: report?.leftovers }).toEqual({ failures: [], leftovers: [] });
  });
});

test('what it says that it has removed, and has not, is named in the report and on the terminal', async () => {
  target = await hostileTarget({
    asks: ({ method, url = '' }, answer) =>
      method === 'DELETE' && url.startsWith('/users/') && !!answer.writeHead(204).end(),
  });
  const { report, stdout } = await certifyHostile(target.url, SOME);
  const users = (await left()).filter((email) => email !== 'admin@example.com');
  expect(users.length).toBeGreaterThan(2);
  expect(report?.leftovers.map(({ name }) => name).sort()).toEqual(users);
  for (const email of users) expect(stdout).toContain(email);
});

test('what could not be looked up is named', async () => {
  target = await hostileTarget({
    answers: ({ method, url = '' }, answer) =>
      (isCreation(method, url) || url.startsWith('/users?filter')) && !!answer.writeHead(200).end('<html>'),
  });
  const { report, stdout } = await certifyHostile(target.url, SOME);
  const users = (await left()).filter((email) => email !== 'admin@example.com');
  expect(users.length).toBeGreaterThan(0);
  const named = report?.leftovers.map(({ name }) => name);
  for (const email of users) {
    expect(named).toContain(email);
    expect(stdout).toContain(email);
  }
});
