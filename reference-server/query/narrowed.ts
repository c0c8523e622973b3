import type { Access } from './access.js';
import { fieldsOf, systemCollection, type Collection } from './collection.js';

/**
 * A collection as it is seen with an access: without the fields that may not be read, and without fields at all where nothing may be
 * read. What its relations lead to is narrowed alike; a list of records that may not be read is no field. Observed: Directus 11.17.4.
 */
export function narrowed(collection: Collection, access: Access): Collection {
  if (access.isFull) return collection;
  const { name, types, relations = {}, resolve = systemCollection } = collection;
  const allowed = access.to('read', name);
  // Fields that are allowed by name are told in the order of the permissions. Observed: Directus 12.4.1.
  const isAll = allowed.some(({ fields }) => fields?.includes('*') === true);
  const named = isAll ? fieldsOf(collection) : allowed.flatMap(({ fields }) => fields ?? []);
  const seen = new Set(named.filter((field) => fieldsOf(collection).includes(field)));
  const ofSeen = <Value>(members: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
    Object.fromEntries(
      [...seen].flatMap((field): [string, Value][] => {
        const member = Object.hasOwn(members, field) ? members[field] : undefined;
        return member === undefined ? [] : [[field, member]];
      }),
    );
  return {
    ...collection,
    whole: collection,
    types: ofSeen(types),
    relations: ofSeen(relations),
    leftOut: Object.entries(relations).flatMap(([field, { to, many }]) =>
      many && !access.may('read', to) ? [field] : [],
    ),
    ...(allowed.length === 0 && { seen: 'none' }),
    resolve: (other) => {
      const found = resolve(other) ?? systemCollection(other);
      return narrowed(found ?? { name: other, types: { id: 'uuid' } }, access);
    },
  };
}
