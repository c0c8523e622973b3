import type { KillTable, KillTableRow } from '../kill-table.js';

interface NamedDefect {
  readonly name: string;
  readonly title: string;
}

interface NamingRequirement {
  readonly id: string;
  readonly defects: readonly string[];
}

/**
 * The kill table with a row for each defect that there is, by name: a new defect has a provisional row, with the requirements that name it;
 * each title is that of the defect; what `npm run kill-table -- --update` has found out stays as it is.
 */
export function currentRows(
  table: KillTable,
  defects: readonly NamedDefect[],
  requirements: readonly NamingRequirement[],
): KillTable {
  const rows = defects.map(({ name, title }): [string, KillTableRow] => {
    const row = table[name];
    return [name, row === undefined || row.provisional ? provisionalRow(name, title, requirements) : { ...row, title }];
  });
  return Object.fromEntries(rows.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The text of spec/kill-table.json. */
export const killTableText = (table: KillTable): string => `${JSON.stringify(table, null, 2)}\n`;

/** The row of a defect that was not certified yet. */
const provisionalRow = (name: string, title: string, requirements: readonly NamingRequirement[]): KillTableRow => ({
  title,
  fails: requirements
    .filter(({ defects }) => defects.includes(name))
    .map(({ id }) => id)
    .sort(),
  provisional: true,
});
