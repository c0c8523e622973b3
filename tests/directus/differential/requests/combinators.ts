import fc, { type Arbitrary } from 'fast-check';

const { constant, oneof } = fc;

/** An arbitrary with its weight in a `oneof`. */
export const some = <Value>(
  weight: number,
  arbitrary: Arbitrary<Value>,
): { weight: number; arbitrary: Arbitrary<Value> } => ({
  weight,
  arbitrary,
});

/** Most of the time the first, now and then the other. */
export const mostly = <One, Other>(usual: Arbitrary<One>, other: Arbitrary<Other>): Arbitrary<One | Other> =>
  oneof<fc.WeightedArbitrary<One | Other>[]>(some<One | Other>(5, usual), some<One | Other>(1, other));

/** The value, or undefined: a member that is left out. */
export const optional = <Value>(arbitrary: Arbitrary<Value>): Arbitrary<Value | undefined> =>
  oneof<Arbitrary<Value | undefined>[]>(constant(undefined), arbitrary);
