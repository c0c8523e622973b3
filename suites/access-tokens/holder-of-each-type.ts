import type { Account } from '../harness/users/account.js';
import type { CheckContext } from '../harness/check.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

export interface Holder {
  readonly account: Account;
  /** A token of each type, sent by the way that the specification shows for it. */
  readonly tokens: readonly { readonly what: string; readonly sent: SentTokens }[];
}

/** A new user with a token of each type that the target offers. */
export async function holderOfEachType({
  evidence,
  newUser,
  target,
}: Pick<CheckContext, 'evidence' | 'newUser' | 'target'>): Promise<Holder> {
  const token = newStaticToken(evidence);
  const account = await newUser({ token: token.value });
  const [{ access }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
  return {
    account,
    tokens: [
      { what: 'a standard token', sent: { header: access } },
      ...sessions.map((session) => ({ what: 'a session token', sent: { cookie: session } })),
      { what: 'a static token', sent: { header: token } },
    ],
  };
}
