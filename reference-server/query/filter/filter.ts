import { forbidden, invalidQuery } from '../../http/errors.js';
import { textOf } from '../../http/loose-values.js';
import { fieldsOf, relationOf, type Collection, type FieldType, type Item, type RecordsByKey } from '../collection.js';
import { calledIn, fieldOf, isCallable, valueOf } from './functions.js';
import { comparable, compared, dynamicValue, isNumeric, type Who } from './operands.js';

/** True for an item that a filter leaves. */
export type Test = (records: RecordsByKey, item: Item) => Promise<boolean>;

/**
 * What a filter lets through: conditions by field, those of records referred to included, joined by `_and` and `_or`.
 * Observed: Directus 12.4.1.
 *
 * @param filter whose operands have been checked
 * @param path the fields that lead to the collection
 * @throws ApiError 400 INVALID_QUERY, 403 FORBIDDEN for a field that does not exist
 */
export function parseFilter(collection: Collection, filter: unknown, who: Who, path: readonly string[] = []): Test {
  return meetsAll(collection, filter, { ...who, top: path.length }, path) ?? everything;
}

/** Who asks, and how many fields lead to the collection that the filter is of. */
type Asking = Who & { readonly top: number };

/** A record of nulls, of a collection: lists of records are empty. */
const nothingOf = ({ relations = {} }: Collection): Item =>
  Object.fromEntries(Object.entries(relations).flatMap(([field, { many }]) => (many ? [[field, []]] : [])));

const everything: Test = () => Promise.resolve(true);

/** @returns undefined where nothing is asked for: then it is no part of what any has to be met of. Observed: Directus 12.4.1. */
function meetsAll(collection: Collection, filter: unknown, who: Asking, path: readonly string[]): Test | undefined {
  if (collection.seen === 'none') throw forbidden({ collection: collection.name, path });
  if (typeof filter !== 'object' || filter === null)
    throw invalidQuery(`Invalid filter key "_eq" on "${collection.name}"`);
  // An object without members is met by everything, also among those of which any has to be. Observed: Directus 12.4.1.
  if (Object.keys(filter).length === 0) return everything;
  const tests = Object.entries(filter).map(([name, condition]: [string, unknown]): Test | undefined => {
    if (isConnective(name)) return connected(name, condition, (part) => meetsAll(collection, part, who, path));
    if (name.startsWith('_')) throw invalidQuery(`Invalid filter key "${name}" on "${collection.name}"`);
    const field = fieldOf(name);
    if (!fieldsOf(collection).includes(field)) throw forbidden({ collection: collection.name, field, path });
    return memberMeetsAll(collection, name, condition, who, path);
  });
  return all(tests);
}

const isTest = (test: Test | undefined): test is Test => test !== undefined;

function all(given: readonly (Test | undefined)[]): Test | undefined {
  const tests = given.filter(isTest);
  if (tests.length === 0) return undefined;
  return async (records, item) => {
    for (const meets of tests) if (!(await meets(records, item))) return false;
    return true;
  };
}

function any(given: readonly (Test | undefined)[]): Test | undefined {
  const tests = given.filter(isTest);
  if (tests.length === 0) return undefined;
  return async (records, item) => {
    for (const meets of tests) if (await meets(records, item)) return true;
    return false;
  };
}

type Connective = '_and' | '_or';
const isConnective = (name: string): name is Connective => name === '_and' || name === '_or';

/** Several conditions of which all, or any, have to be met. */
function connected(
  connective: Connective,
  parts: unknown,
  parse: (part: unknown) => Test | undefined,
): Test | undefined {
  const tests = (parts as unknown[]).map(parse);
  return connective === '_and' ? all(tests) : any(tests);
}

