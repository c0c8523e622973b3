import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { answer, bodyOf } from '../../http/answer.js';
import type { Context } from '../../context.js';
import { forbidden, invalidPayload } from '../../http/errors.js';
import { links, mustBeAllowed, sendLink } from './emailed-link.js';
import type { RouteTable } from '../../http/routes.js';
import { claimsOfScopedToken } from '../../auth/scoped-token.js';
import { stalled } from '../../http/login-delay.js';

/** /auth/password: a new password for a user who has forgotten the old one. The email stays in the outbox. Observed: Directus 12.4.1. */
export function passwordRoutes(context: Context): RouteTable {
  return {
    '/auth/password/request': { post: (request, response) => requestReset(context, request, response) },
    '/auth/password/reset': { post: (request, response) => reset(context, request, response) },
  };
}

/**
 * Sends a link to an active user: the answer is the same whether there is such a user or not.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
async function requestReset(context: Context, request: Request, response: Response): Promise<void> {
  const { email, reset_url } = bodyOf(request);
  if (typeof email !== 'string') throw invalidPayload('"email" field is required');
  await stalled(context, async () => {
    await sendReset(context, email, reset_url);
    return () => answer(response);
  });
}

/**
 * Sends a link to set a new password with, if there is an active user of the email.
 * @throws ApiError 400 INVALID_PAYLOAD when the link may not lead there
 */
export async function sendReset(context: Context, email: string, resetUrl: unknown): Promise<void> {
  const { settings, store } = context;
  const url = mustBeAllowed(resetUrl, settings.PASSWORD_RESET_URL_ALLOW_LIST, 'reset passwords');
  const user = await store.userByEmail(email);
  if (user?.status !== 'active' || user.email === null) return;
  await sendLink(context, links.reset, user.email, url, { hash: hashOf(user.password) });
}

/** In a token, so that it is valid for one reset: it changes with the password. Eight hexadecimal digits. Observed: Directus 12.4.1. */
const hashOf = (password: string | null): string =>
  createHash('sha256')
    .update(password ?? '')
    .digest('hex')
    .slice(0, 8);

async function reset(context: Context, request: Request, response: Response): Promise<void> {
  const { token, password } = bodyOf(request);
  if (typeof token !== 'string') throw invalidPayload('"token" field is required');
  if (typeof password !== 'string') throw invalidPayload('"password" field is required');
  await resetPassword(context, token, password);
  answer(response);
}

/**
 * Sets the password of the user whom the token was sent to, and ends every session of theirs.
 * @throws ApiError 400 INVALID_PAYLOAD, 403 INVALID_TOKEN, 401 TOKEN_EXPIRED, 403 FORBIDDEN when the token was used, or is for something
 * else
 */
export async function resetPassword(context: Context, token: string, password: string): Promise<void> {
  const { passwords, store } = context;
  const { email, hash } = await claimsOfScopedToken(context, token, 'password-reset');
  const user = typeof email === 'string' ? await store.userByEmail(email) : undefined;
  if (user?.status !== 'active' || hash !== hashOf(user.password)) throw forbidden();
  if (password === '') throw invalidPayload('"password" field is required');
  await store.updateUser(user.id, { password: await passwords.hash(password) });
  await store.deleteSessionsOf(user.id);
  await store.forgetAttempts(user.id);
}
