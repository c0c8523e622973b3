import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import type { Leftover } from '../../spec/generated/report.js';
import { channelName, type LedgerEntry, type LedgerOrder } from '../../suites/harness/run/ledger.js';
import type { LearnedPace } from '../../suites/harness/target/pace/pace.js';
import { defaultCleanUpLimits, type CleanUpLimits } from './carry-out.js';
import { CleanUp, type CleanUpAccess, type RemovableUser, type SessionOpened } from './clean-up.js';
import { isNameOfRun } from './users-of-runs.js';

/** How often it is told what is left, in ms. */
const TOLD_EVERY_MS = 1900;
/** How long after a request was given up what it creates may come yet, in ms. */
const LATE_MS = 5000;

/** Knows what a run leaves on the target, and removes it: also when the run was interrupted. */
export class Janitor {
  readonly #users = new Map<string, RemovableUser>();
  /** Names. */
  readonly #policies = new Set<string>();
  /** True once the target was asked to create a user, also where it did not answer. */
  #hasUsers = false;
  /** Why the suites were told to end. */
  #stopped: string | undefined;
  /** Until when users may come whose creation was given up, on the clock of performance.now(), in ms. */
  #lateUntil = 0;
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
    if (entry.type === 'unanswered') this.expectLateUsers();
    if (entry.type === 'begun' && this.#stopped !== undefined) this.stop(this.#stopped);
    if (entry.type === 'pace') this.#pace = entry.pace;
    if (entry.type === 'user-refused' || entry.type === 'user-removed') this.#users.delete(entry.email);
    if (entry.type === 'policy-requested') this.#policies.add(entry.name);
    if (entry.type === 'policy-removed') this.#policies.delete(entry.name);
    if (entry.type === 'note') this.notes.push(entry.note);
    if (entry.type === 'session-opened') this.#sessions.set(entry.token, entry);
  }

  /** Requests are given up that may create users: these may come after the clean-up has looked. */
  expectLateUsers(): void {
    this.#lateUntil = performance.now() + LATE_MS;
  }

  /** Tells the suites to end early, and why: again once they begin, should they not have begun yet. */
  stop(why: string): void {
    this.#stopped = why;
    this.#channel.postMessage({ type: 'stop', why } satisfies LedgerOrder);
  }

  /**
   * Removes the users that the run created, privileged ones first, and the policies, and ends the sessions it opened: for as long as it gets anywhere.
   * @param tell called with a sentence about every two seconds
   * @returns what is still there
   */
  async cleanUp(access: CleanUpAccess, tell: (sentence: string) => void = () => undefined): Promise<Leftover[]> {
    const work = new CleanUp(access, this.#pace, this, this.limits);
    const users = work.canRemoveUsers ? [...this.#users.values()] : [];
    const policies = work.canRemoveUsers ? [...this.#policies] : [];
    const all = users.length + policies.length + this.#sessions.size;
    let left = all;
    const ticker = setInterval(() => tell(`removing what the run created: ${left} of ${all} left`), TOLD_EVERY_MS);
    const onDone = (): void => void (left -= 1);
    await work.remove({ users, policies }, onDone);
    if (work.canRemoveUsers && this.#hasUsers) await this.#removeListed(work);
    // Only now: the removal has opened one itself.
    await work.endSessions([...this.#sessions.values()], onDone);
    clearInterval(ticker);
    await work.close();
    this.#channel.close();
    return work.leftovers;
  }

  /** Removes the users that the target lists, and those that come later. */
  async #removeListed(work: CleanUp): Promise<void> {
    await work.removeListed(this.#isOurs);
    const leftMs = this.#lateUntil - performance.now();
    if (leftMs <= 0) return;
    await sleep(leftMs);
    await work.removeListed(this.#isOurs);
  }
}
