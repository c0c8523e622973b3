import { describe, expect, test } from 'vitest';
import type { Report } from '../../spec/generated/report.js';
import { requirements } from '../../spec/catalogue.js';
import { differenceFrom, rowOf } from '../kill-table/rows.js';

/** A report in which the checks of some requirements failed, out of two of each. */
function reportOf(failed: Readonly<Record<string, readonly string[]>>): Report {
  const requirements = Object.entries(failed).map(([id, titles]) => ({
    id,
    verdict: 'fail',
    checks: ['one', 'two'].map((title) =>
      titles.includes(title) ? { title, verdict: 'fail', expected: `${title} to hold` } : { title, verdict: 'pass' },
    ),
  }));
  return { requirements } as unknown as Report;
}

const row = {
  title: 'A logout does nothing.',
  fails: ['session.expires', 'standard.expires'],
  checks: { 'session.expires': ['one'], 'standard.expires': ['two'] },
  chance: { 'access.any-history': 'a random sequence meets the defect or does not' },
};

describe('a row of the kill table, where some requirements alone were judged,', () => {
  test('keeps what it said of the others', () => {
    const only = ['standard.expires', 'standard.reusable', 'static.unique'];
    expect(
      rowOf({ name: 'logout-does-nothing', title: row.title }, [reportOf({ 'standard.reusable': ['one'] })], row, only),
    ).toEqual({
      title: row.title,
      fails: ['session.expires', 'standard.reusable'],
      checks: { 'session.expires': ['one'], 'standard.reusable': ['one'] },
      chance: row.chance,
    });
  });

  test('tells what the checks of a requirement that names the defect expected', () => {
    const [defect = '', id = ''] = requirements.flatMap(({ id, defects }) => defects.map((one) => [one, id]))[0] ?? [];
    const { expected } = rowOf({ name: defect, title: 'x' }, [reportOf({ [id]: ['two'] })], undefined, [id]);
    expect(expected).toEqual({ [id]: { two: 'two to hold' } });
  });

  test('misses none of the others', () => {
    expect(differenceFrom(row, ['standard.reusable'], ['standard.reusable'])).toEqual({
      unexpected: ['standard.reusable'],
      missing: [],
    });
    expect(differenceFrom(row, ['standard.expires'], ['standard.expires'])).toBeUndefined();
    expect(differenceFrom(row, ['standard.expires'])).toEqual({ unexpected: [], missing: ['session.expires'] });
  });
});
