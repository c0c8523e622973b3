import { howToGive } from '../../../spec/capabilities.js';
import type { CheckContext } from '../check.js';
import { Evidence } from '../evidence/evidence.js';
import { Inconclusive, NotApplicable } from '../outcomes.js';
import { Target } from '../target/target.js';
import type { Account } from '../users/account.js';
import { nameGivenStaticToken } from '../users/new-static-token.js';
import { isStall } from './recovery.js';
import type { Run } from './run.js';
import type { SharedThings } from './shared-things.js';

/** One run of a check: what it has at hand, and what it leaves to be put in order. */
export class Attempt {
  readonly context: CheckContext;
  readonly #cleanups: (() => Promise<void>)[] = [];
  readonly #users: Account[] = [];

  /**
   * @param evidence where its exchanges go
   * @param width how many slots it has: all of them when it runs alone
   * @param shared what it shares with other checks
   */
  constructor(
    private readonly run: Run,
    readonly evidence: Evidence,
    private readonly width: number,
    private readonly shared: SharedThings = run.shared,
  ) {
    this.context = this.#contextFor(evidence);
  }

  /** To be called at the end, however it ended. */
  async end(): Promise<void> {
    for (const cleanUp of this.#cleanups) await cleanUp();
  }

  /**
   * Removes the users that were made, so that the check can be run again: what is unique on the target (emails, static tokens) is free
   * then, and what was changed without a response having come is gone.
   * @returns why it cannot be done; undefined when it is
   */
  async undo(): Promise<string | undefined> {
    try {
      for (const account of this.#users) {
        if (!(await this.#remove(account))) return 'the target does not remove the users of the first run';
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof Inconclusive)) throw error;
      return error.message;
    }
  }

  /** Removes a user; a second time when the response was lost, when it may be gone already. */
  async #remove(account: Account): Promise<boolean> {
    const { accounts, recovery } = this.run;
    try {
      return await accounts.remove(account);
    } catch (error) {
      if (!isStall(error) || !(await recovery.answersAgain())) throw error;
      await accounts.remove(account);
      return true;
    }
  }

  /** Lets other checks go ahead while this one waits, and goes on before those that have not begun. */
  async #yieldSlot<T>(waiting: Promise<T>): Promise<T> {
    const { slots } = this.run;
    slots.release(this.width);
    try {
      return await waiting;
    } finally {
      await slots.acquire(this.width, 1);
    }
  }

  #contextFor(evidence: Evidence): CheckContext {
    const { plan, client, sessions, credentials, accounts, policies, slots, privilege, clock } = this.run;
    const { shared } = this;
    const create = async (traits: Readonly<Record<string, unknown>>): Promise<Account> => {
      const account = await accounts.create(traits, evidence);
      this.#users.push(account);
      return account;
    };
    const administrator = (): NonNullable<typeof accounts.administrator> => {
      if (accounts.administrator === undefined) throw new NotApplicable(`needs admin: give ${howToGive.admin}`);
      return accounts.administrator;
    };
    return {
      plan,
      evidence,
      target: new Target(plan.target, client, evidence, sessions, credentials),
      user: async () => accounts.user(),
      ownUser: async () => (accounts.administrator === undefined ? accounts.user() : create({})),
      newUser: async (traits = {}) => create(traits),
      unwantedUser: async () => Promise.resolve(accounts.unusedEmail(evidence)),
      withStaticToken: async () => {
        const owner = await accounts.withStaticToken();
        if (owner.account === undefined) nameGivenStaticToken(evidence, owner.token);
        else owner.account.nameIn(evidence);
        return owner;
      },
      get administrator() {
        return administrator();
      },
      newPrivilegedUser: async (traits = {}) => {
        const { role } = administrator().access;
        if (role === undefined) throw new NotApplicable('the target does not tell the role of the administrator');
        const release = await this.#yieldSlot(privilege.acquire());
        this.#cleanups.unshift(async () => {
          release();
          return Promise.resolve();
        });
        await accounts.removeLeftBehind();
        const account = await accounts.create({ ...traits, role }, evidence);
        this.#cleanups.unshift(async () => accounts.removePrivileged(account));
        return account;
      },
      newPolicy: async () => {
        const by = administrator();
        const policy = await policies.create(by, evidence);
        this.#cleanups.unshift(async () => policies.remove(policy, by, new Evidence()).catch(leaveToTheEnd));
        return policy;
      },
      once: async <T>(name: string, make: (context: CheckContext) => Promise<T>) => {
        let making = shared.get(name);
        if (making === undefined) {
          const own = new Attempt(this.run, new Evidence(), this.width, shared);
          making = make(own.context).then((value) => ({ value, evidence: own.evidence }));
          shared.set(name, making);
          making.catch(() => shared.delete(name));
        } else {
          making = this.#yieldSlot(making);
        }
        const made = await making;
        evidence.adopt(made.evidence);
        return made.value as T;
      },
      alone: async (measure) => {
        slots.release(this.width);
        // Last of all, so that no other check is held up.
        await slots.acquire(plan.concurrency, -1);
        try {
          return await measure();
        } finally {
          slots.release(plan.concurrency);
          await slots.acquire(this.width, 1);
        }
      },
      wait: async (ms, { isShown = true } = {}) => {
        if (isShown) evidence.notePause(ms);
        await this.#yieldSlot(clock.wait(ms));
      },
    };
  }
}

/** What is not removed now, the end of the run removes. */
function leaveToTheEnd(error: unknown): void {
  if (!(error instanceof Inconclusive)) throw error;
}
