import type { Alias, DefinedField } from '../content/content-model.js';
import { invalidPayload } from '../http/errors.js';
import type { Item } from '../query/collection.js';

/** Types that a field of content can have. */
const TYPES = [
  ...['string', 'text', 'uuid', 'boolean', 'integer', 'bigInteger', 'float', 'decimal'],
  ...['json', 'csv', 'date', 'time', 'dateTime', 'timestamp'],
];
const WRITTEN = ['date-created', 'date-updated', 'user-created', 'user-updated'];

export const membersOf = (given: unknown): Item =>
  typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Item) : {};

export const isAlias = ({ type, schema }: Item): boolean => type === 'alias' || schema === null;

/** A field that holds nothing, as a request says. @param place how many fields there are before it */
export function aliasFrom(input: Item, place: number): Alias | undefined {
  return isAlias(input) ? { name: String(input['field']), meta: membersOf(input['meta']), place } : undefined;
}

/**
 * A field as a request to create it says.
 * @throws ApiError 400 INVALID_PAYLOAD for a type that this server does not have
 */
export function fieldFrom({ field, type = 'string', schema, meta }: Item): DefinedField {
  if (!TYPES.includes(type as string))
    throw invalidPayload(`"type" "${String(type)}" of "${String(field)}" is not there: use one of ${TYPES.join(', ')}`);
  const { is_primary_key } = membersOf(schema);
  // A list in a column of text is one by what is said of the field. Observed: Directus 12.4.1.
  const { special } = membersOf(meta);
  const isList = Array.isArray(special) && special.includes('cast-csv');
  const held = type === 'csv' && !isList ? 'text' : type;
  const plain: DefinedField = { name: String(field), type: held as DefinedField['type'] };
  const isKey = is_primary_key === true;
  if (isKey && !['integer', 'bigInteger', 'uuid', 'string'].includes(plain.type))
    throw invalidPayload(`"${plain.name}" cannot be the primary key: use integer, bigInteger, uuid or string`);
  return changedField({ ...plain, ...(isKey && { primaryKey: true }), meta: null }, { schema, meta });
}

/** A field as a request to change it says: what is not said stays. */
export function changedField(before: DefinedField, { schema, meta }: Item): DefinedField {
  const { default_value, is_nullable, is_unique } = membersOf(schema);
  const told = meta === undefined ? (before.meta ?? null) : { ...before.meta, ...membersOf(meta) };
  const preset = default_value === undefined ? before.default : (default_value as DefinedField['default']);
  const special = writtenBy(told ?? {}) ?? before.special;
  const isRequired = is_nullable === undefined ? before.required === true : is_nullable === false;
  const changed = {
    ...before,
    required: isRequired && before.primaryKey !== true ? true : undefined,
    unique: is_unique === undefined ? before.unique : is_unique === true,
    default: preset,
    special,
    meta: told === null && before.meta === undefined ? undefined : told,
  };
  return Object.fromEntries(Object.entries(changed).filter(([, member]) => member !== undefined)) as never;
}

/** What the server writes into a field, of its `special`. */
function writtenBy({ special }: Item): DefinedField['special'] | undefined {
  const named = (Array.isArray(special) ? (special as unknown[]) : []).find((one) => WRITTEN.includes(one as string));
  return named as DefinedField['special'] | undefined;
}
