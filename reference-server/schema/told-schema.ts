import { definitionsOf } from '../content/content-model.js';
import type { Context } from '../context.js';
import { contentSchema } from './content-schema.js';
import type { ToldSchema } from './members.js';
import { systemSchema } from './system-schema.js';

/** The collections of content and of the system, with their fields and relations. */
export async function toldSchema({ store }: Pick<Context, 'store'>): Promise<ToldSchema> {
  const [content, system] = [contentSchema(await definitionsOf(store)), await systemSchema()];
  return {
    collections: [...content.collections, ...system.collections],
    fields: [...system.fields, ...content.fields],
    relations: [...system.relations, ...content.relations],
  };
}
