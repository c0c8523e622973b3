import { Router, type Request, type Response } from 'express';
import { answer } from '../http/answer.js';
import { projectSettings, type Context } from '../context.js';
import { forbidden, invalidPayload } from '../http/errors.js';
import { checkedBody } from '../http/checked-body.js';
import { registrationLimit } from './registration-limit.js';
import { routes } from '../http/routes.js';
import { stalled } from '../http/login-delay.js';
import { createUser } from './users.js';

interface Registration {
  readonly email: string;
  readonly password: string;
  readonly verification_url?: string;
  readonly first_name?: string;
  readonly last_name?: string;
}

/** POST /users/register: an account that somebody makes for themselves, where /settings lets everybody. Observed: Directus 12.4.1. */
export function registrationRoutes(context: Context): Router {
  const path = '/users/register';
  const router = Router().post(path, registrationLimit(context));
  return router.use(routes({ [path]: { post: (request, response) => register(context, request, response) } }));
}

/**
 * Stores a new user of the role that the settings name. Where e-mails are to be verified, the user stays `unverified`: nobody is sent
 * anything here. An e-mail that somebody has already is answered alike.
 *
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN unless everybody can register
 */
async function register(context: Context, request: Request, response: Response): Promise<void> {
  const { store } = context;
  const body = await checkedBody<Registration>('register', request.body);
  const { email, password, verification_url: url, first_name, last_name } = body;
  if (url !== undefined) throw invalidPayload(`URL "${url}" can't be used to verify registered users`);
  const {
    public_registration,
    public_registration_verify_email,
    public_registration_role: role,
  } = await projectSettings(context);
  if (!public_registration) throw forbidden();
  const status = public_registration_verify_email ? 'unverified' : 'active';
  await stalled(context, async () => {
    if ((await store.userByEmail(email)) === undefined)
      await createUser(context, { email, password, first_name, last_name, role, status });
    // As long as it takes to store a user: whether there is one already is not told.
    else await context.passwords.verify(null, password);
    return () => answer(response);
  });
}
