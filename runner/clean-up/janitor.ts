import { BroadcastChannel } from 'node:worker_threads';
import { mask } from '../../spec/values/mask.js';
import type { Leftover } from '../../spec/generated/report.js';
import { Administrator } from '../../suites/harness/users/administrator.js';
import { Evidence } from '../../suites/harness/evidence/evidence.js';
import { shorten } from '../../suites/harness/evidence/shorten.js';
import { HttpClient } from '../../suites/harness/target/http/http-client.js';
import { channelName, SessionLedger, type LedgerEntry, type LedgerOrder } from '../../suites/harness/run/ledger.js';
import type { RunPlan } from '../../suites/harness/run/run-plan.js';
import { Pace, type LearnedPace } from '../../suites/harness/target/pace/pace.js';
import { TransportError } from '../../suites/harness/target/http/transport-error.js';
import { Target } from '../../suites/harness/target/target.js';
import { IssuedCredentials } from '../../suites/harness/target/tokens/issued-credentials.js';
import { carriedOut, defaultCleanUpLimits, stillThere, type CleanUpLimits, type Task } from './carry-out.js';
import { isThere, removeUser, type CreatedUser } from './removal.js';
import { isNameOfRun, usersOfRuns, type ListedUser } from './users-of-runs.js';

/** Most bytes of an answer while cleaning up: a target that says much beside the id of a user is cleaned up, too. */
const BODY_LIMIT = 8_000_000;
/** A list of users that is no longer than this is searched for those of the run. */
const LIST_LIMITS = { pages: 20, ms: 20_000 };
/** How long a limiter is waited for that has ended the run already, in ms. */
const SHORT_PATIENCE_MS = 2000;
/** How often it is told what is left, in ms. */
const TOLD_EVERY_MS = 1900;

type SessionOpened = Extract<LedgerEntry, { type: 'session-opened' }>;

/** Knows what a run leaves on the target, and takes it away again: also when the run was interrupted. */
export class Janitor {
  readonly #users = new Map<string, CreatedUser & { readonly isPrivileged: boolean }>();
  /** True once the target was asked to create one, whatever it answered. */
  #hasUsers = false;
  #pace: LearnedPace = {};
  readonly #sessions = new Map<string, SessionOpened>();
  readonly #channel: BroadcastChannel;
  /** What the suites want the reader of the report to know, a sentence each. */
  readonly notes: string[] = [];

  readonly #isOurs: (email: string) => boolean;

