import type { Request, Response, Router } from 'express';
import { answer, bodyOf } from '../http/answer.js';
import type { Context } from '../context.js';
import { forbidden, invalidPayload } from '../http/errors.js';
import { textOf } from '../http/loose-values.js';
import { routes } from '../http/routes.js';
import { claimsOfScopedToken } from '../auth/scoped-token.js';
import { stalled } from '../http/login-delay.js';

/** /auth/password: a new password for who has forgotten the old one. Nobody is sent anything here. Observed: Directus 12.4.1. */
export function passwordRoutes(context: Context): Router {
  return routes({
    '/auth/password/request': { post: (request, response) => requestReset(context, request, response) },
    '/auth/password/reset': { post: (request) => reset(context, request) },
  });
}

/**
 * Answers a request for a new password: alike whether there is such a user or not.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
async function requestReset(context: Context, request: Request, response: Response): Promise<void> {
  const { email, reset_url: url } = bodyOf(request);
  if (typeof email !== 'string') throw invalidPayload('"email" field is required');
  if (url) throw invalidPayload(`URL "${textOf(url)}" can't be used to reset passwords`);
  await stalled(context, async () => Promise.resolve(() => answer(response)));
}

/**
 * Refuses every token: none was ever sent, so the hash in one that is signed right cannot be that of a password here.
 * @throws ApiError 400 INVALID_PAYLOAD, 403 INVALID_TOKEN, 401 TOKEN_EXPIRED, 403 FORBIDDEN
 */
async function reset(context: Context, request: Request): Promise<never> {
  const { token, password } = bodyOf(request);
  if (typeof token !== 'string') throw invalidPayload('"token" field is required');
  if (typeof password !== 'string') throw invalidPayload('"password" field is required');
  await claimsOfScopedToken(context, token, 'password-reset');
  throw forbidden();
}
