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
import { isStall, Recovery } from '../suites/harness/run/recovery.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';
import { Target } from '../suites/harness/target/target.js';
import { IssuedCredentials } from '../suites/harness/target/issued-credentials.js';

/** Requests of the clean-up that may be under way at once. */
const CONCURRENCY = 8;
/** How long a clean-up may take, in ms: a Directus that stands still for 30 s, as it does now and then, is waited for. */
const TIME_LIMIT_MS = 60_000;

type SessionOpened = Extract<LedgerEntry, { type: 'session-opened' }>;

/** Knows what a run leaves on the target, and takes it away again: also when the run was interrupted. */
export class Janitor {
  readonly #users = new Map<string, string | undefined>();
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
    if (entry.type === 'user-requested') this.#users.set(entry.email, undefined);
    if (entry.type === 'user-created') this.#users.set(entry.email, entry.id);
    if (entry.type === 'user-refused' || entry.type === 'user-removed') this.#users.delete(entry.email);
    if (entry.type === 'note') this.notes.push(entry.note);
    if (entry.type === 'session-opened') this.#sessions.set(entry.token, entry);
  }

  /** Tells the suites to end early, and why. */
  stop(why: string): void {
    this.#channel.postMessage({ type: 'stop', why } satisfies LedgerOrder);
  }

  /**
   * Removes the users that the run created and ends the sessions it opened, within a minute; answers with what could not be removed.
   */
  async cleanUp({
    administrator: access,
    target: description,
    timeoutMs,
  }: Pick<RunPlan, 'administrator' | 'target' | 'timeoutMs'>): Promise<Leftover[]> {
    const limit = new AbortController();
    const why = new Inconclusive(`it was not removed within the ${TIME_LIMIT_MS / 1000} s that a clean-up may take`);
    const timer = setTimeout(() => limit.abort(why), TIME_LIMIT_MS).unref();
    const client = new HttpClient({ timeoutMs, interrupted: limit.signal });
    const recovery = new Recovery(client, description.url);
    const evidence = new Evidence();
    const sessions = new SessionLedger(this);
    const leftovers: Leftover[] = [];
    const slots = new Semaphore(CONCURRENCY);
    const attempt = async (leftover: Omit<Leftover, 'reason'>, remove: () => Promise<void>): Promise<void> =>
      slots.runExclusive(async () => {
        try {
          limit.signal.throwIfAborted();
          await remove().catch(async (error: unknown) => {
            if (!isStall(error) || !(await recovery.answersAgain())) throw error;
            await remove();
          });
        } catch (error) {
          leftovers.push({ ...leftover, reason: shorten(evidence.masked((error as Error).message)) });
        }
      });

    if (access !== undefined) {
      const administrator = new Administrator(access, description, client, sessions, new IssuedCredentials());
      await Promise.all(
        [...this.#users].map(async ([email, id]) =>
          attempt({ kind: 'user', id: shorten(id ?? 'unknown'), name: email }, async () =>
            removeUser(administrator, evidence, email, id),
          ),
        ),
      );
    }
    const target = new Target(description, client, evidence, sessions, new IssuedCredentials());
    await Promise.all(
      [...this.#sessions.values()].map(async (session) =>
        attempt({ kind: 'session', id: mask(session.token), name: session.email }, async () =>
          endSession(target, session),
        ),
      ),
    );
    clearTimeout(timer);
    await client.close();
    this.#channel.close();
    return leftovers;
  }
}

async function removeUser(
  administrator: Administrator,
  evidence: Evidence,
  email: string,
  id: string | undefined,
): Promise<void> {
  const found = id ?? (await idOf(administrator, evidence, email));
  if (found === undefined) return;
  const response = await administrator.send({ method: 'DELETE', path: `/users/${found}` }, evidence);
  if (!response.succeeded && response.status !== 404) throw new Error(`DELETE /users/<id> answered ${response.status}`);
}

/** The id of a user whose creation was asked for and never answered. */
async function idOf(administrator: Administrator, evidence: Evidence, email: string): Promise<string | undefined> {
  const filter = encodeURIComponent(email);
  const response = await administrator.send({ path: `/users?filter[email][_eq]=${filter}&fields=id,email` }, evidence);
  const users = (response.json as { data?: unknown } | undefined)?.data;
  // A target that does not know filters answers with everybody: only the very e-mail counts.
  const user = Array.isArray(users)
    ? (users as { id?: unknown; email?: unknown }[]).find((one) => one.email === email)
    : undefined;
  return typeof user?.id === 'string' ? user.id : undefined;
}

/** Logs a session out. Whatever the target answers: a session that it does not know any more is no leftover. */
async function endSession(target: Target, { mode, token }: SessionOpened): Promise<void> {
  const response = mode === 'json' ? await target.logout(token) : await target.logoutByCookie(mode, token);
  if (response.status >= 500) throw new Error(`POST /auth/logout answered ${response.status}`);
}
