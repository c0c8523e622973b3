import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selectRequirements } from '../../runner/selection.js';
import { requirements } from '../../spec/catalogue.js';
import { readShard } from '../../spec/values/shard.js';

describe('--shard', () => {
  test('puts every requirement into exactly one shard, and as many into each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (count) => {
        const shards = Array.from({ length: count }, (_one, i) => selectRequirements({ shard: `${i + 1}/${count}` }));
        const ids = shards.flat().map(({ id }) => id);
        expect([...ids].sort()).toEqual(requirements.map(({ id }) => id).sort());
        const sizes = shards.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test.each(['', '0/3', '4/3', '1/0', '1/1001', '1', '1/2/3', '01/2', '-1/2', '1 / 2', 'a/b'])('rejects "%s"', (text) =>
    expect(readShard(text)).toBeUndefined(),
  );

  test('splits what the other flags leave, and may be empty', () => {
    expect(selectRequirements({ only: ['requests.cookie'], shard: '1/2' }).map(({ id }) => id)).toEqual([
      'requests.cookie',
    ]);
    expect(selectRequirements({ only: ['requests.cookie'], shard: '2/2' })).toEqual([]);
  });
});
