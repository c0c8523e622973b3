import { contentAs, withKey, type Content, type DefinedField, type Definition } from '../content/content-model.js';
import { keyFieldOf, systemCollection, type FieldType, type Item } from '../query/collection.js';
import {
  COLLECTION_META,
  FIELD_META,
  FIELD_SCHEMA,
  RELATION_META,
  type ToldField,
  type ToldRelation,
  type ToldSchema,
} from './members.js';
import { constraint } from './system-schema.js';

/** The column that holds a field, by its type. Observed: Directus 12.4.1 on SQLite. */
const COLUMNS: Readonly<Record<string, Item>> = {
  string: { data_type: 'varchar', max_length: 255 },
  uuid: { data_type: 'char', max_length: 36 },
  bigInteger: { data_type: 'bigint' },
  decimal: { data_type: 'float' },
  csv: { data_type: 'text' },
  dateTime: { data_type: 'datetime' },
  timestamp: { data_type: 'datetime' },
};

/** What Directus notes of a field that it writes itself, or whose values it makes of others. */
const SPECIALS: Readonly<Record<string, readonly string[]>> = {
  'many-to-one': ['m2o'],
  'one-to-many': ['o2m'],
  boolean: ['cast-boolean'],
  json: ['cast-json'],
  csv: ['cast-csv'],
  timestamp: ['cast-timestamp'],
};

/** The collections of content, as /collections, /fields and /relations tell them. */
export function contentSchema(definitions: readonly Definition[]): ToldSchema {
  const content = contentAs(definitions);
  const complete = definitions.map((one) => (one.isGroup === true ? one : withKey(one)));
  // The numbers of what is told of fields and relations: their places.
  let fieldId = 0;
  let relationId = 0;
  return {
    collections: complete.map(({ name, singleton = false, meta, isGroup }) => ({
      collection: name,
      meta: meta === null ? null : { collection: name, ...COLLECTION_META, singleton, ...meta },
      schema: isGroup === true ? null : { name },
    })),
    fields: complete.flatMap(({ name, fields, aliases = [] }) => [
      ...fields.map((field, index) => toldField(content, name, field, (fieldId += 1), placeOf(fields, index))),
      ...aliases.map(({ name: field, meta }, index) => ({
        collection: name,
        field,
        type: 'alias',
        schema: null,
        meta: {
          id: (fieldId += 1),
          collection: name,
          field,
          ...FIELD_META,
          sort: placeOf(fields, fields.length) + index,
          ...meta,
        },
      })),
    ]),
    relations: complete.flatMap(({ name, fields }) =>
      fields.flatMap((field) => {
        const told = toldRelation(content, name, field, relationId + 1);
        if (told !== undefined) relationId += 1;
        return told ?? [];
      }),
    ),
  };
}

/** The place of a field among those of which anything is told. */
const placeOf = (fields: readonly DefinedField[], index: number): number =>
  1 + fields.slice(0, index).filter(({ meta }) => meta !== null).length;

function toldField(content: Content, collection: string, field: DefinedField, id: number, sort: number): ToldField {
  const { name, meta } = field;
  // What a seed file says of it is told; what a request said is in `meta`.
  const required = meta === undefined && field.required === true;
  const type = content.get(collection)?.types[name] ?? 'string';
  const told = { id, collection, field: name, ...FIELD_META, special: specialOf(field), required, sort };
  return {
    collection,
    field: name,
    type,
    schema: field.type === 'one-to-many' ? null : { name, table: collection, ...columnOf(content, field, type) },
    meta:
      meta === null
        ? null
        : { ...told, ...meta, special: meta?.['special'] === undefined ? told.special : specialIn(field, meta) },
  };
}

/** What was said of it, with what a moment is read as. */
function specialIn(field: DefinedField, { special }: Item): unknown {
  const cast = (specialOf(field) ?? []).filter((one) => one.startsWith('cast-'));
  if (!Array.isArray(special)) return special;
  return [...(special as unknown[]), ...cast.filter((one) => !special.includes(one))];
}

function specialOf({ type, primaryKey, special }: DefinedField): readonly string[] | null {
  if (special !== undefined) {
    const cast = type === 'timestamp' ? ['cast-timestamp'] : type === 'dateTime' ? ['cast-datetime'] : [];
    return [...(type === 'many-to-one' ? ['m2o'] : []), special, ...cast];
  }
  if (type === 'uuid' && primaryKey === true) return ['uuid'];
  return SPECIALS[type] ?? null;
}

function columnOf(content: Content, field: DefinedField, told: FieldType): Item {
  const { type, primaryKey = false, unique = false, required = false, default: preset = null, to } = field;
  const held = type === 'many-to-one' ? (told === 'string' ? 'uuid' : told) : type;
  const isNumber = held === 'integer' || held === 'bigInteger';
  const related = type === 'many-to-one' ? (content.get(to ?? '') ?? systemCollection(to ?? '')) : undefined;
  return {
    ...FIELD_SCHEMA,
    data_type: held,
    ...COLUMNS[held],
    default_value: preset,
    is_nullable: !primaryKey && !required,
    is_unique: unique || (primaryKey && !isNumber),
    is_primary_key: primaryKey,
    has_auto_increment: primaryKey && isNumber,
    foreign_key_column: related === undefined ? null : keyFieldOf(related),
    foreign_key_table: related?.name ?? null,
  };
}

function toldRelation(content: Content, collection: string, field: DefinedField, id: number): ToldRelation | undefined {
  const { name, type, to, relation = {}, onDelete = 'SET NULL' } = field;
  if (type !== 'many-to-one' || to === undefined) return undefined;
  const related = content.get(to);
  const back = related?.fields.find((one) => one.type === 'one-to-many' && one.to === collection && one.by === name);
  return {
    collection,
    field: name,
    related_collection: to,
    schema: constraint(
      { collection, field: name, to, column: related === undefined ? 'id' : keyFieldOf(related) },
      onDelete,
    ),
    meta: {
      id,
      many_collection: collection,
      many_field: name,
      one_collection: to,
      ...RELATION_META,
      one_field: back?.name ?? null,
      ...relation,
    },
  };
}
