import fc from 'fast-check';

const base64url = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const part = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...base64url), minLength, maxLength });

/** Strings that look like the tokens of the specification, and are none: opaque ones of any length, and three parts like a JWT. */
export const tokenLike: fc.Arbitrary<string> = fc.oneof(
  part(1, 80),
  fc.tuple(part(1, 40), part(1, 80), part(0, 43)).map((parts) => parts.join('.')),
  fc
    .tuple(part(1, 80), part(0, 43))
    .map(([payload, signature]) => `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${payload}.${signature}`),
);

/** Values for a static token: what somebody may choose who wants it to go through headers and URLs unharmed. */
export const chosenToken: fc.Arbitrary<string> = part(16, 64);

/** A place in a token of a length, but for its last one and those beside a dot, where base64url may hold padding bits. */
export function placeIn(token: string): fc.Arbitrary<number> {
  const places = [...token].flatMap((character, place) => {
    const next = token.charAt(place + 1);
    return character === '.' || next === '.' || next === '' ? [] : [place];
  });
  return fc.constantFrom(...places);
}
