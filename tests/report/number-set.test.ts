import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSet } from '../../report/masking/number-set.js';

const number = fc.oneof(
  fc.nat(3000),
  fc.maxSafeNat().map((n) => n % (2 ** 48 - 1)),
  fc.constantFrom(0, 2 ** 24, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 2),
);

test('holds what was added, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 4000, size: 'max' }), fc.array(number), (added, others) => {
      const [set, expected] = [new NumberSet(), new Set(added)];
      for (const value of added) set.add(value);
      expect(set.size).toBe(expected.size);
      for (const value of [...added, ...others]) expect(set.has(value)).toBe(expected.has(value));
    }),
  );
});
