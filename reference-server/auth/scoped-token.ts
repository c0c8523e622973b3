import type { Claims, IssuedClaims } from './jwt.js';
import type { Context } from '../context.js';
import { forbidden, invalidToken } from '../http/errors.js';
import { claimsIfIssuedHere, ISSUER, issuedNow } from './jwt.js';

/** The purpose of a token that is sent by email; it never authenticates a request. Observed: Directus 12.4.1. */
export type Scope = 'password-reset' | 'invite' | 'pending-registration';

/**
 * The claims of a token of one scope.
 *
 * @throws ApiError 403 INVALID_TOKEN for what this server has not signed, 401 TOKEN_EXPIRED, 403 FORBIDDEN for a token of no scope
 * or of another. Observed: Directus 12.4.1.
 */
export async function claimsOfScopedToken({ clock, jwts }: Context, token: string, scope: Scope): Promise<Claims> {
  const claims = claimsIfIssuedHere(token);
  if (claims === undefined || !(await jwts.signatureIsRight(token))) throw invalidToken();
  jwts.checkTimes(claims, clock.now());
  if (claims['scope'] !== scope) throw forbidden();
  return claims;
}

/**
 * A token of one scope that is issued now; its claims are in the order of Directus 12.4.1 (observed).
 * @param claims that come after the scope, but for the email, which comes first
 */
export function issueScopedToken(
  { clock, jwts }: Context,
  scope: Scope,
  { email, ...claims }: { readonly email: string } & Readonly<Record<string, unknown>>,
  lifetimeMs: number,
): Promise<string> {
  const issued = { email, scope, ...claims, ...issuedNow(clock.now(), lifetimeMs), iss: ISSUER };
  // Claims of its own: it is signed as access tokens are, and is none.
  return jwts.sign(issued as unknown as IssuedClaims);
}
