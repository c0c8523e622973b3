import fc from 'fast-check';

const base64url = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const part = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...base64url), minLength, maxLength });

/**
 * Characters of many kinds: control characters, ASCII, Latin, Greek, Chinese, marks that combine, emoji. Not fast-check's own
 * units for the whole of Unicode: their tables take two seconds to build.
 */
export const character: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: codePoint(0x20, 0x7e) },
  codePoint(0x00, 0x1f),
  codePoint(0xa0, 0x17f),
  codePoint(0x300, 0x3ff),
  codePoint(0x4e00, 0x4fff),
  codePoint(0x1f300, 0x1f64f),
);

function codePoint(min: number, max: number): fc.Arbitrary<string> {
  return fc.integer({ min, max }).map((code) => String.fromCodePoint(code));
}

/** Strings that look like the tokens of the specification, and are none: opaque ones of any length, and three parts like a JWT. */
export const tokenLike: fc.Arbitrary<string> = fc.oneof(
  part(1, 80),
  fc.tuple(part(1, 40), part(1, 80), part(0, 43)).map((parts) => parts.join('.')),
  fc
    .tuple(part(1, 80), part(0, 43))
    .map(([payload, signature]) => `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${payload}.${signature}`),
);

/** Values for a static token: as a user may choose them, of the characters of a Bearer token (RFC 6750 section 2.1). */
export const chosenToken: fc.Arbitrary<string> = fc.oneof(
  part(16, 64),
  fc.string({ unit: fc.constantFrom(...base64url, '.', '.', '~', '+', '/'), minLength: 16, maxLength: 64 }),
);

/** What may be in a header: printable characters of ISO 8859-1. RFC 9110 section 5.5. */
const headerText = fc
  .string({
    unit: fc
      .oneof({ weight: 9, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) }, fc.integer({ min: 0xa1, max: 0xff }))
      .map((code) => String.fromCharCode(code)),
    maxLength: 60,
  })
  .map((text) => text.trim());

/** A request's token as no client would send it: a header, a query or a cookie. `query` begins with "?" where there is one. */
export const malformedToken = (cookie: string): fc.Arbitrary<{ query: string; headers: Record<string, string> }> =>
  fc.oneof(
    fc
      .oneof(
        headerText,
        headerText.map((text) => `Bearer ${text}`),
        headerText.map((text) => `bearer${text}`),
        tokenLike.map((token) => `Bearer ${token} ${token}`),
      )
      .map((header) => ({
        query: '',
        headers: { Authorization: header },
      })),
    fc
      .tuple(
        fc.constantFrom(
          'access_token',
          'access_token[]',
          'access_token[a]',
          'access_token[a][b]',
          'access_token[__proto__]',
        ),
        fc.oneof(fc.string({ unit: character, maxLength: 40 }), tokenLike),
      )
      .map(([name, value]) => ({ query: `?${name}=${encodeURIComponent(value)}`, headers: {} })),
    fc
      .constantFrom(
        '?access_token=%',
        '?access_token=%zz',
        '?access_token=%ff%fe',
        '?access_token=%00',
        '?access_token',
        '?access_token=a&access_token=b',
      )
      .map((query) => ({ query, headers: {} })),
    fc
      .oneof(headerText, tokenLike)
      .map((text) => ({ query: '', headers: { Cookie: `${cookie}=${text.replace(/[;,]/g, '')}` } })),
  );

/** A body that is no login, refresh or logout: no JSON, JSON of another type, or none of the members that count. */
export const malformedBody: fc.Arbitrary<{ type: string; body: string }> = fc.oneof(
  fc
    .string({ unit: character, minLength: 1, maxLength: 60 })
    .filter((text) => !isJson(text))
    .map((body) => ({ type: 'application/json', body })),
  fc
    .json()
    .map((body) => ({ type: 'application/json', body }))
    .filter(({ body }) => !/refresh_token|password/.test(body)),
  fc.json().map((body) => ({ type: 'application/json', body: body.slice(0, -1) })),
  fc
    .tuple(
      fc.constantFrom(
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
      ),
      fc.string({ maxLength: 40 }),
    )
    .map(([type, body]) => ({ type, body })),
);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
