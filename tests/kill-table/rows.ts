import { requirements } from '../../spec/catalogue.js';
import type { KillTableRow } from '../../spec/kill-table.js';
import type { CheckResult, Report } from '../../spec/generated/report.js';

/** The requirements that must notice a defect: the catalogue names it there. */
export const requirementsNaming = (defect: string): string[] =>
  requirements.filter(({ defects }) => (defects as readonly string[]).includes(defect)).map(({ id }) => id);

/** The requirements of a report that failed, or warned. */
export const failedIn = (report: Report): string[] =>
  report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ id }) => id);

const checksOf = ({ requirements }: Report, id: string): CheckResult[] =>
  requirements.flatMap((one) => (one.id === id ? one.checks : []));

/** The checks of a requirement that failed, or warned. */
const failedChecks = (report: Report, id: string): CheckResult[] =>
  checksOf(report, id).filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');

/** True when each check of a requirement that failed, or warned, did not when it was run again alone. */
const isIntermittent = (report: Report, id: string): boolean => {
  const failed = failedChecks(report, id);
  return failed.length > 0 && failed.every(({ confirmation }) => confirmation === 'intermittent');
};

/** The titles of the checks that failed, or warned, in each of several runs, by requirement; none of one whose checks all failed. */
export function checksFailedIn(reports: readonly Report[]): Record<string, string[]> {
  const titles = (report: Report, id: string): string[] => failedChecks(report, id).map(({ title }) => title);
  const judged = (report: Report, id: string): number =>
    checksOf(report, id).filter(({ verdict }) => verdict !== 'skip').length;
  const [first, ...others] = reports;
  if (first === undefined) return {};
  const always = failedIn(first).map((id): [string, string[]] => [
    id,
    titles(first, id)
      .filter((title) => others.every((report) => titles(report, id).includes(title)))
      .sort(),
  ]);
  return Object.fromEntries(
    always.filter(([id, own]) => own.length > 0 && own.length < judged(first, id)).sort(byFirst),
  );
}

/** What the failed checks of some requirements expected, by requirement and title. */
function expectedIn(report: Report, ids: readonly string[]): [string, Record<string, string>][] {
  return ids.flatMap((id): [string, Record<string, string>][] => {
    const said = failedChecks(report, id).flatMap(({ title, expected }): [string, string][] =>
      expected === undefined ? [] : [[title, expected]],
    );
    return said.length === 0 ? [] : [[id, Object.fromEntries(said.sort(byFirst))]];
  });
}

const byFirst = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

/**
 * What a report does not say as it must: which requirements have not noticed the defect that they name; without a defect, which did
 * not pass. Each with its verdict.
 * @param named the requirements that name the defect; none without a defect
 */
export function missedIn(report: Report, named: readonly string[]): string[] {
  const failed = failedIn(report);
  return report.requirements
    .filter(({ id, verdict }) => (named.length > 0 ? named.includes(id) && !failed.includes(id) : verdict !== 'pass'))
    .map(({ id, verdict }) => `${id} (${verdict})`);
}

/** Where what failed is not what a row says. */
export interface Difference {
  /** Failed, and is in the row neither as what fails nor as chance. */
  readonly unexpected: readonly string[];
  /** Is in the row as what fails, and did not. */
  readonly missing: readonly string[];
}

/**
 * Holds what failed against a row; undefined when it is as the row says.
 * @param only the requirements that were judged; all when not given
 */
export function differenceFrom(
  row: KillTableRow | undefined,
  failed: readonly string[],
  only?: readonly string[],
): Difference | undefined {
  const { fails = [], chance = {} } = row ?? {};
  const unexpected = failed.filter((id) => !fails.includes(id) && !(id in chance));
  const missing = fails.filter((id) => !failed.includes(id) && only?.includes(id) !== false);
  return unexpected.length + missing.length === 0 ? undefined : { unexpected, missing };
}

/**
 * What came in each of several runs: what came in one alone is chance.
 * @param before the difference that the runs before have in common; undefined for the first
 */
export function common(before: Difference | undefined, last: Difference | undefined): Difference | undefined {
  if (before === undefined || last === undefined) return last;
  const unexpected = last.unexpected.filter((id) => before.unexpected.includes(id));
  const missing = last.missing.filter((id) => before.missing.includes(id));
  return unexpected.length + missing.length === 0 ? undefined : { unexpected, missing };
}

/** Why random sequences fail in some runs: they meet a defect or not. */
const BY_SEQUENCE = 'a random sequence meets the defect or does not';
/** Why a requirement stands as chance whose failure came once: no check of it that was run again failed again. */
const NOT_CONFIRMED = 'failed once, and not when its checks were run again alone';
/** The reason of a chance that has not been explained yet: the tests reject it. */
export const UNEXPLAINED = 'unexplained';

/**
 * The row for what failed in several runs: what failed in each of them fails, the rest is chance. A reason that the row had stays.
 * @param defect its name and title
 * @param reports of the runs
 * @param only the requirements that were judged; all when not given. What the row said of others stays
 */
export function rowOf(
  { name, title }: { readonly name: string; readonly title: string },
  reports: readonly Report[],
  before: KillTableRow | undefined,
  only?: readonly string[],
): KillTableRow {
  const isLeft = (id: string): boolean => only?.includes(id) === false;
  const runs = reports.map(failedIn);
  const all = [...new Set(runs.flat())];
  const once = (id: string): boolean => reports.some((report) => isIntermittent(report, id));
  const always = (id: string): boolean => runs.every((failed) => failed.includes(id)) && !once(id);
  const reason = (id: string): string => {
    if (id.startsWith('access.any-history')) return BY_SEQUENCE;
    return once(id) ? NOT_CONFIRMED : UNEXPLAINED;
  };
  // What was seen to be chance once does not become certain by runs that happen to agree.
  const chance = [...new Set([...all.filter((id) => !always(id)), ...Object.keys(before?.chance ?? {})])].sort();
  const checks = [
    ...Object.entries(before?.checks ?? {}).filter(([id]) => isLeft(id)),
    ...Object.entries(checksFailedIn(reports)).filter(([id]) => !chance.includes(id)),
  ];
  const named = requirementsNaming(name).filter((id) => !isLeft(id));
  const expected = [
    ...Object.entries(before?.expected ?? {}).filter(([id]) => isLeft(id)),
    ...reports.slice(0, 1).flatMap((report) => expectedIn(report, named)),
  ];
  return {
    title,
    fails: [...(before?.fails ?? []).filter(isLeft), ...all.filter((id) => always(id) && !chance.includes(id))].sort(),
    checks: Object.fromEntries(checks.sort(byFirst)),
    ...(expected.length > 0 && { expected: Object.fromEntries(expected.sort(byFirst)) }),
    ...(before?.provisional === true && only !== undefined && { provisional: true }),
    ...(chance.length > 0 && {
      chance: Object.fromEntries(chance.map((id) => [id, before?.chance?.[id] ?? reason(id)])),
    }),
  };
}
