import type { InitialField } from '../../spec/generated/initial-data.js';
import { invalidPayload, together } from '../http/errors.js';
import type { Item } from '../query/collection.js';
import type { Who } from '../query/filter/operands.js';
import { problemsOfFields } from '../query/filter/validation.js';
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
  const problems = problemsOfFields(collection.fields, input, true, who, path);
  if (problems.length > 0) throw together(problems);
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
  const problems = problemsOfFields(collection.fields, input, false, who, path);
  if (problems.length > 0) throw together(problems);
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
      return momentOf(name, value, 'Date').slice(0, '2024-01-01'.length);
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

/** A year, with the month and the day, and with what is behind a T or a space (ISO 8601). */
const ISO_DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?$/;

/**
 * A moment in UTC, as 2024-01-01T10:00:00.000Z, from text or a number of ms since 1970; an empty text stays. Observed: Directus 12.4.1.
 * @throws ApiError 400 INVALID_PAYLOAD, also for a day that its month has not
 */
function momentOf(field: string, value: unknown, kind: 'Date' | 'DateTime' = 'DateTime'): string {
  if (value === '') return value;
  const text = storedText(value);
  const [, year, month = '1', day = '1'] = ISO_DATE.exec(text) ?? [];
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  const time = typeof value === 'number' ? new Date(value) : new Date(text);
  const isMoment = typeof value === 'number' || (year === undefined ? kind === 'DateTime' : isDay);
  if (!isMoment || Number.isNaN(time.getTime())) throw invalidPayload(`Invalid ${kind} format in field "${field}"`);
  return time.toISOString();
}
