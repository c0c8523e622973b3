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
  const { rules, store } = context;
  const user = token === '' ? undefined : await store.userByStaticToken(token);
  if (user === undefined) throw invalidCredentials();
  if (user.status !== 'active' && rules.staticTokenNeedsActiveUser) throw invalidCredentials();
  let identity = await identityOfUser(context, user);
  if (rules.staticTokenIdentifies === 'first-owner')
    identity = { ...identity, user: await firstOwner(context, user.id) };
  return rules.staticTokenHasPermissions ? identity : { ...identity, role: null, admin: false };
}

/** The id of the first user with a static token, the one the server is set up with left out. */
async function firstOwner({ store }: Context, fallback: string): Promise<string> {
  const [, ...others] = await store.users();
  return others.find(({ token }) => token !== null && token !== '')?.id ?? fallback;
}
