import { afterAll, describe, expect, test } from 'vitest';
import { defects } from '../../reference-server/index.js';
import { requirements } from '../../spec/catalogue.js';
import { killTable } from '../../spec/kill-table.js';
import type { Report } from '../../spec/generated/report.js';
import { secretsIn } from '../helpers/secrets-in.js';
import { Pool } from './pool.js';
import { common, differenceFrom, failedIn, UNEXPLAINED, type Difference } from './rows.js';

const pool = new Pool();
afterAll(() => pool.close());

/** Times a defect is certified before its row is said to be wrong: a machine that stands still makes a row that cannot be explained. */
const RUNS = 3;

test('the table has a row for each defect, no other, and every chance is explained', () => {
  expect(Object.keys(killTable).sort()).toEqual(defects.map(({ name }) => name as string).sort());
  const unexplained = Object.entries(killTable).filter(([, { chance }]) =>
    Object.values(chance ?? {}).includes(UNEXPLAINED),
  );
  expect(unexplained.map(([name]) => name)).toEqual([]);
  const provisional = Object.entries(killTable).filter(([, row]) => row.provisional);
  expect(provisional.map(([name]) => name)).toEqual([]);
});

test('what a defect is named for is in its row as what fails, never as chance', () => {
  const wrong = requirements.flatMap(({ id, defects: named }) =>
    named.filter((name) => killTable[name]?.fails.includes(id) !== true).map((name) => `${id}: ${name}`),
  );
  expect(wrong).toEqual([]);
});

describe.concurrent('the kill table', () => {
  for (const { name } of defects) {
    test(name, { timeout: 3_600_000 }, async () => {
      let report: Report;
      let difference: Difference | undefined;
      let runs = 0;
      do {
        report = await pool.certify([name]);
        runs += 1;
        difference = common(difference, differenceFrom(killTable[name], failedIn(report)));
      } while (difference !== undefined && runs < RUNS);
      expect(difference, 'what failed is not what the table says (npm run kill-table -- --update)').toBeUndefined();
      const failed = report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
      // A SHOULD that is not kept is a warning.
      const ofCore = failed.some(({ verdict, profile }) => verdict === 'fail' && profile === 'core');
      expect(report.outcome).toBe(ofCore ? 'not-conformant' : 'conformant');
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
