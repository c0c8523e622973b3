import { createHash } from 'node:crypto';

/**
 * What a static token is looked up by, so that the time of a rejection does not tell how much of a token was right (CWE-208).
 * @returns SHA-256 in hexadecimal, of the token as JSON: that tells lone surrogates apart
 */
export const digestOf = (token: string): string => createHash('sha256').update(JSON.stringify(token)).digest('hex');
