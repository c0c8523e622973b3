import { randomBytes, randomInt } from 'node:crypto';
import { makeReport, type FinishedCheck } from '../report/build.js';
import { ConfigurationError, Interrupted } from '../report/errors.js';
import { onOneLine, quoted } from '../report/foreign-text.js';
import { SecretInReport } from '../report/masking/scan.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Leftover, Report } from '../spec/generated/report.js';
import { readShard } from '../spec/values/shard.js';
import type { RunPlan, TargetDescription } from '../suites/harness/run/run-plan.js';
import { adaptedUsers, type AdaptedUsers } from './adapted-users.js';
import { Janitor } from './clean-up/janitor.js';
import { readyClock, type ReadyClock } from './clock/clock.js';
import { credentialsIn } from './credentials.js';
import { LimitedSuites } from './limited-suites.js';
import { milliseconds, planOf } from './plan.js';
import { connectionIn } from './preflight/connection.js';
import { identityOf, notesOnVersion, type Identity } from './preflight/implementation.js';
import { preflight, type PreflightFindings } from './preflight/preflight.js';
import { describedTarget, TIMEOUT_MS } from './preflight/target-description.js';
import { RunSecrets } from './run-secrets.js';
import { profiles, selectRequirements, toAskFor } from './selection.js';
import type { ReadySuites } from './suites.js';

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

/** Gets ready what runs the suites. */
export type GetReady = (order: Pick<RunPlan, 'shuffle' | 'seed'>) => Promise<ReadySuites>;

/** One certification of a target, from the first request to the report. To be used once. */
export class ConformanceRun {
  readonly #start = performance.now();
  readonly #startedAt = Date.now();
  readonly #runId = randomBytes(4).toString('hex');
  readonly #credentials;
  readonly #selected;
  readonly #shard;
  readonly #target: TargetDescription;
  readonly #timeoutMs: number;
  readonly #order: Pick<RunPlan, 'shuffle' | 'seed'>;
  readonly #janitor: Janitor;
  readonly #secrets: RunSecrets;
  readonly #notesOnConnection: readonly string[];
  #findings: PreflightFindings | undefined;
  #clock: ReadyClock | undefined;
  #users: AdaptedUsers | undefined;

  /** @throws ConfigurationError when something that was given is wrong */
  constructor(
    private readonly configuration: Configuration,
    private readonly hooks: RunHooks,
  ) {
    const { seed, shard, shuffle, target, timeout } = configuration;
    if (target === undefined) {
      throw new ConfigurationError(
        'no target: give --target URL, or try `auth-conformance self-test`, which needs none',
      );
    }
    this.#credentials = credentialsIn(configuration);
    this.#selected = selectRequirements(configuration);
    this.#shard = shard === undefined ? undefined : readShard(shard);
    const { url, connection, notes, secrets } = connectionIn(target, configuration, process.env);
    this.#notesOnConnection = notes;
    this.#target = describedTarget(url, configuration, connection);
    this.#timeoutMs = milliseconds(timeout) ?? TIMEOUT_MS;
    this.#order = { shuffle: shuffle ?? false, seed: seed ?? randomInt(2 ** 31) };
    this.#janitor = new Janitor(this.#runId);
    this.#secrets = new RunSecrets(configuration, this.#runId);
    this.#secrets.addGiven(secrets);
  }

