import { randomBytes, randomInt } from 'node:crypto';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Capability, Report } from '../spec/generated/report.js';
import { readShard } from '../spec/values/shard.js';
import { readTimeSpan } from '../spec/values/time-span.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';
import { adaptedUsers, type AdaptedUsers } from './adapted-users.js';
import { connectionIn } from './preflight/connection.js';
import { readyClock, type ReadyClock } from './clock/clock.js';
import { credentialsIn } from './credentials.js';
import { ConfigurationError, Interrupted } from '../report/errors.js';
import { onOneLine, quoted } from '../report/foreign-text.js';
import { identityOf, notesOnVersion } from './preflight/implementation.js';
import { auditsBy, type Audit } from './audits.js';
import { Janitor } from './clean-up/janitor.js';
import { preflight, type PreflightFindings } from './preflight/preflight.js';
import { makeReport, type FinishedCheck } from '../report/build.js';
import { inNumbers } from '../report/wording.js';
import { SecretInReport } from '../report/masking/scan.js';
import { RunSecrets } from './run-secrets.js';
import { profiles, selectRequirements, toAskFor } from './selection.js';
import { describedTarget, TIMEOUT_MS } from './preflight/target-description.js';
import type { ReadySuites } from './suites.js';

export type { Configuration, Report, FinishedCheck };
export type { Audit, AuditResult } from './audits.js';
export { AuditFailed } from './audits.js';
export { ConfigurationError, Interrupted, NotJudgeable } from '../report/errors.js';

const CONCURRENCY = 8;
const RUNS = 50;
/** The grace of an old session token, in ms. Observed: Directus 12.4.1. */
const SESSION_GRACE_MS = 10_000;
/** How long an interrupted run may take to let go of the target, in ms. */
const GRACE_MS = 3000;
/** Longest time that a timer of Node can wait for, in ms. */
const LONGEST_MS = 2 ** 31 - 1;
/**
 * Time limit of a run, in ms, unless another is given. A run at a Directus takes 80 s, one with --patience 180 s, one check at a time
 * 370 s: this leaves room for a target half as fast with all of it.
 */
const MAX_TIME_MS = 15 * 60_000;

/** What a caller may hear of a run while it is under way. */
export interface RunHooks {
  /** Called when the target has been found fit to be judged. `checks` end one after the other from then on. */
  readonly onStart?: (plan: { readonly requirements: number }) => void;
  readonly onCheck?: (check: FinishedCheck) => void;
  /** Called with a sentence when the run waits for the target, before the checks and after them. */
  readonly onNotice?: (sentence: string) => void;
  /** The command line that the report is to name: secrets of the run are masked in it. */
  readonly command?: string;
  /** Ends the run early; what it created on the target is removed first. */
  readonly interrupted?: AbortSignal;
}

/**
 * Certifies a target.
 * @param ready gets ready what runs the suites: vitest when not given
 * @returns the report, whatever the verdict; no secret of the run is in it
 * @throws SecretInReport when one would, which is a defect of this tool; ConfigurationError when something that was given is wrong, NotJudgeable when the target cannot be judged, Interrupted
 */
