import { createHash, timingSafeEqual } from 'node:crypto';

/** Of the token as JSON, which tells lone surrogates apart. */
const digest = (token: string): Buffer => createHash('sha256').update(JSON.stringify(token)).digest();

/**
 * Compares with one token after another, each time for as long whatever the two have in common: how long a refusal takes does not tell
 * how much of a token was right (CWE-208).
 * @param wanted the token that was sent
 */
export function sameTokenAs(wanted: string): (token: string | null) => boolean {
  const expected = digest(wanted);
  return (token) => token !== null && timingSafeEqual(digest(token), expected);
}
