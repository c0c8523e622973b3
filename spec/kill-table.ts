import table from './kill-table.json' with { type: 'json' };

/** Which requirements fail on the reference server with a defect, all checks run. */
export interface KillTableRow {
  /** Those that fail in every run. */
  readonly fails: readonly string[];
  /** Those that fail in some runs, each with the reason why it depends on chance. */
  readonly chance?: Readonly<Record<string, string>>;
}

/**
 * The kill table, by name of defect: written by `npm run kill-table -- --update`, compared by the tests with what comes of each defect,
 * both ways. A diagnosis is made of it, too.
 */
export const killTable: Readonly<Record<string, KillTableRow>> = table;
