import { specification, version } from '../../report/build.js';
import { conclusionOf } from '../../report/conclusion.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { CheckResult, Report, RequirementResult, Verdict } from '../../spec/generated/report.js';
import { reportFixture } from '../reporters/report-fixture.js';

/** A check of the kind that a run writes. */
export const checkOf = (verdict: Verdict): CheckResult => ({
  title: 'shown',
  verdict,
  ...(verdict !== 'pass' && { reason: `the reason of ${verdict}` }),
  ...((verdict === 'fail' || verdict === 'warn') && { expected: '401', actual: '200' }),
  durationMs: 1,
  exchanges: [],
  curl: [],
});

/** The report that a run of this version would write, of the whole catalogue. Requirements that are not named pass. */
export function wholeReport(verdicts: Readonly<Record<string, Verdict>> = {}): Report {
  const requirements = catalogue.map(({ id, title, level, profile, chapter, source }): RequirementResult => {
    const verdict = verdicts[id] ?? 'pass';
    const reason = verdict === 'pass' ? {} : { reason: `the reason of ${verdict}` };
    return { id, title, level, profile, chapter, source, verdict, ...reason, checks: [checkOf(verdict)] };
  });
  return {
    ...reportFixture(),
    tool: { name: 'auth-conformance', version },
    specification: { ...specification },
    profiles: ['core', 'security', 'directus'],
    ...conclusionOf(requirements),
    requirements,
    leftovers: [],
    notes: [],
  };
}

/** One of several parts of a report, as a run with --shard writes it. */
export function shardOf(report: Report, index: number, count: number): Report {
  const requirements = report.requirements.filter((_one, position) => position % count === index - 1);
  return { ...report, requirements, ...conclusionOf(requirements), shard: { index, count } };
}