  /** @throws as runConformance */
  async certify(ready: GetReady): Promise<Report> {
    // vitest is heavy: it is loaded while the target is tried out, when there is something to run.
    const suites = this.#selected.length > 0 ? ready(this.#order) : undefined;
    // What is wrong with it is told when it is to run.
    suites?.catch(() => undefined);
    try {
      return await this.#judged(suites);
    } catch (error) {
      if (error instanceof SecretInReport) throw error;
      const told = await this.#afterCleanUp(error);
      if (this.#findings === undefined) await (await suites)?.close();
      this.#secrets.maskError(told);
      throw told;
    } finally {
      await this.#clock?.close();
      await this.#users?.close();
      this.#secrets.close();
    }
  }

  /** Tells the user a sentence, without secrets: a notice quotes the target, too. */
  readonly #tell = (sentence: string): void => this.hooks.onNotice?.(this.#secrets.masker.text(sentence));

  async #judged(suites: Promise<ReadySuites> | undefined): Promise<Report> {
    const findings = await this.#findOut();
    const identity = identityOf(this.configuration, findings.implementation);
    const plan = planOf(this.configuration, findings, {
      ...this.#order,
      directusVersion: identity.judgedAs.version,
      ...(this.#clock && { clock: this.#clock.description }),
      runId: this.#runId,
      startedAt: this.#startedAt,
      issuedCharacters: this.#secrets.issuedCharacters,
      timeoutMs: this.#timeoutMs,
      selected: this.#selected.map(({ id }) => id),
    });
    this.hooks.onStart?.({ requirements: this.#selected.length });
    const finished = suites === undefined ? [] : await this.#run(await suites, plan);
    if (this.#isInterrupted) throw interrupted();
    const leftovers = await this.#janitor.cleanUp(plan, this.#tell);
    return this.#reportOf(plan, findings, identity, finished, leftovers);
  }

  /** Tries the target out, and gets ready what the configuration has for its users and its clock. */
  async #findOut(): Promise<PreflightFindings> {
    const { configuration, hooks } = this;
    const { capabilities, secret, wait } = configuration;
    const common = {
      timeoutMs: this.#timeoutMs,
      ...this.#credentials,
      ...(hooks.interrupted && { interrupted: hooks.interrupted }),
    };
    const found = await preflight(
      {
        ...common,
        target: this.#target,
        waitMs: milliseconds(wait) ?? 0,
        ask: toAskFor(this.#selected),
        tell: this.#tell,
        ...(capabilities && { said: capabilities }),
        ...(secret !== undefined && { secret }),
      },
      this.#janitor,
    );
    const known = { runId: this.#runId, target: found.target };
    this.#users = await adaptedUsers(configuration, { ...known, timeoutMs: this.#timeoutMs }, this.#janitor);
    this.#clock = await readyClock(configuration, { ...known, ...common }, this.#janitor);
    this.#findings = this.#users === undefined ? found : withUsers(found, this.#users);
    return this.#findings;
  }

  async #run(suites: ReadySuites, plan: RunPlan): Promise<readonly FinishedCheck[]> {
    const { bail, maxTime } = this.configuration;
    const { interrupted, onCheck } = this.hooks;
    const maxTimeMs = milliseconds(maxTime) ?? MAX_TIME_MS;
    const leftMs = this.#start + maxTimeMs - performance.now();
    const limits = { leftMs, what: `${maxTimeMs / 1000} s`, bail, interrupted };
    return new LimitedSuites(suites, plan, limits, this.#secrets, this.#janitor, onCheck).run();
  }

  #reportOf(
    plan: RunPlan,
    { notes, target }: PreflightFindings,
    identity: Identity,
    finished: readonly FinishedCheck[],
    leftovers: readonly Leftover[],
  ): Report {
    const { evidence, profile, tester } = this.configuration;
    const { command } = this.hooks;
    const report = makeReport({
      plan,
      identity,
      profiles: profile ?? profiles,
      evidence: evidence ?? 'failures',
      run: { ...(tester !== undefined && { tester }), ...(command !== undefined && { command }) },
      ...(this.#shard && { shard: this.#shard }),
      finished,
      leftovers,
      notes: [
        ...this.#notesOnConnection,
        ...notes,
        ...notesOnVersion(identity, target.offersNoSessions === true),
        ...(this.#clock?.notes ?? []),
        ...this.#janitor.notes,
      ],
      durationMs: performance.now() - this.#start,
      masker: this.#secrets.masker,
    });
    this.#secrets.mustNotBeIn(report);
    return report;
  }

  get #isInterrupted(): boolean {
    return this.hooks.interrupted?.aborted === true;
  }

  /** Removes what the run created, and returns the error with what is left. */
  async #afterCleanUp(thrown: unknown): Promise<unknown> {
    const known = { timeoutMs: this.#timeoutMs, target: this.#target, ...this.#findings };
    const leftovers = await this.#janitor.cleanUp(known, this.#tell);
    const error = this.#isInterrupted && !(thrown instanceof Interrupted) ? interrupted() : thrown;
    if (leftovers.length > 0 && error instanceof Error) {
      const left = leftovers.map(({ kind, name, id, reason }) =>
        onOneLine(`${kind} ${name} (${id}): ${quoted(reason)}`),
      );
      error.message += `\nleft on the target: ${left.join('; ')}`;
    }
    return error;
  }
}

const interrupted = (): Interrupted => new Interrupted('the run was interrupted: nothing is certified');

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
