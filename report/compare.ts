import type { Report, RequirementResult, Verdict } from '../spec/generated/report.js';

/** A requirement that is not what it was. */
export interface Change {
  readonly id: string;
  readonly title: string;
  /** Its verdict in the old report; without, it was not in there. */
  readonly before?: Verdict;
  /** Its verdict in the new report; without, it is not in there. */
  readonly after?: Verdict;
  /** Why, as the new report says. */
  readonly reason?: string;
  /** The checks that passed before and fail now. */
  readonly checks?: readonly string[];
}

/** What became of the requirements from one report to the other. */
export interface Comparison {
  /** In what the reports differ as a whole, a sentence each: what else the changes may come from. */
  readonly differences: readonly string[];
  /** Passed before and fails now, as a whole or in one of its checks; or warned before and fails now. */
  readonly regressed: readonly Change[];
  /** Failed or warned before and passes now. */
  readonly fixed: readonly Change[];
  /** Was judged before, and is skipped or in error now. */
  readonly noLongerJudged: readonly Change[];
  /** Not in the old report. */
  readonly added: readonly Change[];
  /** Not in the new report. */
  readonly gone: readonly Change[];
  /** Other verdicts that are not what they were: a failure that was skipped before, say. */
  readonly other: readonly Change[];
}

const failing = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'warn';
const judged = (verdict: Verdict): boolean => verdict === 'pass' || failing(verdict);

/** Compares two reports, requirement by requirement, in the order of the new one. */
export function compareReports(old: Report, current: Report): Comparison {
  const before = new Map(old.requirements.map((result) => [result.id, result]));
  const after = new Set(current.requirements.map(({ id }) => id));
  const found: Record<Exclude<keyof Comparison, 'differences'>, Change[]> = {
    regressed: [],
    fixed: [],
    noLongerJudged: [],
    added: [],
    gone: old.requirements
      .filter(({ id }) => !after.has(id))
      .map(({ id, title, verdict }) => ({ id, title, before: verdict })),
    other: [],
  };
  for (const result of current.requirements) {
    const was = before.get(result.id);
    const checks = was === undefined ? [] : failingAnew(was, result);
    const change: Change = {
      id: result.id,
      title: result.title,
      ...(was && { before: was.verdict }),
      after: result.verdict,
      ...(result.reason !== undefined && { reason: result.reason }),
      ...(checks.length > 0 && { checks }),
    };
    const kind = kindOf(change);
    if (kind !== undefined) found[kind].push(change);
  }
  return { differences: differencesBetween(old, current), ...found };
}

function kindOf({ before, after, checks }: Change): keyof Omit<Comparison, 'differences'> | undefined {
  if (before === undefined || after === undefined) return before === undefined ? 'added' : 'gone';
  if (failing(after) && (before === 'pass' || (before === 'warn' && after === 'fail') || (failing(before) && checks)))
    return 'regressed';
  if (failing(before) && after === 'pass') return 'fixed';
  if (judged(before) && !judged(after)) return 'noLongerJudged';
  return before === after ? undefined : 'other';
}

/** The checks that passed in one result and fail in another. */
function failingAnew(was: RequirementResult, is: RequirementResult): string[] {
  const passed = new Set(was.checks.filter(({ verdict }) => verdict === 'pass').map(({ title }) => title));
  return is.checks.filter(({ verdict, title }) => failing(verdict) && passed.has(title)).map(({ title }) => title);
}

function differencesBetween(old: Report, current: Report): string[] {
  const pairs: [what: string, of: (report: Report) => string][] = [
    ['targets', ({ target }) => target.url],
    ['versions of the suite', ({ tool }) => tool.version],
    ['texts of the specification', ({ specification }) => specification.sha256],
    ['profiles', ({ profiles }) => [...profiles].sort().join(', ')],
    [
      'things given',
      ({ capabilities }) =>
        capabilities
          .filter(({ given }) => given)
          .map(({ name }) => name)
          .join(', ') || 'none',
    ],
  ];
  return pairs
    .filter(([, of]) => of(old) !== of(current))
    .map(([what, of]) => `different ${what}: ${of(old)} / ${of(current)}`);
}
