import table from './kill-table.json' with { type: 'json' };

/** Which requirements fail on the reference server with a defect, all checks run. */
export interface KillTableRow {
  /** What is wrong with a server that has the defect, as one sentence. */
  readonly title?: string;
  /** Those that fail in every run. */
  readonly fails: readonly string[];
  /** The titles of the checks that fail in every run, by requirement; where a requirement is left out, all of its checks fail. */
  readonly checks?: Readonly<Record<string, readonly string[]>>;
  /**
   * What those checks then say that they expected, by requirement and title: of the requirements that name the defect. Two defects that make
   * the same check fail are told apart by it.
   */
  readonly expected?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Those that fail in some runs, each with the reason why it depends on chance. */
  readonly chance?: Readonly<Record<string, string>>;
  /** True of a row that is not certified yet: it has the requirements that name the defect, and there may be more. */
  readonly provisional?: true;
}

/** The rows by name of defect. */
export type KillTable = Readonly<Record<string, KillTableRow>>;

/**
 * The kill table, by name of defect: written by `npm run kill-table -- --update`, compared by the tests with what comes of each defect,
 * both ways.
 */
export const killTable = table as KillTable;
