import { mask } from '../../spec/values/mask.js';
import type { Leftover } from '../../spec/generated/report.js';
import { Evidence } from '../../suites/harness/evidence/evidence.js';
import { shorten } from '../../suites/harness/evidence/shorten.js';
import { SessionLedger, type Ledger, type LedgerEntry } from '../../suites/harness/run/ledger.js';
import type { RunPlan } from '../../suites/harness/run/run-plan.js';
import { HttpClient } from '../../suites/harness/target/http/http-client.js';
import { TransportError } from '../../suites/harness/target/http/transport-error.js';
import { Silence } from '../../suites/harness/target/pace/silence.js';
import { Pace, type LearnedPace } from '../../suites/harness/target/pace/pace.js';
import { Target } from '../../suites/harness/target/target.js';
import { IssuedCredentials } from '../../suites/harness/target/tokens/issued-credentials.js';
import { Administrator } from '../../suites/harness/users/administrator.js';
import { carriedOut, stillThere, type CleanUpLimits, type Task } from './carry-out.js';
import { policiesOfRuns, removePolicy } from './policies-of-runs.js';
import { isThere, removeUser, type CreatedUser } from './removal.js';
import { usersOfRuns, type ListedUser } from './users-of-runs.js';

/** Most bytes of an answer while cleaning up: a target that says much beside the id of a user is cleaned up, too. */
const BODY_LIMIT = 8_000_000;
/** A list of users that is no longer than this is searched for those of the run. */
const LIST_LIMITS = { pages: 20, ms: 20_000 };
/** How long a limiter is waited for that has ended the run already, in ms. */
const SHORT_PATIENCE_MS = 2000;

/** How a clean-up reaches the target. */
export type CleanUpAccess = Pick<RunPlan, 'administrator' | 'target' | 'timeoutMs'>;

export type SessionOpened = Extract<LedgerEntry, { type: 'session-opened' }>;

export type RemovableUser = CreatedUser & { readonly isPrivileged: boolean };

/** Removes users and policies and ends sessions, and keeps account of what could not be. */
export class CleanUp {
  /** What could not be removed, so far. */
  readonly leftovers: Leftover[] = [];
  readonly #client: HttpClient;
  readonly #evidence = new Evidence();
  readonly #administrator: Administrator | undefined;
  readonly #target: Target;

  /** @param ledger hears of the sessions that the clean-up opens itself */
  constructor(
    { administrator: access, target: description, timeoutMs }: CleanUpAccess,
    { ended, ...learned }: LearnedPace,
    ledger: Pick<Ledger, 'write'>,
    private readonly limits: CleanUpLimits,
  ) {
    const pace = new Pace(learned, undefined, ended === undefined ? undefined : SHORT_PATIENCE_MS);
    const { connection } = description;
    // It goes on for as long as something is removed, however many answers are lost: the limits say how long.
    const silence = new Silence(undefined, false);
    this.#client = new HttpClient({
      timeoutMs,
      silence,
      pace,
      bodyLimit: BODY_LIMIT,
      ...(connection && { connection }),
    });
    const sessions = new SessionLedger(ledger);
    this.#administrator =
      access && new Administrator(access, description, this.#client, sessions, new IssuedCredentials());
    this.#target = new Target(description, this.#client, this.#evidence, sessions, new IssuedCredentials());
  }

  /** False where there is no administrator to do it. */
  get canRemoveUsers(): boolean {
    return this.#administrator !== undefined;
  }

  /** Removes users, privileged ones first, and policies, by their names. */
  async remove(
    { users, policies = [] }: { readonly users: readonly RemovableUser[]; readonly policies?: readonly string[] },
    onDone: () => void = () => undefined,
  ): Promise<void> {
    const tasks = [
      ...users.map((user) => this.#removalOf(user)),
      ...policies.map((name) => this.#removalOfPolicy(name)),
    ];
    const failed = [...(await carriedOut(tasks, onDone, this.limits))];
    const there = await stillThere(
      failed.map(([task]) => task),
      this.limits,
    );
    for (const [index, [{ leftover }, error]] of failed.entries()) {
      if (there[index] === false) continue;
      const unknown = there[index] === undefined ? '; whether it is there could not be looked up' : '';
      this.#keep(leftover, error, unknown);
    }
  }

  /** Removes users that the target lists: those that it has created and said otherwise, or said that it had removed. */
  async removeListed(isOurs: (email: string) => boolean): Promise<void> {
    const kept = await this.#listed(isOurs);
    await this.remove({ users: kept });
    for (const { email, id } of kept.length === 0 ? [] : await this.#listed(isOurs))
      this.leftovers.push({
        kind: 'user',
        id: shorten(id),
        name: email,
        reason: 'the target answered that it was removed, and still lists it',
      });
  }

  /** Logs sessions out. */
  async endSessions(sessions: readonly SessionOpened[], onDone: () => void): Promise<void> {
    const tasks = sessions.map((session): Task => ({
      isUrgent: false,
      leftover: { kind: 'session', id: mask(session.token), name: session.email },
      remove: async () => endSession(this.#target, session),
      isThere: async () => Promise.resolve(undefined),
    }));
    // Where users could not be removed, it has been waited for the target long enough.
    const patienceMs = this.limits.patienceMs / (this.leftovers.length === 0 ? 1 : 7);
    for (const [{ leftover }, error] of await carriedOut(tasks, onDone, { ...this.limits, patienceMs }))
      this.#keep(leftover, error);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #keep(leftover: Task['leftover'], error: Error, more = ''): void {
    this.leftovers.push({ ...leftover, reason: shorten(this.#evidence.masked(error.message)) + more });
  }

  #removalOf(user: RemovableUser): Task {
    return {
      isUrgent: user.isPrivileged,
      leftover: { kind: 'user', id: shorten(user.id ?? 'unknown'), name: user.email },
      remove: async () => removeUser(this.#by, this.#evidence, user),
      isThere: async () => isThere(this.#by, this.#evidence, user),
    };
  }

  #removalOfPolicy(name: string): Task {
    return {
      isUrgent: true,
      leftover: { kind: 'policy', id: 'unknown', name },
      remove: async () => removePolicy(this.#by, this.#evidence, name),
      isThere: async () =>
        policiesOfRuns(this.#by, name).then(
          ({ length }) => length > 0,
          () => undefined,
        ),
    };
  }

  /** The users that the target lists and that are no leftovers yet; none where it gives no list. */
  async #listed(isOurs: (email: string) => boolean): Promise<ListedUser[]> {
    const users = await usersOfRuns(this.#by, isOurs, LIST_LIMITS).catch(() => []);
    return users.filter(({ email }) => !this.leftovers.some(({ name }) => name === email));
  }

  get #by(): Administrator {
    if (this.#administrator === undefined) throw new Error('users are removed by an administrator');
    return this.#administrator;
  }
}

/** Logs a session out. Whatever the target answers: a session that it does not know any more is no leftover. */
async function endSession(target: Target, { mode, token }: SessionOpened): Promise<void> {
  const response = mode === 'json' ? await target.logout(token) : await target.logoutByCookie(mode, token);
  if (response.status >= 500) throw new TransportError(`POST /auth/logout answered ${response.status}`, 'busy');
}
