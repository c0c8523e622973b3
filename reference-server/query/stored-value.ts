import type { FieldType } from './collection.js';

/**
 * What becomes of a value that is written to a field: a Directus on SQLite keeps text in its columns, so that true is read as "1", and a
 * list as its JSON. Observed: Directus 12.4.1.
 */
export function storedValue(type: FieldType, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  switch (type) {
    case 'json':
      return typeof value === 'string' ? parsedIfJson(value) : asNumber(value);
    case 'jsonText':
      return typeof value === 'object' ? JSON.stringify(value) : asNumber(value);
    case 'csv':
      return listIn(csvOf(value));
    case 'boolean':
      if (value === 0 || value === 1) return value === 1;
      if (value === '') return null;
      return typeof value === 'object' ? JSON.stringify(value) : value;
    default:
      return storedText(value);
  }
}

/** A list, or what else is given in its place, as text separated by commas. */
const csvOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.map((one: unknown) => (one === null ? '' : storedText(one))).join(',')
    : storedText(value);

const listIn = (text: string): readonly string[] => (text === '' ? [] : text.split(','));

/** The same of a field that holds text. */
export const storedText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(asNumber(value));

const asNumber = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

function parsedIfJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
