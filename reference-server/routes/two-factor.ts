import type { Response } from 'express';
import { Secret, TOTP } from 'otpauth';
import { answer, bodyOf } from '../http/answer.js';
import { otpIsRight } from './auth.js';
import { identityOf, requireUser } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { forbidden, invalidCredentials, invalidPayload, type ApiError } from '../http/errors.js';
import { isUuid } from '../ids.js';
import type { RouteTable } from '../http/routes.js';
import type { UserRecord } from '../stores/store.js';
import { viewOf } from '../query/answer-records.js';
import { mustBeChangeable } from '../query/authorized.js';
import { users, type Item } from '../query/collection.js';

/** /users/me/tfa: the second factor of a login, a time-based one-time password (RFC 6238). Observed: Directus 12.4.1. */
export function tfaRoutes(context: Context): RouteTable {
  return {
    '/users/me/tfa/generate': {
      post: async (request, response) => answer(response, await generateSecret(context, bodyOf(request), response)),
    },
    '/users/me/tfa/enable': {
      post: async (request, response) => answer(response, await enableSecret(context, bodyOf(request), response)),
    },
    '/users/me/tfa/disable': {
      post: async (request, response) => answer(response, await disableSecret(context, bodyOf(request), response)),
    },
    '/users/:id/tfa/disable': { post: (request, response) => disableFor(context, request.params.id, response) },
  };
}

/** Makes a secret up for who knows the password. It counts only once it has been enabled. */
export async function generateSecret(context: Context, { password }: Item, response: Response): Promise<Item> {
  const { user } = await asking(context, response);
  if (user === undefined) throw isSet();
  if (!password) throw invalidPayload('"password" is required');
  const right =
    typeof password === 'string' && user.password !== null && (await context.passwords.verify(user.password, password));
  if (!right) throw invalidCredentials();
  if (user.tfa_secret !== null) throw isSet();
  const secret = new Secret({ buffer: Uint8Array.from(context.random.bytes(10)).buffer }).base32;
  const label = encodeURIComponent(user.email ?? '');
  const { period, digits, algorithm } = TOTP.defaults;
  const parameters = `secret=${secret}&period=${period}&digits=${digits}&algorithm=${algorithm}&issuer=Directus`;
  return { secret, otpauth_url: `otpauth://totp/Directus:${label}?${parameters}` };
}

/** Demands one-time passwords of this secret from the next login on. Only who may change the field of the own record may. */
export async function enableSecret(context: Context, { secret, otp }: Item, response: Response): Promise<void> {
  requireUser(response);
  if (!secret) throw invalidPayload('"secret" is required');
  if (!otp) throw invalidPayload('"otp" is required');
  const { id, user } = await asking(context, response);
  if (user?.tfa_secret !== null) throw isSet();
  if (typeof secret !== 'string' || !otpIsRight(context, secret, otp)) throw invalidPayload('"otp" is invalid');
  await mustBeOwn(context, response, id);
  await context.store.updateUser(id, { tfa_secret: secret });
}

/** Demands no one-time passwords any more, of who has one. */
export async function disableSecret(context: Context, { otp }: Item, response: Response): Promise<void> {
  const { id, user } = await asking(context, response);
  if (!otp) throw invalidPayload('"otp" is required');
  const secret = user?.tfa_secret ?? null;
  if (secret === null) throw invalidPayload(`User "${id}" doesn't have TFA enabled`);
  if (!otpIsRight(context, secret, otp)) throw invalidPayload('"otp" is invalid');
  await mustBeOwn(context, response, id);
  await context.store.updateUser(id, { tfa_secret: null });
}

/** @throws ApiError 403 FORBIDDEN for who may not change the field of the own record */
const mustBeOwn = async (context: Context, response: Response, id: string): Promise<void> =>
  mustBeChangeable(await viewOf(context, response), users, [{ key: id, input: { tfa_secret: null } }]);

/** For a user who has lost the second factor: an administrator removes it. */
async function disableFor(context: Context, id: string, response: Response): Promise<void> {
  requireUser(response);
  if (!isUuid(id) || !identityOf(response).admin) throw forbidden();
  await context.store.updateUser(id, { tfa_secret: null });
  answer(response);
}

/** Also of a user who has been removed since the token was issued. Observed: Directus 12.4.1. */
const isSet = (): ApiError => invalidPayload('TFA Secret is already set for this user');

/** Who asks, whose record is gone where the user has been removed. */
async function asking(
  { store }: Context,
  response: Response,
): Promise<{ readonly id: string; readonly user: UserRecord | undefined }> {
  const id = requireUser(response);
  return { id, user: await store.user(id) };
}
