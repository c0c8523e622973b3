import { decodeJwt, decodeProtectedHeader, SignJWT, type JWTPayload } from 'jose';

/** The three parts of a compact JWS. RFC 7515 section 3.1. */
export interface JwtParts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
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

/** The claims of a token, undefined when it is not a JWT. RFC 7519 section 4. */
export function claimsOf(token: string): JWTPayload | undefined {
  return jwtParts(token) === undefined ? undefined : decodeJwt(token);
}

/** The life of a token by its own claims (exp − iat), in ms; undefined when it does not say. */
export function lifeOf(token: string): number | undefined {
  const claims = claimsOf(token);
  return claims?.exp === undefined || claims.iat === undefined ? undefined : (claims.exp - claims.iat) * 1000;
}

/** A part of a JWT out of an object. */
export function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/**
 * Mints a token with the target's own secret: HS256, as Directus does. Observed: Directus 12.4.1.
 * @param claims all claims, exp and iat in seconds since 1970
 */
export async function mint(claims: JWTPayload, secret: string): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode(secret));
}
