import { contentOf, definitionsOf } from '../content/content-model.js';
import { knownCollection } from '../content/writable-collections.js';
import type { Context } from '../context.js';
import type { Access } from '../query/access.js';
import { fieldsOf } from '../query/collection.js';
import { narrowed } from '../query/narrowed.js';
import { contentSchema } from './content-schema.js';
import type { ToldSchema } from './members.js';
import { systemSchema } from './system-schema.js';

/** The collections of content and of the system, with their fields and relations, as far as an access goes. */
export async function toldSchema({ store }: Pick<Context, 'store'>, access: Access): Promise<ToldSchema> {
  const [content, system] = [contentSchema(await definitionsOf(store)), await systemSchema()];
  const whole: ToldSchema = {
    collections: [...content.collections, ...system.collections],
    fields: [...system.fields, ...content.fields],
    relations: [...system.relations, ...content.relations],
  };
  if (access.isFull) return whole;
  const known = await contentOf(store);
  const seen = (collection: string, field: string): boolean => {
    const found = access.may('read', collection) ? knownCollection(known, collection) : undefined;
    return found !== undefined && fieldsOf(narrowed(found, access)).includes(field);
  };
  return {
    collections: whole.collections.filter(({ collection }) => access.may('read', collection)),
    fields: whole.fields.filter(({ collection, field }) => seen(collection, field)),
    relations: whole.relations.filter(
      ({ collection, field, related_collection: to }) => seen(collection, field) && access.may('read', to),
    ),
  };
}
