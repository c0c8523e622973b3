import fc, { type Arbitrary } from 'fast-check';

const { constantFrom } = fc;

/** JSON of any type. */
export const junk: Arbitrary<unknown> = constantFrom<unknown>(
  null,
  true,
  false,
  0,
  1,
  12.5,
  '',
  ' ',
  'x',
  'ü',
  [],
  ['a'],
  [1],
  {},
  { a: 1 },
);

/** Which of the logins so far a token is taken of. */
export const number = fc.nat(3);

/** Request bodies that are no JSON object, or no JSON at all. */
export const notAnObject = constantFrom<unknown>([], [1], '{bad', '"x"', '', 'null', '1');
