import { expect, test } from 'vitest';
import { coveringPairs, somePairs } from '../../suites/lifecycle/matrix/covering.js';

const uses = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const moments = [1, 2, 3];

test.each([
  ['more of the first', uses, moments],
  ['more of the second', moments, uses],
  ['as many of both', uses, [...uses]],
])('covering pairs hold each item of both lists, and over the turns each pair: %s', (_what, firsts, seconds) => {
  const all = new Set<string>();
  for (let turn = 0; turn < seconds.length; turn += 1) {
    const pairs = coveringPairs<string | number, string | number>(firsts, seconds, turn);
    expect(pairs).toHaveLength(Math.max(firsts.length, seconds.length));
    expect(new Set(pairs.map(([first]) => first))).toEqual(new Set<string | number>(firsts));
    expect(new Set(pairs.map(([, second]) => second))).toEqual(new Set<string | number>(seconds));
    for (const pair of pairs) all.add(pair.join());
  }
  expect(all.size).toBe(firsts.length * seconds.length);
});

test('some pairs are different ones at each turn, until each has come', () => {
  const turns = Array.from({ length: 7 }, (_item, turn) => somePairs(uses, moments, turn, 3).map(String));
  expect(new Set(turns.flat()).size).toBe(uses.length * moments.length);
});

test('nothing is paired with nothing', () => {
  expect(coveringPairs([], moments, 0)).toEqual([]);
  expect(somePairs(uses, [], 0, 3)).toEqual([]);
});
