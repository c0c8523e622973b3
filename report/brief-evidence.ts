import type { CheckResult, RequirementResult } from '../spec/generated/report.js';

/** Checks of a requirement that did not pass whose exchanges a report keeps. */
const WITH_EXCHANGES = 3;
/** Characters of all evidence together that a report keeps: with the lines of what passed, it stays below 600 kB. */
const LIMIT = 320_000;
/** Characters of all shell lines together: a block says the same as its exchanges, in a third of the length. */
const SHELL_LIMIT = 200_000;
/** What stands for shell lines that are left out. */
const LEFT_OUT = '# left out, for the size of the report: --evidence all keeps it';

/** True where a report has no shell lines of a check for the size of it. */
export const isWithoutShellLines = ({ curl }: Pick<CheckResult, 'curl'>): boolean => curl[0] === LEFT_OUT;

/** Results with as much evidence as a report keeps, and what is to be told of what it does not. */
export interface BriefEvidence {
  readonly results: RequirementResult[];
  readonly notes: readonly string[];
}

/**
 * Leaves evidence out where there is much of it: a cell of a matrix fails as its neighbours do, and a target that rejects every token
 * fails a hundred checks alike. The simplest checks that did not pass of a requirement keep their exchanges, the simplest of each requirement
 * first, as long as there is room; each keeps its shell lines, as long as there is room.
 */
export function withBriefEvidence(results: readonly RequirementResult[]): BriefEvidence {
  const failed = results.flatMap(({ checks }) => {
    const own = checks
      .filter(({ verdict }) => verdict !== 'pass')
      .toSorted((one, other) => weightOf(one) - weightOf(other) || one.exchanges.length - other.exchanges.length);
    return own.map((check, rank) => ({ check, rank }));
  });
  const ordered = failed.toSorted(
    (one, other) =>
      weightOf(one.check) - weightOf(other.check) ||
      one.rank - other.rank ||
      one.check.exchanges.length - other.check.exchanges.length,
  );
  const shell = fitting(ordered, ({ curl }) => curl, SHELL_LIMIT);
  const used = [...shell].reduce((sum, { curl }) => sum + lengthOf(curl), 0);
  const few = ordered.filter(({ rank }) => rank < WITH_EXCHANGES);
  const shown = fitting(few, ({ exchanges }) => exchanges, LIMIT - used);
  const all = new Set(failed.map(({ check }) => check));
  const brief = (check: CheckResult): CheckResult =>
    all.has(check)
      ? {
          ...check,
          exchanges: shown.has(check) ? check.exchanges : [],
          curl: shell.has(check) ? check.curl : [LEFT_OUT],
        }
      : check;
  const left = [
    [few.length - shown.size, 'without exchanges'] as const,
    [failed.length - shell.size, 'without shell lines'] as const,
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} are ${what}`]));
  return {
    results: results.map((result) => ({ ...result, checks: result.checks.map(brief) })),
    notes:
      left.length === 0
        ? []
        : [
            `for the size of the report, of the ${failed.length} checks that did not pass ${left.join(' and ')}: --evidence all keeps everything`,
          ],
  };
}

/** Failures go before what could not be judged. */
const weightOf = ({ verdict }: CheckResult): number => (verdict === 'fail' || verdict === 'warn' ? 0 : 1);

/** The checks whose evidence of one kind fits, in their order. */
function fitting(
  ordered: readonly { readonly check: CheckResult }[],
  of: (check: CheckResult) => readonly unknown[],
  limit: number,
): Set<CheckResult> {
  let room = limit;
  const kept = new Set<CheckResult>();
  for (const { check } of ordered) {
    const length = lengthOf(of(check));
    if (length > room) continue;
    room -= length;
    kept.add(check);
  }
  return kept;
}

const lengthOf = (lines: readonly unknown[]): number => JSON.stringify(lines).length;
