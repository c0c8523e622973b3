import { create } from 'xmlbuilder2';
import type { CheckResult, Report, RequirementResult } from '../spec/generated/report.js';
import { neutralReport } from '../report/foreign-text.js';
import { passedInWords, verdictsByProfile } from '../report/profile-verdicts.js';
import { byChapter, confirmationInWords, identityInWords } from '../report/wording.js';

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const count = (checks: readonly CheckResult[], verdict: CheckResult['verdict']): string =>
  String(checks.filter((check) => check.verdict === verdict).length);

const counts = (checks: readonly CheckResult[]): Record<'tests' | 'failures' | 'errors' | 'time', string> => ({
  tests: String(checks.length),
  failures: count(checks, 'fail'),
  errors: count(checks, 'error'),
  time: seconds(checks.reduce((sum, { durationMs }) => sum + durationMs, 0)),
});

/** What the reader of a failure needs: the rule, what was seen, how to see it again. */
function explanation({ level, source }: RequirementResult, check: CheckResult): string {
  const { expected, actual, reason, counterexample, curl } = check;
  return [
    `${level}; ${source.document === 'seed' ? 'Specification' : source.document}, ${source.section}: "${source.quote}"`,
    ...(expected === undefined ? [reason ?? ''] : [`expected ${expected}`, `actual   ${actual ?? ''}`]),
    ...(counterexample === undefined ? [] : [`counterexample ${counterexample}`]),
    ...[confirmationInWords(check) ?? []].flat(),
    '',
    ...curl,
  ].join('\n');
}

/**
 * The report as JUnit XML: a suite for each chapter, a case for each check. A warning is a passed case with output. It is valid by
 * junit-10.xsd of Jenkins' xUnit plugin, in which a suite counts what was skipped, and the document does not.
 */
export function renderJUnit(given: Report): string {
  const report = neutralReport(given);
  const suites = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name: 'auth-conformance',
    ...counts(report.requirements.flatMap(({ checks }) => checks)),
  });
  for (const [chapter, requirements] of byChapter(report)) {
    const all = requirements.flatMap(({ checks }) => checks);
    const suite = suites.ele('testsuite', {
      name: chapter,
      ...counts(all),
      skipped: count(all, 'skip'),
      timestamp: report.startedAt.slice(0, 19),
    });
    const properties = suite.ele('properties');
    const shown: Record<string, string> = {
      target: report.target.url,
      profiles: report.profiles.join(' '),
      outcome: report.outcome,
      complete: String(report.complete),
      seed: String(report.seed),
    };
    const identity = identityInWords(report);
    if (identity !== undefined) shown['implementation'] = identity;
    for (const one of verdictsByProfile(report))
      shown[`profile.${one.profile}`] = `${one.outcome} ${passedInWords(one)}`;
    for (const [name, value] of Object.entries(shown)) properties.ele('property', { name, value });
    for (const requirement of requirements) {
      for (const check of requirement.checks) {
        const test = suite.ele('testcase', {
          classname: requirement.id,
          name: `${requirement.title} (${check.title})`,
          time: seconds(check.durationMs),
        });
        const message = check.reason ?? '';
        if (check.verdict === 'fail')
          test.ele('failure', { message, type: requirement.level }).txt(explanation(requirement, check));
        if (check.verdict === 'error')
          test.ele('error', { message, type: 'not judged' }).txt(explanation(requirement, check));
        if (check.verdict === 'skip') test.ele('skipped', { message });
        if (check.verdict === 'warn') test.ele('system-out').txt(`WARNING\n${explanation(requirement, check)}`);
      }
    }
  }
  return `${suites.end({ prettyPrint: true })}\n`;
}
