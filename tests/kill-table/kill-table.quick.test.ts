import { afterAll, describe, expect, test } from 'vitest';
import { defects } from '../../reference-server/index.js';
import { secretsIn } from '../helpers/secrets-in.js';
import { failedIn, requirementsNaming } from './rows.js';
import { Pool } from './pool.js';

const pool = new Pool();
afterAll(() => pool.close());

test(
  'without a defect nothing fails, nothing is skipped, nothing is left, no token is in the report',
  { timeout: 600_000 },
  async () => {
    const report = await pool.certify([]);
    expect(report.requirements.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id)).toEqual([]);
    expect(report).toMatchObject({ outcome: 'conformant', complete: true, leftovers: [] });
    expect(secretsIn(report)).toEqual([]);
  },
);

describe.concurrent('each defect is noticed by each requirement that names it', () => {
  for (const { name } of defects) {
    const named = requirementsNaming(name);
    test(name, { timeout: 1_800_000, retry: 1 }, async () => {
      expect(named).not.toEqual([]);
      const failed = failedIn(await pool.certify([name], named));
      expect(named.filter((id) => !failed.includes(id))).toEqual([]);
    });
  }
});
