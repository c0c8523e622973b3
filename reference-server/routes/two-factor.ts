import type { Response } from 'express';
import { Secret, TOTP } from 'otpauth';
import { answer, bodyOf } from '../http/answer.js';
import { otpIsRight } from './auth.js';
import { identityOf, requireUser } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { forbidden, invalidCredentials, invalidPayload } from '../http/errors.js';
import { isUuid } from '../ids.js';
import type { RouteTable } from '../http/routes.js';
import type { UserRecord } from '../stores/store.js';
import { requireAdmin } from '../query/answer-records.js';
import type { Item } from '../query/collection.js';

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
  const user = await requireRecord(context, response);
  if (!password) throw invalidPayload('"password" is required');
  const right =
    typeof password === 'string' && user.password !== null && (await context.passwords.verify(user.password, password));
  if (!right) throw invalidCredentials();
  mustHaveNone(user);
  const secret = new Secret({ buffer: Uint8Array.from(context.random.bytes(10)).buffer }).base32;
  const label = encodeURIComponent(user.email ?? '');
  const { period, digits, algorithm } = TOTP.defaults;
  const parameters = `secret=${secret}&period=${period}&digits=${digits}&algorithm=${algorithm}&issuer=Directus`;
  return { secret, otpauth_url: `otpauth://totp/Directus:${label}?${parameters}` };
}

/** Demands one-time passwords of this secret from the next login on. Only who may change users may. */
export async function enableSecret(context: Context, { secret, otp }: Item, response: Response): Promise<void> {
  requireUser(response);
  if (!secret) throw invalidPayload('"secret" is required');
  if (!otp) throw invalidPayload('"otp" is required');
  const user = await requireRecord(context, response);
  mustHaveNone(user);
  if (typeof secret !== 'string' || !otpIsRight(context, secret, otp)) throw invalidPayload('"otp" is invalid');
  requireAdmin(response, 'directus_users');
  await context.store.updateUser(user.id, { tfa_secret: secret });
}

/** Demands no one-time passwords any more, of who has one. */
export async function disableSecret(context: Context, { otp }: Item, response: Response): Promise<void> {
  const user = await requireRecord(context, response);
  if (!otp) throw invalidPayload('"otp" is required');
  if (user.tfa_secret === null) throw invalidPayload(`User "${user.id}" doesn't have TFA enabled`);
  if (!otpIsRight(context, user.tfa_secret, otp)) throw invalidPayload('"otp" is invalid');
  requireAdmin(response, 'directus_users');
  await context.store.updateUser(user.id, { tfa_secret: null });
}

/** For a user who has lost the second factor: an administrator removes it. */
async function disableFor(context: Context, id: string, response: Response): Promise<void> {
  requireUser(response);
  if (!isUuid(id) || !identityOf(response).admin) throw forbidden();
  await context.store.updateUser(id, { tfa_secret: null });
  answer(response);
}

function mustHaveNone({ tfa_secret }: UserRecord): void {
  if (tfa_secret !== null) throw invalidPayload('TFA Secret is already set for this user');
}

async function requireRecord({ store }: Context, response: Response): Promise<UserRecord> {
  const user = await store.user(requireUser(response));
  if (user === undefined) throw invalidCredentials();
  return user;
}
