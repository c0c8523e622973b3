import type { RequestHandler, Response } from 'express';
import type { Context } from '../context.js';
import { clearSessionCookie, readCookie } from './cookies.js';
import { ApiError, invalidCredentials } from '../http/errors.js';
import { anonymous, type Identity } from './identity.js';
import { identifyBySessionToken } from './session-token.js';
import { identifyByStandardToken } from './standard-token.js';
import { identifyByStaticToken } from './static-token.js';
import { tokenInRequest, type SentToken } from './bearer-token.js';

/**
 * Finds the token of a request, before anything is asked about it: a request with two is rejected on every route.
 */
export function findToken(context: Context): RequestHandler {
  return (request, response, next) => {
    response.locals['sentToken'] = tokenInRequest(context, request);
    next();
  };
}

/**
 * Authenticates a request. An invalid token is rejected on every route that comes after, public ones too, and
 * where the session cookie has it, also beside the header or the query, the cookie is cleared, unless it has only expired. Observed: Directus 12.4.1.
 */
export function authenticate(context: Context): RequestHandler {
  return async (request, response, next) => {
    const sent = response.locals['sentToken'] as SentToken | undefined;
    try {
      response.locals['identity'] = await identify(context, sent);
    } catch (error) {
      const bad = error instanceof ApiError && error.code !== 'TOKEN_EXPIRED';
      const inCookie = readCookie(request, context.settings.SESSION_COOKIE_NAME);
      if (bad && sent !== undefined && sent.token === inCookie) clearSessionCookie(context, response);
      throw error;
    }
    next();
  };
}

/** The identity of a request, once `authenticate` has established it. */
export const identityOf = (response: Pick<Response, 'locals'>): Identity => response.locals['identity'] as Identity;

/**
 * The id of the authenticated user of a request.
 * @throws ApiError 401 INVALID_CREDENTIALS when it is not authenticated
 */
export function requireUser(response: Response): string {
  const { user } = identityOf(response);
  if (user === null) throw invalidCredentials();
  return user;
}

/**
 * The identity that an access token gives.
 * @throws ApiError when it is not valid
 */
export async function identify(context: Context, sent: SentToken | undefined): Promise<Identity> {
  if (sent === undefined) return anonymous;
  const { claims, token } = sent;
  if (typeof token !== 'string') throw invalidCredentials();
  if (claims === undefined) return identifyByStaticToken(context, token);
  if (claims.session === undefined) return identifyByStandardToken(context, token, claims);
  return identifyBySessionToken(context, token, claims);
}
