import { Evidence } from '../evidence/evidence.js';
import type { Credentials } from '../run/run-plan.js';
import type { StaticToken } from '../target/tokens/tokens.js';

/** A user of the target that a check may log in as. */
export class Account {
  private constructor(
    readonly email: string,
    readonly password: string,
    /** The user's id, where it is known. */
    readonly id: string | undefined,
    /** True for a user that the suite created and will remove. */
    readonly provisioned: boolean,
    /** The exchanges that created the user. */
    readonly evidence: Evidence,
  ) {}

  /** An account that the tester named. `who`: the part of the environment variables' names. */
  static given({ email, password }: Credentials, who: 'USER' | 'ADMIN', id?: string): Account {
    const evidence = new Evidence();
    const prefix = who === 'ADMIN' ? 'AUTH_CONFORMANCE_ADMIN_' : 'AUTH_CONFORMANCE_';
    const what = who === 'ADMIN' ? 'the password of the administrator' : 'the password of the user';
    evidence.names.add(password, `${prefix}PASSWORD`, { kind: 'environment', what });
    return new Account(email, password, id, false, evidence);
  }

  /** An account that the suite created. */
  static provisioned(email: string, password: string, id: string, evidence: Evidence): Account {
    return new Account(email, password, id, true, evidence);
  }

  /** Makes a piece of evidence begin with the creation of this user. */
  nameIn(evidence: Evidence): void {
    evidence.adopt(this.evidence);
  }
}

/** What a new user is to be like, beside email and password. */
export type UserTraits = Readonly<Record<string, unknown>>;

/** A user with a static token. */
export interface StaticAccount {
  readonly account: Account | undefined;
  readonly token: StaticToken;
}
