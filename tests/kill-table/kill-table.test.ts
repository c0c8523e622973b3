import { Semaphore } from 'async-mutex';
import { afterAll, describe, expect, test } from 'vitest';
import { defects } from '../../reference-server/index.js';
import type { RequirementId } from '../../spec/generated/requirement-id.js';
import { requirements } from '../../spec/catalogue.js';
import type { Report } from '../../spec/generated/report.js';
import { collateral, holdingEverything, reachingOthers } from './collateral.js';
import { runCli } from '../helpers/run-cli.js';
import { secretsIn } from '../helpers/secrets-in.js';

/** Runs spend most of their time waiting for tokens to expire. */
const places = new Semaphore(5);
const rows: string[] = [];

/** Certifies the reference server with a defect, or with none. */
async function certify(args: readonly string[]): Promise<Report> {
  return places.runExclusive(async () => {
    const { stdout, stderr } = await runCli(['self-test', '--json', '--runs', '20', '--seed', '3', ...args]);
    expect(stdout, stderr).not.toBe('');
    return JSON.parse(stdout) as Report;
  });
}

test('without a defect nothing fails, nothing is skipped, nothing is left', { timeout: 600_000 }, async () => {
  const report = await certify([]);
  expect(report.requirements.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id)).toEqual([]);
  expect(report).toMatchObject({ outcome: 'conformant', complete: true, leftovers: [] });
  expect(secretsIn(report)).toEqual([]);
});

describe.concurrent('the kill table', () => {
  afterAll(() => console.log(['defect → requirements that failed', ...rows.sort()].join('\n')));

  for (const { name } of defects) {
    test(name, { timeout: 900_000 }, async () => {
      const named = requirements.filter((requirement) => requirement.defects.includes(name)).map(({ id }) => id);
      const expected = [...named, ...holdingEverything, ...(collateral[name] ?? [])];
      let report: Report;
      let failed: Report['requirements'];
      let surviving: RequirementId[] = named;
      let surprising: RequirementId[] | undefined;
      let runs = 0;
      // What a defect does beside what it is named for may depend on who logs in meanwhile: a surprise is one that comes each time.
      do {
        report = await certify(['--defect', name]);
        runs += 1;
        failed = report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
        const ids = failed.map(({ id }) => id as RequirementId);
        surviving = named.filter((id) => !ids.includes(id));
        surprising = ids.filter((id) => !expected.includes(id) && (surprising?.includes(id) ?? true));
        if (reachingOthers.includes(name)) surprising = [];
      } while (runs < 3 && (surviving.length > 0 || surprising.length > 0));
      rows.push(`${name} → ${failed.map(({ id }) => id).join(', ')}`);
      expect(surviving, 'requirements that should have failed').toEqual([]);
      expect(surprising, 'requirements that should not have failed').toEqual([]);
      // A SHOULD that is not kept is a warning.
      expect(report.outcome).toBe(failed.some(({ verdict }) => verdict === 'fail') ? 'not-conformant' : 'conformant');
      expect(report.leftovers).toEqual([]);
      expect(secretsIn(report), 'tokens in clear').toEqual([]);
      for (const check of failed
        .flatMap(({ checks }) => checks)
        .filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')) {
        expect(check.expected).toBeTruthy();
        expect(check.actual).toBeTruthy();
        expect(check.curl.length).toBeGreaterThan(1);
      }
    });
  }
});
