import type { Request } from 'express';
import type { BearerMethod } from './bearer-method.js';
import { readCookie } from './cookies.js';
import type { Context } from '../context.js';
import { invalidPayload } from '../http/errors.js';
import { claimsIfIssuedHere, type Claims } from './jwt.js';

/** A token as it was sent. */
export interface SentToken {
  readonly method: BearerMethod;
  /** The token; in the query it may be something else than a string: `access_token[]=x`. */
  readonly token: unknown;
  /** Those of a JWT of this server's form, before anything about it is verified. */
  readonly claims: Claims | undefined;
}

/** A token, its claims read. */
export const sentBy = (method: BearerMethod, token: unknown): SentToken => ({
  method,
  token,
  claims: typeof token === 'string' ? claimsIfIssuedHere(token) : undefined,
});

/**
 * Finds the access token of a request.
 *
 * - `Authorization: Bearer <token>`: the scheme in any case, exactly one space; any other content of the header is ignored
 *   (RFC 6750 section 2.1).
 * - `?access_token=<token>`; an empty one is none (RFC 6750 section 2.3).
 * - The session cookie; it counts only where neither of the others is sent.
 *
 * Observed: Directus 12.4.1.
 *
 * @returns undefined when there is none
 * @throws ApiError 400 INVALID_PAYLOAD when both header and query carry one (RFC 6750 section 2: "Clients MUST NOT use more than one
 * method")
 */
export function tokenInRequest({ settings }: Context, request: Request): SentToken | undefined {
  const inQuery: unknown = request.query['access_token'];
  const bearer = /^bearer ([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const sentInQuery = inQuery !== undefined && inQuery !== '';
  if (sentInQuery && bearer !== undefined)
    throw invalidPayload('The request uses more than one method for including an access token');
  if (sentInQuery) return sentBy('query', inQuery);
  if (bearer !== undefined) return sentBy('header', bearer);
  const inCookie = readCookie(request, settings.SESSION_COOKIE_NAME);
  return inCookie === undefined || inCookie === '' ? undefined : sentBy('cookie', inCookie);
}
