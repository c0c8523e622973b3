import { Account, type UserTraits, type StaticAccount } from './account.js';
import type { Administrator } from './administrator.js';
import { Evidence } from '../evidence/evidence.js';
import { sh } from '../evidence/shell.js';
import type { Ledger } from '../run/ledger.js';
import { assume, Inconclusive, NotApplicable } from '../outcomes.js';
import { isStall } from '../run/recovery.js';
import type { RunPlan } from '../run/run-plan.js';
import type { Response } from '../target/http/response.js';
import { staticToken } from '../target/tokens/tokens.js';
import { newRandomPassword } from './new-password.js';
import { newStaticToken } from './new-static-token.js';

/** The users of one run. Those that many checks share are created once, when the first check asks. */
export class AccountPool {
  #count = 0;
  #shared: Promise<Account> | undefined;
  #sharedStatic: Promise<StaticAccount> | undefined;
  /** Privileged users whose removal was not answered. */
  readonly #leftBehind = new Set<Account>();

  constructor(
    private readonly plan: RunPlan,
    readonly administrator: Administrator | undefined,
    private readonly ledger: Pick<Ledger, 'write'>,
  ) {}

  /**
   * A user to log in as, not to be changed: it is shared with other checks. The suite's own where the tester lent an administrator.
   */
  async user(): Promise<Account> {
    this.#shared ??= this.#ownOrGivenUser().catch((error: unknown) => {
      this.#shared = undefined;
      throw error;
    });
    return this.#shared;
  }

  /**
   * A user with a static token, neither to be changed.
   * @throws NotApplicable when the tester gave neither an administrator nor a static token
   */
  async withStaticToken(): Promise<StaticAccount> {
    this.#sharedStatic ??= this.#newStatic().catch((error: unknown) => {
      this.#sharedStatic = undefined;
      throw error;
    });
    return this.#sharedStatic;
  }

  /**
   * A new user, for one check alone.
   * @param traits members of the user beside email and password
   * @throws Inconclusive when the target does not create it
   */
  async create(traits: UserTraits, evidence: Evidence): Promise<Account> {
    if (this.administrator === undefined) throw new NotApplicable('needs an administrator');
    const email = this.unusedEmail(evidence);
    const password = newRandomPassword(evidence, 'PASSWORD');
    const body = { email, password, status: 'active', ...traits };
    const response = await this.administrator.send({ path: '/users', body }, evidence);
    const id = response.id();
    // Any other answer without an id may be that of a user who was created: one is looked for by the email when the run ends.
    if (response.rejected) this.ledger.write({ type: 'user-refused', email });
    // Observed: Directus 12.4.1 limits the users who are administrators, by its licence.
    if (response.errorCode === 'LIMIT_EXCEEDED')
      throw new NotApplicable(
        'the target allows no more users of this kind (LIMIT_EXCEEDED): remove one that is not needed',
      );
    // A target may have rules for passwords.
    if (response.rejected && 'password' in traits)
      throw new NotApplicable(`the target takes no such password: ${response.summary}`);
    assume(
      response.succeeded && id !== undefined,
      `a user for the check could not be created: ${response.summary} to the administrator${whyNoUser(response)}`,
    );
    this.ledger.write({ type: 'user-created', email, id, isPrivileged: 'role' in traits });
    evidence.names.add(
      id,
      'USER_ID',
      { kind: 'json', exchange: response.exchange, path: response.pathOf('id') },
      false,
    );
    return Account.provisioned(email, password, id, evidence);
  }

  /** A new email, named in the evidence, whose user is removed when the run ends, should the target create one. */
  unusedEmail(evidence: Evidence): string {
    this.#count += 1;
    const email = `auth-conformance-${this.plan.runId}-${this.#count}@example.com`;
    evidence.names.add(
      email,
      'EMAIL',
      { kind: 'random', shell: sh`"auth-conformance-$RANDOM$RANDOM@example.com"` },
      false,
    );
    this.ledger.write({ type: 'user-requested', email });
    return email;
  }

  /**
   * Removes a user that the suite created and that is no longer needed; the run's end tries again where it cannot be done.
   * @returns true when the user is gone
   */
  async remove(account: Account): Promise<boolean> {
    if (account.id === undefined) return false;
    const response = await this.administrator?.send({ method: 'DELETE', path: `/users/${account.id}` }, new Evidence());
    const gone = response?.succeeded === true || response?.status === 404;
    if (gone) this.ledger.write({ type: 'user-removed', email: account.email });
    return gone;
  }

  /** Removes a privileged user as soon as may be: a target may allow few of them. */
  async removePrivileged(account: Account): Promise<void> {
    this.#leftBehind.add(account);
    await this.removeLeftBehind();
  }

  /** Tries again to remove the privileged users that are still there for want of a response. */
  async removeLeftBehind(): Promise<void> {
    for (const account of this.#leftBehind) {
      try {
        await this.remove(account);
        this.#leftBehind.delete(account);
      } catch (error) {
        if (!(error instanceof Inconclusive)) throw error;
      }
    }
  }

  async #ownOrGivenUser(): Promise<Account> {
    if (this.administrator === undefined) return this.#givenUser();
    try {
      return await this.create({}, new Evidence());
    } catch (error) {
      if (!(error instanceof Inconclusive) || isStall(error)) throw error;
      // The target creates no users: what can be judged without is judged with an account that is there.
      return this.#givenUser();
    }
  }

  #givenUser(): Account {
    if (this.plan.user !== undefined) return Account.given(this.plan.user, 'USER', this.plan.user.id);
    const administrator = this.administrator?.account();
    if (administrator === undefined) throw new NotApplicable('needs a user');
    return administrator;
  }

  async #newStatic(): Promise<StaticAccount> {
    if (this.administrator !== undefined) {
      const evidence = new Evidence();
      const token = newStaticToken(evidence);
      return { account: await this.create({ token: token.value }, evidence), token };
    }
    if (this.plan.staticToken === undefined) throw new NotApplicable('needs a static token');
    return { account: undefined, token: staticToken(this.plan.staticToken) };
  }
}

/** What may be the matter where a user was not created, to follow what was returned. */
function whyNoUser({ succeeded, status }: Response): string {
  if (succeeded) return ' without the id of a user';
  // Observed: Directus 12.4.1 answers 400 FAILED_VALIDATION where a member is missing that it requires.
  return status === 400 || status === 422 ? ': members that it requires of a user are given by --user-fields' : '';
}
