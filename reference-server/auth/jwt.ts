import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { invalidToken, tokenExpired } from '../http/errors.js';

/** The issuer of every token of this server. Observed: Directus 12.4.1. */
export const ISSUER = 'directus';

/** The algorithms that a signature may have, with their hashes; `none` never (RFC 8725 section 3.1). Observed: Directus 12.4.1. */
const HASHES: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/** The claims of a JWT (RFC 7519 section 4), as they came. */
export interface Claims {
  readonly iss?: string;
  /** In seconds since 1970, like the next two. */
  readonly nbf?: number;
  readonly exp?: number;
  readonly iat?: number;
  readonly [name: string]: unknown;
}

/** The claims of a standard token, in their order; a session token has `session` before `iat`. Observed: Directus 12.4.1. */
export interface IssuedClaims {
  /** The user's id. */
  readonly id: string;
  /** The id of the user's role. */
  readonly role: string | null;
  readonly app_access: boolean;
  readonly admin_access: boolean;
  readonly session?: string;
  /** When it was issued, in seconds since 1970. */
  readonly iat: number;
  /** When it expires, in seconds since 1970. */
  readonly exp: number;
  readonly iss: typeof ISSUER;
}

/** The JWTs (RFC 7519) of a server: signs them, and verifies those that come back. */
export interface Jwts {
  /** A JWT of these claims. */
  sign(claims: IssuedClaims): Promise<string>;
  /**
   * True when the token is signed with the server's secret, and the signature is written the one way that it can be: unused bits of the
   * last character are zero (RFC 4648 section 3.5), so that no character of a token can be changed.
   */
  signatureIsRight(token: string): Promise<boolean>;
  /**
   * Checks `nbf` and `exp` (RFC 7519 sections 4.1.5 and 4.1.4) without leeway. A token without `exp` is accepted.
   * Observed: Directus 12.4.1.
   *
   * @param now in ms since 1970
   * @throws ApiError 403 INVALID_TOKEN before `nbf`, 401 TOKEN_EXPIRED from `exp` on
   */
  checkTimes(claims: Claims, now: number): void;
}

/**
 * JWTs that are signed with HS256 (RFC 7518 section 3.2) and this secret.
 *
 * The HMAC is computed by node:crypto, at once: the Web Cryptography API, which jose uses, hands each HMAC to another thread and
 * takes ten times as long. What jose checks of a JWS is checked here too, and its tests are those of jose.
 */
export function jwtsSignedWith(secret: string): Jwts {
  const key = createSecretKey(Buffer.from(secret));
  const hmac = (hash: string, content: string): Buffer => createHmac(hash, key).update(content).digest();
  const signedHeader = encoded({ alg: 'HS256', typ: 'JWT' });
  return {
    sign: (claims) => {
      const content = `${signedHeader}.${encoded(claims)}`;
      return Promise.resolve(`${content}.${hmac('sha256', content).toString('base64url')}`);
    },
    signatureIsRight: (token) => {
      const end = token.lastIndexOf('.');
      const [content, signature] = [token.slice(0, end), token.slice(end + 1)];
      const hash = hashOf(token);
      if (hash === undefined) return Promise.resolve(false);
      const expected = hmac(hash, content);
      const given = Buffer.from(signature, 'base64url');
      const isWrittenOneWay = given.toString('base64url') === signature;
      return Promise.resolve(isWrittenOneWay && given.length === expected.length && timingSafeEqual(given, expected));
    },
    checkTimes,
  };
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/**
 * The hash of the HMAC that a token is signed with.
 * @returns undefined for another algorithm, for a header that is none, and for one that demands extensions by `crit`: none is understood
 *   here (RFC 7515 section 4.1.11)
 */
function hashOf(token: string): string | undefined {
  try {
    const { alg, crit } = decodeProtectedHeader(token);
    const isKnown = typeof alg === 'string' && Object.hasOwn(HASHES, alg);
    return crit === undefined && isKnown ? HASHES[alg] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The claims of a string that has the form of a JWT and names this server as its issuer, before anything about it is verified;
 * undefined for every other string, which may still be a static token. Observed: Directus 12.4.1 (a JWT of another issuer is
 * rejected as an unknown static token: 401 INVALID_CREDENTIALS).
 */
export function claimsIfIssuedHere(token: string): Claims | undefined {
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return undefined;
  try {
    decodeProtectedHeader(token);
    const claims = decodeJwt(token);
    return claims.iss === ISSUER ? claims : undefined;
  } catch {
    return undefined;
  }
}

function checkTimes(claims: Claims, now: number): void {
  const seconds = Math.floor(now / 1000);
  const { nbf, exp }: { nbf?: unknown; exp?: unknown } = claims;
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > seconds)) throw invalidToken();
  if (exp === undefined) return;
  if (typeof exp !== 'number') throw invalidToken();
  if (seconds >= exp) throw tokenExpired();
}

/** `iat` and `exp` of a token that is issued now and lives for `lifetimeMs`. */
export function issuedNow(now: number, lifetimeMs: number): { iat: number; exp: number } {
  const iat = Math.floor(now / 1000);
  return { iat, exp: Math.floor(iat + lifetimeMs / 1000) };
}
