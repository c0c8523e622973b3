import { definitionsOf } from '../content/content-model.js';
import type { Context } from '../context.js';
import { contentSchema } from './content-schema.js';
import type { ToldSchema } from './members.js';
import { systemSchema } from './system-schema.js';

/** The collections of content, by name, and of the system, with their fields and relations. */
export async function toldSchema({ store }: Pick<Context, 'store'>): Promise<ToldSchema> {
  const definitions = [...(await definitionsOf(store))].sort((one, other) => (one.name < other.name ? -1 : 1));
  const [content, system] = [contentSchema(definitions), await systemSchema()];
  return {
    collections: [...content.collections, ...system.collections],
    fields: [...system.fields, ...content.fields],
    relations: [...system.relations, ...content.relations],
  };
}
