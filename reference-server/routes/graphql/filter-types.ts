import { DATE_PARTS } from '../../query/filter/functions.js';
import type { Item } from '../../query/collection.js';

/*
 * What filters are made of. The types of operands decide which variables a query may use in them. Observed: Directus 12.4.1.
 */

const of = (type: string, names: readonly string[]): string => names.map((name) => `${name}: ${type}`).join(' ');
const PRESENCE = of('Boolean', ['_null', '_nnull']);
const EMPTINESS = `${PRESENCE} ${of('Boolean', ['_empty', '_nempty'])}`;
const EQUALITY = ['_eq', '_neq'];
const PARTS = ['contains', 'icontains', 'starts_with', 'istarts_with', 'ends_with', 'iends_with'];
const TEXT = [...EQUALITY, ...PARTS.map((name) => `_${name}`), ...PARTS.map((name) => `_n${name}`)];
const ORDER = ['_gt', '_gte', '_lt', '_lte'];
const text = (type: string): string =>
  `${of(
    type,
    TEXT.filter((name) => name !== '_nicontains'),
  )} ${of(`[${type}]`, ['_in', '_nin'])} ${EMPTINESS}`;
const numbers = (type: string): string =>
  `${of(type, [...EQUALITY, ...ORDER])} ${of(`[${type}]`, ['_in', '_nin', '_between', '_nbetween'])} ${PRESENCE}`;

const OPERATORS: Readonly<Record<string, string>> = {
  id: text('ID'),
  string: text('String'),
  boolean: `${of('Boolean', EQUALITY)} ${PRESENCE}`,
  date: `${of('String', [...EQUALITY, ...ORDER])} ${of('[String]', ['_in', '_nin'])} ${of('[GraphQLStringOrFloat]', ['_between', '_nbetween'])} ${PRESENCE}`,
  number: numbers('GraphQLStringOrFloat'),
  big_int: numbers('GraphQLBigInt'),
  hash: EMPTINESS,
  json: PRESENCE,
};

/** The operators of each scalar that is not filtered as text is. */
export const OPERATORS_OF: Readonly<Record<string, string>> = {
  ID: 'id',
  Boolean: 'boolean',
  Date: 'date',
  Int: 'number',
  Float: 'number',
  GraphQLBigInt: 'big_int',
  Hash: 'hash',
  JSON: 'json',
};

/** The types of operators, in GraphQL's own language. */
export const FILTER_TYPES = `
  ${Object.entries(OPERATORS)
    .map(([name, operators]) => `input ${name}_filter_operators { ${operators} }`)
    .join('\n')}
  input count_function_filter_operators { count: number_filter_operators }
  input datetime_function_filter_operators { ${of('number_filter_operators', DATE_PARTS)} }`;

/** A filter as REST has it: `year(published)` for `published_func: { year }`, at any depth. */
export function withFunctions(filter: unknown): unknown {
  if (Array.isArray(filter)) return filter.map(withFunctions);
  if (typeof filter !== 'object' || filter === null) return filter;
  return Object.fromEntries(
    Object.entries(filter as Item).flatMap(([name, condition]): [string, unknown][] => {
      const [, field] = /^(\w+)_func$/.exec(name) ?? [];
      if (field === undefined || typeof condition !== 'object' || condition === null)
        return [[name, withFunctions(condition)]];
      return Object.entries(condition).map(([called, operand]) => [`${called}(${field})`, operand]);
    }),
  );
}
