import { afterAll, describe, expect, test } from 'vitest';
import { defects } from '../../reference-server/index.js';
import { requirements } from '../../spec/catalogue.js';
import { failedIn } from './rows.js';
import { Pool } from './pool.js';

const pool = new Pool();
afterAll(() => pool.close());

describe.concurrent('each defect is noticed by each requirement that names it', () => {
  for (const { name } of defects) {
    const named = requirements.filter((one) => one.defects.includes(name)).map(({ id }) => id);
    test(name, { timeout: 1_800_000 }, async () => {
      expect(named).not.toEqual([]);
      const failed = failedIn(await pool.certify([name], named));
      expect(named.filter((id) => !failed.includes(id))).toEqual([]);
    });
  }
});
