import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectNoToken, expectRejected, assumeSuccess } from '../harness/expectations.js';
import { assert } from '../harness/outcomes.js';
import type { Target } from '../harness/target/target.js';
import type { Account } from '../harness/users/account.js';
import { inResponse, type Issued } from './scene.js';
import { refreshIn } from '../harness/target/tokens/in-mode.js';

/* Several logins of one user, refreshed or ended at the same time: each is a login of its own all the same. */

/** How many logins there are in a mode; more than half of the refreshes of so many at once fall into the same second. */
const LOGINS = 5;
/** How many of them are ended at once. */
const ENDED = 3;

type Mode = 'json' | 'cookie' | 'session';

const tokenOf = ({ refresh, session }: Issued): string => (refresh ?? session)?.value ?? '';

/** Logins in a mode, all of them refreshed at once: what they have now. */
async function refreshedAtOnce(target: Target, account: Account, mode: Mode): Promise<Issued[]> {
  const logins = await Promise.all(
    Array.from({ length: LOGINS }, async () => inResponse(target, await target.login(account, mode), mode)),
  );
  const renewals = await Promise.all(logins.map(async (one) => refreshIn(target, mode, tokenOf(one))));
  return renewals.map((renewal) => {
    assumeSuccess(renewal);
    return inResponse(target, renewal, mode);
  });
}

/** Ends some logins at once. */
async function endAtOnce(target: Target, mode: Mode, logins: readonly Issued[]): Promise<void> {
  const responses = await Promise.all(
    logins.map(async (one) =>
      mode === 'json' ? target.logout(tokenOf(one)) : target.logoutByCookie(mode, tokenOf(one)),
    ),
  );
  responses.forEach(assumeSuccess);
}

chapter('Token Lifecycle', () => {
  for (const mode of ['json', 'cookie', 'session'] as const) {
    const needsEach = mode === 'session' ? (['session'] as const) : [];

    check(
      mode === 'session' ? 'session.logout.leaves-others' : 'standard.logout.leaves-others',
      `Five logins in mode ${mode} that are refreshed at once have a token of their own each, and three logouts at once end no other`,
      async ({ target, ownUser }) => {
        const account = await ownUser();
        const logins = await refreshedAtOnce(target, account, mode);
        const different = new Set(logins.map(tokenOf)).size;
        assert(
          different === LOGINS,
          `each of ${LOGINS} logins in mode ${mode} that are refreshed at once to be given a token of its own`,
          `there are ${different} different ones`,
        );
        await endAtOnce(target, mode, logins.slice(0, ENDED));
        for (const one of logins.slice(ENDED)) {
          if (one.session !== undefined)
            expectAccepted(
              await target.whoAmI({ cookie: one.session }),
              account,
              'the session token of a login, after logouts of others at once,',
            );
          const renewal = await refreshIn(target, mode, tokenOf(one));
          assert(
            renewal.succeeded,
            `a login in mode ${mode} to be refreshed after logouts of others at once`,
            renewal.summary,
          );
        }
      },
      { needsEach },
    );

    check(
      mode === 'session' ? 'session.logout.invalidates-session-token' : 'standard.logout.invalidates-refresh-token',
      `Each of five logouts at once in mode ${mode} ends its login`,
      async ({ target, ownUser }) => {
        const account = await ownUser();
        const logins = await Promise.all(
          Array.from({ length: LOGINS }, async () => inResponse(target, await target.login(account, mode), mode)),
        );
        await endAtOnce(target, mode, logins);
        for (const one of logins) {
          const what = `the token of one of ${LOGINS} logins in mode ${mode} that were logged out at once`;
          if (one.session !== undefined) expectRejected(await target.whoAmI({ cookie: one.session }), what, account);
          expectNoToken(await refreshIn(target, mode, tokenOf(one)), what);
        }
      },
      { needsEach },
    );
  }
});
