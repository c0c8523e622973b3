import type { Item } from '../query/collection.js';
import { onFirstUse } from '../on-first-use.js';
import { FIELD_META, FIELD_SCHEMA, RELATION_META, type ToldRelation, type ToldSchema } from './members.js';

/** What differs from the members that a collection, a field or a relation has without being told. */
interface Recorded {
  readonly collections: Readonly<Record<string, { readonly meta: Item; readonly fields: RecordedFields }>>;
  readonly relations: readonly {
    readonly collection: string;
    readonly field: string;
    readonly related_collection: string;
    readonly schema?: { readonly on_delete: string; readonly on_update: string; readonly column: string };
    readonly meta: Item;
  }[];
}
type RecordedFields = Readonly<Record<string, { readonly type: string; readonly schema?: Item; readonly meta: Item }>>;

const recorded = onFirstUse(() => import('./system-collections.json', { with: { type: 'json' } }));

/** The collections of the system, as they were recorded with a Directus 12.4.1 on SQLite (system-collections.json). */
export const systemSchema = onFirstUse(async (): Promise<ToldSchema> => {
  const { collections, relations } = (await recorded()).default as unknown as Recorded;
  return {
    collections: Object.entries(collections).map(([collection, { meta }]) => ({
      collection,
      meta: { collection, ...meta },
      schema: { name: collection },
    })),
    fields: Object.entries(collections).flatMap(([collection, { fields }]) =>
      Object.entries(fields).map(([field, { type, schema, meta }]) => ({
        collection,
        field,
        type,
        schema: schema === undefined ? null : { name: field, table: collection, ...FIELD_SCHEMA, ...schema },
        meta: { system: true, collection, field, ...OF_SYSTEM, ...meta },
      })),
    ),
    relations: relations.map(({ collection, field, related_collection: to, schema, meta }): ToldRelation => ({
      collection,
      field,
      related_collection: to,
      schema:
        schema === undefined ? null : constraint({ collection, field, to, column: schema.column }, schema.on_delete),
      meta: {
        many_collection: collection,
        many_field: field,
        one_collection: to,
        ...RELATION_META_OF_SYSTEM,
        ...meta,
        system: true,
      },
    })),
  };
});

/** What is told of a relation of the system, in its order. */
const RELATION_META_OF_SYSTEM: Item = Object.fromEntries(
  [
    'one_field',
    'one_allowed_collections',
    'one_collection_field',
    'one_deselect_action',
    'junction_field',
    'sort_field',
  ].map((name) => [name, RELATION_META[name]]),
);

/** What is told of a field of the system, in its order. */
const OF_SYSTEM: Item = Object.fromEntries(
  [
    ...[
      'special',
      'interface',
      'options',
      'display',
      'display_options',
      'readonly',
      'hidden',
      'sort',
      'width',
      'group',
    ],
    ...['translations', 'note', 'conditions', 'required', 'searchable'],
  ].map((name) => [name, FIELD_META[name]]),
);

/** What a database says of a field that refers to a record. */
export const constraint = (
  { collection, field, to, column }: Readonly<Record<'collection' | 'field' | 'to' | 'column', string>>,
  onDelete: unknown,
): Item => ({
  table: collection,
  column: field,
  foreign_key_table: to,
  foreign_key_column: column,
  on_update: 'NO ACTION',
  on_delete: onDelete,
  constraint_name: null,
});
