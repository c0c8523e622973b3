import type { InitialField } from '../../spec/generated/initial-data.js';
import { failedValidation, invalidPayload, together, type ApiError } from '../http/errors.js';
import type { Item } from '../query/collection.js';
import type { Who } from '../query/filter/operands.js';
import { storedText, storedValue } from '../query/stored-value.js';
import type { ContentCollection } from './content-model.js';

/**
 * What becomes of the members of a request, as a Directus on SQLite stores them (observed: 12.4.1): members that are no fields are passed
 * over. The primary key, the items of a one-to-many field, and an object in place of a key are left to the caller (nested-items.ts).
 *
 * @param path the fields that lead to the item
 * @throws ApiError 400 FAILED_VALIDATION, INVALID_PAYLOAD
 */
export function newValues(collection: ContentCollection, input: Item, who: Who, path: readonly string[] = []): Item {
  const values: Record<string, unknown> = {};
  const missing = collection.fields.flatMap(({ name, required, special, default: preset }): ApiError[] => {
    const given = input[name] === undefined ? preset : input[name];
    if (required !== true || special !== undefined || (given !== undefined && given !== null)) return [];
    return [failedValidation(name, given === undefined ? 'required' : 'nnull', path)];
  });
  if (missing.length > 0) throw together(missing);
  for (const field of collection.fields) {
    const { name, primaryKey, special, default: preset } = field;
    if (primaryKey === true || field.type === 'one-to-many') continue;
    if (special?.endsWith('-created') === true || field.fromStart === true) values[name] = written(field, who);
    else {
      const given = input[name] === undefined ? preset : input[name];
      values[name] = valueOf(collection, field, given ?? null);
    }
  }
  return values;
}

/** The same of a change: the members that it is about. */
export function changedValues(
  collection: ContentCollection,
  input: Item,
  who: Who,
  path: readonly string[] = [],
): Item {
  const values: Record<string, unknown> = {};
  const missing = collection.fields.filter(({ name, required }) => required === true && input[name] === null);
  if (missing.length > 0) throw together(missing.map(({ name }) => failedValidation(name, 'nnull', path)));
  for (const field of collection.fields) {
    const { name, primaryKey, special } = field;
    if (primaryKey === true || field.type === 'one-to-many') continue;
    if (special?.endsWith('-updated') === true) values[name] = written(field, who);
    else if (input[name] !== undefined) {
      values[name] = valueOf(collection, field, input[name]);
    }
  }
  return values;
}

/** What the server writes itself. */
const written = ({ special, type }: InitialField, { now, user }: Who): unknown => {
  if (special?.startsWith('user') === true) return user;
  const time = new Date(now).toISOString();
  return type === 'dateTime' ? time.slice(0, '2024-01-01T10:00:00'.length) : time;
};

function valueOf(collection: ContentCollection, { name, type }: InitialField, value: unknown): unknown {
  if (value === null) return null;
  switch (type) {
    case 'integer':
    case 'bigInteger':
    case 'float':
    case 'decimal':
      return numeric(value);
    case 'many-to-one':
      if (typeof value === 'object') return value;
      return collection.types[name] === 'string' ? storedText(value) : numeric(value);
    case 'boolean':
    case 'json':
    case 'csv':
      return storedValue(type, value);
    case 'timestamp':
      return momentOf(name, value);
    case 'dateTime':
      return momentOf(name, value).slice(0, '2024-01-01T10:00:00'.length);
    case 'date':
      return momentOf(name, value).slice(0, '2024-01-01'.length);
    default:
      return storedText(value);
  }
}

/** A number, also where its digits were given; text for what is none, as in a column of SQLite (Datatypes, section 3.1). */
function numeric(value: unknown): unknown {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  const text = storedText(value);
  return text.trim() === '' || !Number.isFinite(Number(text)) ? text : Number(text);
}

/** @returns in UTC, as 2024-01-01T10:00:00.000Z */
function momentOf(field: string, value: unknown): string {
  const time = new Date(storedText(value));
  if (Number.isNaN(time.getTime())) throw invalidPayload(`Invalid DateTime format in field "${field}"`);
  return time.toISOString();
}
