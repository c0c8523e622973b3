import { checks } from '../suites/all-checks.js';
import type { Check } from '../suites/harness/check.js';
import { judge } from '../suites/harness/run/judge.js';
import { startRun } from '../suites/harness/run/run.js';
import type { ReadySuites } from './suites.js';

/**
 * Runs the checks in this process and thread, without vitest: for whoever certifies many targets in one process, as the kill table does,
 * and pays for no start of a worker. The order is that of the catalogue.
 */
export async function inProcess(): Promise<ReadySuites> {
  const unfinished = new Set<Check>();
  return Promise.resolve({
    run: async (plan, onCheck) => {
      const run = startRun(plan);
      const selected = checks.filter(({ requirement }) => plan.selected.includes(requirement));
      selected.forEach((check) => unfinished.add(check));
      try {
        await Promise.all(
          selected.map(async (check) => {
            const result = await judge(run, check);
            unfinished.delete(check);
            onCheck({ requirement: check.requirement, result }, run.secrets.fresh());
          }),
        );
      } finally {
        await run.end();
      }
    },
    unfinished: () => [...unfinished],
    close: async () => Promise.resolve(),
  });
}