function memberMeetsAll(
  collection: Collection,
  field: string,
  condition: unknown,
  who: Asking,
  path: readonly string[],
): Test | undefined {
  const wanted: object = typeof condition === 'object' && condition !== null ? condition : { _eq: condition };
  const relation = relationOf(collection, field);
  const called = calledIn(field);
  if (called !== undefined && !isCallable(collection, called))
    throw invalidQuery(`Invalid filter key "${field}" on "${collection.name}"`);
  const tests = Object.entries(wanted).map(([name, operand]: [string, unknown]): Test | undefined => {
    if (isConnective(name))
      return connected(name, operand, (part) => memberMeetsAll(collection, field, part, who, path));
    const isOfRelated = !name.startsWith('_') || name === '_some' || name === '_none';
    if (isOfRelated && relation !== undefined) {
      const isOfMany = name === '_some' || name === '_none';
      if (isOfMany && (!relation.many || path.length > who.top))
        throw invalidQuery(`"${name}" can only be used with top level relational alias field`);
      // Of any and of none of them nothing is asked. Observed: Directus 12.4.1.
      if (isOfMany && Object.keys(operand as object).length === 0) return undefined;
      const wanted = meetsAll(relation.to, isOfMany ? operand : { [name]: operand }, who, [...path, field]);
      if (wanted === undefined && !isOfMany) return undefined;
      const meets = wanted ?? everything;
      return async (records, item) => {
        const ids = relation.many ? (item[field] as unknown[]) : [item[field]];
        const named = await records.named(relation.to, ids);
        // What refers to nothing is asked as what refers to a record of nulls. Observed: Directus 12.4.1.
        const asked = named.length === 0 && !isOfMany ? [nothingOf(relation.to)] : named;
        let found = false;
        for (const related of asked) found ||= await meets(records, related);
        return name === '_none' ? !found : found;
      };
    }
    if (!name.startsWith('_')) throw forbidden({ collection: collection.name, field: name, path });
    // What a function makes of a field is a number.
    const type = called === undefined ? (collection.types[field] ?? 'string') : 'integer';
    const operator = operatorFor(collection, field, type, name);
    const given = dynamicValue(operand, who, isNumeric(type));
    // To be equal to null is to be null. Observed: Directus 12.4.1.
    const ofNull = given === null ? presenceOf[name] : undefined;
    const right = ofNull === undefined ? comparable(type, name, given) : true;
    // Between less or more than two nothing is asked for. Observed: Directus 12.4.1.
    if (/^_n?between$/.test(name) && boundsIn(right).length !== 2) return undefined;
    return (_records, item) => {
      const value = called === undefined ? item[field] : valueOf(called, item);
      // Of a list of records each one is looked at.
      const values = Array.isArray(value) && relation?.many === true ? (value.length > 0 ? value : [null]) : [value];
      return Promise.resolve(values.some((one) => (ofNull ?? operator)(one, right)));
    };
  });
  return all(tests);
}

type Operator = (value: unknown, operand: unknown) => boolean;

const isTrue = (value: unknown): boolean => value !== 'false' && value !== false;
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value : textOf(value).split(',')).map(textOf);
const hasNull = (list: unknown): boolean => Array.isArray(list) && list.includes(null);
const isMissing = (value: unknown): boolean => value === null || value === undefined;
const isEmpty = (value: unknown): boolean => isMissing(value) || textOf(value) === '';

/** An operator that is met by no value at all where there is none, as in SQL. */
const ofValue =
  (meets: (value: string, operand: unknown) => boolean): Operator =>
  (value, operand) =>
    !isMissing(value) && !isMissing(operand) && meets(textOf(value), operand);
/** The same of text, case-insensitively; null is compared as the text "null". Observed: Directus 12.4.1. */
const ofText =
  (meets: (value: string, part: string) => boolean): Operator =>
  (value, operand) =>
    !isMissing(value) && meets(textOf(value).toLowerCase(), textOf(operand ?? null).toLowerCase());

/** The same where the order of numbers is not that of their digits. */
const ofOrdered =
  (meets: (value: unknown, operand: unknown) => boolean): Operator =>
  (value, operand) =>
    !isMissing(value) && !isMissing(operand) && meets(value, operand);
/** The same of the order alone. A list in place of an operand is greater than every value. Observed: Directus 12.4.1. */
const ofOrder = (meets: (order: number) => boolean): Operator =>
  ofOrdered((value, operand) => meets(Array.isArray(operand) ? -1 : compared(value, operand)));

