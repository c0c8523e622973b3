import { chapter, check, type CheckContext } from '../harness/check.js';
import { otherEncodings, withOtherTrailingBits } from '../harness/generators/respelled-tokens.js';
import { NotApplicable } from '../harness/outcomes.js';
import { byEachMethod, expectDerivedRejected } from '../harness/target/tokens/derived-tokens.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';
import type { AnyAccessToken } from '../harness/target/tokens/tokens.js';
import type { Account } from '../harness/users/account.js';
import { minter } from './minting.js';

/** So many logins are made for a token that has a character in which the two alphabets of base64 differ: three of four have one. */
const MOST_LOGINS = 10;

const inBothAlphabets = (token: string): boolean => !/[-_]/.test(token);

/** A session token that has a character in which the two alphabets of base64 differ. */
async function sessionTokenForAlphabets({ target }: CheckContext, account: Account): Promise<AnyAccessToken> {
  let token = await target.loggedInBySession(account);
  for (let logins = 1; logins < MOST_LOGINS && inBothAlphabets(token.value); logins += 1)
    token = await target.loggedInBySession(account);
  return token;
}

/** @throws NotApplicable for a token that is no JWT */
function mustBeJwt(token: AnyAccessToken): AnyAccessToken {
  if (claimsOf(token.value) === undefined) throw new NotApplicable(`the ${token.type} token is no JWT`);
  return token;
}

chapter('JSON Web Tokens', () => {
  check(
    'jwt.encoding',
    'A standard token with padding, in the other alphabet, or with white space is rejected',
    async (context) => {
      const account = await context.user();
      const issue = async (): Promise<AnyAccessToken> => mustBeJwt((await context.target.loggedIn(account)).access);
      await expectDerivedRejected(context, { what: 'standard token', account, issue }, (token) =>
        byEachMethod(otherEncodings(token)),
      );
    },
  );

  check(
    'jwt.encoding',
    'A session token with padding, in the other alphabet, or with white space is rejected',
    async (context) => {
      const account = await context.user();
      const issue = async (): Promise<AnyAccessToken> => mustBeJwt(await sessionTokenForAlphabets(context, account));
      await expectDerivedRejected(context, { what: 'session token', account, issue }, (token) =>
        byEachMethod(otherEncodings(token)),
      );
    },
  );

  check(
    'jwt.encoding',
    'A standard token of which both alphabets of base64 tell is rejected in the other one',
    async (context) => {
      const { account, mint } = await minter(context);
      const { access } = await context.target.loggedIn(account);
      const issue = async (): Promise<AnyAccessToken> => {
        let token = mint();
        for (let number = 1; inBothAlphabets(token); number += 1) token = mint({ jti: `auth-conformance-${number}` });
        return Promise.resolve({ ...access, value: token });
      };
      await expectDerivedRejected(context, { what: 'standard token', account, issue }, (token) =>
        byEachMethod(otherEncodings(token)),
      );
    },
    { needs: 'secret' },
  );

  check('jwt.canonical', 'A JWT with other bits at the end of a part is rejected', async (context) => {
    const { target, user } = context;
    const account = await user();
    const sources: [string, () => Promise<AnyAccessToken>][] = [
      ['standard token', async () => mustBeJwt((await target.loggedIn(account)).access)],
    ];
    if (target.modes.includes('session'))
      sources.push(['session token', async () => mustBeJwt(await target.loggedInBySession(account))]);
    for (const [what, issue] of sources)
      await expectDerivedRejected(context, { what, account, issue }, (token) =>
        byEachMethod(withOtherTrailingBits(token)),
      );
  });
});
