import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { Semaphore } from 'async-mutex';
import { mask } from '../spec/mask.js';
import type { Leftover } from '../spec/generated/report.js';
import { Administrator } from '../suites/harness/users/administrator.js';
import { Evidence } from '../suites/harness/evidence/evidence.js';
import { shorten } from '../suites/harness/evidence/shorten.js';
import { Inconclusive } from '../suites/harness/outcomes.js';
import { HttpClient } from '../suites/harness/target/http-client.js';
import { channelName, SessionLedger, type LedgerEntry, type LedgerOrder } from '../suites/harness/run/ledger.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';
import { Pace, type LearnedPace } from '../suites/harness/target/pace.js';
import { TransportError } from '../suites/harness/target/transport-error.js';
import { Target } from '../suites/harness/target/target.js';
import { IssuedCredentials } from '../suites/harness/target/issued-credentials.js';
import { isThere, removeUser, type CreatedUser } from './removal.js';

/** Requests of the clean-up that may be under way at once. */
const CONCURRENCY = 8;
/**
 * How long a clean-up goes on without getting anywhere, in ms: a Directus that stands still for 30 s, as it does now and then, is waited
 * for, as is one that is started again.
 */
const PATIENCE_MS = 35_000;
/** Between two rounds, in ms. */
const BETWEEN_MS = 1000;
/** How long a limiter is waited for that has ended the run already, in ms. */
const SHORT_PATIENCE_MS = 2000;
/** How often it is told what is left, in ms. */
const TOLD_EVERY_MS = 1900;

type SessionOpened = Extract<LedgerEntry, { type: 'session-opened' }>;

/** Knows what a run leaves on the target, and takes it away again: also when the run was interrupted. */
export class Janitor {
  readonly #users = new Map<string, CreatedUser & { readonly isPrivileged: boolean }>();
  #pace: LearnedPace = {};
  readonly #sessions = new Map<string, SessionOpened>();
  readonly #channel: BroadcastChannel;
  /** What the suites want the reader of the report to know, a sentence each. */
  readonly notes: string[] = [];

  constructor(runId: string) {
    this.#channel = new BroadcastChannel(channelName(runId));
    this.#channel.onmessage = (event): void => {
      const { data } = event as { data: LedgerEntry };
      if (data.type === 'flush') this.#channel.postMessage({ type: 'flushed' } satisfies LedgerOrder);
      else this.write(data);
    };
    this.#channel.unref();
  }

  /** Notes what was left on the target. */
  write(entry: LedgerEntry): void {
    if (entry.type === 'user-requested') this.#users.set(entry.email, { email: entry.email, isPrivileged: false });
    if (entry.type === 'user-created') this.#users.set(entry.email, entry);
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
    const client = new HttpClient({ timeoutMs, pace, ...(connection && { connection }) });
    const evidence = new Evidence();
    const sessions = new SessionLedger(this);
    const administrator = access && new Administrator(access, description, client, sessions, new IssuedCredentials());
    const target = new Target(description, client, evidence, sessions, new IssuedCredentials());
    const ofUsers = [...this.#users.values()].map((user): Task => ({
      isUrgent: user.isPrivileged,
      leftover: { kind: 'user', id: shorten(user.id ?? 'unknown'), name: user.email },
      remove: async () => administrator && removeUser(administrator, evidence, user),
      isThere: async () => administrator && isThere(administrator, evidence, user),
    }));
    const users = administrator === undefined ? [] : ofUsers;
    let left = users.length + this.#sessions.size;
    const all = left;
    const ticker = setInterval(() => tell(`removing what the run created: ${left} of ${all} left`), TOLD_EVERY_MS);
    const done = (): void => void (left -= 1);
    const leftovers: Leftover[] = [];
    for (const [{ leftover, isThere: look }, error] of await carriedOut(users, done)) {
      const there = await look();
      if (there === false) continue;
      const unknown = there === undefined ? '; whether it is there could not be looked up' : '';
      leftovers.push({ ...leftover, reason: shorten(evidence.masked(error.message)) + unknown });
    }
    // Only now: the removal has opened one itself.
    const ofSessions = [...this.#sessions.values()].map((session): Task => ({
      isUrgent: false,
      leftover: { kind: 'session', id: mask(session.token), name: session.email },
      remove: async () => endSession(target, session),
      isThere: async () => Promise.resolve(undefined),
    }));
    for (const [{ leftover }, error] of await carriedOut(ofSessions, done))
      leftovers.push({ ...leftover, reason: shorten(evidence.masked(error.message)) });
    clearInterval(ticker);
    await client.close();
    this.#channel.close();
    return leftovers;
  }
}

/** Something that the run left on the target. */
interface Task {
  readonly leftover: Omit<Leftover, 'reason'>;
  /** Removed before what is not. */
  readonly isUrgent: boolean;
  readonly remove: () => Promise<void>;
  /** Whether it is still there; undefined when that cannot be found out. */
  readonly isThere: () => Promise<boolean | undefined>;
}

/**
 * Carries tasks out, the urgent ones first, again and again where the target gives no answer, until nothing has been got done for
 * PATIENCE_MS.
 * @returns the tasks that could not be, each with the last error
 */
async function carriedOut(tasks: readonly Task[], onDone: () => void): Promise<Map<Task, Error>> {
  const slots = new Semaphore(CONCURRENCY);
  const failed = new Map<Task, Error>();
  let latest = performance.now();
  const attempt = async (task: Task): Promise<void> =>
    slots.runExclusive(async () => {
      // A target that answers nothing of this kind: the many that wait for their turn would each wait in vain.
      if (performance.now() - latest > PATIENCE_MS) {
        failed.set(task, new TransportError(`nothing could be removed for ${PATIENCE_MS / 1000} s`, 'silent'));
        return;
      }
      try {
        await task.remove();
        failed.delete(task);
        latest = performance.now();
        onDone();
      } catch (error) {
        failed.set(task, error as Error);
      }
    });
  let pending = tasks;
  while (pending.length > 0) {
    // Those that are urgent, when they are done, and the rest in the end: each before the other.
    for (const urgent of [true, false])
      await Promise.all(pending.filter(({ isUrgent }) => isUrgent === urgent).map(attempt));
    pending = [...failed].filter(([, error]) => mayBeOvercome(error)).map(([task]) => task);
    if (pending.length === 0 || performance.now() - latest > PATIENCE_MS) break;
    await sleep(BETWEEN_MS);
  }
  return failed;
}

/**
 * Whether trying again may help: not where the target has said no, refuses requests for their rate for longer than is waited, or leaves
 * this endpoint without an answer while it answers others, so that it is not asked any more.
 */
const mayBeOvercome = (error: Error): boolean =>
  error instanceof TransportError ? !['limited', 'silent'].includes(error.kind) : error instanceof Inconclusive;

/** Logs a session out. Whatever the target answers: a session that it does not know any more is no leftover. */
async function endSession(target: Target, { mode, token }: SessionOpened): Promise<void> {
  const response = mode === 'json' ? await target.logout(token) : await target.logoutByCookie(mode, token);
  if (response.status >= 500) throw new TransportError(`POST /auth/logout answered ${response.status}`, 'busy');
}
