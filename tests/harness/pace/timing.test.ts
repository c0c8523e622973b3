import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviation, timeApart } from '../../../suites/harness/run/timing.js';

/** Attempts that take these ms, each in turn. */
const taking = (times: readonly number[]): (() => Promise<number>) => {
  let turn = 0;
  return async () => {
    turn += 1;
    return Promise.resolve(times[(turn - 1) % times.length] ?? 0);
  };
};
const pair = (
  first: readonly number[],
  second: readonly number[],
): (() => Promise<[() => Promise<number>, () => Promise<number>]>) => {
  const attempts: [() => Promise<number>, () => Promise<number>] = [taking(first), taking(second)];
  return async () => Promise.resolve(attempts);
};

test('two kinds that take 60 ms and 2 ms are told apart in two rounds', async () => {
  expect(await timeApart(pair([60, 61, 65], [2, 3, 4]))).toEqual({ count: 14, first: 60, second: 2 });
});

test('on a busy machine, where every other attempt takes longer, they are told apart in more rounds', async () => {
  const noise = [0, 400, 0, 30, 20, 10, 10];
  const apart = await timeApart(
    pair(
      noise.map((ms) => 60 + ms),
      [...noise].reverse().map((ms) => 2 + ms),
    ),
  );
  expect(apart).toMatchObject({ first: 60, second: 2 });
  expect(apart?.count).toBeGreaterThan(14);
});

test('kinds whose quickest are alike are not told apart, however the others lie', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 5, max: 900 }), { minLength: 7, maxLength: 7 }), async (times) => {
      const least = Math.min(...times);
      expect(await timeApart(pair(times, [least + 24, 1000, 1000, 1000, 1000, 1000, 1000]))).toBeUndefined();
    }),
    { seed: 1 },
  );
});

test('one slow attempt more is chance', async () => {
  expect(await timeApart(pair([60, 1, 90, 2], [40, 80, 30, 70]))).toBeUndefined();
});

test('the deviation is 0 for the same times, and grows with the number of pairs', () => {
  expect(deviation([1, 3], [2, 2])).toBe(0);
  expect(deviation([9, 9, 9, 9, 9, 9, 9], [1, 1, 1, 1, 1, 1, 1])).toBeCloseTo(3.13, 1);
});
