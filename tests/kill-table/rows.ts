import type { KillTableRow } from '../../spec/kill-table.js';
import type { Report } from '../../spec/generated/report.js';

/** The requirements of a report that failed, or warned. */
export const failedIn = ({ requirements }: Report): string[] =>
  requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ id }) => id);

/** Where what failed is not what a row says. */
export interface Difference {
  /** Failed, and stands in the row neither as what fails nor as chance. */
  readonly unexpected: readonly string[];
  /** Stands in the row as what fails, and did not. */
  readonly missing: readonly string[];
}

/** Holds what failed against a row; undefined when it is as the row says. */
export function differenceFrom(row: KillTableRow | undefined, failed: readonly string[]): Difference | undefined {
  const { fails = [], chance = {} } = row ?? {};
  const unexpected = failed.filter((id) => !fails.includes(id) && !(id in chance));
  const missing = fails.filter((id) => !failed.includes(id));
  return unexpected.length + missing.length === 0 ? undefined : { unexpected, missing };
}

/** Why random sequences fail in some runs: they meet a defect or not. */
const BY_SEQUENCE = 'a random sequence meets the defect or does not';
/** What a row says that nobody has explained yet: the tests refuse it. */
export const UNEXPLAINED = 'unexplained';

/**
 * The row for what failed in several runs: what failed in each of them fails, the rest is chance. A reason that the row had stays.
 * @param runs what failed in each run
 */
export function rowOf(runs: readonly (readonly string[])[], before: KillTableRow | undefined): KillTableRow {
  const all = [...new Set(runs.flat())];
  const always = (id: string): boolean => runs.every((failed) => failed.includes(id));
  const reason = (id: string): string =>
    before?.chance?.[id] ?? (id.startsWith('access.any-history') ? BY_SEQUENCE : UNEXPLAINED);
  // What was seen to be chance once does not become certain by runs that happen to agree.
  const chance = [...new Set([...all.filter((id) => !always(id)), ...Object.keys(before?.chance ?? {})])].sort();
  return {
    fails: all.filter((id) => always(id) && !chance.includes(id)).sort(),
    ...(chance.length > 0 && { chance: Object.fromEntries(chance.map((id) => [id, reason(id)])) }),
  };
}
