import { forbidden } from '../http/errors.js';
import { isUuid } from '../ids.js';
import type { Query } from './checked-query.js';
import { fieldsOf, keyFieldOf, relationOf, systemCollection, type Collection, type Item } from './collection.js';
import { parseFilter } from './filter/filter.js';
import { calledIn, mustBeCallable, valueOf } from './filter/functions.js';
import { compared, isNumeric, sortable, type Who } from './filter/operands.js';
import type { Records } from './records.js';

/** What a query selects of a collection, and how many there are. */
export interface Selection {
  readonly items: readonly Item[];
  /** How many the filter and the search leave. */
  readonly filtered: number;
  readonly total: number;
}

/**
 * Those of a list that are asked for: filtered and searched, sorted (by the field of the collection, or the primary key, when nothing else is said), from `offset` or the begin of
 * `page` on, and no more than `limit`. Observed: Directus 12.4.1.
 *
 * @param items all of the collection, secrets included
 * @param path the fields that lead to the collection, as an error tells them
 * @throws ApiError 400 INVALID_QUERY, 403 FORBIDDEN
 */
export async function select(
  records: Records,
  collection: Collection,
  items: readonly Item[],
  query: Query,
  who: Who,
  path: readonly string[] = [],
): Promise<Selection> {
  const { limit = 100, offset = 0, page = 0, search } = query;
  const fits = query.filter === undefined ? () => true : parseFilter(collection, query.filter, who, path);
  const isFound = parseSearch(collection, search);
  const order = parseSort(collection, query.sort, path);
  const filtered: Item[] = [];
  for (const item of items) if (isFound(item) && (await fits(records, item))) filtered.push(item);
  const sorted = await order(records, filtered);
  const begin = limit !== -1 && page > 0 ? (page - 1) * limit : offset;
  return {
    items: limit === -1 ? sorted.slice(begin) : sorted.slice(begin, begin + limit),
    filtered: filtered.length,
    total: items.length,
  };
}

/** The counts of a selection that a query asks for by `meta`. */
export function metaOf({ meta }: Query, { filtered, total }: Selection): { readonly meta?: object } {
  if (meta === undefined) return {};
  const counts = { total_count: total, filter_count: filtered };
  return { meta: Object.fromEntries(meta.map((name) => [name, counts[name as keyof typeof counts]])) };
}

type Order = (records: Records, items: readonly Item[]) => Promise<readonly Item[]>;

/** Sorts by fields, those of records referred to (`role.name`) included. */
function parseSort(collection: Collection, names: readonly string[] = [], before: readonly string[]): Order {
  const keys = (names.length > 0 ? [...new Set(names)] : [collection.sortBy ?? keyFieldOf(collection)]).map((name) => {
    const descending = name.startsWith('-');
    const path = (descending ? name.slice(1) : name).split('.');
    // Without a wish they are sorted by the primary key, whether it may be read or not.
    if (names.length > 0) mustExist(collection, path, before);
    return { path, sign: descending ? -1 : 1 };
  });
  return async (records, items) => {
    const rows: { readonly item: Item; readonly values: readonly unknown[] }[] = [];
    for (const item of items) {
      const values: unknown[] = [];
      for (const { path } of keys) values.push(sortable(await valueAt(records, collection, item, path)));
      rows.push({ item, values });
    }
    rows.sort((one, other) => {
      for (const [index, { sign }] of keys.entries()) {
        const order = compared(one.values[index], other.values[index]);
        if (order !== 0) return sign * order;
      }
      return 0;
    });
    return rows.map(({ item }) => item);
  };
}

/** @param before the fields that lead to the collection */
function mustExist(collection: Collection, path: readonly string[], before: readonly string[] = []): void {
  let at = collection;
  const walked: string[] = [...before];
  for (const [index, name] of path.entries()) {
    const called = calledIn(name);
    if (called !== undefined) mustBeCallable(at, called);
    const field = called?.field ?? name;
    if (at.seen === 'none') throw forbidden({ collection: at.name, path: walked });
    if (!fieldsOf(at).includes(field)) throw forbidden({ collection: at.name, field, path: walked });
    if (index === path.length - 1) return;
    const relation = relationOf(at, field);
    if (relation !== undefined) {
      at = relation.to;
      walked.push(field);
    }
  }
}

/** A list of text as a column holds it: separated by commas. */
const csvText = (value: unknown): unknown => (Array.isArray(value) ? value.join(',') : value);

async function valueAt(
  records: Records,
  collection: Collection,
  item: Item,
  path: readonly string[],
): Promise<unknown> {
  const [field = '', ...rest] = path;
  const called = calledIn(field);
  if (called !== undefined) return valueOf(called, item);
  if (rest.length === 0) {
    const type = collection.types[field];
    return type === 'alias' ? '' : type === 'csv' ? csvText(item[field]) : item[field];
  }
  const relation = relationOf(collection, field);
  if (relation === undefined) return undefined;
  const [found] = await records.named(relation.to, [item[field]]);
  return found === undefined ? undefined : valueAt(records, relation.to, found, rest);
}

/** True for an item that has the text in a member that may be read, in whatever case, or that has the id, or refers to it. */
function parseSearch(collection: Collection, search: string | undefined): (item: Item) => boolean {
  if (search === undefined) return () => true;
  const wanted = search.toLowerCase();
  const { concealed = [] } = collection;
  const readable = fieldsOf(collection).filter((field) => !concealed.includes(field));
  return (item) =>
    readable.some((field) => {
      const value = item[field];
      const type = collection.types[field];
      if (type === 'dateTime' || type === 'timestamp' || type === 'date' || type === 'time') return false;
      if (isNumeric(type)) return typeof value === 'number' && value === Number(search);
      if (typeof value !== 'string' || !value.toLowerCase().includes(wanted)) return false;
      // Part of a UUID is looked for where the database has it as text. Observed: Directus 12.4.1.
      const isWhole = type === 'uuid' || systemCollection(collection.name) !== undefined;
      return !isWhole || !isUuid(value) || value.length === wanted.length;
    });
}
