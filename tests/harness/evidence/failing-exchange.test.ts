import { expect, test } from 'vitest';
import { curlLines } from '../../../suites/harness/evidence/curl.js';
import { Evidence } from '../../../suites/harness/evidence/evidence.js';
import { SecretNames } from '../../../suites/harness/evidence/secret-names.js';
import { Shell } from '../../../suites/harness/evidence/shell.js';
import type { RawExchange } from '../../../suites/harness/target/http/exchange.js';
import { aftermathOf } from '../../helpers/harmless-shell.js';
import { run } from '../../helpers/run-cli.js';
import { needs } from '../../programs/tags.js';

const TARGET = 'http://t';
const exchange = (
  path: string,
  status: number,
  {
    method = 'GET',
    headers = [],
    set,
    at = 0,
  }: { method?: string; headers?: [string, string][]; set?: string; at?: number } = {},
): RawExchange => ({
  request: { method, url: TARGET + path, headers },
  response: { status, headers: set === undefined ? [] : [['Set-Cookie', set]], body: '{}' },
  startedAt: at,
  durationMs: 1,
});
const requestsIn = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('curl '));

test('lines end with the last exchange that is as the failure says; all stay where it names none', () => {
  const all = [
    exchange('/users/me', 200),
    exchange('/users/me', 401),
    exchange('/users/me', 200),
    exchange('/users/me', 401),
    exchange('/items', 200),
  ];
  const linesFor = (actual: string): string[] =>
    requestsIn(curlLines(TARGET, all, new SecretNames(), {}, { expected: 'a token to be rejected', actual }));
  expect(linesFor('GET /users/me returned 200 with data')).toHaveLength(3);
  expect(linesFor('GET /users/me returned 401 INVALID_CREDENTIALS')).toHaveLength(4);
  expect(linesFor('GET /users/me returned 500')).toHaveLength(5);
  expect(linesFor('it allows the origin')).toHaveLength(5);
});

test('what was under way with the failing request stays beside it, and what is created later is not removed', () => {
  const names = new SecretNames();
  names.add('id-of-later', 'USER_ID', { kind: 'json', exchange: 3, path: ['data', 'id'] }, false);
  const post = { method: 'POST', at: 10 };
  const all = [
    exchange('/a', 200),
    exchange('/b', 200, post),
    exchange('/b', 200, post),
    exchange('/users', 200, { method: 'POST', at: 90 }),
  ];
  const lines = curlLines(TARGET, all, names, {}, { expected: '', actual: 'POST /b returned 200' });
  expect(lines.filter((line) => line.startsWith('race 2 '))).toHaveLength(1);
  expect(lines.join('\n')).not.toContain('USER_ID');
});

test('the answer of the last request is shown, also where values are taken out of it; claims where the failure is about them', () => {
  const names = new SecretNames();
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjEsImV4cCI6Mn0.c2lnbmF0dXJl';
  names.add(token, 'ACCESS_TOKEN', { kind: 'json', exchange: 0, path: ['data', 'access_token'] });
  const all = [exchange('/auth/login', 200, { method: 'POST' })];
  const failure = { expected: 'the token to expire by its exp', actual: 'it expires in an hour' };
  expect(curlLines(TARGET, all, names, {}, failure).slice(-5)).toEqual([
    `curl -sS -D headers.txt -o answer.json -X POST "$TARGET"/auth/login`,
    'cat headers.txt answer.json && echo',
    'ACCESS_TOKEN=$(jq -r .data.access_token answer.json)',
    'claims "$ACCESS_TOKEN"',
    ')',
  ]);
  expect(curlLines(TARGET, all, names).join('\n')).not.toContain('claims');
});

