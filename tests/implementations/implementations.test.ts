import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { differences } from '../../implementations/compare.js';
import { expectedVerdicts, type Expected } from '../../implementations/expected.js';
import { pageOf } from '../../implementations/page.js';
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
    for (const { name, failures = {}, recorded, refusal } of all) {
      expect({ name, unknown: Object.keys(failures).filter((id) => !ids.has(id)) }).toEqual({ name, unknown: [] });
      expect(Object.values(failures).every((reason) => reason.length > 20)).toBe(true);
      if (recorded === undefined || refusal !== undefined) continue;
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
    expect(differences(known, { refusal: 'away' })).toEqual(['it was not certified: away']);
    expect(differences({ ...known, refusal: 'grant_type' }, { refusal: "Invalid 'grant_type'" })).toEqual([]);
    expect(differences({ ...known, refusal: 'grant_type' }, reportOf({}))).toEqual([
      'it was certified, which was not expected',
    ]);
  });

  test('is what the page says', async () => {
    const page = await format(pageOf(all), { parser: 'markdown', printWidth: 140 });
    expect(readFileSync(new URL('../../docs/implementations.md', import.meta.url), 'utf8')).toBe(page);
  });
});
