import type { Request } from 'express';
import { invalidQuery } from '../../http/errors.js';
import { numberOf, textOf } from '../../http/loose-values.js';
import type { FieldType } from '../collection.js';

/** Who has something written, as the activity log tells it. */
export interface Author {
  /** The user's id; null without a token. */
  readonly user: string | null;
  /** What asks for it; undefined for a message of a WebSocket. */
  readonly request?: Request | undefined;
  /** True for one who is told what the database says. */
  readonly isAdministrator?: boolean;
}

/** Who reads or writes, and when: what the dynamic values $CURRENT_USER, $CURRENT_ROLE, $CURRENT_ROLES and $NOW stand for. */
export interface Who extends Author {
  /** The id of the role that the token gives. */
  readonly role: string | null;
  /** The role, and those that it is under. */
  readonly roles?: ReadonlySet<string>;
  /** In ms since 1970. */
  readonly now: number;
}

/**
 * What a dynamic value stands for; other values are left as they are.
 * @param isCompared with numbers: then a time is one, in ms since 1970
 */
export function dynamicValue(operand: unknown, who: Who, isCompared = false): unknown {
  if (Array.isArray(operand)) return operand.map((one) => dynamicValue(one, who, isCompared));
  if (operand === '$CURRENT_USER') return who.user;
  if (operand === '$CURRENT_ROLE') return who.role;
  if (operand === '$CURRENT_ROLES') return [...(who.roles ?? [])];
  const now = typeof operand === 'string' ? /^\$NOW(?:\(\s*([+-]?\d+)\s*([a-z]+?)s?\s*\))?$/.exec(operand) : null;
  if (now === null) return operand;
  const [, count = '0', unit = 'second'] = now;
  if (!isUnit(unit)) return operand;
  const time = movedBy(who.now, Number(count), unit);
  return isCompared ? time.getTime() : time.toISOString();
}

const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };
type Unit = keyof typeof UNIT_MS | 'month' | 'year';
const isUnit = (unit: string): unit is Unit => Object.hasOwn(UNIT_MS, unit) || unit === 'month' || unit === 'year';

/** @param from in ms since 1970 */
function movedBy(from: number, count: number, unit: Unit): Date {
  const date = new Date(from);
  if (unit === 'month' || unit === 'year') date.setUTCMonth(date.getUTCMonth() + count * (unit === 'year' ? 12 : 1));
  else date.setTime(from + count * UNIT_MS[unit]);
  // Out of the range that a date has (ECMAScript, TimeClip): as it was.
  return Number.isNaN(date.getTime()) ? new Date(from) : date;
}

const NUMBERS: readonly FieldType[] = ['integer', 'bigInteger', 'float'];
const isOfTime = (type: FieldType): boolean => ['date', 'time', 'dateTime'].includes(type);
export const isNumeric = (type: FieldType | undefined): boolean => type !== undefined && NUMBERS.includes(type);

/**
 * An operand as the values of a type are compared with it. Observed: Directus 12.4.1.
 * @throws ApiError 400 INVALID_QUERY where a number is wanted
 */
export function comparable(type: FieldType, operator: string, operand: unknown): unknown {
  if (operator === '_null' || operator === '_nnull' || operator === '_empty' || operator === '_nempty') return operand;
  const isList = /^_n?(?:in|between)$/.test(operator);
  if (isList && (isNumeric(type) || type === 'timestamp')) {
    const parts = Array.isArray(operand) ? operand : typeof operand === 'string' ? operand.split(',') : [operand];
    return parts.map((part: unknown) => comparable(type, '_eq', isNumeric(type) && part === null ? 0 : part));
  }
  if (operand === undefined || (operand === null && !isNumeric(type))) return operand;
  if (Array.isArray(operand)) {
    if (isNumeric(type)) operand.forEach((one: unknown) => comparable(type, operator, one));
    return operand;
  }
  if (isNumeric(type)) {
    const number = numberOf(operand);
    if (Number.isNaN(number)) throw invalidQuery('Invalid numeric value');
    return number;
  }
  if (type === 'boolean' && (operand === '1' || operand === 1)) return true;
  if (type === 'boolean' && (operand === '0' || operand === 0)) return false;
  // As SQLite compares them with times, which are text there. Observed: Directus 12.4.1.
  if (typeof operand === 'boolean' && isOfTime(type)) return Number(operand);
  if (type === 'timestamp' && /^_(?:n?eq|[lg]te?)$/.test(operator)) {
    const time = new Date(textOf(operand));
    return Number.isNaN(time.getTime()) ? operand : time.toISOString();
  }
  return operand;
}

/** Less than 0, 0 or greater than 0, as a value is less than, equal to or greater than another: numbers come before text (SQLite). */
export function compared(value: unknown, other: unknown): number {
  // Also where both are infinite, as what is not there is.
  if (value === other) return 0;
  if (typeof value === 'number' && typeof other === 'number') return value - other;
  if (typeof value === 'number' || typeof other === 'number') return typeof value === 'number' ? -1 : 1;
  const [left, right] = [textOf(value), textOf(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A value as it is compared: a number as it is, others as text. What is not there comes first. */
export const sortable = (value: unknown): unknown => {
  if (value === null || value === undefined) return -Infinity;
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
};
