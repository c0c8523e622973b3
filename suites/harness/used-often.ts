import { expectAccepted } from './expectations.js';
import { inBatches } from './in-batches.js';
import type { Target } from './target/target.js';
import type { SentTokens } from './target/tokens/bearer-methods.js';
import type { Account } from './users/account.js';

/** How often a token is used: a client makes as many requests while it shows one page. */
const USES = 60;

/**
 * Expects a token to be accepted as its user's for sixty requests, several at once, as the pages of a browser send them.
 * @param account the user; without, any user will do
 * @param what the token, as the verdict names it
 * @throws Violation, TokenExpired
 */
export async function expectUsableOften(
  target: Target,
  account: Account | undefined,
  sent: SentTokens,
  what: string,
): Promise<void> {
  await inBatches([...Array(USES).keys()], async (use) => {
    expectAccepted(await target.whoAmI(sent), account, use === 0 ? what : `${what} that is used for many requests`);
  });
}