export async function runConformance(
  configuration: Configuration,
  hooks: RunHooks = {},
  ready: (order: Pick<RunPlan, 'shuffle' | 'seed'>) => Promise<ReadySuites> = inVitest,
): Promise<Report> {
  const { target: given, profile, shard } = configuration;
  if (given === undefined) {
    throw new ConfigurationError('no target: give --target URL, or try `auth-conformance self-test`, which needs none');
  }
  const credentials = credentialsIn(configuration);
  const selected = selectRequirements(configuration);
  const part = shard === undefined ? undefined : readShard(shard);
  const { url, connection, notes: ofConnection, secrets: ofProxy } = connectionIn(given, configuration, process.env);
  const start = performance.now();
  const startedAt = Date.now();
  const runId = randomBytes(4).toString('hex');
  const janitor = new Janitor(runId);
  const secrets = new RunSecrets(configuration, runId);
  secrets.addGiven(ofProxy);
  const { onNotice } = hooks;
  // A notice quotes the target, too.
  const tell = onNotice && ((sentence: string): void => onNotice(secrets.masker.text(sentence)));
  const timeoutMs = milliseconds(configuration.timeout) ?? TIMEOUT_MS;
  const described = describedTarget(url, configuration, connection);
  const order = { shuffle: configuration.shuffle ?? false, seed: configuration.seed ?? randomInt(2 ** 31) };
  // vitest is heavy: it is loaded while the target is tried out, when there is something to run.
  const suites = selected.length > 0 ? ready(order) : undefined;
  // What is wrong with it is told when it is to run.
  suites?.catch(() => undefined);
  let findings: PreflightFindings | undefined;
  let clock: ReadyClock | undefined;
  let users: AdaptedUsers | undefined;
  try {
    const found = await preflight(
      {
        target: described,
        timeoutMs,
        waitMs: milliseconds(configuration.wait) ?? 0,
        ask: toAskFor(selected),
        ...(tell && { tell }),
        ...(configuration.capabilities && { said: configuration.capabilities }),
        ...credentials,
        ...(configuration.secret !== undefined && { secret: configuration.secret }),
        ...(hooks.interrupted && { interrupted: hooks.interrupted }),
      },
      janitor,
    );
    const { interrupted } = hooks;
    users = await adaptedUsers(configuration, { runId, target: found.target, timeoutMs }, janitor);
    const clockInput = { runId, target: found.target, timeoutMs, ...credentials, ...(interrupted && { interrupted }) };
    clock = await readyClock(configuration, clockInput, janitor);
    findings = users === undefined ? found : withUsers(found, users);
    const identity = identityOf(configuration, found.implementation);
    const plan = planOf(configuration, findings, {
      ...order,
      directusVersion: identity.judgedAs.version,
      ...(clock && { clock: clock.description }),
      runId,
      startedAt,
      timeoutMs,
      selected: selected.map(({ id }) => id),
    });
    hooks.onStart?.({ requirements: selected.length });
    let finished: readonly FinishedCheck[] = [];
    if (suites !== undefined) {
      const maxTimeMs = milliseconds(configuration.maxTime) ?? MAX_TIME_MS;
      const limit = { leftMs: start + maxTimeMs - performance.now(), what: `${maxTimeMs / 1000} s` };
      finished = await untilDoneOrOver(
        await suites,
        plan,
        { ...limit, bail: configuration.bail },
        secrets,
        janitor,
        hooks,
      );
    }
    if (hooks.interrupted?.aborted === true) throw new Interrupted('the run was interrupted: nothing is certified');
    const leftovers = await janitor.cleanUp(plan, tell);
    const ofVersion = notesOnVersion(identity, found.target.offersNoSessions === true);
    const notes = [...ofConnection, ...findings.notes, ...ofVersion, ...(clock?.notes ?? []), ...janitor.notes];
    const report = makeReport({
      plan,
      identity,
      profiles: profile ?? profiles,
      evidence: configuration.evidence ?? 'failures',
      run: {
        ...(configuration.tester !== undefined && { tester: configuration.tester }),
        ...(hooks.command !== undefined && { command: hooks.command }),
      },
      ...(part && { shard: part }),
      finished,
      leftovers,
      notes,
      durationMs: performance.now() - start,
      masker: secrets.masker,
    });
    secrets.mustNotBeIn(report);
    return report;
  } catch (thrown) {
    if (thrown instanceof SecretInReport) throw thrown;
    const leftovers = await janitor.cleanUp({ timeoutMs, target: described, ...findings }, tell);
    const error =
      hooks.interrupted?.aborted === true && !(thrown instanceof Interrupted)
        ? new Interrupted('the run was interrupted: nothing is certified')
        : thrown;
    if (leftovers.length > 0 && error instanceof Error) {
      error.message += `\nleft on the target: ${leftovers.map(({ kind, name, id, reason }) => onOneLine(`${kind} ${name} (${id}): ${quoted(reason)}`)).join('; ')}`;
    }
    if (findings === undefined) await (await suites)?.close();
    secrets.maskError(error);
    throw error;
  } finally {
    await clock?.close();
    await users?.close();
    secrets.close();
  }
}

/** What was found out, where functions of the configuration make the users. */
function withUsers(found: PreflightFindings, { access, offersNoSessions }: AdaptedUsers): PreflightFindings {
  const target = { ...found.target };
  delete target.offersNoSessions;
  const offers = found.offers.filter((capability) => capability !== 'session');
  return {
    ...found,
    administrator: access,
    target: { ...target, ...(offersNoSessions && { offersNoSessions }) },
    offers: offersNoSessions ? offers : [...offers, 'session'],
  };
}

