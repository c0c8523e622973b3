import { chapter, check, type CheckContext } from '../harness/check.js';
import { assumeSuccess, expectAccepted, expectNoToken, expectRejected } from '../harness/expectations.js';
import { assert } from '../harness/outcomes.js';
import type { Account } from '../harness/users/account.js';
import { newPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { enableTwoFactor } from '../harness/users/two-factor.js';

/* What an event has ended for good, and what it leaves as it was. */

/** How a member of a user's record is called in a sentence. */
const called = { password: 'password', email: 'email address' } as const;

/**
 * Sets a member of a user's record anew and then to the former value again: the logins from before stay ended.
 * @param next the new value
 */
async function expectEndedForGood(
  { target, newUser, administrator, evidence }: CheckContext,
  member: keyof typeof called,
  next: (account: Account) => string,
): Promise<void> {
  const account = await newUser();
  const { refresh } = await target.loggedIn(account);
  const sessions = await target.sessionsOf(account);
  for (const value of [next(account), account[member]])
    await administrator.change(account, { [member]: value }, evidence);
  const from = `from before a new ${called[member]}, after the former one was set again,`;
  for (const session of sessions) {
    expectRejected(await target.whoAmI({ cookie: session }), `a session token ${from}`, account);
    expectNoToken(await target.refreshByCookie('session', session.value), `a session token ${from}`);
  }
  expectNoToken(await target.refresh(refresh), `a refresh token ${from}`);
  const login = await target.login(account);
  assert(login.succeeded, `a login with a former ${called[member]} that was set again to succeed`, login.summary);
}

chapter('Token Lifecycle', () => {
  check(
    'access.password-change',
    'Logins that a new password has ended stay ended when the former password is set again',
    async (context) => {
      await expectEndedForGood(context, 'password', (account) => newPassword(context.evidence, account));
    },
  );

  check(
    'access.email-change',
    'Logins that a new email address has ended stay ended when the former one is set again',
    async (context) => {
      await expectEndedForGood(context, 'email', ({ email }) => `away-${email}`);
    },
  );

  check(
    'lifecycle.update.spares-logins',
    'An administrator who changes, suspends and removes another user keeps the own logins and static token',
    async ({ target, newUser, newPrivilegedUser, evidence }) => {
      const token = newStaticToken(evidence);
      const [somebody, account] = [await newUser(), await newPrivilegedUser({ token: token.value })];
      const { access, refresh } = await target.loggedIn(account);
      const sessions = await target.sessionsOf(account);
      const path = `/users/${somebody.id ?? ''}`;
      for (const parts of [
        { method: 'PATCH', path, body: { password: newPassword(evidence, somebody) } },
        { method: 'PATCH', path, body: { email: `away-${somebody.email}` } },
        { method: 'PATCH', path, body: { token: null, role: null } },
        { method: 'PATCH', path, body: { status: 'suspended' } },
        { method: 'DELETE', path },
      ]) {
        const response = await target.send(target.withTokens(parts, { header: access }));
        assumeSuccess(response);
      }
      const of = 'of an administrator who has changed and removed another user';
      expectAccepted(await target.whoAmI({ header: access }), account, `the standard token ${of}`);
      expectAccepted(await target.whoAmI({ header: token }), account, `the static token ${of}`);
      for (const session of sessions)
        expectAccepted(await target.whoAmI({ cookie: session }), account, `the session token ${of}`);
      const renewal = await target.refresh(refresh, account);
      assert(renewal.succeeded, `the refresh token ${of} to be accepted`, renewal.summary);
    },
  );

  check(
    'lifecycle.update.spares-logins',
    'A user who sets up two-factor login keeps the logins and the static token',
    async (context) => {
      const { target, newPrivilegedUser, evidence } = context;
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const sessions = await target.sessionsOf(account);
      const { access } = await enableTwoFactor(context, account);
      const of = 'of a user who has set up two-factor login';
      expectAccepted(await target.whoAmI({ header: access }), account, `the standard token ${of}`);
      for (const sent of [{ header: token }, { query: token }])
        expectAccepted(await target.whoAmI(sent), account, `the static token ${of}`);
      for (const session of sessions)
        expectAccepted(await target.whoAmI({ cookie: session }), account, `the session token ${of}`);
    },
    { needsEach: ['admin', 'totp'] },
  );
});
