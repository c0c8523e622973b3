import { failedValidation, type ApiError } from '../../http/errors.js';
import { numberOf, textOf } from '../../http/loose-values.js';
import type { FieldRule, Item } from '../collections/types.js';
import { expressionOf, matches } from './expression.js';
import { dynamicValue, type Who } from './operands.js';

/*
 * What the members of a record that is written have to be: as its fields say, and as a permission does, both by filters. Observed:
 * Directus 12.4.1 of fields, and 11.17.4 of permissions.
 */

/**
 * What is wrong with the members of a record, as its fields have it: one that may not be null, and a filter in `meta.validation`.
 * @param isNew true where what is not given is not there; of a change it stays
 * @param path the fields that lead to the record
 */
export const problemsOfFields = (
  fields: readonly FieldRule[],
  input: Item,
  isNew: boolean,
  who: Who,
  path: readonly string[] = [],
): readonly ApiError[] =>
  fields.flatMap(({ name, required, special, default: preset, meta }) => {
    const given = input[name] === undefined && isNew ? preset : input[name];
    const isMissing = isNew ? special === undefined && given === undefined : false;
    const isNeeded = required === true && (special === undefined || !isNew);
    const problems = problemsIn(meta?.['validation'], input, who, path);
    if (!isNeeded || (!isMissing && given !== null)) return problems;
    return [failedValidation(name, isMissing ? 'required' : 'nnull', path), ...problems];
  });

/** What is wrong with the members of a record, as a filter asks of them. Of one that is not given nothing is asked, but by `_submitted`. */
export function problemsIn(filter: unknown, input: Item, who: Who, path: readonly string[] = []): readonly ApiError[] {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) return [];
  return Object.entries(filter).flatMap(([name, condition]: [string, unknown]): readonly ApiError[] => {
    if (!name.startsWith('_')) return problemsOf(name, condition, input, who, path);
    const parts = (Array.isArray(condition) ? (condition as unknown[]) : []).map((part) =>
      problemsIn(part, input, who, path),
    );
    // Of several of which any has to be met each one is told.
    return name === '_or' && parts.some((part) => part.length === 0) ? [] : parts.flat();
  });
}

function problemsOf(
  field: string,
  condition: unknown,
  input: Item,
  who: Who,
  path: readonly string[],
): readonly ApiError[] {
  const value = input[field];
  const fails = (type: string, details: Item = {}): ApiError => failedValidation(field, type, path, details);
  return Object.entries(condition ?? {}).flatMap(([operator, operand]: [string, unknown]): readonly ApiError[] => {
    if (operator === '_and' || operator === '_or')
      return problemsIn({ [operator]: listOf(operand).map((part) => ({ [field]: part })) }, input, who, path);
    if (operator === '_submitted') return value === undefined && isTrue(operand) ? [fails('required')] : [];
    if (value === undefined) return [];
    const check = Object.hasOwn(checks, operator) ? checks[operator] : undefined;
    return (check?.(value, dynamicValue(operand, who)) ?? []).map(([type, details]) => fails(type, details));
  });
}

/** What an operator has against a value: the type of validation that fails, and what the value had to be. */
type Check = (value: unknown, operand: unknown) => readonly (readonly [type: string, details?: Item])[];

const isTrue = (operand: unknown): boolean => operand !== false && operand !== 'false';
const listOf = (given: unknown): readonly unknown[] => (Array.isArray(given) ? (given as unknown[]) : [given]);

/** A number is also the text of its digits. */
const spellings = (operand: unknown): readonly unknown[] =>
  typeof operand === 'number' ? [operand, String(operand)] : listOf(operand);

const isAmong: Check = (value, operand) => {
  const valid = spellings(operand);
  if (valid.includes(value)) return [];
  return valid.length === 1 ? [['eq', { valid: valid[0] }]] : [['in', { valid }]];
};
const isNotAmong: Check = (value, operand) => {
  const invalid = spellings(operand);
  if (!invalid.includes(value)) return [];
  return invalid.length === 1 ? [['neq', { invalid: invalid[0] }]] : [['nin', { invalid }]];
};

/** Compares numbers, or moments where the operand is one; what is neither is as if it were not there. */
const inOrder =
  (type: string, meets: (value: number, bound: number) => boolean): Check =>
  (value, operand) => {
    const isMoment = typeof operand === 'string' && Number.isNaN(numberOf(operand));
    const valid = isMoment ? new Date(operand) : operand;
    const asNumber = (one: unknown): number => (isMoment ? new Date(textOf(one)).getTime() : numberOf(one));
    if (value === null || Number.isNaN(asNumber(value))) return [['required']];
    return meets(asNumber(value), asNumber(operand)) ? [] : [[type, { valid }]];
  };

const lt = inOrder('lt', (value, bound) => value < bound);
const lte = inOrder('lte', (value, bound) => value <= bound);
const gt = inOrder('gt', (value, bound) => value > bound);
const gte = inOrder('gte', (value, bound) => value >= bound);

/** @param isCaseless told by the operator's name, but for `_icontains` */
const ofText =
  (type: string, isCaseless: boolean, meets: (value: string, part: string) => boolean): Check =>
  (value, operand) => {
    const cased = (text: string): string => (isCaseless ? text.toLowerCase() : text);
    const isMet = typeof value === 'string' && meets(cased(value), cased(textOf(operand)));
    return isMet ? [] : [[type, { substring: operand }]];
  };

const texts = {
  contains: (value: string, part: string) => value.includes(part),
  starts_with: (value: string, part: string) => value.startsWith(part),
  ends_with: (value: string, part: string) => value.endsWith(part),
};

const checks: Readonly<Record<string, Check>> = {
  _eq: isAmong,
  _in: isAmong,
  _neq: isNotAmong,
  _nin: isNotAmong,
  _null: (value, operand) => ((value === null) === isTrue(operand) ? [] : [[isTrue(operand) ? 'null' : 'nnull']]),
  _nnull: (value, operand) => ((value === null) === isTrue(operand) ? [[isTrue(operand) ? 'nnull' : 'null']] : []),
  _empty: (value) => (value === '' || value === null ? [] : [['empty']]),
  _nempty: (value) => (value === '' ? [['nempty']] : []),
  _lt: lt,
  _lte: lte,
  _gt: gt,
  _gte: gte,
  _between: (value, operand) => {
    const [least, most] = listOf(operand);
    const below = gte(value, least);
    return below.length > 0 ? below : lte(value, most);
  },
  _nbetween: (value, operand) => {
    const [least, most] = listOf(operand);
    const [below, above] = [lt(value, least), gt(value, most)];
    return below.length === 0 || above.length === 0 ? [] : [...below, ...above];
  },
  _regex: (value, operand) => {
    if (typeof value !== 'string') return [['required']];
    const expression = expressionOf(textOf(operand));
    return expression === undefined || matches(expression, value) ? [] : [['regex', { invalid: value }]];
  },
  ...Object.fromEntries(
    Object.entries(texts).flatMap(([name, meets]): [string, Check][] => {
      const not = (value: string, part: string): boolean => !meets(value, part);
      const caseless = name === 'contains' ? '' : 'i';
      return [
        [`_${name}`, ofText(name, false, meets)],
        [`_n${name}`, ofText(`n${name}`, false, not)],
        [`_i${name}`, ofText(`${caseless}${name}`, true, meets)],
        [`_ni${name}`, ofText(`n${caseless}${name}`, true, not)],
      ];
    }),
  ),
};
