import { expect, test } from 'vitest';
import { withBriefEvidence } from '../../report/brief-evidence.js';
import { notPassedOf, shownOf, simplestCheckOf } from '../../reporters/simplest.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { CheckResult, RequirementResult } from '../../spec/generated/report.js';

const check = (lines: number, confirmation?: CheckResult['confirmation']): CheckResult => ({
  title: `of ${lines} lines, ${confirmation ?? 'not run again'}`,
  verdict: 'fail',
  durationMs: 1,
  exchanges: [],
  curl: Array.from({ length: lines }, () => 'curl'),
  ...(confirmation && { confirmation }),
});

function resultOf(id: string, ...checks: CheckResult[]): RequirementResult {
  const found = catalogue.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no requirement ${id}`);
  const { statement: title, level, profile, chapter, source } = found;
  return { id, title, level, profile, chapter, source, verdict: 'fail', checks };
}

test('a check that failed again alone goes before a shorter one that may not, one that passed then goes last', () => {
  const shown = (...checks: CheckResult[]): string | undefined =>
    simplestCheckOf(resultOf('standard.authenticates', ...checks))?.title;
  expect(shown(check(16, 'intermittent'), check(40, 'confirmed'))).toBe('of 40 lines, confirmed');
  expect(shown(check(16), check(30, 'confirmed'))).toBe('of 30 lines, confirmed');
  expect(shown(check(16), check(60, 'confirmed'))).toBe('of 16 lines, not run again');
  expect(shown(check(16, 'intermittent'))).toBe('of 16 lines, intermittent');
});

test('a check whose shell lines a report has no room for is not the one that is shown', () => {
  const long = 'x'.repeat(1000);
  const checks = Array.from({ length: 250 }, (_, at) => ({ ...check(2), title: `${at}`, curl: ['curl', long] }));
  const { results } = withBriefEvidence([resultOf('standard.authenticates', check(400), ...checks)]);
  const shown = simplestCheckOf(results[0] as RequirementResult);
  expect(shown?.curl).toEqual(['curl', long]);
});

test('a cause is shown by the requirement that names it, unless that is much harder to read', () => {
  const broken = resultOf('standard.logout.invalidates-refresh-token', check(25, 'confirmed'));
  const beside = resultOf('requests.chunked', check(16, 'confirmed'));
  const cause = { defect: 'logout-does-nothing', explains: [broken.id, beside.id] };
  const of = (...all: RequirementResult[]): string | undefined =>
    shownOf(cause, notPassedOf({ requirements: all }))?.id;
  expect(of(beside, broken)).toBe(broken.id);
  expect(of(beside, { ...broken, checks: [check(60, 'confirmed')] })).toBe(beside.id);
  expect(of(beside)).toBe(beside.id);
  expect(of(resultOf('static.exact', check(1)))).toBeUndefined();
});
