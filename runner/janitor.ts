import { BroadcastChannel } from 'node:worker_threads';
import { Semaphore } from 'async-mutex';
import { mask } from '../spec/mask.js';
import type { Leftover } from '../spec/generated/report.js';
import { Administrator } from '../suites/harness/users/administrator.js';
import { Evidence } from '../suites/harness/evidence/evidence.js';
import { HttpClient } from '../suites/harness/target/http-client.js';
import { channelName, SessionLedger, type LedgerEntry, type LedgerOrder } from '../suites/harness/run/ledger.js';
import { isStall, Recovery } from '../suites/harness/run/recovery.js';
import type { RunPlan } from '../suites/harness/run/run-plan.js';
import { Target } from '../suites/harness/target/target.js';

/** Requests of the clean-up that may be under way at once. */
const CONCURRENCY = 8;

type SessionOpened = Extract<LedgerEntry, { type: 'session-opened' }>;

/** Knows what a run leaves on the target, and takes it away again: also when the run was interrupted. */
export class Janitor {
  readonly #users = new Map<string, string | undefined>();
  readonly #sessions = new Map<string, SessionOpened>();
  readonly #channel: BroadcastChannel;

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
    if (entry.type === 'session-opened') this.#sessions.set(entry.token, entry);
  }

  /** Tells the suites to end early. */
  stop(): void {
    this.#channel.postMessage({ type: 'stop' } satisfies LedgerOrder);
  }

  /** Removes the users that the run created and ends the sessions it opened; answers with what could not be removed. */
  async cleanUp({
    administrator: access,
    target: description,
    timeoutMs,
  }: Pick<RunPlan, 'administrator' | 'target' | 'timeoutMs'>): Promise<Leftover[]> {
    const client = new HttpClient({ timeoutMs });
    const recovery = new Recovery(client, description.url);
    const evidence = new Evidence();
    const sessions = new SessionLedger(this);
    const leftovers: Leftover[] = [];
    const places = new Semaphore(CONCURRENCY);
    const attempt = async (leftover: Omit<Leftover, 'reason'>, remove: () => Promise<void>): Promise<void> =>
      places.runExclusive(async () => {
        try {
          await remove().catch(async (error: unknown) => {
            if (!isStall(error) || !(await recovery.answersAgain())) throw error;
            await remove();
          });
        } catch (error) {
          leftovers.push({ ...leftover, reason: evidence.masked((error as Error).message) });
        }
      });

    if (access !== undefined) {
      const administrator = new Administrator(access, description, client, sessions);
      await Promise.all(
        [...this.#users].map(async ([email, id]) =>
          attempt({ kind: 'user', id: id ?? 'unknown', name: email }, async () =>
            removeUser(administrator, evidence, email, id),
          ),
        ),
      );
    }
    const target = new Target(description, client, evidence, sessions);
    await Promise.all(
      [...this.#sessions.values()].map(async (session) =>
        attempt({ kind: 'session', id: mask(session.token), name: session.email }, async () =>
          endSession(target, session),
        ),
      ),
    );
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
  const answer = await administrator.send({ method: 'DELETE', path: `/users/${found}` }, evidence);
  if (!answer.succeeded && answer.status !== 404) throw new Error(`DELETE /users/<id> answered ${answer.status}`);
}

/** The id of a user whose creation was asked for and never answered. */
async function idOf(administrator: Administrator, evidence: Evidence, email: string): Promise<string | undefined> {
  const filter = encodeURIComponent(email);
  const answer = await administrator.send({ path: `/users?filter[email][_eq]=${filter}&fields=id,email` }, evidence);
  const users = (answer.json as { data?: unknown } | undefined)?.data;
  // A target that does not know filters answers with everybody: only the very e-mail counts.
  const user = Array.isArray(users)
    ? (users as { id?: unknown; email?: unknown }[]).find((one) => one.email === email)
    : undefined;
  return typeof user?.id === 'string' ? user.id : undefined;
}

/** Logs a session out. Whatever the target answers: a session that it does not know any more is no leftover. */
async function endSession(target: Target, { mode, token }: SessionOpened): Promise<void> {
  const answer =
    mode === 'json'
      ? await target.logout({ type: 'refresh', value: token, goodUntil: Infinity })
      : await target.logoutByCookie(mode, token);
  if (answer.status >= 500) throw new Error(`POST /auth/logout answered ${answer.status}`);
}
