import type { FinishedCheck } from '../report/build.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Report } from '../spec/generated/report.js';
import { auditsBy, type Audit } from './audits.js';
import { ConformanceRun, type GetReady, type RunHooks } from './conformance-run.js';

/* The programmatic interface: what `import 'auth-conformance'` gives. */

export type { Configuration, Report, FinishedCheck, RunHooks };
export type { Audit, AuditResult } from './audits.js';
export { AuditFailed } from './audits.js';
export { ConfigurationError, Interrupted, NotJudgeable } from '../report/errors.js';

/**
 * Certifies a target.
 * @param ready gets ready what runs the suites: vitest when not given
 * @returns the report, whatever the verdict; no secret of the run is in it
 * @throws ConfigurationError when something that was given is wrong, NotJudgeable when the target cannot be judged, Interrupted, and
 * SecretInReport when a secret would be in the report, which is a defect of this tool
 */
export async function runConformance(
  configuration: Configuration,
  hooks: RunHooks = {},
  ready: GetReady = inVitest,
): Promise<Report> {
  return new ConformanceRun(configuration, hooks).certify(ready);
}

/** A configuration, typed: what a configuration file exports. */
export const defineConfig = (configuration: Configuration): Configuration => configuration;

/**
 * The requirements that a configuration selects, as tests for any test runner: one run of the suite for each, in this process.
 * @throws ConfigurationError when it selects nothing
 */
export const audits = (configuration: Configuration): Audit[] => auditsBy(runConformance, configuration);

const inVitest: GetReady = async (order) => {
  const { readySuites } = await import('./vitest.js');
  return readySuites(order);
};
