import type { Request, Response, Router } from 'express';
import { answer } from '../http/answer.js';
import { identityOf } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { isEmailAddress } from '../http/email.js';
import { invalidForeignKey, invalidInvite, invalidPayload } from '../http/errors.js';
import { isUuid } from '../ids.js';
import { membersOf, refuseOthers, requiredText } from '../http/payload-members.js';
import { routes } from '../http/routes.js';
import { claimsOfScopedToken } from '../auth/scoped-token.js';
import { createUser } from './users.js';

/** /users/invite: accounts for others, who choose their password themselves. Nobody is sent anything here. Observed: Directus 12.4.1. */
export function invitationRoutes(context: Context): Router {
  return routes({
    '/users/invite': { post: (request, response) => invite(context, request, response) },
    '/users/invite/accept': { post: (request, response) => accept(context, request, response) },
  });
}

/**
 * Stores users of the status `invited`, or gives another role to those who are. Who is no administrator is answered alike, and nothing
 * is done.
 *
 * @throws ApiError 400 INVALID_PAYLOAD, INVALID_FOREIGN_KEY
 */
async function invite(context: Context, request: Request, response: Response): Promise<void> {
  const { store } = context;
  const body = membersOf(request.body);
  const emails = readEmails(body['email']);
  const role = requiredText('role', body['role']);
  if (!isUuid(role)) throw invalidPayload('"role" must be a valid GUID');
  refuseOthers(body, ['email', 'role', 'invite_url']);
  const { invite_url: url } = body;
  if (typeof url === 'string') throw invalidPayload(`URL "${url}" can't be used to invite users`);
  if (identityOf(response).admin) {
    if ((await store.role(role)) === undefined) throw invalidForeignKey();
    for (const email of emails) {
      const user = await store.userByEmail(email);
      if (user === undefined) await createUser(context, { email, role, status: 'invited' });
      else if (user.status === 'invited') await store.updateUser(user.id, { role });
    }
  }
  answer(response);
}

/** @throws ApiError 400 INVALID_PAYLOAD */
function readEmails(given: unknown): readonly string[] {
  if (given === undefined) throw invalidPayload('"email" is required');
  if (typeof given !== 'string' && !Array.isArray(given))
    throw invalidPayload('"email" must be one of [string, array]');
  const emails: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (!emails.every(isEmailAddress)) throw invalidPayload('"email" must be a valid email');
  return emails;
}

/**
 * Lets somebody who was invited in with a password.
 * @throws ApiError 400 INVALID_PAYLOAD, 403 INVALID_TOKEN, 401 TOKEN_EXPIRED, 403 FORBIDDEN, 400 INVALID_INVITE
 */
async function accept(context: Context, request: Request, response: Response): Promise<void> {
  const { passwords, store } = context;
  const body = membersOf(request.body);
  const token = requiredText('token', body['token']);
  const password = requiredText('password', body['password']);
  refuseOthers(body, ['token', 'password']);
  const { email } = await claimsOfScopedToken(context, token, 'invite');
  const user = typeof email === 'string' ? await store.userByEmail(email) : undefined;
  if (user?.status !== 'invited') throw invalidInvite();
  await store.updateUser(user.id, { password: await passwords.hash(password), status: 'active' });
  answer(response);
}
