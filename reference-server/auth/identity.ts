import type { Claims } from './jwt.js';
import type { Context } from '../context.js';
import { invalidToken } from '../http/errors.js';
import type { UserRecord } from '../stores/store.js';

/** Whom a request comes from. */
export interface Identity {
  /** The user's id; null for nobody, who has the public role. */
  readonly user: string | null;
  /** The id of the role that the token gives. */
  readonly role: string | null;
  /** True for all rights; false for none. */
  readonly admin: boolean;
  /** The session of the token, when it is a session token. */
  readonly session: string | null;
}

export const nobody: Identity = { user: null, role: null, admin: false, session: null };

/** The rights of a role: all for the administrators' one, none for others. */
export async function isAdminRole({ store }: Pick<Context, 'store'>, role: string | null): Promise<boolean> {
  return role !== null && (await store.role(role))?.admin === true;
}

/**
 * The identity that the claims of a verified JWT give. The rights are those of the role in the token, also when the user has another
 * by now or is gone: seed, Access Tokens, "have the same permissions that the associated user does", and observed: Directus 12.4.1.
 *
 * @throws ApiError 403 INVALID_TOKEN when a claim is missing
 */
export async function identityOfClaims(context: Context, claims: Claims): Promise<Identity> {
  const { id, role, app_access, admin_access, session } = claims;
  if (role === undefined || app_access === undefined || admin_access === undefined) throw invalidToken();
  const roleId = typeof role === 'string' ? role : null;
  return {
    user: typeof id === 'string' && id !== '' ? id : null,
    role: roleId,
    admin: await isAdminRole(context, roleId),
    session: typeof session === 'string' ? session : null,
  };
}

/** The identity of a user, with the rights of the role that the user has now. */
export async function identityOfUser(context: Context, user: UserRecord): Promise<Identity> {
  return { user: user.id, role: user.role, admin: await isAdminRole(context, user.role), session: null };
}