test('a cookie of any name and value is taken out of the response that set it', async () => {
  const sent: [string, string][] = [['Cookie', 'other=1; kept=1; flavour=oat']];
  const all = [
    exchange('/auth/login', 200, { set: 'kept=1; Path=/; HttpOnly' }),
    exchange('/x?page=1', 200, { headers: [...sent, ['X-Count', '1']] }),
  ];
  const lines = curlLines(TARGET, all, new SecretNames());
  expect(lines).toContain('OTHER_COOKIE=$(cookie kept)');
  expect(lines.at(-2)).toBe(
    `curl -sS -i -w '\\n' "$TARGET"'/x?page=1' -H 'Cookie: other=1; 'kept="$OTHER_COOKIE"'; flavour=oat' -H 'X-Count: 1'`,
  );
  expect(await aftermathOf([lines], {})).toEqual({ alarms: [], left: [] });
});

test('a value in a form is its variable, percent-encoded', () => {
  const names = new SecretNames();
  names.add('a-1@example.com', 'EMAIL', { kind: 'random', shell: Shell.literal('b@example.com') }, false);
  const form = exchange('/auth/login', 401, { method: 'POST' });
  const lines = curlLines(
    TARGET,
    [{ ...form, request: { ...form.request, body: 'email=a-1%40example.com&x=1' } }],
    names,
  );
  expect(lines.at(-2)).toContain(`--data-raw email="$(uri "$EMAIL")"'&x=1'`);
});

test('HEAD is sent as the client of a run sends it', () => {
  expect(requestsIn(curlLines(TARGET, [exchange('/x', 200, { method: 'HEAD' })], new SecretNames()))[0]).toContain(
    "--head -H 'Connection: close'",
  );
});

test('a long pause is told on top, and where the clock can be advanced it is', { tags: needs('bash') }, async () => {
  const names = new SecretNames();
  names.add('token-of-admin', 'ACCESS_TOKEN', { kind: 'json', exchange: 0, path: ['data', 'access_token'] });
  names.add('id-of-user', 'USER_ID', { kind: 'json', exchange: 1, path: ['data', 'id'] }, false);
  const headers: [string, string][] = [['Authorization', 'Bearer token-of-admin']];
  const all = [
    exchange('/auth/login', 200, { method: 'POST' }),
    exchange('/users', 200, { method: 'POST', headers }),
    { ...exchange('/users/me', 200), pauseMs: 900_400 },
  ];
  const lines = curlLines(TARGET, all, names);
  expect(lines.find((line) => line.startsWith('#'))).toBe(
    '# This takes 901 s: it waits for tokens to expire. With AUTH_CONFORMANCE_CLOCK_URL set, it advances the clock of the target instead.',
  );
  const at = lines.indexOf(`let_pass 901 -H 'Authorization: Bearer '"$ACCESS_TOKEN"`);
  expect(at).toBeGreaterThan(0);
  // Who removes the user logs in again: the token has expired by then.
  expect(lines.slice(at).filter((line) => line.startsWith('ACCESS_TOKEN='))).toHaveLength(1);
  expect(lines.slice(at).findIndex((line) => line.startsWith('ACCESS_TOKEN='))).toBeLessThan(
    lines.slice(at).findIndex((line) => line.endsWith('# removes the user again')),
  );
  const wait = lines.find((line) => line.startsWith('let_pass()')) ?? '';
  const shown = async (env: Record<string, string>): Promise<string> => {
    const programs = `curl() { printf '<%s>' "$@"; }; sleep() { printf 'slept %s' "$1"; }`;
    return (await run('bash', ['-c', `${programs}\n${wait}\nlet_pass 901 -H 'X: y'`], { cwd: '/tmp', env })).stdout;
  };
  expect(await shown({})).toBe('slept 901');
  expect(await shown({ AUTH_CONFORMANCE_CLOCK_URL: 'http://t/clock' })).toContain(
    '<http://t/clock><-H><Content-Type: application/json><-H><X: y><--data-raw><{"advanceMs":901000}>',
  );
  expect(await aftermathOf([lines], {})).toEqual({ alarms: [], left: [] });
});

test('evidence without an exchange has no lines', () => {
  expect(new Evidence().curl(TARGET)).toEqual([]);
});
