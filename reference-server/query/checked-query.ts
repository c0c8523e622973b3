import type { RequestHandler, Response } from 'express';
import { DEEPEST, isDeeperThan } from '../http/guard/nesting.js';
import { invalidPayload, invalidQuery } from '../http/errors.js';
import { exportTypes } from '../http/exported.js';
import { numberOf } from '../http/loose-values.js';
import { onFirstUse } from '../on-first-use.js';

const schemas = onFirstUse(() => import('./schemas.js'));

/** What a query asks for, each part of the right type. */
export interface Query {
  readonly fields?: readonly string[];
  readonly sort?: readonly string[];
  readonly filter?: unknown;
  readonly search?: string;
  /** -1 for all. */
  readonly limit?: number;
  readonly offset?: number;
  readonly page?: number;
  readonly meta?: readonly string[];
  readonly aggregate?: Readonly<Record<string, readonly string[]>>;
  readonly groupBy?: readonly string[];
  /** Other names of fields, each with the field; a name without one is ignored. */
  readonly alias?: Readonly<Record<string, string | undefined>>;
  /** What is asked of the records that fields refer to. */
  readonly deep?: Readonly<Record<string, unknown>>;
  /** What the answer is written as. */
  readonly export?: string;
  /** The key of a version of the items. */
  readonly version?: string;
}

/** Checks the query of every request, whatever it is for, before anything else is done about it. Observed: Directus 12.4.1. */
export const checkQuery: RequestHandler = async (request, response, next) => {
  response.locals['query'] = await checkedQuery(request.query);
  next();
};

/** The query of a request, as `checkQuery` has read it. */
export const queryOf = (response: Pick<Response, 'locals'>): Query => response.locals['query'] as Query;

/**
 * Reads a query as it is in a URL, or in the body of a SEARCH.
 * @throws ApiError 400 INVALID_QUERY
 */
export async function checkedQuery(given: Readonly<Record<string, unknown>>): Promise<Query> {
  // Most requests ask for nothing but fields, or for nothing at all.
  const read = readQuery(given);
  const isPlain = Object.keys(read).every(
    (name) => name === 'search' || (name === 'fields' && !read.fields?.includes('')),
  );
  if (isPlain) return read;
  if (read.filter !== undefined) checkFilter(read.filter);
  if (read.deep !== undefined) checkDeep(read.deep);
  const { querySchema } = await schemas();
  const { error } = querySchema.validate(read);
  if (error !== undefined) throw invalidQuery(error.message);
  if (read.export !== undefined && !exportTypes.has(read.export))
    throw invalidQuery(`"export" "${read.export}" is not there: use json or csv`);
  return read;
}

/**
 * Reads what `deep` asks for, whose numbers and operands a Directus does not check: a limit that is none leaves nothing. Observed: 12.4.1.
 * @throws ApiError 400 INVALID_QUERY for a filter that cannot be read
 */
function uncheckedQuery(given: Readonly<Record<string, unknown>>): Query {
  const read = readQuery(given);
  if (read.filter !== undefined) checkFilter(read.filter, () => undefined);
  const { limit } = read;
  return limit === undefined || limit >= -1 ? read : { ...read, limit: 0 };
}

/** What a part of `deep` asks of the records that it is about themselves. */
export function queryOfDeep(part: Readonly<Record<string, unknown>>): Query {
  const own = Object.entries(part).filter(([name]) => name.startsWith('_'));
  return uncheckedQuery(Object.fromEntries(own.map(([name, value]) => [name.slice(1), value])));
}

/**
 * Reads all that `deep` asks, also of fields that do not exist.
 * @throws ApiError 400 INVALID_QUERY for a filter that cannot be read
 */
function checkDeep(given: Readonly<Record<string, unknown>>): void {
  for (const [name, part] of Object.entries(given)) {
    if (name.startsWith('_') || typeof part !== 'object' || part === null) continue;
    queryOfDeep(part as Readonly<Record<string, unknown>>);
    checkDeep(part as Readonly<Record<string, unknown>>);
  }
}

