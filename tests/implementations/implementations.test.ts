import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { differences } from '../../implementations/compare.js';
import { chosen } from '../../implementations/chosen.js';
import { expectedVerdicts, expectedVerdictsFile, type Expected } from '../../implementations/expected.js';
import { pageOf } from '../../implementations/page.js';
import { withRecord } from '../../implementations/record.js';
import { requirements } from '../../spec/catalogue.js';
import type { Report, RequirementResult } from '../../spec/generated/report.js';

const all = expectedVerdicts();
const known: Expected = { name: 'x', packages: {}, start: 'directus', failures: { 'jwt.critical': 'it ignores crit' } };
const reportOf = (verdicts: Readonly<Record<string, string>>): { report: Report } => ({
  report: {
    requirements: Object.entries(verdicts).map(
      ([id, verdict]) => ({ id, verdict, reason: 'why' }) as RequirementResult,
    ),
    leftovers: [],
  } as unknown as Report,
});

describe('what is expected of implementations', () => {
  test('names requirements of the catalogue, each with a reason, as many as were recorded', () => {
    const ids = new Set<string>(requirements.map(({ id }) => id));
    for (const { name, failures = {}, recorded, rejection } of all) {
      expect({ name, unknown: Object.keys(failures).filter((id) => !ids.has(id)) }).toEqual({ name, unknown: [] });
      expect(Object.values(failures).every((reason) => reason.length > 20)).toBe(true);
      if (recorded === undefined || rejection !== undefined) continue;
      expect({ name, count: Object.keys(failures).length }).toEqual({ name, count: recorded.fail + recorded.warn });
    }
  });

  test('is compared both ways', () => {
    expect(differences(known, reportOf({ 'jwt.critical': 'fail', 'jwt.issuer': 'pass' }))).toEqual([]);
    expect(differences(known, reportOf({ 'jwt.critical': 'fail', 'jwt.issuer': 'fail' }))).toEqual([
      'new: fail jwt.issuer: why',
    ]);
    expect(differences(known, reportOf({ 'jwt.critical': 'pass' }))).toEqual([
      'missing: jwt.critical did not fail, which was expected: it ignores crit',
    ]);
    expect(differences(known, reportOf({ 'jwt.critical': 'fail', 'jwt.issuer': 'error' }))).toEqual([
      'not judged: jwt.issuer: why',
    ]);
    expect(differences(known, { rejection: 'away' })).toEqual(['it was not certified: away']);
    expect(differences({ ...known, rejection: 'grant_type' }, { rejection: "Invalid 'grant_type'" })).toEqual([]);
    expect(differences({ ...known, rejection: 'grant_type' }, reportOf({}))).toEqual([
      'it was certified, which was not expected',
    ]);
  });

  test('is what names mean, each whole or a part that no other has', () => {
    const named = (...names: string[]): string[] => chosen(all, names).map(({ name }) => name);
    expect(named()).toEqual(all.map(({ name }) => name));
    expect(named('json-server', '11.0.1')).toEqual(['Directus 11.0.1', 'json-server-auth 2.1.0']);
    expect(() => named('13.0.0')).toThrow(/no implementation is called 13\.0\.0\. There are Directus 12\.4\.1, /);
    expect(() => named('10.')).toThrow(/10\. may mean .*10\.13\.4, .*: give more of the name/);
  });

  test('keeps the counts of a run, and all else as it is', () => {
    const text = readFileSync(expectedVerdictsFile, 'utf8');
    const recorded = { date: '2030-01-02', seconds: 7, pass: 1, fail: 2, warn: 3, skip: 4, error: 5 };
    const [changed, ...others] = withRecord(text, 'Directus 12.4.1', recorded)
      .split('\n')
      .filter((line) => !text.split('\n').includes(line));
    expect({ changed, others }).toEqual({
      changed: '  recorded: { date: 2030-01-02, seconds: 7, pass: 1, fail: 2, warn: 3, skip: 4, error: 5 }',
      others: [],
    });
    expect(() => withRecord(text, 'Directus 0', recorded)).toThrow('expected.yaml has no Directus 0');
  });

  test('is recorded for each that can be certified', () => {
    expect(all.filter(({ recorded, rejection }) => recorded === undefined && rejection === undefined)).toEqual([]);
  });

  test('is what the page says', async () => {
    const page = await format(pageOf(all), { parser: 'markdown', printWidth: 140 });
    expect(readFileSync(new URL('../../docs/implementations.md', import.meta.url), 'utf8')).toBe(page);
  });
});
