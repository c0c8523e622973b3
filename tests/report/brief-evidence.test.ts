import { expect, test } from 'vitest';
import { withBriefEvidence } from '../../report/brief-evidence.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { CheckResult, Exchange, RequirementResult } from '../../spec/generated/report.js';

const exchange = (length: number): Exchange => ({
  request: { method: 'GET', url: `http://t/${'x'.repeat(length)}`, headers: [] },
  startedAtMs: 0,
  durationMs: 1,
});
const check = (title: string, verdict: CheckResult['verdict'], exchanges: number, length = 1000): CheckResult => ({
  title,
  verdict,
  durationMs: 1,
  exchanges: Array.from({ length: exchanges }, () => exchange(length)),
  curl: [`curl ${title}`],
});
const resultOf = (at: number, checks: CheckResult[]): RequirementResult => {
  const { id, statement, level, profile, chapter, source } = catalogue[at] as (typeof catalogue)[number];
  return { id, title: statement, level, profile, chapter, source, verdict: checks[0]?.verdict ?? 'fail', checks };
};

test('the simplest checks of a requirement keep their exchanges, each its shell lines', () => {
  const checks = [4, 3, 2, 1].map((count) => check(`of ${count}`, 'fail', count));
  const { results, notes } = withBriefEvidence([resultOf(0, checks)]);
  expect(results[0]?.checks.map(({ exchanges }) => exchanges.length)).toEqual([0, 3, 2, 1]);
  expect(results[0]?.checks.map(({ curl }) => curl)).toEqual(checks.map(({ curl }) => curl));
  expect(notes).toEqual([]);
});

test('a report of many failures keeps what fits, failures before what could not be judged, and says what is missing', () => {
  const results = Array.from({ length: 60 }, (_one, i) =>
    resultOf(i, [check(`${i}`, i < 5 ? 'error' : 'fail', 10), check(`${i}, too`, 'pass', 0)]),
  );
  const brief = withBriefEvidence(results);
  const kept = brief.results.filter(({ checks }) => (checks[0]?.exchanges.length ?? 0) > 0);
  expect(kept.length).toBeGreaterThan(20);
  expect(kept.length).toBeLessThan(40);
  expect(kept.every(({ verdict }) => verdict === 'fail')).toBe(true);
  expect(JSON.stringify(brief.results).length).toBeLessThan(400_000);
  expect(brief.notes).toEqual([
    `for the size of the report, of the 60 checks that did not pass ${60 - kept.length} are without exchanges: --evidence all keeps everything`,
  ]);
});

test('shell lines of many failures are left out from where they are too many', () => {
  const long = check('long', 'fail', 1);
  const results = Array.from({ length: 5 }, (_one, i) => resultOf(i, [{ ...long, curl: ['x'.repeat(60_000)] }]));
  const { results: brief, notes } = withBriefEvidence(results);
  expect(brief.map(({ checks }) => checks[0]?.curl[0]?.slice(0, 10))).toEqual([
    ...Array.from({ length: 3 }, () => 'xxxxxxxxxx'),
    '# left out',
    '# left out',
  ]);
  expect(notes).toHaveLength(1);
});
