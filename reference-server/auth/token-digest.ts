import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * What a static token is looked up by, so that how long a refusal takes does not tell how much of a token was right (CWE-208).
 * @returns SHA-256 in hexadecimal, of the token as JSON: that tells lone surrogates apart
 */
export const digestOf = (token: string): string => createHash('sha256').update(JSON.stringify(token)).digest('hex');

/**
 * Compares with one token after another, each time for as long whatever the two have in common.
 * @param wanted the token that was sent
 */
export function sameTokenAs(wanted: string): (token: string | null) => boolean {
  const expected = Buffer.from(digestOf(wanted));
  return (token) => token !== null && timingSafeEqual(Buffer.from(digestOf(token)), expected);
}
