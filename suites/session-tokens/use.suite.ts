import { expiredTokenLike } from '../harness/generators/expired-token.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected, expectNoToken } from '../harness/expectations.js';
import { expectExpiry, untilExpiry, seesExpiry, someTime } from '../harness/target/tokens/expiry.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';
import { assert } from '../harness/outcomes.js';
import { expectSchema } from '../harness/target/schemas.js';
import { expectUsableOften } from '../harness/used-often.js';

chapter('Session Tokens', () => {
  check(
    'session.expires',
    'A session token is rejected once its lifetime is over',
    async ({ target, user, plan, wait }) => {
      const session = await target.loggedInBySession(await user());
      const waitMs = untilExpiry(session, plan);
      await wait(waitMs);
      await expectExpiry({ target, plan, wait, waitedMs: waitMs }, { cookie: session }, 'a session token');
    },
    seesExpiry,
  );

  for (const [id, what] of [
    ['session.expires', 'is rejected'],
    ['session.refresh.refused-after-expiry', 'is not refreshed'],
  ] as const) {
    check(
      id,
      `A session token that expired six minutes ago ${what}`,
      async (context) => {
        const { target, user } = context;
        const account = await user();
        const session = await target.loggedInBySession(account);
        const expired = await expiredTokenLike(context, session, 'cookie');
        if (id === 'session.expires') {
          for (const sent of [{ cookie: expired }, { header: expired }, { query: expired }])
            expectRejected(await target.whoAmI(sent), 'a session token that expired six minutes ago', account);
        } else {
          expectNoToken(
            await target.refreshByCookie('session', expired, account),
            'a session token that expired six minutes ago',
          );
        }
      },
      { needs: 'secret' },
    );
  }

  check('session.authenticates', 'A session token is accepted five times', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    for (let time = 1; time <= 5; time += 1) {
      expectAccepted(
        await target.whoAmI({ cookie: session }),
        account,
        time === 1 ? 'a session token' : 'a session token used before',
      );
    }
  });

  check(
    'session.authenticates',
    'A session token is accepted for sixty requests, several at once',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      await expectUsableOften(target, account, { cookie: await target.loggedInBySession(account) }, 'a session token');
    },
  );

  check(
    'session.authenticates',
    'A session token is accepted after some seconds and refreshed into a new one',
    async ({ target, ownUser, plan, wait }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      await wait(someTime(session, plan));
      for (const sent of [{ cookie: session }, { header: session }])
        expectAccepted(await target.whoAmI(sent), account, 'a session token, some seconds old,');
      const response = await target.refreshByCookie('session', session.value, account);
      assert(response.succeeded, 'a session token, some seconds old, to be exchanged for a new one', response.summary);
    },
    { waits: true },
  );

  check('session.claims', 'A session token has the claims of Directus', async ({ target, user }) => {
    const session = await target.loggedInBySession(await user());
    const claims = claimsOf(session.value);
    assert(claims !== undefined, 'the session token to be a JWT', 'it is none');
    expectSchema('session-token-claims.schema.json', claims, 'the claims of a session token');
  });

  check(
    'session.by-header-and-query',
    'A session token in the header and in the query is accepted',
    async ({ target, user }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      expectAccepted(await target.whoAmI({ header: session }), account, 'a session token in the header');
      expectAccepted(await target.whoAmI({ query: session }), account, 'a session token in the query');
    },
  );
});
