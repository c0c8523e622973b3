import { requirements as catalogue, type CataloguedRequirement } from '../spec/catalogue.js';
import type { CheckResult, Report, RequirementResult, Tally, Verdict } from '../spec/generated/report.js';
import { diagnose } from './diagnosis.js';
import { profileVerdictsOf } from './profile-verdicts.js';

/** The worst comes first: what several checks of one requirement come to together. */
const weight: readonly Verdict[] = ['fail', 'error', 'warn', 'pass', 'skip'];

/** What the verdicts of the checks of a requirement come to: the worst of them; error when there is none. */
export const verdictOf = (checks: readonly Pick<CheckResult, 'verdict'>[]): Verdict =>
  weight.find((verdict) => checks.some((check) => check.verdict === verdict)) ?? 'error';

/** What the checks of a requirement come to. A check that was skipped leaves the verdict to the others. */
export function resultOf(requirement: CataloguedRequirement, checks: readonly CheckResult[]): RequirementResult {
  const { id, title, level, profile, chapter, source } = requirement;
  const verdict = verdictOf(checks);
  const decisive = checks.find((check) => check.verdict === verdict);
  const skipped = checks.filter(({ verdict }) => verdict === 'skip');
  const reasons =
    verdict === 'pass'
      ? skipped.map((check) => `not shown: ${check.title} (${check.reason ?? ''})`)
      : verdict === 'skip'
        ? [...new Set(skipped.map((check) => check.reason ?? ''))]
        : [decisive?.reason ?? 'its check gave no verdict'];
  const reason = reasons.join(verdict === 'skip' ? '; or ' : '; ');
  return { id, title, level, profile, chapter, source, verdict, ...(reason !== '' && { reason }), checks: [...checks] };
}

function tally(verdicts: readonly Verdict[]): Tally {
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  return {
    total: verdicts.length,
    pass: count('pass'),
    fail: count('fail'),
    warn: count('warn'),
    skip: count('skip'),
    error: count('error'),
  };
}

/** What a report says as a whole. */
export type Conclusion = Pick<Report, 'outcome' | 'complete' | 'summary' | 'diagnosis'> &
  Required<Pick<Report, 'byProfile'>>;

/** What the verdicts of a report come to. The outcome is that of core, or of the first profile that was run: see the report's schema. */
export function conclusionOf(results: readonly RequirementResult[]): Conclusion {
  const core = catalogue.filter(({ profile }) => profile === 'core');
  const judged = new Set(
    results.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail' || verdict === 'warn').map(({ id }) => id),
  );
  const byProfile = profileVerdictsOf(results);
  const diagnosis = diagnose(results);
  return {
    outcome: byProfile[0]?.outcome ?? 'not-judged',
    complete: core.every(({ id }) => judged.has(id)),
    byProfile,
    ...(diagnosis && { diagnosis }),
    summary: {
      requirements: tally(results.map(({ verdict }) => verdict)),
      checks: tally(results.flatMap(({ checks }) => checks.map(({ verdict }) => verdict))),
    },
  };
}
