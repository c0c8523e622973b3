import type { Store } from '../../stores/store.js';
import { PUBLIC_POLICY } from '../policy-ids.js';

/** A user, or the role of one, that policies are given to. */
export interface Holder {
  readonly user: string | null;
  readonly role: string | null;
}

/** The policies that a user has, and the roles that they come of. */
export interface Held {
  readonly policies: ReadonlySet<unknown>;
  readonly roles: ReadonlySet<string>;
}

/**
 * The policies of a role and the roles that this one is under, and those of the user; the public one where there is no role.
 * Observed: Directus 11.17.4 and 12.4.1.
 */
export async function policiesOf(store: Store, { role, user }: Holder): Promise<Held> {
  const roles = await rolesUpFrom(store, role);
  const policies = new Set<unknown>(roles.size === 0 ? [PUBLIC_POLICY] : []);
  for (const { members } of await store.items('directus_access')) {
    const { policy, role: ofRole, user: ofUser } = members;
    const isPublic = roles.size === 0 && ofRole === null && ofUser === null;
    const isOwn = isPublic || (typeof ofRole === 'string' && roles.has(ofRole)) || (user !== null && ofUser === user);
    if (isOwn) policies.add(policy);
  }
  return { policies, roles };
}

/** The policies that give their users what the app of the server needs. */
export async function appPolicies(store: Store): Promise<readonly unknown[]> {
  const policies = await store.items('directus_policies');
  return policies.filter(({ members }) => members['app_access'] === true).map(({ members }) => members['id']);
}

/** True for a user who has one of them. */
export async function hasAppAccess(store: Store, holder: Holder): Promise<boolean> {
  const ofApp = await appPolicies(store);
  if (ofApp.length === 0) return false;
  const { policies } = await policiesOf(store, holder);
  return ofApp.some((id) => policies.has(id));
}

/** A role and those that it is under. */
export async function rolesUpFrom(store: Store, role: string | null): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let at = role;
  while (at !== null && !found.has(at)) {
    found.add(at);
    at = (await store.role(at))?.parent ?? null;
  }
  return found;
}
