import { describe, expect, test } from 'vitest';
import { DEPTH_LIMIT, TEXT_LIMIT } from '../../suites/harness/target/http/limits.js';
import { shallowJson } from '../../suites/harness/target/http/shallow-json.js';
import { memberOf, readJson } from '../../suites/harness/target/http/read-json.js';
import { Inconclusive } from '../../suites/harness/outcomes.js';

/* What is beyond the limits is not used, and takes nothing with it that is within them. */

const long = 'x'.repeat(TEXT_LIMIT + 1);
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const read = (text: string): unknown => readJson(text, 'GET /users');

describe('a member that is beyond the limits', () => {
  test.each([
    ['a text that is too long', `{"data":{"id":"1","note":"${long}"}}`, 'note', /a text of 16385 characters/],
    ['nested 100,000 deep', `{"data":{"id":"1","note":${nested(100_000)}}}`, undefined, /nested deeper/],
    ['a name that is too long', `{"data":{"id":"1","${long}":1}}`, long.slice(1), /a text of 16385 characters/],
  ])('%s: it throws when it is read, and the others do not', (_what, text, name, says) => {
    const { data } = read(text) as { data: Record<string, unknown> };
    expect(data['id']).toBe('1');
    const whole = (): unknown => (name === undefined ? walk(data) : data[name]);
    expect(whole).toThrow(Inconclusive);
    expect(whole).toThrow(says);
    // Whatever takes in the whole of it is not judged either.
    expect(() => JSON.stringify(data)).toThrow(Inconclusive);
  });

  test('reads as undefined where the tool looks for something else', () => {
    const data = read(`{"data":[{"email":"${long}"},{"email":"a@example.com","id":"1"}]}`);
    const list = memberOf(data, 'data');
    expect([memberOf(memberOf(list, '0'), 'email'), memberOf(memberOf(list, '1'), 'email')]).toEqual([
      undefined,
      'a@example.com',
    ]);
    expect(memberOf(null, 'email')).toBeUndefined();
  });
});

test('what is within the limits is what it says', () => {
  const text = `{"a":"${'x'.repeat(TEXT_LIMIT)}","b":${nested(DEPTH_LIMIT - 1)},"c":[1,null,true]}`;
  expect(read(text)).toEqual(JSON.parse(text));
  expect(read('no JSON')).toBeUndefined();
});

test('a text that is too long as a whole throws at once', () => {
  expect(() => read(`"${long}"`)).toThrow(Inconclusive);
});

/** Reads every member. */
function walk(value: unknown): void {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
}

describe('a text of JSON without what is nested too deep', () => {
  test.each([
    ['[[1],2]', 1, '[null,2]'],
    ['[[1],{"a":[]},"[[\\"[["]', 1, '[null,null,"[[\\"[["]'],
    ['{"a":{"b":{"c":1},"d":[2]},"e":3}', 2, '{"a":{"b":null,"d":null},"e":3}'],
    ['[[1],[2]]', 2, '[[1],[2]]'],
    ['[[[1]', 1, '[null'],
  ])('%s to %i levels', (text, levels, shallow) => {
    expect(shallowJson(text, levels, 'null')).toBe(shallow);
  });

  test('also of half a million levels', () => {
    expect(JSON.parse(shallowJson(nested(500_000), 3, '0'))).toEqual([[[0]]]);
  });
});
