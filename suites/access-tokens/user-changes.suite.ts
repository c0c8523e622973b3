import type { Account } from '../harness/users/account.js';
import { chapter, check } from '../harness/check.js';
import {
  expectAccepted,
  expectRejected,
  expectNoToken,
  assumeOffered,
  assumeSuccess,
} from '../harness/expectations.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import type { Response } from '../harness/target/http/response.js';
import type { Target } from '../harness/target/target.js';
import type { RefreshToken } from '../harness/target/tokens/tokens.js';
import { newPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

/** The refresh token that a refresh leaves its owner with. */
async function refreshed(target: Target, account: Account, refresh: RefreshToken): Promise<RefreshToken> {
  const response = await target.refresh(refresh, account);
  assumeSuccess(response);
  return response.text('refresh_token') === undefined ? refresh : target.standardTokens(response).refresh;
}

/** Expects that the tokens of a login right after a change, in the same second as it may be, are valid. */
async function expectLoginGoesOn(target: Target, login: Response, account: Account, change: string): Promise<void> {
  const { access, refresh } = target.standardTokens(login);
  const what = `of a login right after ${change}`;
  expectAccepted(await target.whoAmI({ header: access }), account, `the access token ${what}`);
  const renewal = await target.refresh(refresh, account);
  assert(renewal.succeeded, `the refresh token ${what} to be exchanged`, renewal.summary);
}

chapter('Access Tokens', () => {
  for (const status of ['suspended', 'draft', 'invited', 'archived', 'unverified']) {
    check(
      'access.inactive-user',
      `The credentials, sessions and static token of a user whose status is ${status} are rejected`,
      async ({ target, newUser, administrator, evidence }) => {
        const token = newStaticToken(evidence);
        const account = await newUser({ token: token.value });
        const [{ refresh }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
        const renewed = await refreshed(target, account, (await target.loggedIn(account)).refresh);
        for (const sent of [{ header: token }, ...sessions.map((session) => ({ cookie: session }))]) {
          const before = await target.whoAmI(sent);
          assumeSuccess(before);
        }
        await administrator.change(account, { status }, evidence);
        const of = `of a user whose status is ${status}`;
        expectRejected(await target.whoAmI({ header: token }), `a static token ${of}`, account);
        expectRejected(await target.whoAmI({ query: token }), `a static token in the query ${of}`, account);
        expectRejected(await target.whoAmI({ cookie: token }), `a static token as cookie ${of}`, account);
        for (const session of sessions) {
          expectRejected(await target.whoAmI({ cookie: session }), `a session token ${of}`, account);
          expectRejected(await target.whoAmI({ header: session }), `a session token in the header ${of}`, account);
          expectNoToken(await target.refreshByCookie('session', session.value), `a session token ${of}`);
        }
        expectNoToken(await target.refresh(refresh), `a refresh token ${of}`);
        expectNoToken(await target.refresh(renewed), `a refresh token out of a refresh ${of}`);
        for (const mode of target.modes)
          expectNoToken(await target.login(account, mode), `a login in mode ${mode} ${of}`);
      },
    );
  }

  check(
    'access.inactive-user',
    'A user who is created with a status other than active neither logs in nor uses a static token until made active',
    async ({ target, newUser, administrator, evidence }) => {
      for (const status of ['suspended', 'draft', 'invited', 'archived']) {
        const token = newStaticToken(evidence);
        const account = await newUser({ token: token.value, status });
        const of = `of a user who was created with the status ${status}`;
        for (const sent of [{ header: token }, { query: token }, { cookie: token }])
          expectRejected(await target.whoAmI(sent), `a static token ${of}`, account);
        for (const mode of target.modes)
          expectNoToken(await target.login(account, mode), `a login in mode ${mode} ${of}`);
        await administrator.change(account, { status: 'active' }, evidence);
        const use = await target.whoAmI({ header: token });
        assumeSuccess(use);
        await target.loggedIn(account);
      }
    },
  );

  check(
    'access.password-change',
    'After an administrator sets a new password, the old password and the sessions are rejected and the static token is accepted',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      const renewed = await refreshed(target, account, (await target.loggedIn(account)).refresh);
      const bystander = await newUser();
      const [others, othersSessions] = [await target.loggedIn(bystander), await target.sessionsOf(bystander)];
      for (const session of sessions) {
        const before = await target.whoAmI({ cookie: session });
        assumeSuccess(before);
      }
      const password = newPassword(evidence, account);
      await administrator.change(account, { password }, evidence);
      expectNoToken(await target.refresh(refresh), 'a refresh token from before the new password');
      expectNoToken(await target.refresh(renewed), 'a refresh token out of a refresh from before the new password');
      for (const session of sessions) {
        const what = 'a session token from before the new password';
        expectRejected(await target.whoAmI({ cookie: session }), what, account);
        expectNoToken(await target.refreshByCookie('session', session.value), what);
      }
      expectAccepted(await target.whoAmI({ header: token }), account, 'a static token from before the new password');
      for (const mode of target.modes)
        expectNoToken(await target.login(account, mode), `a login in mode ${mode} with the old password`);
      const login = await target.login(account, undefined, { password });
      assert(login.succeeded, 'a login with the new password to succeed', login.summary);
      await expectLoginGoesOn(target, login, account, 'the new password');
      const ofAnother = 'of another user, after the new password,';
      for (const session of othersSessions)
        expectAccepted(await target.whoAmI({ cookie: session }), bystander, `a session token ${ofAnother}`);
      const response = await target.refresh(others.refresh, bystander);
      assert(response.succeeded, `the refresh token ${ofAnother} to be accepted`, response.summary);
    },
  );

  check(
    'access.password-change',
    'After an administrator sets the password to null, the old password is rejected in each mode',
    async ({ target, newUser, administrator, evidence }) => {
      const account = await newUser();
      await target.loggedIn(account);
      const path = `/users/${account.id ?? ''}`;
      const change = await administrator.send({ method: 'PATCH', path, body: { password: null } }, evidence);
      if (change.status === 400 || change.status === 422)
        throw new NotApplicable('the target has no users without a password');
      assumeSuccess(change);
      for (const mode of target.modes)
        expectNoToken(
          await target.login(account, mode),
          `a login in mode ${mode} with a password that was set to null`,
        );
      for (const password of ['null', 'undefined', ''])
        expectNoToken(
          await target.login(account, undefined, { password }),
          `a login with the password "${password}" of a user without one`,
        );
    },
  );

  check(
    'access.own-password-change',
    'After a user sets a new password by a session token, that session goes on and every other one is revoked',
    async ({ target, newPrivilegedUser, evidence }) => {
      const account = await newPrivilegedUser();
      const [own, other] = [await target.loggedInBySession(account), await target.loggedInBySession(account)];
      const { refresh } = await target.loggedIn(account);
      const password = newPassword(evidence, account);
      const change = await target.send(
        target.withTokens({ method: 'PATCH', path: '/users/me', body: { password } }, { cookie: own }),
      );
      assumeOffered(change, 'does not let users change their own password');
      expectAccepted(await target.whoAmI({ cookie: own }), account, 'the session that asked for a new password');
      expectRejected(await target.whoAmI({ cookie: other }), 'another session, after the new password,', account);
      expectNoToken(await target.refresh(refresh), 'a refresh token from before the new password');
      expectNoToken(await target.login(account), 'a login with the old password');
    },
  );

  check(
    'access.deleted-user',
    'After a user is deleted, each credential and token of the user is rejected',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      for (const sent of [{ header: token }, ...sessions.map((session) => ({ cookie: session }))]) {
        const before = await target.whoAmI(sent);
        assumeSuccess(before);
      }
      const removal = await administrator.send({ method: 'DELETE', path: `/users/${account.id ?? ''}` }, evidence);
      assumeSuccess(removal);
      const of = 'of a user who was deleted';
      const record = await administrator.send({ path: `/users/${account.id ?? ''}` }, evidence);
      assert(!record.succeeded, 'a user who was deleted to be gone', `${record.summary} to the administrator`);
      expectRejected(await target.whoAmI({ header: token }), `a static token ${of}`);
      expectRejected(await target.whoAmI({ query: token }), `a static token ${of}`);
      for (const session of sessions) {
        expectRejected(await target.whoAmI({ cookie: session }), `a session token ${of}`);
        expectNoToken(await target.refreshByCookie('session', session.value), `a session token ${of}`);
      }
      expectNoToken(await target.refresh(refresh), `a refresh token ${of}`);
      for (const mode of target.modes)
        expectNoToken(await target.login(account, mode), `a login in mode ${mode} ${of}`);
    },
  );

  check(
    'access.email-change',
    'After an administrator changes an email address, the old address and the sessions are rejected',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      for (const session of sessions) {
        const before = await target.whoAmI({ cookie: session });
        assumeSuccess(before);
      }
      await administrator.change(account, { email: `new-${account.email}` }, evidence);
      expectNoToken(await target.refresh(refresh), 'a refresh token from before the new email');
      for (const session of sessions)
        expectRejected(await target.whoAmI({ cookie: session }), 'a session token from before the new email', account);
      expectNoToken(await target.login(account), 'a login with the email from before');
      const login = await target.login(account, undefined, { email: `new-${account.email}` });
      assert(login.succeeded, 'a login with the new email to succeed', login.summary);
      await expectLoginGoesOn(target, login, account, 'the new email');
      expectAccepted(await target.whoAmI({ header: token }), account, 'a static token from before the new email');
    },
  );

  check(
    'access.email-unique',
    'An email address that another user has is rejected on creation and on update',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const [account, other] = [await newUser(), await newUser()];
      for (const email of [account.email, account.email.toUpperCase()]) {
        const body = { email, password: other.password };
        const creation = await administrator.send({ path: '/users', body }, evidence);
        expectRejected(creation, 'the creation of a user with the email of another');
        const path = `/users/${other.id ?? ''}`;
        const change = await administrator.send({ method: 'PATCH', path, body: { email } }, evidence);
        expectRejected(change, 'a change to the email of another user');
      }
      const login = await target.login(account);
      assert(login.succeeded, 'the user with that email to log in', login.summary);
      const access = target.accessToken(login);
      expectAccepted(await target.whoAmI({ header: access }), account, 'the access token of that login');
      const shared = await context.unwantedUser();
      const { password } = other;
      const list = [shared, shared].map((email) => ({ email, password }));
      const creation = await administrator.send({ path: '/users', body: list }, evidence);
      expectRejected(creation, 'the creation of two users of one email by a list');
      const keys = { keys: [account.id, other.id], data: { email: shared } };
      const batch = await administrator.send({ method: 'PATCH', path: '/users', body: keys }, evidence);
      expectRejected(batch, 'a change of two users to one email by keys');
    },
  );

  check(
    'access.reactivated',
    'After a suspension ends, login and static token are accepted again and earlier sessions stay revoked',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      for (const status of ['suspended', 'active']) {
        await administrator.change(account, { status }, evidence);
      }
      const before = 'from before the suspension';
      for (const session of sessions) {
        expectRejected(await target.whoAmI({ cookie: session }), `a session token ${before}`, account);
        expectNoToken(await target.refreshByCookie('session', session.value), `a session token ${before}`);
      }
      expectNoToken(await target.refresh(refresh), `a refresh token ${before}`);
      expectAccepted(await target.whoAmI({ header: token }), account, 'the static token of a user who is active again');
      const login = await target.login(account);
      assert(login.succeeded, 'a user who is active again to log in', login.summary);
      await expectLoginGoesOn(target, login, account, 'the end of the suspension');
    },
  );

  check(
    'access.revoked-at-once',
    'A token that was accepted before is rejected right after a logout, a replacement or a suspension',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [first, second] = await Promise.all([target.sessionsOf(account), target.sessionsOf(account)]);
      const use = async (what: string, sent: SentTokens): Promise<void> => {
        for (let time = 1; time <= 3; time += 1) {
          const response = await target.whoAmI(sent);
          assume(response.succeeded, `${what} before it is revoked: ${response.summary}`);
        }
      };
      const mustBeDead = async (what: string, ...sent: SentTokens[]): Promise<void> => {
        for (const one of sent) expectRejected(await target.whoAmI(one), what, account);
      };
      const change = async (changes: object): Promise<void> => administrator.change(account, changes, evidence);
      for (const session of first) {
        await use('a session token', { cookie: session });
        await use('a session token in the header', { header: session });
        const logout = await target.logoutByCookie('session', session.value);
        assumeSuccess(logout);
        await mustBeDead(
          'a session token that was used before its logout',
          { cookie: session },
          { header: session },
          { query: session },
        );
      }

      await use('a static token', { header: token });
      await use('a static token in the query', { query: token });
      const next = newStaticToken(evidence);
      await change({ token: next.value });
      await mustBeDead('a static token that was used before it was replaced', { header: token }, { query: token });

      await use('a static token', { header: next });
      for (const session of second) await use('a session token', { cookie: session });
      await change({ status: 'suspended' });
      await mustBeDead('a static token that was used before its user was suspended', { header: next }, { query: next });
      for (const session of second)
        await mustBeDead(
          'a session token that was used before its user was suspended',
          { cookie: session },
          { header: session },
        );
    },
  );
});
