import type { Context } from '../context.js';
import { invalidCredentials } from '../http/errors.js';
import { identityOfUser, type Identity } from './identity.js';

/*
 * Static tokens. Seed, section Static Tokens: "Each user can have one static token that does not expire. … It is stored in plain
 * text". Any string, and whoever sends it is the user who has it.
 */

/**
 * Whom a static token identifies: the active user who has exactly this one.
 * @throws ApiError 401 INVALID_CREDENTIALS
 */
export async function identifyByStaticToken(context: Context, token: string): Promise<Identity> {
  const { store } = context;
  const user = token === '' ? undefined : await store.userByStaticToken(token);
  if (user?.status !== 'active') throw invalidCredentials();
  return identityOfUser(context, user);
}
