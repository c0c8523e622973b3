import type { CheckContext } from '../../check.js';
import { expectRejected } from '../../expectations.js';
import { nameTampered, type TamperedToken } from '../../generators/tampered-tokens.js';
import { assume, TokenExpired } from '../../outcomes.js';
import type { Account } from '../../users/account.js';
import { bearerMethods, methodInWords, type BearerMethod } from './bearer-methods.js';
import type { AnyAccessToken } from './tokens.js';

/** Requests that are under way at once. */
const AT_ONCE = 8;
/** A batch that takes longer than its token lives is tried so many times over. */
const TRIES = 3;
/** A token that can be relied on for less is not begun with, in ms. */
const ENOUGH_MS = 500;

/** A token made out of a valid one, and the methods by which it is sent. */
interface Attempt {
  readonly tampered: TamperedToken;
  readonly methods: readonly BearerMethod[];
}

/** Each token by each bearer method that can carry it: neither a header nor a cookie carries every character. */
export const byEachMethod = (tokens: readonly TamperedToken[]): Attempt[] =>
  tokens.map((tampered) => ({ tampered, methods: bearerMethods.filter((method) => canCarry(method, tampered.value)) }));

/** Each token by one method, the methods in turn: for long lists. */
export const byMethodsInTurn = (tokens: readonly TamperedToken[]): Attempt[] =>
  tokens.map((tampered, number) => ({ tampered, methods: [bearerMethods[number % bearerMethods.length] ?? 'header'] }));

/** Whether a method can carry a value as it is. RFC 9110 section 5.5, RFC 6265 section 4.1.1. */
function canCarry(method: BearerMethod, value: string): boolean {
  if (method === 'query') return true;
  return method === 'header'
    ? /^[\x21-\x7e\xa1-\xff]+$/.test(value)
    : /^[\w!#$%&'()*+./:<=>?@[\]^`{|}~-]+$/.test(value);
}

/** What is derived from. */
interface Source {
  /** The valid token, in words, to follow "a". */
  readonly what: string;
  readonly account: Account;
  /** Issues a valid token: called again whenever the one before may soon expire. */
  readonly issue: () => Promise<AnyAccessToken>;
}

/**
 * Expects every token that is made out of a valid one to be rejected, while the valid one is accepted: what is made of a token expires with
 * it, and its rejection shows nothing from then on.
 * @param derive makes the same list, in the same order, of each token that is issued
 * @throws Violation; Inconclusive when the valid token is not accepted; TokenExpired when it does not live as long as a few requests take
 */
export async function expectDerivedRejected(
  { target, evidence }: Pick<CheckContext, 'target' | 'evidence'>,
  { what, account, issue }: Source,
  derive: (token: string) => readonly Attempt[],
): Promise<void> {
  const mark = evidence.mark();
  let good: AnyAccessToken | undefined;
  let start = mark;
  const begin = async (): Promise<AnyAccessToken> => {
    if (good !== undefined && good.lifetime.reliableUntil - performance.now() > ENOUGH_MS) {
      await evidence.backTo(start);
      return good;
    }
    await evidence.backTo(mark);
    good = await issue();
    const control = await target.whoAmI({ header: good });
    assume(control.succeeded, `a ${what} as it was issued is not accepted: ${control.summary}`);
    start = evidence.mark();
    return good;
  };
  const { value: first } = await begin();
  const { length } = derive(first);
  assume(length > 0, `nothing can be made of a ${what} of this target`);
  for (let from = 0; from < length; from += AT_ONCE) await tryBatch(from);

  async function tryBatch(from: number): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const { value, lifetime } = await begin();
      await Promise.all(
        derive(value)
          .slice(from, from + AT_ONCE)
          .map(async ({ tampered, methods }) => {
            nameTampered(evidence, tampered, value);
            for (const method of methods)
              expectRejected(
                await target.whoAmI({ [method]: tampered.value }),
                `a ${what} ${tampered.how}, ${methodInWords[method]},`,
                account,
              );
          }),
      );
      if (performance.now() < lifetime.reliableUntil) return;
    }
    throw new TokenExpired();
  }
}
