import Papa from 'papaparse';
import type { Item } from '../../query/collection.js';

/**
 * Items of a CSV under the names in its first row: what is empty is not given, and JSON is what it says, but for a number, which the
 * type of its field decides on. Observed: Directus 12.4.1.
 */
export function itemsInCsv(text: string): readonly Item[] {
  const { data } = Papa.parse<Item>(text.replace(/^\uFEFF/, ''), {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (name) => name.trim(),
    transform: valueIn,
  });
  return data.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)));
}

function valueIn(cell: string): unknown {
  if (cell === '') return undefined;
  try {
    const value = JSON.parse(cell) as unknown;
    return typeof value === 'number' ? cell : value;
  } catch {
    return cell;
  }
}
