import type { Identity } from '../auth/identity.js';
import type { Store } from '../stores/store.js';
import { appPermissions } from './policies/app-permissions.js';
import { permissions as permissionRecords } from './collection.js';
import { withOwnValues } from './policies/own-values.js';
import { appPolicies, policiesOf } from './policies/policies-of.js';
import type { Action, Permission } from './policies/permission.js';

export type { Action, Permission } from './policies/permission.js';

/** What a request may do. */
export class Access {
  /** That of an administrator. */
  static readonly full = new Access(true, [], true);

  /**
   * @param isOfApp true with app_access
   * @param roles what $CURRENT_ROLES stands for
   */
  constructor(
    readonly isFull: boolean,
    readonly permissions: readonly Permission[],
    readonly isOfApp = false,
    readonly roles: ReadonlySet<string> = new Set(),
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
 * What an identity may do: what its policies allow, and with `app_access` what the app of the server needs. Observed: Directus 11.17.4 and
 * 12.4.1.
 */
export async function accessOf(store: Store, identity: Identity): Promise<Access> {
  if (identity.admin) return Access.full;
  const [allowed, ofApp] = await Promise.all([store.items(permissionRecords.name), appPolicies(store)]);
  if (allowed.length === 0 && ofApp.length === 0) return new Access(false, []);
  const { policies, roles } = await policiesOf(store, identity);
  const own = allowed
    .filter(({ members }) => policies.has(members['policy']))
    .map(({ members }) => members as unknown as Permission);
  const isOfApp = identity.user !== null && ofApp.some((id) => policies.has(id));
  return new Access(
    false,
    [...(await withOwnValues(own, store, identity)), ...(isOfApp ? appPermissions : [])],
    isOfApp,
    roles,
  );
}