/**
 * What a body says about several records: `keys` or a `query`, and with it `data` where they are to be changed.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export async function checkedBatch(kind: 'update' | 'delete' | 'search', body: unknown): Promise<Batch> {
  const { batchSchemas } = await schemas();
  const { error, value } = batchSchemas[kind].validate(body ?? {}) as { error?: Error; value: Batch };
  if (error !== undefined) throw invalidPayload(error.message);
  return value;
}

/**
 * What a body gives in place of the records that refer to one, where it is no list of them.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export async function checkedOneToMany(given: unknown): Promise<Readonly<Record<string, unknown>>> {
  const { oneToManySchema } = await schemas();
  const { error } = oneToManySchema.validate(given);
  if (error !== undefined) throw invalidPayload(`Invalid one-to-many update structure: ${error.message}`);
  return given as Readonly<Record<string, unknown>>;
}

export interface Batch {
  readonly keys?: readonly unknown[];
  readonly query?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

function readQuery(given: Readonly<Record<string, unknown>>): Query {
  const { fields, sort, filter, search, limit, offset, page, meta, aggregate, groupBy, export: format, deep } = given;
  const { alias, version } = given;
  const namedFields = readFields(fields);
  const namedSort = names(sort);
  return {
    ...(namedFields !== undefined && { fields: namedFields }),
    ...(namedSort !== undefined && { sort: namedSort }),
    ...(filter !== undefined && filter !== '' && { filter: parseFilter(filter) }),
    ...(typeof search === 'string' && search !== '' && { search }),
    ...(limit !== undefined && limit !== null && { limit: numberOf(limit) }),
    ...(isGiven(offset) && { offset: numberOf(offset) }),
    ...(isGiven(page) && { page: numberOf(page) }),
    ...(isGiven(meta) && { meta: meta === '*' ? ['total_count', 'filter_count'] : (names(meta) ?? []) }),
    ...(isGiven(aggregate) && { aggregate: readAggregate(readObject(aggregate)) }),
    ...(isGiven(groupBy) && { groupBy: names(groupBy) ?? [] }),
    ...(deep !== undefined && { deep: readObject(deep) }),
    ...(isGiven(alias) && { alias: readAlias(alias) }),
    ...(isGiven(format) && { export: String(format) }),
    ...(typeof version === 'string' && version !== '' && { version }),
  };
}

/**
 * Aliases as a URL or a body has them, or as the JSON that `@directus/sdk` sends in a URL. Observed: Directus 12.4.1.
 * @throws ApiError 400 INVALID_QUERY
 */
function readAlias(given: unknown): Readonly<Record<string, string | undefined>> {
  const read = readObject(given);
  if (typeof given === 'string' && !given.trimStart().startsWith('{'))
    throw invalidQuery('"alias" has to be an object');
  for (const name of Object.keys(read))
    if (name.includes('.')) throw invalidQuery('"alias" key can\'t contain a period character `.`');
  return Object.fromEntries(Object.entries(read).map(([name, of]) => [name, String(of)]));
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** @throws ApiError 400 INVALID_QUERY */
function readFields(fields: unknown): readonly string[] | undefined {
  if (fields === undefined || fields === null || fields === '') return undefined;
  const read = names(fields);
  if (read === undefined) throw invalidQuery('"fields" must be a string or array');
  return read.map((name) => name.trim());
}

/** Names in a list, or separated by commas; undefined for what is neither, and for empty text. */
function names(given: unknown): string[] | undefined {
  if (typeof given === 'string') return given === '' ? undefined : given.split(',');
  if (!Array.isArray(given)) return undefined;
  return (given as unknown[]).flatMap((part) => (typeof part === 'string' ? part.split(',') : []));
}

const readAggregate = (aggregate: object): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(aggregate).map(([name, of]: [string, unknown]) => [name, names(of) ?? []]));

/** An object, or its JSON; what is neither asks for nothing. */
function readObject(given: unknown): Readonly<Record<string, unknown>> {
  try {
    const parsed = typeof given === 'string' ? (JSON.parse(given) as unknown) : given;
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** @throws ApiError 400 INVALID_QUERY */
function parseFilter(filter: unknown): unknown {
  try {
    const parsed = typeof filter === 'string' ? (JSON.parse(filter) as unknown) : filter;
    // A list is read as its members by their numbers, lists of nothing left out. Observed: Directus 12.4.1.
    if (Array.isArray(parsed))
      return Object.fromEntries(Object.entries(parsed).filter(([, each]) => !Array.isArray(each) || each.length > 0));
    return typeof parsed === 'object' ? parsed : { _eq: parsed };
  } catch {
    throw invalidQuery('Invalid JSON for filter object');
  }
}

/** Operators whose operand is true or false, and those that take a list. */
const BOOLEAN = new Set(['_null', '_nnull', '_empty', '_nempty']);
const LISTS = new Set(['_in', '_nin', '_between', '_nbetween']);

/**
 * Checks the operands of a filter, whatever its fields are.
 * @param check one of them
 * @throws ApiError 400 INVALID_QUERY
 */
function checkFilter(filter: unknown, check = checkOperand): void {
  if (isDeeperThan(filter, DEEPEST)) throw invalidQuery('Invalid filter object');
  if (typeof filter !== 'object' || filter === null) return;
  for (const [name, operand] of Object.entries(filter) as [string, unknown][]) {
    if (name === '_and' || name === '_or') {
      if (!Array.isArray(operand)) throw invalidQuery('Invalid filter object');
      for (const part of operand) checkFilter(part, check);
    } else if (!name.startsWith('_') || name === '_some' || name === '_none') {
      if (operand === null) throw invalidQuery('Invalid filter object');
      if (typeof operand === 'object') checkFilter(operand, check);
      else check('_eq', operand);
    } else check(name, operand);
  }
}

function checkOperand(operator: string, operand: unknown): void {
  if (BOOLEAN.has(operator)) {
    if (operand !== null && !['true', 'false', true, false, ''].includes(operand as boolean))
      throw invalidQuery(`"${operator}" has to be a boolean`);
  } else if (LISTS.has(operator)) {
    if (Array.isArray(operand) && operand.length === 0)
      throw invalidQuery(`"${operator}" has to be an array of values`);
  } else if (operand === '') {
    throw invalidQuery(`You can't filter for an empty string in "${operator}". Use "_empty" or "_nempty" instead`);
  } else if (typeof operand === 'object' && operand !== null) {
    throw invalidQuery(`The filter value for "${operator}" has to be a string, number, or boolean`);
  }
}