  /** @param runId of the run; none where the users of all runs are removed */
  constructor(
    runId?: string,
    private readonly limits: CleanUpLimits = defaultCleanUpLimits,
  ) {
    this.#isOurs = isNameOfRun(runId);
    this.#channel = new BroadcastChannel(channelName(runId ?? 'clean'));
    this.#channel.onmessage = (event): void => {
      const { data } = event as { data: LedgerEntry };
      if (data.type === 'flush') this.#channel.postMessage({ type: 'flushed' } satisfies LedgerOrder);
      else this.write(data);
    };
    this.#channel.unref();
  }

  /** Notes what was left on the target. */
  write(entry: LedgerEntry): void {
    if (entry.type === 'user-requested') {
      this.#hasUsers = true;
      this.#users.set(entry.email, { email: entry.email, isPrivileged: false });
    }
    if (entry.type === 'user-created') {
      this.#hasUsers = true;
      this.#users.set(entry.email, entry);
    }
    if (entry.type === 'pace') this.#pace = entry.pace;
    if (entry.type === 'user-refused' || entry.type === 'user-removed') this.#users.delete(entry.email);
    if (entry.type === 'note') this.notes.push(entry.note);
    if (entry.type === 'session-opened') this.#sessions.set(entry.token, entry);
  }

  /** Tells the suites to end early, and why. */
  stop(why: string): void {
    this.#channel.postMessage({ type: 'stop', why } satisfies LedgerOrder);
  }

  /**
   * Removes the users that the run created, privileged ones first, and ends the sessions it opened: for as long as it gets anywhere.
   * @param tell called with a sentence about every two seconds
   * @returns what is still there
   */
  async cleanUp(
    { administrator: access, target: description, timeoutMs }: Pick<RunPlan, 'administrator' | 'target' | 'timeoutMs'>,
    tell: (sentence: string) => void = () => undefined,
  ): Promise<Leftover[]> {
    const { perSecond, ended } = this.#pace;
    const pace = new Pace(
      perSecond === undefined ? {} : { perSecond },
      undefined,
      ended === undefined ? undefined : SHORT_PATIENCE_MS,
    );
    const { connection } = description;
    const client = new HttpClient({ timeoutMs, pace, bodyLimit: BODY_LIMIT, ...(connection && { connection }) });
    const evidence = new Evidence();
    const sessions = new SessionLedger(this);
    const administrator = access && new Administrator(access, description, client, sessions, new IssuedCredentials());
    const target = new Target(description, client, evidence, sessions, new IssuedCredentials());
    const taskFor = (by: Administrator, user: CreatedUser & { readonly isPrivileged: boolean }): Task => ({
      isUrgent: user.isPrivileged,
      leftover: { kind: 'user', id: shorten(user.id ?? 'unknown'), name: user.email },
      remove: async () => removeUser(by, evidence, user),
      isThere: async () => isThere(by, evidence, user),
    });
    const users =
      administrator === undefined ? [] : [...this.#users.values()].map((user) => taskFor(administrator, user));
    let left = users.length + this.#sessions.size;
    const all = left;
    const ticker = setInterval(() => tell(`removing what the run created: ${left} of ${all} left`), TOLD_EVERY_MS);
    const done = (): void => void (left -= 1);
    const leftovers: Leftover[] = [];
    const removeAll = async (tasks: readonly Task[], onDone: () => void): Promise<void> => {
      const failed = [...(await carriedOut(tasks, onDone, this.limits))];
      const there = await stillThere(
        failed.map(([task]) => task),
        this.limits,
      );
      for (const [index, [{ leftover }, error]] of failed.entries()) {
        if (there[index] === false) continue;
        const unknown = there[index] === undefined ? '; whether it is there could not be looked up' : '';
        leftovers.push({ ...leftover, reason: shorten(evidence.masked(error.message)) + unknown });
      }
    };
    await removeAll(users, done);
    if (administrator !== undefined && this.#hasUsers) {
      const named = new Set(leftovers.map(({ name }) => name));
      // What the target has created and said otherwise, or said that it had removed.
      const unknown = async (): Promise<ListedUser[]> =>
        (await this.#listed(administrator)).filter(({ email }) => !named.has(email));
      const kept = await unknown();
      await removeAll(
        kept.map((user) => taskFor(administrator, user)),
        () => undefined,
      );
      leftovers.forEach(({ name }) => named.add(name));
      for (const { email, id } of kept.length === 0 ? [] : await unknown())
        leftovers.push({
          ...{ kind: 'user', id: shorten(id), name: email },
          reason: 'the target answered that it was removed, and still lists it',
        });
    }
    // Only now: the removal has opened one itself.
    const ofSessions = [...this.#sessions.values()].map((session): Task => ({
      isUrgent: false,
      leftover: { kind: 'session', id: mask(session.token), name: session.email },
      remove: async () => endSession(target, session),
      isThere: async () => Promise.resolve(undefined),
    }));
    // Where users could not be removed, it has been waited for the target long enough.
    const patienceMs = this.limits.patienceMs / (leftovers.length === 0 ? 1 : 7);
    for (const [{ leftover }, error] of await carriedOut(ofSessions, done, { ...this.limits, patienceMs }))
      leftovers.push({ ...leftover, reason: shorten(evidence.masked(error.message)) });
    clearInterval(ticker);
    await client.close();
    this.#channel.close();
    return leftovers;
  }

  /** The users of the run that the target lists; none where it gives no list. */
  async #listed(administrator: Administrator): Promise<ListedUser[]> {
    return usersOfRuns(administrator, this.#isOurs, LIST_LIMITS).catch(() => []);
  }
}

/** Logs a session out. Whatever the target answers: a session that it does not know any more is no leftover. */
async function endSession(target: Target, { mode, token }: SessionOpened): Promise<void> {
  const response = mode === 'json' ? await target.logout(token) : await target.logoutByCookie(mode, token);
  if (response.status >= 500) throw new TransportError(`POST /auth/logout answered ${response.status}`, 'busy');
}
