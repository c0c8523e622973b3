import type { Context } from '../context.js';
import { failedValidation, type ApiError } from '../http/errors.js';
import type { Item } from '../query/collection.js';
import { storedText, storedValue } from '../query/stored-value.js';
import type { RoleRecord } from '../stores/store.js';

/**
 * A role that is not stored yet. It gives no rights unless it is told to.
 * @param members in which it differs from a blank one
 */
export const newRole = ({ random }: Context, members: Partial<RoleRecord>): RoleRecord => ({
  id: random.uuid(),
  name: '',
  icon: 'supervised_user_circle',
  description: null,
  parent: null,
  policies: [],
  admin: false,
  ...members,
});

/**
 * Checks a role that is given in place of an id.
 * @param field that refers to it, as the error names it
 * @throws ApiError 400 FAILED_VALIDATION for a new role without a name
 */
export async function mustBeNamed({ store }: Context, { id, name }: Item, field: string): Promise<void> {
  const isThere = typeof id === 'string' && (await store.role(id)) !== undefined;
  if (!isThere && name === undefined) throw failedValidation('name', 'required', [field]);
}

/**
 * The id of the role that a field refers to. An object in place of an id is a role that is created along the way.
 * Observed: Directus 12.4.1.
 *
 * @param field that refers to it, as the error names it
 * @param missing the error for a role that does not exist
 */
export async function roleOf(
  context: Context,
  given: unknown,
  field: string,
  missing: () => ApiError,
): Promise<string | null> {
  const { store } = context;
  if (given === null) return null;
  if (typeof given !== 'object') {
    if (typeof given !== 'string' || (await store.role(given)) === undefined) throw missing();
    return given;
  }
  const { id, name, icon, description } = given as Item;
  if (typeof id === 'string' && (await store.role(id)) !== undefined) return id;
  await mustBeNamed(context, { id, name }, field);
  const role = newRole(context, {
    name: storedText(name),
    ...(icon !== undefined && { icon: storedValue('string', icon) }),
    ...(description !== undefined && { description: storedValue('text', description) }),
  });
  await store.saveRole(role);
  return role.id;
}
