import { covers, type Access } from './access.js';
import { fieldsOf, systemCollection, type Collection } from './collection.js';

/**
 * A collection as it is seen with an access: without the fields that may not be read, and without fields at all where nothing may be
 * read. What its relations lead to is narrowed alike; a list of records that may not be read is no field. Observed: Directus 11.17.4.
 */
export function narrowed(collection: Collection, access: Access): Collection {
  if (access.isFull) return collection;
  const { name, types, relations = {}, resolve = systemCollection } = collection;
  const allowed = access.to('read', name);
  const seen = new Set(fieldsOf(collection).filter((field) => allowed.some((each) => covers(each, field))));
  const ofSeen = <Value>(members: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
    Object.fromEntries(Object.entries(members).filter(([field]) => seen.has(field)));
  return {
    ...collection,
    whole: collection,
    types: ofSeen(types),
    relations: ofSeen(relations),
    leftOut: Object.entries(relations).flatMap(([field, { to, many }]) =>
      many && !access.may('read', to) ? [field] : [],
    ),
    ...(allowed.length === 0 && { seen: 'none' }),
    // All fields are seen as they are by administrators. Observed: Directus 12.4.1.
    ...(allowed.length > 0 && !allowed.some(({ fields }) => fields?.includes('*') === true) && { seen: 'some' }),
    resolve: (other) => {
      const found = resolve(other) ?? systemCollection(other);
      return narrowed(found ?? { name: other, types: { id: 'uuid' } }, access);
    },
  };
}
