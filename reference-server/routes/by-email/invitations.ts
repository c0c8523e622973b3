import type { Request, Response } from 'express';
import { answer } from '../../http/answer.js';
import { identityOf } from '../../auth/authenticate.js';
import type { Context } from '../../context.js';
import { checkedBody } from '../../http/checked-body.js';
import { invalidForeignKey, invalidInvite } from '../../http/errors.js';
import { authorOf } from '../../query/answer-records.js';
import { links, mustBeAllowed, sendLink } from './emailed-link.js';
import type { RouteTable } from '../../http/routes.js';
import { claimsOfScopedToken } from '../../auth/scoped-token.js';
import { createUser } from '../users.js';

/** /users/invite: accounts for others, who choose their password themselves. The emails stay in the outbox. Observed: Directus 12.4.1. */
export function invitationRoutes(context: Context): RouteTable {
  return {
    '/users/invite': {
      post: async (request, response) => {
        await invite(context, response, request.body);
        answer(response);
      },
    },
    '/users/invite/accept': { post: (request, response) => accept(context, request, response) },
  };
}

/**
 * Stores users of the status `invited`, or gives another role to those who are. Others than administrators are answered the same, and nothing
 * is done.
 *
 * @param response to the one who invites
 * @param body as of POST /users/invite
 * @throws ApiError 400 INVALID_PAYLOAD, INVALID_FOREIGN_KEY
 */
export async function invite(context: Context, response: Response, body: unknown): Promise<void> {
  const { store } = context;
  const { email: given, role, invite_url: url } = await checkedBody<Invitation>('invite', body);
  const emails = typeof given === 'string' ? [given] : given;
  const allowed = mustBeAllowed(url, context.settings.USER_INVITE_URL_ALLOW_LIST, 'invite users');
  if (!identityOf(response).admin) return;
  const isRole = (await store.role(role)) !== undefined;
  for (const email of emails) {
    const user = await store.userByEmail(email);
    if (user !== undefined && user.status !== 'invited') continue;
    // A role is looked at where a user gets it. Observed: Directus 12.4.1.
    if (!isRole) throw invalidForeignKey();
    if (user === undefined) await createUser(context, { email, role, status: 'invited' }, authorOf(response));
    else await store.updateUser(user.id, { role });
    await sendLink(context, links.invite, email, allowed);
  }
}

interface Invitation {
  readonly email: string | readonly string[];
  readonly role: string;
  readonly invite_url?: string;
}

/**
 * Accepts an invitation: the user becomes active, with a password.
 * @throws ApiError 400 INVALID_PAYLOAD, 403 INVALID_TOKEN, 401 TOKEN_EXPIRED, 403 FORBIDDEN, 400 INVALID_INVITE
 */
async function accept(context: Context, request: Request, response: Response): Promise<void> {
  const { token, password } = await checkedBody<{ token: string; password: string }>('acceptInvite', request.body);
  await acceptInvitation(context, token, password);
  answer(response);
}

/** The same by the page that the link leads to. */
export async function acceptInvitation(context: Context, token: string, password: string): Promise<void> {
  const { passwords, store } = context;
  const { email } = await claimsOfScopedToken(context, token, 'invite');
  const user = typeof email === 'string' ? await store.userByEmail(email) : undefined;
  if (user?.status !== 'invited') throw invalidInvite();
  await store.updateUser(user.id, { password: await passwords.hash(password), status: 'active' });
}
