import type { FinishedCheck } from '../report/build.js';
import type { RequirementId } from '../spec/generated/requirement-id.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';

/** Hears of a check that has ended, its secrets unmasked yet, and of secrets. */
export type OnCheck = (check: FinishedCheck, secrets: readonly string[]) => void;

/** The suites with what runs them, ready to be run once. */
export interface ReadySuites {
  /**
   * Runs them.
   * @param plan handed to the suites
   * @param onCheck called as each check ends, with the secrets that have come up in the run since the one before
   * @param interrupted ends the run early
   * @throws when the suites themselves are broken, which is no verdict on the target
   */
  run(plan: RunPlan, onCheck: OnCheck, interrupted?: AbortSignal): Promise<void>;
  /** The checks that were to be run and have not ended. */
  unfinished(): { readonly requirement: RequirementId; readonly title: string }[];
  /** Lets go of what was got ready: to be called at the end, also when nothing was run. */
  close(): Promise<void>;
}
