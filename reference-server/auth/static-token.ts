import type { Context } from '../context.js';
import { invalidCredentials } from '../http/errors.js';
import { identityOfUser, type Identity } from './identity.js';

/*
 * Static tokens. Seed, section Static Tokens: "Each user can have one static token that does not expire. … It is stored in plain
 * text". Any string; it identifies the user who has it.
 */

/**
 * The identity that a static token gives: that of the active user who has exactly this one.
 * @throws ApiError 401 INVALID_CREDENTIALS
 */
export async function identifyByStaticToken(context: Context, token: string): Promise<Identity> {
  const { store } = context;
  const user = token === '' ? undefined : await store.userByStaticToken(token);
  if (user?.status !== 'active') throw invalidCredentials();
  return identityOfUser(context, user);
}
