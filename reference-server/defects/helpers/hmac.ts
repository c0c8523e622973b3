import { createHmac } from 'node:crypto';

/** True for a JWT whose signature is that of HS256 with a key, whatever its header says. */
export function isSignedBy(token: string, key: string): boolean {
  const at = token.lastIndexOf('.');
  return createHmac('sha256', key).update(token.slice(0, at)).digest('base64url') === token.slice(at + 1);
}
