import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected, assumeSuccess } from '../harness/expectations.js';
import type { Target } from '../harness/target/target.js';
import { holderOfEachType, type Holder } from './holder-of-each-type.js';

async function eachIdentifiesItsUser(target: Target, { account, tokens }: Holder, when: string): Promise<void> {
  for (const { what, sent } of tokens) {
    expectAccepted(await target.whoAmI(sent), account, `${what} ${when}`);
  }
}

chapter('Access Tokens', () => {
  check(
    'access.scoped-to-user',
    'The tokens of two users identify their own user, one after another and concurrently',
    async (context) => {
      const { target } = context;
      const first = await holderOfEachType(context);
      await eachIdentifiesItsUser(target, first, 'of the only user logged in');
      const second = await holderOfEachType(context);
      await eachIdentifiesItsUser(target, first, 'of the user who logged in first');
      await eachIdentifiesItsUser(target, second, 'of the user who logged in second');
      await Promise.all(
        [first, second].map(async (holder) => eachIdentifiesItsUser(target, holder, 'while others are in use')),
      );
    },
  );

  check(
    'access.scoped-to-user',
    'A response that one user has received is not served to another',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ access }, { access: foreign }] = [await target.loggedIn(account), await target.loggedIn(other)];
      const theirs = await target.whoAmI({ header: foreign });
      assumeSuccess(theirs);
      const [tag] = theirs.headers('etag');
      const headers = { ...(tag !== undefined && { 'If-None-Match': tag }) };
      for (const sent of [{ header: access }, { query: access }]) {
        const response = await target.send(target.withTokens({ path: '/users/me', headers }, sent));
        expectAccepted(response, account, 'a token, sent with the entity tag of what another user has read,');
      }
      // What browsers, search engines and telephones send: a cache may keep a response for each of them.
      const variants: Record<string, string>[] = [
        { 'Accept-Encoding': 'gzip, deflate, br' },
        { Accept: 'application/json, text/plain, */*' },
        { 'Accept-Language': 'de-CH,de;q=0.9' },
        { 'User-Agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148' },
        { 'X-Requested-With': 'XMLHttpRequest' },
        { 'Cache-Control': 'max-age=600' },
      ];
      for (const variant of variants) {
        for (const [user, token] of [
          [other, foreign],
          [account, access],
        ] as const) {
          const parts = target.withTokens({ path: '/users/me', headers: variant }, { header: token });
          expectAccepted(await target.send(parts), user, `a token, sent with ${Object.keys(variant).join()},`);
        }
        const without = await target.send({ path: '/users/me', headers: variant });
        expectRejected(without, `a request without a token, with ${Object.keys(variant).join()},`, other);
      }
    },
  );

  check(
    'access.scoped-to-user',
    'Concurrent logins and requests of several users each return the tokens and the record of their own user',
    async ({ target, newUser }) => {
      const accounts = await Promise.all([newUser(), newUser(), newUser()]);
      const logins = await Promise.all(
        accounts.map(async (account) => ({
          account,
          tokens: await Promise.all([target.loggedIn(account), target.sessionsOf(account)]),
        })),
      );
      const uses = logins.flatMap(({ account, tokens: [{ access }, sessions] }) => [
        { account, sent: { header: access } },
        ...sessions.map((session) => ({ account, sent: { cookie: session } })),
        { account, sent: { query: access } },
      ]);
      await Promise.all(
        uses.map(async ({ account, sent }) =>
          expectAccepted(await target.whoAmI(sent), account, 'a token, while others log in and make requests,'),
        ),
      );
      const renewals = await Promise.all(
        logins.map(async ({ account, tokens: [{ refresh }] }) => {
          const response = await target.refresh(refresh, account);
          assumeSuccess(response);
          return { account, access: target.accessToken(response) };
        }),
      );
      for (const { account, access } of renewals)
        expectAccepted(
          await target.whoAmI({ header: access }),
          account,
          'a token out of one of several refreshes at once',
        );
    },
  );
});
