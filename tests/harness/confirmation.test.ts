import { afterEach, describe, expect, test } from 'vitest';
import { assert, Inconclusive } from '../../suites/harness/outcomes.js';
import { notesOn } from '../../report/build.js';
import { confirmationInWords } from '../../report/wording.js';
import { requirementOf } from '../../spec/catalogue.js';
import type { CheckResult } from '../../spec/generated/report.js';
import { runCheck, testTarget, type TestTarget } from './run-check.js';

let target: TestTarget | undefined;
afterEach(async () => target?.close());

/** Runs a check that does something else in its first run than in its second, with a user of its own in each. */
async function twice(
  first: () => void,
  second: () => void,
): Promise<{ result: CheckResult; runs: number; shared: number }> {
  target = await testTarget();
  let runs = 0;
  let shared = 0;
  const result = await runCheck(target.url, async ({ newUser, once }) => {
    runs += 1;
    await newUser({ token: 'a-static-token-that-only-one-user-can-have' });
    await once('a thing', async () => {
      shared += 1;
      return Promise.resolve(shared);
    });
    (runs === 1 ? first : second)();
  });
  return { result, runs, shared };
}

const holds = (): void => assert(true, 'this to hold', '');
const fails = (): void => assert(false, 'this to hold', 'it does not');
const breaksOff = (): void => {
  throw new Inconclusive('something is missing');
};

describe('a check that failed is run once more, alone', () => {
  test('with nothing of the first run left: it failed again', async () => {
    const { result, runs, shared } = await twice(fails, fails);
    expect({ runs, shared }).toEqual({ runs: 2, shared: 2 });
    expect(result).toMatchObject({ verdict: 'fail', confirmation: 'confirmed', actual: 'it does not' });
    expect(confirmationInWords(result)).toMatch(/^confirmed: /);
  });

  test('it did not fail again: it is a failure all the same, and named as intermittent', async () => {
    const { result, runs } = await twice(fails, holds);
    expect(runs).toBe(2);
    expect(result).toMatchObject({ verdict: 'fail', confirmation: 'intermittent', actual: 'it does not' });
    const { id, title, level, profile, source } = requirementOf('standard.authenticates');
    const { document, section, quote } = source;
    const requirement = {
      ...{ id, title, level, profile, verdict: 'fail' as const, chapter: '', checks: [result] },
      source: { document, section, quote },
    };
    expect(notesOn([requirement])).toEqual([expect.stringMatching(/^intermittent, .*: standard\.authenticates\./)]);
  });

  test('the second run came to no verdict: neither is said', async () => {
    const { result } = await twice(fails, breaksOff);
    expect(result.verdict).toBe('fail');
    expect(result).not.toHaveProperty('confirmation');
  });

  test('one that passed, or could not be judged, is not run again', async () => {
    expect(await twice(holds, fails)).toMatchObject({ runs: 1, result: { verdict: 'pass' } });
    await target?.close();
    expect(await twice(breaksOff, fails)).toMatchObject({ runs: 1, result: { verdict: 'error' } });
  });
});