/** A configuration, typed: what a configuration file exports. */
export const defineConfig = (configuration: Configuration): Configuration => configuration;

/**
 * The requirements that a configuration selects, as tests for any test runner: one run of the suite for each, in this process.
 * @throws ConfigurationError when it selects nothing
 */
export const audits = (configuration: Configuration): Audit[] => auditsBy(runConformance, configuration);

async function inVitest(order: Pick<RunPlan, 'shuffle' | 'seed'>): Promise<ReadySuites> {
  const { readySuites } = await import('./vitest.js');
  return readySuites(order);
}

/**
 * Runs the suites; at an interruption, and when the time of the run is over, gives the checks under way a moment to let go of the target.
 * @returns the checks that have ended, and those that have not, each with the verdict `error`
 */
async function untilDoneOrOver(
  suites: ReadySuites,
  plan: RunPlan,
  limit: { readonly leftMs: number; readonly what: string; readonly bail: number | undefined },
  secrets: RunSecrets,
  janitor: Janitor,
  { interrupted, onCheck }: RunHooks,
): Promise<readonly FinishedCheck[]> {
  const finished: FinishedCheck[] = [];
  // Ends the run at so many failures; checks that end after it are not judged.
  const failed = new Set<string>();
  let bailed: string | undefined;
  let bail = (): void => undefined;
  const leftOut: FinishedCheck[] = [];
  let isOver = false;
  const running = suites
    .run(
      plan,
      (check, fresh) => {
        secrets.add(fresh);
        if (isOver) return;
        if (bailed !== undefined) {
          leftOut.push(check);
          return;
        }
        finished.push(check);
        if (check.result.verdict === 'fail') failed.add(check.requirement);
        onCheck?.({ ...check, result: secrets.masked(check.result) });
        if (limit.bail !== undefined && failed.size >= limit.bail) bail();
      },
      interrupted,
    )
    .finally(async () => suites.close());
  // Where it is not waited for any more, nothing that it ends with is of interest.
  running.catch(() => undefined);
  const reason = `the run reached its time limit of ${limit.what}`;
  const timers: NodeJS.Timeout[] = [];
  const letGo = new Promise<void>((resolve) => {
    const stop = (why: string, graceMs: number): void => {
      janitor.stop(why);
      timers.push(setTimeout(resolve, graceMs));
    };
    const overtime = (): void => {
      janitor.notes.push(`${reason}: what was left then is not judged. --max-time gives it longer`);
      // The requests that leave something on the target are under way for as long as one may take.
      stop(reason, GRACE_MS + plan.timeoutMs);
    };
    bail = () => {
      bailed = `the run ended after ${inNumbers(failed.size, 'failed requirement')}: --bail`;
      stop(bailed, GRACE_MS);
    };
    timers.push(setTimeout(overtime, Math.min(LONGEST_MS, Math.max(0, limit.leftMs))));
    interrupted?.addEventListener('abort', () => stop('the run was interrupted', GRACE_MS));
  });
  await Promise.race([running.then(() => (isOver = true)), letGo]);
  timers.forEach((timer) => clearTimeout(timer));
  if (!isOver) suites.close().catch(() => undefined);
  isOver = true;
  const left = [
    ...leftOut.map(({ requirement, result }) => ({ requirement, title: result.title })),
    ...suites.unfinished(),
  ];
  const unfinished = left.map(({ requirement, title }) => ({
    requirement,
    result: {
      title,
      verdict: bailed === undefined ? ('error' as const) : ('skip' as const),
      reason: bailed ?? reason,
      durationMs: 0,
      exchanges: [],
      curl: [],
    },
  }));
  return [...finished, ...unfinished];
}

const milliseconds = (span: string | number | undefined): number | undefined =>
  span === undefined ? undefined : readTimeSpan(span);

function planOf(
  { staticToken, secret, patience, sessionGrace, concurrency, runs, evidence, thorough }: Configuration,
  { target, user, administrator, pace, offers }: PreflightFindings,
  fixed: Pick<
    RunPlan,
    'directusVersion' | 'runId' | 'startedAt' | 'timeoutMs' | 'selected' | 'shuffle' | 'seed' | 'clock'
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
