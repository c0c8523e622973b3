import { afterAll, describe, inject, test, type TestContext } from 'vitest';
import type { CheckResult } from '../../../spec/generated/report.js';
import type { RequirementId } from '../../../spec/generated/requirement-id.js';
import type { Check } from '../check.js';
import { judge } from './judge.js';
import { startRun, type Run } from './run.js';

declare module 'vitest' {
  interface TaskMeta {
    requirement?: RequirementId;
    result?: CheckResult;
    /** Secrets that have come up in the run since the check before ended. */
    secrets?: readonly string[];
  }
}

/**
 * Makes vitest tests of checks: a suite for each chapter, a test for each check that the plan of the run has selected. The verdict
 * goes into the test's meta data.
 */
export function defineTests(checks: readonly Check[]): void {
  const plan = inject('plan');
  const selected = checks.filter(({ requirement }) => plan.selected.includes(requirement));
  let run: Run | undefined;
  for (const chapter of new Set(selected.map((check) => check.chapter))) {
    describe(chapter, () => {
      for (const check of selected.filter((one) => one.chapter === chapter)) {
        test(`${check.requirement}: ${check.title}`, async (context) => {
          run ??= startRun(plan);
          context.task.meta.requirement = check.requirement;
          const result = await judge(run, check);
          context.task.meta.result = result;
          context.task.meta.secrets = run.secrets.fresh();
          tellVitest(context, result);
        });
      }
    });
  }
  afterAll(async () => run?.end());
}

/** Makes vitest's own result agree with the verdict. */
function tellVitest(context: TestContext, { verdict, reason }: CheckResult): void {
  if (verdict === 'skip') context.skip(reason);
  if (verdict === 'fail' || verdict === 'error') throw new Error(reason);
}
