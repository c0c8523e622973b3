import { expect, test } from 'vitest';
import { RandomValues } from '../../../suites/harness/evidence/random-values.js';

test('the first values under a name may be tokens; where there are many, the others are none', () => {
  const values = new RandomValues();
  const isKept = (name: string, n: number): boolean => values.mayBeSecret(name, `${name}-${n}-A1b2C3d4E5f6`);
  expect(Array.from({ length: 300 }, (_none, n) => isKept('trace', n)).lastIndexOf(true)).toBe(199);
  expect([isKept('trace', 7), isKept('trace', 299), isKept('key', 1)]).toEqual([true, false, true]);
});

test('values that are long are fewer', () => {
  const values = new RandomValues();
  const kept = Array.from({ length: 300 }, (_none, n) => values.mayBeSecret(`n${n}`, `${n}`.padEnd(5000, 'x')));
  expect(kept.filter(Boolean)).toHaveLength(100);
});
