import type { Response } from 'express';

type Row = Readonly<Record<string, unknown>>;

/** What records are exported as, each with its media type. */
export const exportTypes: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json'],
  ['csv', 'text/csv'],
]);

/**
 * Sends records as a file to be saved, as `export` in a query asks for it. Observed: Directus 12.4.1.
 * @param name of the collection
 * @param now in ms
 */
export function sendExport(response: Response, name: string, format: string, data: unknown, now: number): void {
  response.set('Cache-Control', 'no-cache').set('Vary', 'Origin, Cache-Control');
  response.attachment(`${name} ${stampOf(now)}.${format}`);
  response.send(format === 'json' ? JSON.stringify(data, null, '\t') : csvOf([data].flat() as readonly Row[]));
}

/**
 * A time in the format that names of exported files have: 20261128-8340 at 8:34:00, without the zeros. Observed: Directus 12.4.1.
 * @param now in ms
 */
export function stampOf(now: number): string {
  const [day = '', time = ''] = new Date(now).toISOString().slice(0, 19).split('T');
  return `${day.replaceAll('-', '')}-${time.split(':').map(Number).join('')}`;
}

/** Rows under the names of their members: text in quotes, as Directus 12.4.1 was observed to write it; nothing of no rows. */
export function csvOf(given: readonly Row[]): string {
  if (given.length === 0) return '';
  const rows = given.map((row) => flat(row));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const cell = (value: unknown): string => {
    if (value === null || value === undefined) return '';
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return quoted(typeof value === 'string' ? value : JSON.stringify(value));
  };
  return [names.map(quoted), ...rows.map((row) => names.map((name) => cell(row[name])))].map(String).join('\n');
}

/** Members of objects within a row as its own: `author.name`. */
function flat(row: Row, before = ''): Row {
  const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      isRow(value) && Object.keys(value).length > 0
        ? Object.entries(flat(value, `${before}${name}.`))
        : [[before + name, value]],
    ),
  );
}
