import { decodedOnce } from './views.js';

/** The part of the base64 of a text that is the same whatever stands before and after it, for each offset that it may stand at. */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const whole = Math.floor((bytes.length * 8) / 6);
    return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), whole);
  });
}

/** The bytes of a text in UTF-8, a character each: as headers and decoded percent-encoding show them. */
const inBytes = (text: string): string => Buffer.from(text).toString('latin1');

/**
 * The spellings of a secret that a text is searched for, beside what reading the text in all ways brings to light (see views.ts):
 * the secret and its upper case, in characters and in bytes, in each normal form (Unicode Standard Annex #15), as it reads when it is
 * unescaped itself.
 */
export function plainSpellings(secret: string): string[] {
  const normal = ['NFC', 'NFD', 'NFKC'].map((form) => secret.normalize(form));
  const forms = new Set([secret, ...normal, ...normal.map(inBytes), inBytes(secret), secret.toUpperCase()]);
  for (const form of forms) if (forms.size < 12) forms.add(decodedOnce(form));
  return [...forms];
}

/** Common encodings of a secret as they are written, of which a piece may be too short to be decoded. */
export function encodedSpellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const component = percentEncoded(secret);
  return [
    json,
    JSON.stringify(json).slice(1, -1),
    component,
    component.replaceAll('%20', '+'),
    percentEncoded(secret, /[\w.~!*'();/?:@&=+$,#-]/),
    percentEncoded(json),
    ...base64Of(secret),
    ...base64Of(json),
  ];
}

/** Percent-encoded, but for what encodeURIComponent leaves, or encodeURI. A text that is no UTF-16 does not matter. */
const percentEncoded = (text: string, left = /[\w.~!*'()-]/): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return left.test(character) ? character : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
    })
    .join('');
