import { forbidden, invalidQuery } from './errors.js';

/*
 * What the lists and records of users and roles understand of the query string: fields, filter, sort and limit.
 * Observed: Directus 12.4.1.
 */

type Item = Readonly<Record<string, unknown>>;

/** The collection that a query is about, and what its members are. */
export interface Collection {
  readonly name: string;
  readonly fields: readonly string[];
  /** Members whose values are never told, and cannot be filtered by either. */
  readonly concealed: readonly string[];
  /** Of these the one that is a hash. */
  readonly hash?: string;
}

/**
 * The members that are asked for by `fields`, in that order; all when none are named.
 * @throws ApiError 400 INVALID_QUERY, 403 FORBIDDEN for a member that does not exist
 */
export function askedFields(collection: Collection, fields: unknown): readonly string[] {
  if (fields === undefined || fields === '') return collection.fields;
  const parts = typeof fields === 'string' ? [fields] : fields;
  if (!Array.isArray(parts)) throw invalidQuery('"fields" must be a string or array');
  const names = parts.flatMap((part) => (typeof part === 'string' ? part.split(',') : [])).map((name) => name.trim());
  const unknown = names.find((name) => name !== '*' && !collection.fields.includes(name));
  if (unknown !== undefined) throw forbidden({ collection: collection.name, field: unknown });
  return [...new Set(names.flatMap((name) => (name === '*' ? collection.fields : [name])))];
}

/** A record, or of a list those that are asked for: filtered, sorted (by id when nothing else is said) and no more than `limit`. */
export function select(collection: Collection, items: readonly Item[], query: Item): readonly Item[] {
  const limit = parseLimit(query['limit']);
  const fits = parseFilter(collection, query['filter']);
  const order = parseSort(collection, query['sort']);
  const selected = items.filter(fits).sort(order);
  return limit === -1 ? selected : selected.slice(0, limit);
}

/** The members of an item by name. */
export const pick = (item: Item, fields: readonly string[]): Item =>
  Object.fromEntries(fields.map((field) => [field, item[field]]));

function parseLimit(limit: unknown): number {
  if (limit === undefined) return 100;
  const number = Number(limit);
  if (limit === '' || !Number.isFinite(number)) throw invalidQuery('"limit" must be a number');
  if (number < -1) throw invalidQuery('"limit" must be greater than or equal to -1');
  return Math.floor(number);
}

function parseSort(collection: Collection, sort: unknown): (one: Item, other: Item) => number {
  const [first = 'id'] = typeof sort === 'string' && sort !== '' ? sort.split(',') : [];
  const descending = first.startsWith('-');
  const field = descending ? first.slice(1) : first;
  if (!collection.fields.includes(field)) throw forbidden({ collection: collection.name, field });
  const valueOf = (item: Item): string => JSON.stringify(item[field] ?? '');
  return (one, other) => (valueOf(one) < valueOf(other) ? -1 : 1) * (descending ? -1 : 1);
}

const isTrue = (value: unknown): boolean => value !== 'false' && value !== false;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : String(value).split(','));
const isMissing = (value: unknown): boolean => value === null || value === undefined;

/** True when a value meets an operator's operand. */
const operators: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  _eq: (value, operand) => !isMissing(value) && String(value) === String(operand),
  _neq: (value, operand) => String(value) !== String(operand),
  _in: (value, operand) => !isMissing(value) && listOf(operand).map(String).includes(String(value)),
  _nin: (value, operand) => !listOf(operand).map(String).includes(String(value)),
  _null: (value, operand) => isMissing(value) === isTrue(operand),
  _nnull: (value, operand) => isMissing(value) !== isTrue(operand),
  _contains: (value, operand) => !isMissing(value) && String(value).includes(String(operand)),
  _starts_with: (value, operand) => !isMissing(value) && String(value).startsWith(String(operand)),
};

function parseFilter(collection: Collection, filter: unknown): (item: Item) => boolean {
  if (filter === undefined || filter === '') return () => true;
  const conditions = Object.entries(asObject(filter)).flatMap(([field, condition]: [string, unknown]) => {
    if (!collection.fields.includes(field)) throw forbidden({ collection: collection.name, field });
    const wanted: object = typeof condition === 'object' && condition !== null ? condition : { _eq: condition };
    return Object.entries(wanted).map(([name, operand]: [string, unknown]) => {
      const operator = operatorFor(collection, field, name);
      return (item: Item): boolean => operator(item[field], operand);
    });
  });
  return (item) => conditions.every((meets) => meets(item));
}

function asObject(filter: unknown): object {
  let parsed = filter;
  try {
    if (typeof filter === 'string') parsed = JSON.parse(filter);
  } catch {
    throw invalidQuery('Invalid JSON for filter object');
  }
  if (typeof parsed !== 'object' || parsed === null) throw invalidQuery('Invalid JSON for filter object');
  return parsed;
}

function operatorFor(
  collection: Collection,
  field: string,
  name: string,
): (value: unknown, operand: unknown) => boolean {
  const operator = operators[name];
  const asksWhetherThere = name === '_null' || name === '_nnull';
  if (field === collection.hash && !asksWhetherThere)
    throw invalidQuery(`"hash" field type does not contain the "${name}" filter operator`);
  if (operator === undefined) throw invalidQuery(`"string" field type does not contain the "${name}" filter operator`);
  if (collection.concealed.includes(field) && !asksWhetherThere)
    throw invalidQuery(`Field with "conceal" special does not allow the "${name}" filter operator`);
  return operator;
}