/** True when a value meets an operator's operand. */
const operators: Readonly<Record<string, Operator>> = {
  _eq: ofValue((value, operand) => !Array.isArray(operand) && value === textOf(operand)),
  _neq: ofValue((value, operand) => Array.isArray(operand) || value !== textOf(operand)),
  _in: ofValue((value, operand) => listOf(operand).includes(value)),
  // In no list that null is in: what it is equal to is not known. Observed: Directus 12.4.1.
  _nin: ofValue((value, operand) => !hasNull(operand) && !listOf(operand).includes(value)),
  _null: (value, operand) => isMissing(value) === isTrue(operand),
  _nnull: (value, operand) => isMissing(value) !== isTrue(operand),
  _empty: (value, operand) => isEmpty(value) === isTrue(operand),
  _nempty: (value, operand) => isEmpty(value) !== isTrue(operand),
  _contains: ofText((value, part) => value.includes(part)),
  _ncontains: ofText((value, part) => !value.includes(part)),
  _icontains: ofText((value, part) => value.includes(part)),
  _starts_with: ofText((value, part) => value.startsWith(part)),
  _nstarts_with: ofText((value, part) => !value.startsWith(part)),
  _istarts_with: ofText((value, part) => value.startsWith(part)),
  _nistarts_with: ofText((value, part) => !value.startsWith(part)),
  _ends_with: ofText((value, part) => value.endsWith(part)),
  _nends_with: ofText((value, part) => !value.endsWith(part)),
  _iends_with: ofText((value, part) => value.endsWith(part)),
  _niends_with: ofText((value, part) => !value.endsWith(part)),
  _lt: ofOrder((order) => order < 0),
  _lte: ofOrder((order) => order <= 0),
  _gt: ofOrder((order) => order > 0),
  _gte: ofOrder((order) => order >= 0),
  _between: ofOrdered((value, operand) => isBetween(value, operand)),
  _nbetween: ofOrdered((value, operand) => !isBetween(value, operand)),
};

/** What an operator asks of null. */
const presenceOf: Readonly<Record<string, Operator | undefined>> = {
  _eq: operators['_null'],
  _neq: operators['_nnull'],
};

const boundsIn = (operand: unknown): readonly unknown[] =>
  Array.isArray(operand) ? (operand as unknown[]) : textOf(operand).split(',');

function isBetween(value: unknown, operand: unknown): boolean {
  const [least = '', most = ''] = boundsIn(operand);
  return compared(value, least) >= 0 && compared(value, most) <= 0;
}

const equality = ['_eq', '_neq'];
const presence = ['_null', '_nnull'];
const ofLists = ['_in', '_nin'];
const text = Object.keys(operators).filter((name) => !/^_(?:n?between|[lg]te?)$/.test(name));

const ordered = [...equality, ...ofLists, ...presence, '_lt', '_lte', '_gt', '_gte', '_between', '_nbetween'];

/** The operators that there are for a type. Observed: Directus 12.4.1. */
const operatorsOf: Readonly<Record<FieldType, readonly string[]>> = {
  string: text,
  text,
  csv: text,
  uuid: [...equality, ...ofLists, ...presence],
  alias: [...equality, ...ofLists, ...presence],
  hash: ['_empty', '_nempty', ...presence],
  boolean: [...equality, ...presence],
  json: presence,
  jsonText: presence,
  dateTime: ordered,
  date: ordered,
  time: ordered,
  integer: ordered,
  bigInteger: ordered,
  float: ordered,
  timestamp: Object.keys(operators),
};

/** The name of a type in an error. */
const toldType = (type: FieldType): string => (type === 'jsonText' ? 'json' : type === 'alias' ? 'uuid' : type);

/** Operators that tell nothing of a secret but whether it is set. */
const SPARING = ['_empty', '_nempty', ...presence];

function operatorFor({ concealed = [] }: Collection, field: string, type: FieldType, name: string): Operator {
  const operator = operatorsOf[type].includes(name) ? operators[name] : undefined;
  if (operator === undefined)
    throw invalidQuery(`"${toldType(type)}" field type does not contain the "${name}" filter operator`);
  if (concealed.includes(field) && !SPARING.includes(name))
    throw invalidQuery(`Field with "conceal" special does not allow the "${name}" filter operator`);
  return operator;
}
