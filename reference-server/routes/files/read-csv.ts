import type { Item } from '../../query/collection.js';

/** The rows of a CSV (RFC 4180), without a byte order mark. A quote that does not end is one up to the end. */
function rowsIn(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  const endCell = (): void => {
    rows.at(-1)?.push(cell);
    cell = '';
  };
  const characters = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    const isDoubled = isQuoted && character === '"' && characters[at + 1] === '"';
    if (isDoubled) at += 1;
    if (isDoubled || (isQuoted && character !== '"')) cell += character;
    else if (character === '"' && (isQuoted || cell === '')) isQuoted = !isQuoted;
    else if (character === ',') endCell();
    else if (character === '\n') {
      endCell();
      rows.push([]);
    } else cell += character;
  }
  endCell();
  return rows.filter((row) => row.some((one) => one !== ''));
}

/**
 * Items of a CSV under the names in its first row: what is empty is not given, and JSON is what it says. Observed: Directus 12.4.1.
 */
export function itemsInCsv(text: string): readonly Item[] {
  const [names = [], ...rows] = rowsIn(text);
  return rows.map((row) =>
    Object.fromEntries(
      names.flatMap((name, index): [string, unknown][] => {
        const cell = row[index] ?? '';
        return name === '' || cell === '' ? [] : [[name, valueIn(cell)]];
      }),
    ),
  );
}

function valueIn(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}
