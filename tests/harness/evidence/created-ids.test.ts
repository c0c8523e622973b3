import { expect, test } from 'vitest';
import { curlLines } from '../../../suites/harness/evidence/curl.js';
import { SecretNames } from '../../../suites/harness/evidence/secret-names.js';
import type { RawExchange } from '../../../suites/harness/target/http/exchange.js';
import { aftermathOf } from '../../helpers/harmless-shell.js';

const TARGET = 'http://t';
const token: [string, string] = ['Authorization', 'Bearer of-the-administrator'];

let clock = 0;
/** An exchange that begins when the one before has ended. */
const exchange = (method: string, path: string, body?: object, answer: object = {}): RawExchange => ({
  request: {
    method,
    url: TARGET + path,
    headers: [token],
    ...(body !== undefined && { body: JSON.stringify(body) }),
  },
  response: { status: 200, headers: [], body: JSON.stringify(answer) },
  startedAt: (clock += 10),
  durationMs: 1,
});
const requestsIn = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('curl '));

const policy = '2d9c1a40-6d57-4b0a-8f0e-0d6a2a1d7e11';
const creation = exchange('POST', '/policies', { name: 'p' }, { data: { id: policy, name: 'p' } });

test('the id of a record that a request has created is taken out of its answer, and the record is removed again', async () => {
  const lines = curlLines(
    TARGET,
    [
      creation,
      exchange('POST', '/permissions', { policy }, { data: { id: 7 } }),
      exchange('GET', `/policies/${policy}?limit=7`),
      exchange('DELETE', '/permissions/7'),
    ],
    new SecretNames(),
  );
  expect(lines).toContain('POLICIES_ID=$(jq -r .data.id answer.json)');
  expect(lines).toContain('PERMISSIONS_ID=$(jq -r .data.id answer.json)');
  expect(lines.join('\n')).not.toContain(policy);
  expect(requestsIn(lines).slice(1)).toEqual([
    expect.stringContaining(
      `"$TARGET"/permissions -H 'Authorization: Bearer of-the-administrator' --data-raw '{"policy":"'"$POLICIES_ID"'"}'`,
    ),
    // A number is an id as a part of the path alone.
    expect.stringContaining(`"$TARGET"/policies/"$POLICIES_ID"'?limit=7'`),
    expect.stringContaining('-X DELETE "$TARGET"/permissions/"$PERMISSIONS_ID"'),
    expect.stringMatching(/-X DELETE "\$TARGET"\/policies\/"\$POLICIES_ID" .* # removes it again$/),
  ]);
  expect(await aftermathOf([lines], {})).toEqual({ alarms: [], left: [] });
});

test('one that nothing uses is removed all the same; what is not created is not', () => {
  const lines = requestsIn(
    curlLines(
      TARGET,
      [
        creation,
        { ...creation, response: { status: 403, headers: [], body: '{"data":{"id":"no"}}' } },
        exchange('GET', '/x', undefined, { data: { id: 'read' } }),
      ],
      new SecretNames(),
    ),
  );
  expect(lines.filter((line) => line.includes('DELETE'))).toEqual([
    expect.stringContaining('/policies/"$POLICIES_ID"'),
  ]);
});

test('an id without a character is none', () => {
  const lines = curlLines(TARGET, [exchange('POST', '/users', {}, { data: { id: '' } })], new SecretNames());
  expect(lines.join('\n')).not.toContain('USERS_ID');
});

test('a target that gives ids of shell commands has them in variables', async () => {
  const id = `x'; touch left; echo '$(touch left)`;
  const lines = curlLines(
    TARGET,
    [exchange('POST', '/policies', {}, { data: { id } }), exchange('PATCH', '/y', { id })],
    new SecretNames(),
  );
  expect(lines.join('\n')).not.toContain('touch');
  expect(await aftermathOf([lines], {})).toEqual({ alarms: [], left: [] });
});
