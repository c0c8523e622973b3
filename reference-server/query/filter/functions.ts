import { invalidQuery } from '../../http/errors.js';
import type { Collection, Item } from '../collection.js';

/** A function of a field, as it stands among the fields that are asked for: `count(articles)`. */
export interface Call {
  readonly name: string;
  readonly field: string;
}

const DATES = ['date', 'dateTime', 'timestamp'];
const TIMES = ['time', 'dateTime', 'timestamp'];

/** What there is, and the types of the fields that it takes. Observed: Directus 12.4.1. */
const functions: Readonly<Record<string, readonly string[]>> = {
  year: DATES,
  month: DATES,
  week: DATES,
  day: DATES,
  weekday: DATES,
  hour: TIMES,
  minute: TIMES,
  second: TIMES,
  count: ['alias', 'json'],
};

/** Functions that make a number of a date or a time. */
export const DATE_PARTS: readonly string[] = Object.keys(functions).filter((name) => name !== 'count');

/** True where a function takes such a field. */
export function isCallable({ types }: Collection, { name, field }: Call): boolean {
  const type = types[field];
  return type !== undefined && functions[name]?.includes(type) === true;
}

/** @returns undefined for the name of a field */
export function calledIn(text: string): Call | undefined {
  const [, name, field] = /^(\w+)\((\w+)\)$/.exec(text) ?? [];
  return name === undefined || field === undefined ? undefined : { name, field };
}

/** The field that a name is of, be it the name of the field or of a function of it. */
export const fieldOf = (text: string): string => calledIn(text)?.field ?? text;

/** @throws ApiError 400 INVALID_QUERY for a function that there is not, or not of such a field */
export function mustBeCallable({ types }: Collection, { name, field }: Call): void {
  const type = types[field];
  const takes = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (takes === undefined || (type !== undefined && !takes.includes(type)))
    throw invalidQuery(`Invalid function specified "${name}"`);
}

/** The name under which what a function makes of its field is told. */
export const toldNameOf = ({ name, field }: Call): string => `${field}_${name}`;

/** What a function makes of its field in an item; null of none. Times are in UTC. */
export function valueOf({ name, field }: Call, item: Item): number | null {
  const value = item[field];
  if (value === null || value === undefined) return null;
  // Of what is no list there is nothing to be counted. Observed: Directus 12.4.1.
  if (name === 'count') return Array.isArray(value) ? value.length : 0;
  if (typeof value !== 'string') return null;
  const time = new Date(value.includes('T') ? withZone(value) : value.includes(':') ? `1970-01-01T${value}Z` : value);
  if (Number.isNaN(time.getTime())) return null;
  switch (name) {
    case 'year':
      return time.getUTCFullYear();
    case 'month':
      return time.getUTCMonth() + 1;
    case 'week':
      return weekOf(time);
    case 'day':
      return time.getUTCDate();
    case 'weekday':
      return time.getUTCDay();
    case 'hour':
      return time.getUTCHours();
    case 'minute':
      return time.getUTCMinutes();
    default:
      return time.getUTCSeconds();
  }
}

const withZone = (text: string): string => (/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);

/** The number of the week of its year: weeks begin on Monday, and those before the first Monday are number 0 (SQLite, strftime %W). */
function weekOf(time: Date): number {
  const first = Date.UTC(time.getUTCFullYear(), 0, 1);
  const dayOfYear = Math.floor((time.getTime() - first) / 86_400_000);
  const sinceMonday = (time.getUTCDay() + 6) % 7;
  return Math.floor((dayOfYear + 7 - sinceMonday) / 7);
}
