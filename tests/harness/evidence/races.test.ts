import { describe, expect, test } from 'vitest';
import { curlLines } from '../../../suites/harness/evidence/curl.js';
import { racesIn } from '../../../suites/harness/evidence/races.js';
import { SecretNames } from '../../../suites/harness/evidence/secret-names.js';
import { functionLines } from '../../../suites/harness/evidence/shell-functions.js';
import type { RawExchange } from '../../../suites/harness/target/http/exchange.js';
import { oneTimePasswordOf } from '../../../suites/harness/users/two-factor.js';
import { needs } from '../../programs/tags.js';
import { run } from '../../helpers/run-cli.js';
import { aftermathOf } from '../../helpers/harmless-shell.js';

const refresh = (startedAt: number, status = 200, more: Partial<RawExchange['request']> = {}): RawExchange => ({
  request: { method: 'POST', url: 'http://t/auth/refresh', headers: [], body: '{"refresh_token":"old"}', ...more },
  response: { status, headers: [], body: '{"data":{"refresh_token":"new"}}' },
  startedAt,
  durationMs: 10,
});

describe('requests that were under way at once', () => {
  test('are a race where they are the same, those that succeeded in the first places', () => {
    expect([...racesIn([refresh(0, 401), refresh(5), refresh(9, 401), refresh(30)]).entries()]).toEqual([
      [0, { count: 3, first: true, place: 2 }],
      [1, { count: 3, first: false, place: 1 }],
      [2, { count: 3, first: false, place: 3 }],
    ]);
    expect(racesIn([refresh(0), refresh(20)]).size).toBe(0);
    expect(racesIn([refresh(0, 200, { method: 'GET' }), refresh(1, 200, { method: 'GET' })]).size).toBe(0);
  });

  test('meet where they differ and one of them may end something, in the order in which they were sent', () => {
    const url = 'http://t/auth/logout';
    const [other, read] = [refresh(1, 200, { url }), refresh(0, 200, { method: 'GET' })];
    // Two logins at once, as those of a check that needs both, are no such thing.
    expect(racesIn([refresh(0), refresh(1, 200, { body: '{}' })]).size).toBe(0);
    expect([...racesIn([other, read]).entries()]).toEqual([
      [1, { count: 2, first: false, place: 1, members: [1, 0] }],
      [0, { count: 2, first: true, place: 2, members: [1, 0] }],
    ]);
    expect(racesIn([other, { ...read, startedAt: 20 }]).size).toBe(0);
    expect(racesIn([read, refresh(5, 200, { method: 'GET', url: 'http://t/users/me' })]).size).toBe(0);
    // Each of the three is under way with the next, and not all at once.
    expect(racesIn(['1', '2', '3'].map((body, i) => refresh(i * 8, 200, { url, body }))).size).toBe(2);
  });

  test('and differ are sent at once by one line, too', async () => {
    const names = new SecretNames();
    names.add('new-1', 'REFRESH_TOKEN', { kind: 'json', exchange: 1, path: ['data', 'refresh_token'] });
    const [other, use] = [
      refresh(1, 200, { method: 'DELETE', url: 'http://t/users/1', body: '{}' }),
      refresh(50, 200, { body: '{"refresh_token":"new-1"}' }),
    ];
    const lines = curlLines('http://t', [refresh(0), other, use], names);
    const at = lines.findIndex((line) => line.startsWith('together "'));
    expect(lines.slice(at, at + 3)).toEqual([
      `together "$TARGET"/auth/refresh --data-raw '{"refresh_token":"old"}' --next -X DELETE "$TARGET"/users/1 --data-raw '{}'`,
      'mv -f headers.2.txt headers.txt && mv -f answer.2.json answer.json',
      'REFRESH_TOKEN=$(jq -r .data.refresh_token answer.json)',
    ]);
    expect(await aftermathOf([lines], {})).toEqual({ alarms: [], left: [] });
  });

  test('are sent at once by one line, and what they answer is taken from their places', async () => {
    const names = new SecretNames();
    names.add('new-1', 'REFRESH_TOKEN', { kind: 'json', exchange: 1, path: ['data', 'refresh_token'] });
    const use = refresh(50, 200, { body: '{"refresh_token":"new-1"}' });
    const lines = curlLines('http://t', [refresh(0, 401), refresh(5), use], names);
    expect(lines.filter((line) => line.startsWith('race 2 '))).toEqual([
      `race 2 "$TARGET"/auth/refresh --data-raw '{"refresh_token":"old"}'`,
    ]);
    expect(lines).toContain('mv -f headers.1.txt headers.txt && mv -f answer.1.json answer.json');
    expect(lines.at(-2)).toBe(
      `curl -sS -i -w '\\n' "$TARGET"/auth/refresh --data-raw '{"refresh_token":"'"$REFRESH_TOKEN"'"}'`,
    );
    expect(await aftermathOf([lines], {})).toEqual({ alarms: [], left: [] });
  });
});

test('a one-time password is the same in shell', { tags: needs('bash', 'openssl') }, async () => {
  for (const secret of ['JBSWY3DPEHPK3PXP', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ']) {
    for (const seconds of [0, -3600]) {
      const lines = [...functionLines, 'date() { echo 1111111109; }', `totp ${secret} ${seconds}`];
      const { stdout } = await run('bash', ['-c', lines.join('\n')]);
      expect(stdout).toBe(oneTimePasswordOf(secret, (1_111_111_109 + seconds) * 1000));
    }
  }
});
