import type { Context } from '../context.js';
import { access, keyFieldOf, type Item } from '../query/collection.js';
import { mustBeKey } from '../query/keys.js';
import type { Who } from '../query/filter/operands.js';
import { writableAccess } from './policy-collections.js';
import { removeItems } from './remove-items.js';
import { changeItems, createItems } from './write-items.js';

/**
 * Gives policies to a role or a user, as its field `policies` says: a list of all that it is to have, or `{ create, update, delete }`.
 * Observed: Directus 12.4.1.
 *
 * @param to the field of directus_access that refers to it
 * @throws ApiError 400 INVALID_FOREIGN_KEY
 */
export async function givePolicies(
  context: Context,
  to: 'role' | 'user',
  id: string,
  given: unknown,
  who: Who,
): Promise<void> {
  if (typeof given !== 'object' || given === null) return;
  const { create, update, delete: left } = Array.isArray(given) ? sorted(given as unknown[]) : (given as Item);
  const inputs = records(create).map((input) => ({ ...input, [to]: id }));
  await createItems(context, [{ collection: writableAccess, inputs }], who);
  const changes = records(update).flatMap(({ id: key, ...input }) =>
    key === undefined ? [] : [{ key: mustBeKey(access, key), input: { ...input, [to]: id } }],
  );
  await changeItems(context, writableAccess, changes, who);
  const keys = (Array.isArray(left) ? (left as unknown[]) : []).map((key) => mustBeKey(access, key));
  if (Array.isArray(given)) {
    const kept = new Set(changes.map(({ key }) => key));
    for (const { key, members } of await context.store.items(access.name))
      if (members[to] === id && !kept.has(key) && !inputs.some((one) => one['policy'] === members['policy']))
        keys.push(key);
  }
  await removeItems(context, writableAccess, keys, who);
}

/** A list as what is new and what there is. */
function sorted(given: readonly unknown[]): Item {
  const key = keyFieldOf(access);
  const all = given.map((one) => (typeof one === 'object' && one !== null ? (one as Item) : { [key]: one }));
  return { create: all.filter((one) => one[key] === undefined), update: all.filter((one) => one[key] !== undefined) };
}

const records = (given: unknown): readonly Item[] =>
  Array.isArray(given)
    ? (given as unknown[]).filter((one): one is Item => typeof one === 'object' && one !== null)
    : [];
