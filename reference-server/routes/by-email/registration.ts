import type { Request, Response } from 'express';
import { answer } from '../../http/answer.js';
import { projectSettings, type Context } from '../../context.js';
import { forbidden, invalidPayload, invalidToken } from '../../http/errors.js';
import { checkedBody } from '../../http/checked-body.js';
import { registrationLimit } from './registration-limit.js';
import { authorOf } from '../../query/answer-records.js';
import { links, mustBeAllowed, sendLink } from './emailed-link.js';
import { claimsOfScopedToken } from '../../auth/scoped-token.js';
import type { RouteTable } from '../../http/routes.js';
import { stalled } from '../../http/login-delay.js';
import { createUser } from '../users.js';

interface Registration {
  readonly email: string;
  readonly password: string;
  readonly verification_url?: string;
  readonly first_name?: string;
  readonly last_name?: string;
}

/** POST /users/register: a user creates an account, where /settings allows it. Observed: Directus 12.4.1. */
export function registrationRoutes(context: Context): RouteTable {
  const path = '/users/register';
  return {
    [path]: {
      post: [
        registrationLimit(context),
        (request, response) => register(context, request.body, response, () => answer(response)),
      ],
    },
    [`${path}/verify-email`]: { get: (request, response) => verify(context, request, response) },
  };
}

/**
 * Registers a user: stores a new user of the role that the settings name. Where emails are to be verified, the user stays
 * `unverified` until the link in the email is followed, which stays in the outbox. An email that is in use is answered the same.
 *
 * @param given as in POST /users/register
 * @param response to the one who registers
 * @param done is called as late as a login would be answered
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN unless registration is allowed
 */
export async function register(context: Context, given: unknown, response: Response, done: () => void): Promise<void> {
  const { store } = context;
  const body = await checkedBody<Registration>('register', given);
  const { email, password, verification_url: url, first_name, last_name } = body;
  const allowed = mustBeAllowed(url, context.settings.USER_REGISTER_URL_ALLOW_LIST, 'verify registered users');
  const {
    public_registration,
    public_registration_verify_email,
    public_registration_role: role,
  } = await projectSettings(context);
  if (!public_registration) throw forbidden();
  const status = public_registration_verify_email ? 'unverified' : 'active';
  await stalled(context, async () => {
    const before = await store.userByEmail(email);
    if (before === undefined)
      await createUser(context, { email, password, first_name, last_name, role, status }, authorOf(response));
    // As long as it takes to store a user: whether there is one already is not told.
    else await context.passwords.verify(null, password);
    if (public_registration_verify_email && (before === undefined || before.status === 'unverified'))
      await sendLink(context, links.verify, email, allowed);
    return done;
  });
}

/**
 * What the link in the email leads to: the user is active from then on. Observed: Directus 12.4.1.
 * @throws ApiError 403 INVALID_TOKEN, FORBIDDEN, 401 TOKEN_EXPIRED, 400 INVALID_PAYLOAD when there is nothing to verify any more
 */
async function verify(context: Context, request: Request, response: Response): Promise<void> {
  const { token } = request.query;
  if (typeof token !== 'string') throw invalidToken();
  response.redirect(`${request.baseUrl}/admin/users/${await verifyRegistration(context, token)}`);
}

/**
 * Makes a user active who has registered.
 * @param token as the email has it
 * @returns the id of the user
 */
export async function verifyRegistration(context: Context, token: string): Promise<string> {
  const { store } = context;
  const { email } = await claimsOfScopedToken(context, token, 'pending-registration');
  const user = typeof email === 'string' ? await store.userByEmail(email) : undefined;
  if (user?.status !== 'unverified') throw invalidPayload('Invalid verification code');
  await store.updateUser(user.id, { status: 'active' });
  return user.id;
}
