import type { Configuration } from '../spec/generated/configuration.js';
import type { Capability } from '../spec/generated/report.js';
import { readTimeSpan } from '../spec/values/time-span.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';
import type { PreflightFindings } from './preflight/preflight.js';

const CONCURRENCY = 8;
const RUNS = 50;
/** The grace of an old session token, in ms. Observed: Directus 12.4.1. */
const SESSION_GRACE_MS = 10_000;

/** A time span of the configuration, in ms; undefined where it is not given. */
export const milliseconds = (span: string | number | undefined): number | undefined =>
  span === undefined ? undefined : readTimeSpan(span);

/**
 * What the suites are told: what was configured, and what was found out about the target.
 * @param fixed what was decided before
 */
export function planOf(
  { staticToken, secret, patience, sessionGrace, concurrency, runs, evidence, thorough }: Configuration,
  { target, user, administrator, pace, offers }: PreflightFindings,
  fixed: Pick<
    RunPlan,
    | 'directusVersion'
    | 'runId'
    | 'startedAt'
    | 'issuedCharacters'
    | 'timeoutMs'
    | 'selected'
    | 'shuffle'
    | 'seed'
    | 'clock'
  >,
): RunPlan {
  const patienceMs = milliseconds(patience);
  const capabilities: Capability[] = [
    ...(user !== undefined || administrator !== undefined ? (['user'] as const) : []),
    ...(administrator !== undefined ? (['admin'] as const) : []),
    ...(staticToken !== undefined || administrator !== undefined ? (['static-token'] as const) : []),
    ...(secret !== undefined ? (['secret'] as const) : []),
    ...(patienceMs !== undefined ? (['patience'] as const) : []),
    ...(fixed.clock !== undefined ? (['clock'] as const) : []),
    ...offers,
  ];
  return {
    ...fixed,
    target,
    capabilities,
    ...(user && { user }),
    ...(administrator && { administrator }),
    ...(pace && { pace }),
    ...(staticToken !== undefined && { staticToken }),
    ...(secret !== undefined && { secret }),
    ...(patienceMs !== undefined && { patienceMs }),
    sessionGraceMs: milliseconds(sessionGrace) ?? SESSION_GRACE_MS,
    concurrency: concurrency ?? CONCURRENCY,
    runs: runs ?? RUNS,
    thorough: thorough ?? false,
    evidence: evidence ?? 'failures',
  };
}
