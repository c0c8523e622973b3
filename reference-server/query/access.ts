import type { Identity } from '../auth/identity.js';
import type { Store } from '../stores/store.js';
import { access as accessRecords, permissions as permissionRecords, type Item } from './collection.js';
import { PUBLIC_POLICY } from './policy-ids.js';

export type Action = 'create' | 'read' | 'update' | 'delete';

/** What a policy allows, as Directus stores it. */
export interface Permission {
  readonly collection: string;
  readonly action: Action;
  /** A filter that a record has to meet; everything meets none. */
  readonly permissions: Item | null;
  /** Values of fields that a new record has where the request gives none. */
  readonly presets: Item | null;
  /** Fields by name; `*` for all, none for null. */
  readonly fields: readonly string[] | null;
}

/** What a request may do. */
export class Access {
  /** That of an administrator. */
  static readonly full = new Access(true, []);

  constructor(
    readonly isFull: boolean,
    private readonly permissions: readonly Permission[],
  ) {}

  /** What allows an action; nothing does where the list is empty and the access is not full. */
  to(action: Action, collection: string): readonly Permission[] {
    return this.permissions.filter((one) => one.action === action && one.collection === collection);
  }

  may(action: Action, collection: string): boolean {
    return this.isFull || this.to(action, collection).length > 0;
  }
}

/** True when a permission covers a field. */
export const covers = ({ fields }: Permission, field: string): boolean =>
  fields?.includes('*') === true || fields?.includes(field) === true;

/**
 * What an identity may do: the policies of its role and the roles that this one is under, and those of the user; the public one where
 * there is no role. Observed: Directus 11.17.4 and 12.4.1.
 */
export async function accessOf(store: Store, { admin, role, user }: Identity): Promise<Access> {
  if (admin) return Access.full;
  const allowed = await store.items(permissionRecords.name);
  if (allowed.length === 0) return new Access(false, []);
  const above = await rolesUpFrom(store, role);
  const policies = new Set<unknown>(above.size === 0 ? [PUBLIC_POLICY] : []);
  for (const { members } of await store.items(accessRecords.name)) {
    const { policy, role: ofRole, user: ofUser } = members;
    const isOwn = (typeof ofRole === 'string' && above.has(ofRole)) || (user !== null && ofUser === user);
    if (isOwn) policies.add(policy);
  }
  const own = allowed.filter(({ members }) => policies.has(members['policy']));
  return new Access(
    false,
    own.map(({ members }) => members as unknown as Permission),
  );
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
