import type { Response } from 'express';
import { identityOf } from '../auth/authenticate.js';
import { forbidden, invalidCredentials } from '../http/errors.js';
import type { Identity } from '../auth/identity.js';

/** The user that a session token identifies. */
export type SessionHolder = Identity & { readonly user: string; readonly session: string };

/** @throws ApiError 401 INVALID_CREDENTIALS for no token, and for one of another type */
export function requireSession(response: Response): SessionHolder {
  const identity = identityOf(response);
  const { session, user } = identity;
  if (session === null || user === null) throw invalidCredentials();
  return { ...identity, session, user };
}

/** @throws ApiError 401 INVALID_CREDENTIALS, 403 FORBIDDEN */
export function requireAdministrator(response: Response): void {
  if (!requireSession(response).admin) throw forbidden();
}
