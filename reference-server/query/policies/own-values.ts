import type { Identity } from '../../auth/identity.js';
import { textOf } from '../../http/loose-values.js';
import type { Store } from '../../stores/store.js';
import { relationOf, roles, users, type Collection, type Item } from '../collection.js';
import type { Permission } from './permission.js';

/** `$CURRENT_USER.role.name`: a field of the own record, or of the role, through relations. */
const OF_RECORD = /^\$CURRENT_(USER|ROLE)\.([\w.]+)$/;

/**
 * Permissions with the values that their filters and presets take from the own record, or from the role; null where there is none.
 * Observed: Directus 11.17.4.
 */
export async function withOwnValues(
  permissions: readonly Permission[],
  store: Store,
  { user, role }: Identity,
): Promise<readonly Permission[]> {
  // Most permissions name none.
  const naming = permissions.filter((each) => /"\$CURRENT_(?:USER|ROLE)\./.test(JSON.stringify(each)));
  if (naming.length === 0) return permissions;
  const valueFor = async (text: string): Promise<unknown> => {
    const [, whose, path = ''] = OF_RECORD.exec(text) ?? [];
    if (whose === undefined) return text;
    const [collection, key] = whose === 'USER' ? [users, user] : [roles, role];
    return key === null ? null : valueAt(store, collection, key, path.split('.'));
  };
  const filled = async (given: unknown): Promise<unknown> => {
    if (typeof given === 'string') return valueFor(given);
    if (Array.isArray(given)) return Promise.all(given.map(filled));
    if (typeof given !== 'object' || given === null) return given;
    const members = Object.entries(given).map(async ([name, value]) => [name, await filled(value)] as const);
    return Object.fromEntries(await Promise.all(members));
  };
  return Promise.all(
    permissions.map(async (each) => (naming.includes(each) ? ((await filled(each)) as Permission) : each)),
  );
}

async function valueAt(
  store: Store,
  collection: Collection,
  key: string,
  [field = '', ...rest]: readonly string[],
): Promise<unknown> {
  const record = await recordOf(store, collection, key);
  const value = record === undefined || collection.concealed?.includes(field) === true ? null : (record[field] ?? null);
  const to = relationOf(collection, field)?.to;
  if (rest.length === 0) return value;
  return to === undefined || value === null ? null : valueAt(store, to, textOf(value), rest);
}

async function recordOf(store: Store, { name }: Collection, key: string): Promise<Item | undefined> {
  const found = name === users.name ? await store.user(key) : name === roles.name ? await store.role(key) : undefined;
  if (found !== undefined) return found as unknown as Item;
  return (await store.items(name)).find((item) => item.key === key)?.members;
}
