import type { Context } from '../context.js';
import type { Item } from '../query/collection.js';
import { toldSchema } from './told-schema.js';

const isOfSystem = (name: string): boolean => name.startsWith('directus_');

const withoutId = (meta: Item | null): Item | null =>
  meta === null ? null : Object.fromEntries(Object.entries(meta).filter(([name]) => name !== 'id'));

/** The collections of content with their fields and relations, as GET /schema/snapshot tells them. Observed: Directus 12.4.1. */
export async function snapshot(context: Context, version: string): Promise<object> {
  const { collections, fields, relations } = await toldSchema(context);
  const own = <Told extends { readonly collection: string; readonly meta: Item | null }>(
    all: readonly Told[],
  ): Told[] =>
    all.filter(({ collection }) => !isOfSystem(collection)).map((one) => ({ ...one, meta: withoutId(one.meta) }));
  return {
    version: 1,
    directus: version,
    vendor: 'sqlite',
    collections: own(collections),
    fields: own(fields),
    systemFields: fields
      .filter(({ collection, schema }) => isOfSystem(collection) && schema?.['is_indexed'] === true)
      .map(({ collection, field }) => ({ collection, field, schema: { is_indexed: true } })),
    relations: own(relations),
  };
}
