import { mintLike } from '../harness/generators/tampered-tokens.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected, expectNoToken } from '../harness/expectations.js';
import { LONG_EXPIRED_S, expectExpiry, untilExpiry, seesExpiry, someTime } from '../harness/target/expiry.js';
import { claimsOf, Moment } from '../harness/target/jwt.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import { expectSchema } from '../harness/target/schemas.js';

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
      async ({ target, user, plan, evidence }) => {
        const account = await user();
        const session = await target.loggedInBySession(account);
        if (claimsOf(session.value) === undefined)
          throw new NotApplicable('the session token is not a JWT: give --patience or --clock-url instead');
        const secret = plan.secret ?? '';
        const live = mintLike(
          evidence,
          session.value,
          { iat: Moment.afterIssue(0), exp: Moment.afterIssue(300) },
          secret,
        );
        const control = await target.whoAmI({ cookie: live });
        assume(
          control.succeeded,
          `a token minted with --secret that has not expired is not accepted either (${control.status}): is the secret the right one?`,
        );
        const expired = mintLike(
          evidence,
          session.value,
          { iat: Moment.afterIssue(-LONG_EXPIRED_S - 900), exp: Moment.afterIssue(-LONG_EXPIRED_S) },
          secret,
        );
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
