import type { CheckContext } from '../harness/check.js';
import { expectRejected } from '../harness/expectations.js';
import { mintLike } from '../harness/generators/tampered-tokens.js';
import { inBatches } from '../harness/in-batches.js';
import { assume, NotApplicable } from '../harness/outcomes.js';
import { bearerMethods, methodInWords } from '../harness/target/tokens/bearer-methods.js';
import { claimsOf, Moment, type Claims } from '../harness/target/tokens/jwt.js';
import type { Account } from '../harness/users/account.js';

/** Times of a token that was issued just now, and lives for a quarter of an hour. */
export const justIssued = { iat: Moment.afterIssue(0), exp: Moment.afterIssue(900) };

/** Tokens signed with the secret of the target, after one that it has issued. */
export interface Minter {
  readonly account: Account;
  /**
   * A token that is valid but for some claims, or for some members of its header.
   * @param change claims; undefined leaves one out
   * @param header members of the header; undefined leaves one out
   */
  readonly mint: (change?: Claims, header?: object) => string;
  /** Assumes that a token with nothing changed is accepted: what is rejected is rejected for its change then. */
  readonly assumeGood: () => Promise<void>;
}

/**
 * A minter of standard or of session tokens.
 * @throws NotApplicable where the target's tokens are no JWTs; Inconclusive where one that is minted is not accepted
 */
export async function minter(context: CheckContext, type: 'standard' | 'session' = 'standard'): Promise<Minter> {
  const { target, user, evidence, plan } = context;
  const account = await user();
  const token = type === 'standard' ? (await target.loggedIn(account)).access : await target.loggedInBySession(account);
  if (claimsOf(token.value) === undefined) throw new NotApplicable(`the ${type} token is no JWT`);
  const mint = (change: Claims = {}, header: object = {}): string =>
    mintLike(evidence, token.value, { ...justIssued, ...change }, plan.secret ?? '', header);
  const assumeGood = async (): Promise<void> => {
    const control = await target.whoAmI({ header: mint() });
    assume(
      control.succeeded,
      `a ${type} token minted with --secret is not accepted (${control.status}): is the secret the right one?`,
    );
  };
  await assumeGood();
  return { account, mint, assumeGood };
}

/** What is changed in a token, in words that follow "a token", and how. */
export type Change = readonly [what: string, change: Claims, header?: object];

/**
 * Expects a token with each change to be rejected, by each bearer method, and one without any to be accepted before and after.
 * @throws Violation; Inconclusive
 */
export async function expectChangesRejected(
  { target }: Pick<CheckContext, 'target'>,
  { account, mint, assumeGood }: Minter,
  changes: readonly Change[],
): Promise<void> {
  await inBatches(changes, async ([what, change, header]) => {
    const token = mint(change, header);
    for (const method of bearerMethods)
      expectRejected(await target.whoAmI({ [method]: token }), `a token ${what}, ${methodInWords[method]},`, account);
  });
  await assumeGood();
}

/** Values of every JSON type but a number, in words. */
export const noNumbers: readonly (readonly [string, unknown])[] = [
  ['a word', 'never'],
  ['an empty string', ''],
  ['null', null],
  ['an empty array', []],
  ['an array with a number', [4_000_000_000]],
  ['an empty object', {}],
  ['true', true],
  ['false', false],
];

/** Values of every JSON type but a string, in words. */
export const noStrings: readonly (readonly [string, unknown])[] = [
  ['0', 0],
  ['-1', -1],
  ['a fraction', 1.5],
  ['null', null],
  ['an empty array', []],
  ['an empty object', {}],
  ['true', true],
  ['false', false],
];
