import { requirements } from './catalogue.js';
import table from './kill-table.json' with { type: 'json' };

/** Which requirements fail on the reference server with a defect, all checks run. */
export interface KillTableRow {
  /** What is wrong with a server that has the defect, as one sentence. */
  readonly title?: string;
  /** Those that fail in every run. */
  readonly fails: readonly string[];
  /** The titles of the checks that fail in every run, by requirement; where a requirement is left out, all of its checks fail. */
  readonly checks?: Readonly<Record<string, readonly string[]>>;
  /** Those that fail in some runs, each with the reason why it depends on chance. */
  readonly chance?: Readonly<Record<string, string>>;
}

/** The rows by name of defect. */
export type KillTable = Readonly<Record<string, KillTableRow>>;

/**
 * The kill table, by name of defect: written by `npm run kill-table -- --update`, compared by the tests with what comes of each defect,
 * both ways.
 */
export const killTable: KillTable = table;

/** What a diagnosis is made of: nothing while some defect of the catalogue has no row, for another one would be named in its place. */
export const signatures: KillTable = requirements.every(({ defects }) => defects.every((name) => name in killTable))
  ? killTable
  : {};
