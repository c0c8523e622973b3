import { randomBytes, randomInt } from 'node:crypto';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Capability, Report } from '../spec/generated/report.js';
import { readShard } from '../spec/shard.js';
import { readTimeSpan } from '../spec/time-span.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';
import { credentialsIn } from './credentials.js';
import { ConfigurationError, Interrupted } from '../report/errors.js';
import { Janitor } from './janitor.js';
import { preflight, type PreflightFindings } from './preflight.js';
import { makeReport, type FinishedCheck } from '../report/build.js';
import { SecretInReport } from '../report/masking/scan.js';
import { RunSecrets } from './run-secrets.js';
import { profiles, selectRequirements } from './selection.js';
import type { ReadySuites } from './vitest.js';

export type { Configuration, Report, FinishedCheck };
export { ConfigurationError, Interrupted, NotJudgeable } from '../report/errors.js';

/** Time limit of a request, in ms, unless another is given. */
const TIMEOUT_MS = 10_000;
const CONCURRENCY = 8;
const RUNS = 50;
/** The grace of an old session token, in ms. Observed: Directus 12.4.1. */
const SESSION_GRACE_MS = 10_000;
/** How long an interrupted run may take to let go of the target, in ms. */
const GRACE_MS = 3000;

/** What a caller may hear of a run while it is under way. */
export interface RunHooks {
  /** Called when the target has been found fit to be judged. `checks` end one after the other from then on. */
  readonly onStart?: (plan: { readonly requirements: number }) => void;
  readonly onCheck?: (check: FinishedCheck) => void;
  /** Ends the run early; what it created on the target is removed first. */
  readonly interrupted?: AbortSignal;
}

/**
 * Certifies a target.
 * @returns the report, whatever the verdict; no secret of the run stands in it
 * @throws SecretInReport when one would, which is a defect of this tool; ConfigurationError when something that was given is wrong, NotJudgeable when the target cannot be judged, Interrupted
 */
export async function runConformance(configuration: Configuration, hooks: RunHooks = {}): Promise<Report> {
  const { target: url, profile, shard } = configuration;
  if (url === undefined) {
    throw new ConfigurationError('no target: give --target URL, or try `auth-conformance self-test`, which needs none');
  }
  const credentials = credentialsIn(configuration);
  const selected = selectRequirements(configuration);
  const part = shard === undefined ? undefined : readShard(shard);
  const start = performance.now();
  const startedAt = Date.now();
  const runId = randomBytes(4).toString('hex');
  const janitor = new Janitor(runId);
  const secrets = new RunSecrets(configuration, runId);
  const timeoutMs = milliseconds(configuration.timeout) ?? TIMEOUT_MS;
  const described = {
    url: url.replace(/\/+$/, ''),
    sessionCookie: configuration.sessionCookie ?? 'directus_session_token',
    refreshCookie: configuration.refreshCookie ?? 'directus_refresh_token',
    cookieSecure: configuration.cookieSecure ?? url.startsWith('https:'),
  };
  const order = { shuffle: configuration.shuffle ?? false, seed: configuration.seed ?? randomInt(2 ** 31) };
  // vitest is heavy: it is loaded while the target is tried out, when there is something to run.
  const suites =
    selected.length > 0 ? import('./vitest.js').then(async ({ readySuites }) => readySuites(order)) : undefined;
  // What is wrong with it is told when it is to run.
  suites?.catch(() => undefined);
  let findings: PreflightFindings | undefined;
  try {
    findings = await preflight(
      {
        target: described,
        timeoutMs,
        ...credentials,
        ...(configuration.secret !== undefined && { secret: configuration.secret }),
        ...(hooks.interrupted && { interrupted: hooks.interrupted }),
      },
      janitor,
    );
    const plan = planOf(configuration, findings, {
      ...order,
      runId,
      startedAt,
      timeoutMs,
      selected: selected.map(({ id }) => id),
    });
    hooks.onStart?.({ requirements: selected.length });
    const finished: FinishedCheck[] = [];
    if (suites !== undefined) await untilDoneOrInterrupted(await suites, plan, finished, secrets, janitor, hooks);
    if (hooks.interrupted?.aborted === true) throw new Interrupted('the run was interrupted: nothing is certified');
    const leftovers = await janitor.cleanUp(plan);
    const notes = [...findings.notes];
    const report = makeReport({
      plan,
      profiles: profile ?? profiles,
      ...(part && { shard: part }),
      finished,
      leftovers,
      notes,
      durationMs: performance.now() - start,
      masker: secrets.masker,
    });
    secrets.mustNotBeIn(report);
    return report;
  } catch (error) {
    if (error instanceof SecretInReport) throw error;
    const leftovers = await janitor.cleanUp({ timeoutMs, target: described, ...findings });
    if (leftovers.length > 0 && error instanceof Error) {
      error.message += `\nleft on the target: ${leftovers.map(({ kind, name, id, reason }) => `${kind} ${name} (${id}): ${reason}`).join('; ')}`;
    }
    if (findings === undefined) await (await suites)?.close();
    if (hooks.interrupted?.aborted === true && !(error instanceof Interrupted))
      throw new Interrupted('the run was interrupted: nothing is certified');
    secrets.maskError(error);
    throw error;
  } finally {
    secrets.close();
  }
}

/** Runs the suites; at an interruption, gives the checks under way a moment to let go of the target. */
async function untilDoneOrInterrupted(
  suites: ReadySuites,
  plan: RunPlan,
  finished: FinishedCheck[],
  secrets: RunSecrets,
  janitor: Janitor,
  { interrupted, onCheck }: RunHooks,
): Promise<void> {
  const running = suites
    .run(
      plan,
      (check, fresh) => {
        secrets.add(fresh);
        finished.push(check);
        onCheck?.({ ...check, result: secrets.masked(check.result) });
      },
      interrupted,
    )
    .finally(async () => suites.close());
  const letGo = new Promise<void>((resolve) => {
    interrupted?.addEventListener('abort', () => {
      janitor.stop();
      setTimeout(resolve, GRACE_MS).unref();
    });
  });
  await Promise.race([running, letGo]);
}

const milliseconds = (span: string | number | undefined): number | undefined =>
  span === undefined ? undefined : readTimeSpan(span);

function planOf(
  { staticToken, secret, patience, sessionGrace, concurrency, runs }: Configuration,
  { target, user, administrator, offers }: PreflightFindings,
  fixed: Pick<RunPlan, 'runId' | 'startedAt' | 'timeoutMs' | 'selected' | 'shuffle' | 'seed'>,
): RunPlan {
  const patienceMs = milliseconds(patience);
  const capabilities: Capability[] = [
    ...(user !== undefined || administrator !== undefined ? (['user'] as const) : []),
    ...(administrator !== undefined ? (['admin'] as const) : []),
    ...(staticToken !== undefined || administrator !== undefined ? (['static-token'] as const) : []),
    ...(secret !== undefined ? (['secret'] as const) : []),
    ...(patienceMs !== undefined ? (['patience'] as const) : []),
    ...offers,
  ];
  return {
    ...fixed,
    target,
    capabilities,
    ...(user && { user }),
    ...(administrator && { administrator }),
    ...(staticToken !== undefined && { staticToken }),
    ...(secret !== undefined && { secret }),
    ...(patienceMs !== undefined && { patienceMs }),
    sessionGraceMs: milliseconds(sessionGrace) ?? SESSION_GRACE_MS,
    concurrency: concurrency ?? CONCURRENCY,
    runs: runs ?? RUNS,
  };
}
