import { ISSUER, issuedNow, type Claims, type IssuedClaims } from './jwt.js';
import type { Context } from '../context.js';
import { invalidToken } from '../http/errors.js';
import { hasAppAccess } from '../query/policies/policies-of.js';
import type { UserRecord } from '../stores/store.js';

/** The user that a request is made as. */
export interface Identity {
  /** The user's id; null without a token: the public role. */
  readonly user: string | null;
  /** The id of the role that the token gives. */
  readonly role: string | null;
  /** True for all rights; false for none. */
  readonly admin: boolean;
  /** The session of the token, when it is a session token. */
  readonly session: string | null;
}

/** The identity of a request without a token. */
export const anonymous: Identity = { user: null, role: null, admin: false, session: null };

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

/**
 * The claims of a token that is issued to a user now, in the order of Directus 12.4.1 (observed).
 *
 * @param lifetimeMs after which it expires
 * @param session that the token names: a session token's
 */
export async function issuedClaims(
  context: Pick<Context, 'clock' | 'store'>,
  { id, role }: Pick<UserRecord, 'id' | 'role'>,
  lifetimeMs: number,
  session: Pick<IssuedClaims, 'session'> = {},
): Promise<IssuedClaims> {
  const admin = await isAdminRole(context, role);
  const times = issuedNow(context.clock.now(), lifetimeMs);
  const app = admin || (await hasAppAccess(context.store, { user: id, role }));
  return { id, role, app_access: app, admin_access: admin, ...session, ...times, iss: ISSUER };
}

/** The identity of a user, with the rights of the role that the user has now. */
export async function identityOfUser(context: Context, user: UserRecord): Promise<Identity> {
  return { user: user.id, role: user.role, admin: await isAdminRole(context, user.role), session: null };
}
