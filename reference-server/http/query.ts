import { forbidden, invalidQuery } from './errors.js';
import { isUuid } from '../ids.js';
import { numberOf, textOf } from './loose-values.js';
import { DEEPEST, isDeeperThan } from './guard/nesting.js';

/*
 * What the lists and records of users and roles understand of the query string: fields, filter, search, sort, limit, offset and page.
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

/**
 * Those of a list that are asked for: filtered and searched, sorted (by id when nothing else is said), from `offset` or the begin of
 * `page` on, and no more than `limit`.
 */
export function select(collection: Collection, items: readonly Item[], query: Item): readonly Item[] {
  const limit = parseLimit(query['limit']);
  const offset = parseWholeNumber('offset', query['offset']);
  const page = parseWholeNumber('page', query['page']);
  const fits = parseFilter(collection, query['filter']);
  const isFound = parseSearch(collection, query['search']);
  const order = parseSort(collection, query['sort']);
  const selected = items.filter((item) => fits(item) && isFound(item)).sort(order);
  if (limit === -1) return selected.slice(offset);
  const begin = page > 0 ? (page - 1) * limit : offset;
  return selected.slice(begin, begin + limit);
}

/** The members of an item by name. */
export const pick = (item: Item, fields: readonly string[]): Item =>
  Object.fromEntries(fields.map((field) => [field, item[field]]));

function parseLimit(limit: unknown): number {
  if (limit === undefined) return 100;
  const number = numberOf(limit);
  if (limit === '' || !Number.isFinite(number)) throw invalidQuery('"limit" must be a number');
  if (number < -1) throw invalidQuery('"limit" must be greater than or equal to -1');
  return Math.floor(number);
}

function parseWholeNumber(name: 'offset' | 'page', given: unknown): number {
  const number = numberOf(given ?? 0);
  if (!Number.isFinite(number)) throw invalidQuery(`"${name}" must be a number`);
  if (number < 0) throw invalidQuery(`"${name}" must be greater than or equal to 0`);
  return Math.floor(number);
}

type Order = (one: Item, other: Item) => number;

function parseSort(collection: Collection, sort: unknown): Order {
  const parts = (Array.isArray(sort) ? (sort as unknown[]) : [sort]).filter((part) => typeof part === 'string');
  const names = parts.flatMap((part) => part.split(',')).filter((name) => name !== '');
  const orders = (names.length > 0 ? [...new Set(names)] : ['id']).map((name) => orderBy(collection, name));
  return (one, other) => orders.map((order) => order(one, other)).find((result) => result !== 0) ?? 0;
}

function orderBy(collection: Collection, name: string): Order {
  const descending = name.startsWith('-');
  const field = descending ? name.slice(1) : name;
  if (!collection.fields.includes(field)) throw forbidden({ collection: collection.name, field });
  const values = new WeakMap<Item, string>();
  const valueOf = (item: Item): string => {
    const value = values.get(item) ?? JSON.stringify(item[field] ?? '');
    values.set(item, value);
    return value;
  };
  return (one, other) => {
    if (valueOf(one) === valueOf(other)) return 0;
    return (valueOf(one) < valueOf(other) ? -1 : 1) * (descending ? -1 : 1);
  };
}

type Test = (item: Item) => boolean;

/** True for an item that has the text in a member that may be read, in whatever case, or that has the id, or refers to it. */
function parseSearch({ concealed, fields }: Collection, search: unknown): Test {
  if (typeof search !== 'string' || search === '') return () => true;
  const wanted = search.toLowerCase();
  const readable = fields.filter((field) => !concealed.includes(field));
  return (item) =>
    readable.some((field) => {
      const value = item[field];
      if (typeof value !== 'string' || !value.toLowerCase().includes(wanted)) return false;
      return !isUuid(value) || value.length === wanted.length;
    });
}

const isTrue = (value: unknown): boolean => value !== 'false' && value !== false;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : textOf(value).split(','));
const isMissing = (value: unknown): boolean => value === null || value === undefined;

/** True when a value meets an operator's operand. */
const operators: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  _eq: (value, operand) => !isMissing(value) && textOf(value) === textOf(operand),
  _neq: (value, operand) => textOf(value) !== textOf(operand),
  _in: (value, operand) => !isMissing(value) && listOf(operand).map(textOf).includes(textOf(value)),
  _nin: (value, operand) => !listOf(operand).map(textOf).includes(textOf(value)),
  _null: (value, operand) => isMissing(value) === isTrue(operand),
  _nnull: (value, operand) => isMissing(value) !== isTrue(operand),
  _contains: (value, operand) => !isMissing(value) && textOf(value).includes(textOf(operand)),
  _starts_with: (value, operand) => !isMissing(value) && textOf(value).startsWith(textOf(operand)),
};

function parseFilter(collection: Collection, filter: unknown): Test {
  if (filter === undefined || filter === '') return () => true;
  return meetsAll(collection, asObject(filter));
}

function meetsAll(collection: Collection, filter: object): Test {
  const tests = Object.entries(filter).map(([name, condition]: [string, unknown]): Test => {
    if (isConnective(name)) return connected(name, condition, (part) => meetsAll(collection, part));
    if (!collection.fields.includes(name)) throw forbidden({ collection: collection.name, field: name });
    return memberMeetsAll(collection, name, condition);
  });
  return (item) => tests.every((meets) => meets(item));
}

function memberMeetsAll(collection: Collection, field: string, condition: unknown): Test {
  const wanted: object = typeof condition === 'object' && condition !== null ? condition : { _eq: condition };
  const tests = Object.entries(wanted).map(([name, operand]: [string, unknown]): Test => {
    if (isConnective(name)) return connected(name, operand, (part) => memberMeetsAll(collection, field, part));
    const operator = operatorFor(collection, field, name);
    return (item) => operator(item[field], operand);
  });
  return (item) => tests.every((meets) => meets(item));
}

type Connective = '_and' | '_or';
const isConnective = (name: string): name is Connective => name === '_and' || name === '_or';

/** Several conditions of which all, or any, have to be met; none at all are met by everything. */
function connected(connective: Connective, parts: unknown, parse: (part: object) => Test): Test {
  if (!Array.isArray(parts)) throw invalidQuery('Invalid filter object');
  const tests = (parts as unknown[]).map((part) => {
    if (typeof part !== 'object' || part === null) throw invalidQuery('Invalid filter object');
    return parse(part);
  });
  if (connective === '_and' || tests.length === 0) return (item) => tests.every((meets) => meets(item));
  return (item) => tests.some((meets) => meets(item));
}

function asObject(filter: unknown): object {
  let parsed = filter;
  try {
    if (typeof filter === 'string') parsed = JSON.parse(filter);
  } catch {
    throw invalidQuery('Invalid JSON for filter object');
  }
  if (typeof parsed !== 'object' || parsed === null) throw invalidQuery('Invalid JSON for filter object');
  if (isDeeperThan(parsed, DEEPEST)) throw invalidQuery('Invalid filter object');
  return parsed;
}

function operatorFor(
  collection: Collection,
  field: string,
  name: string,
): (value: unknown, operand: unknown) => boolean {
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  const asksWhetherThere = name === '_null' || name === '_nnull';
  if (field === collection.hash && !asksWhetherThere)
    throw invalidQuery(`"hash" field type does not contain the "${name}" filter operator`);
  if (operator === undefined) throw invalidQuery(`"string" field type does not contain the "${name}" filter operator`);
  if (collection.concealed.includes(field) && !asksWhetherThere)
    throw invalidQuery(`Field with "conceal" special does not allow the "${name}" filter operator`);
  return operator;
}
