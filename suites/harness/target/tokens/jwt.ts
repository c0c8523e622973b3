import { createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';

/** The three parts of a compact JWS. RFC 7515 section 3.1. */
export interface JwtParts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

/** Claims that a token is to have; those that are undefined are left out. */
export type Claims = Readonly<Record<string, unknown>>;

/** A time in the claims of a token that is made, in whole seconds (NumericDate of RFC 7519 section 2); evidence makes it anew. */
export class Moment {
  private constructor(
    /** After the time when the token was issued whose claims are taken, in s: by the target's own clock. */
    readonly seconds: number,
    /** True for one that is to be written as a string. */
    readonly asText = false,
  ) {}

  /** By the clock of the target: after the iat of its token, or the present by this machine for a token that has none. */
  static afterIssue(seconds: number): Moment {
    return new Moment(seconds);
  }

  /** The same as a string, which RFC 7519 does not allow. */
  inText(): Moment {
    return new Moment(this.seconds, true);
  }

  /** What it is for a token with these claims, now. */
  valueFor({ iat }: { readonly iat?: unknown }): number | string {
    const issued = typeof iat === 'number' ? iat : Date.now() / 1000;
    const value = Math.floor(issued) + this.seconds;
    return this.asText ? String(value) : value;
  }
}

/** Claims with their moments as they are for a token with these claims, now. */
export function atOnce(changes: Claims, claims: Claims): Claims {
  return Object.fromEntries(
    Object.entries(changes).map(([claim, value]) => [claim, value instanceof Moment ? value.valueFor(claims) : value]),
  );
}

/** The parts of a token, undefined when it is not a JWT. */
export function jwtParts(token: string): JwtParts | undefined {
  const [header, payload, signature, ...more] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined;
  try {
    decodeProtectedHeader(token);
    decodeJwt(token);
  } catch {
    return undefined;
  }
  return { header, payload, signature };
}

/** The header of a token, undefined when it is not a JWT. RFC 7515 section 4. */
export function headerOf(token: string): object | undefined {
  return jwtParts(token) === undefined ? undefined : decodeProtectedHeader(token);
}

/** The claims of a token, undefined when it is not a JWT. RFC 7519 section 4. */
export function claimsOf(token: string): JWTPayload | undefined {
  return jwtParts(token) === undefined ? undefined : decodeJwt(token);
}

/** The lifetime of a token by its own claims (exp − iat), in ms; undefined when it does not say. */
export function lifetimeOf(token: string): number | undefined {
  const claims = claimsOf(token);
  return claims?.exp === undefined || claims.iat === undefined ? undefined : (claims.exp - claims.iat) * 1000;
}

/** A part of a JWT out of an object. */
export function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/**
 * A token signed by HS256 with any key, an empty one too.
 * @param payload claims, or the payload as it is to be written
 * @param header members of the header beside alg and typ
 */
export function hs256(payload: Claims | string, key: string, header: object = {}): string {
  const written = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const signed = `${encodePart({ alg: 'HS256', typ: 'JWT', ...header })}.${Buffer.from(written).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}
