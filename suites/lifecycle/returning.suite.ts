import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectAccepted, expectNoToken, expectRejected, assumeSuccess } from '../harness/expectations.js';
import { Browser } from '../harness/target/http/browser.js';
import type { Response } from '../harness/target/http/response.js';
import type { Mode } from '../harness/target/target.js';
import type { StaticToken } from '../harness/target/tokens/tokens.js';
import { assert, assume } from '../harness/outcomes.js';
import { Account } from '../harness/users/account.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import {
  enableTwoFactor,
  generateSecret,
  oneTimePassword,
  oneTimePasswordAt,
  type TwoFactorUser,
} from '../harness/users/two-factor.js';
import { newRandomPassword } from '../harness/users/new-password.js';
import { refreshIn, renewableIn } from '../harness/target/tokens/in-mode.js';
import { whereUsersAreHidden } from '../harness/users/hidden-users.js';

/*
 * What comes back: an email, a static token or a second factor that was there before, a value that was tried before it was set, a user
 * who was logged out.
 */

/** How long after the event it is looked again, in ms. */
const LATER_MS = 1000;

interface Holder {
  readonly account: Account;
  readonly token: StaticToken;
  readonly access: string;
  readonly refresh: string;
  readonly cookie: string;
  /** Where the target offers session tokens: one. */
  readonly sessions: readonly string[];
}

/** A user with a login in each mode and a static token, each of which has been used. */
async function newHolder({ target, newUser, evidence }: CheckContext): Promise<Holder> {
  const token = newStaticToken(evidence);
  const account = await newUser({ token: token.value });
  const { access, refresh } = await target.loggedIn(account);
  const inCookie = (await target.login(account, 'cookie')).cookie(target.description.refreshCookie)?.value;
  assume(inCookie !== undefined, 'a login in mode cookie sets no refresh cookie, which this check stands on');
  const sessions = await target.sessionsOf(account);
  for (const sent of [{ header: access }, ...sessions.map((session) => ({ cookie: session })), { header: token }]) {
    const use = await target.whoAmI(sent);
    assumeSuccess(use);
  }
  return {
    account,
    token,
    access: access.value,
    refresh: refresh.value,
    cookie: inCookie,
    sessions: sessions.map(({ value }) => value),
  };
}

/** No credential of a user whose email another has now is taken for the other's, nor lives on. */
async function expectEnded({ target }: CheckContext, former: Holder, next: Account, when: string): Promise<void> {
  const { account, access, refresh, cookie, sessions } = former;
  const of = `of the user who had the email before, ${when},`;
  for (const session of sessions) {
    for (const sent of [{ cookie: session }, { header: session }, { query: session }])
      expectRejected(await target.whoAmI(sent), `the session token ${of}`, next);
    expectNoToken(await target.refreshByCookie('session', session), `the session token ${of}`);
  }
  expectNoToken(await target.refresh(refresh), `the refresh token ${of}`);
  expectNoToken(await target.refreshByCookie('cookie', cookie), `the refresh token in the cookie ${of}`);
  expectNoToken(await target.login(next, undefined, { password: account.password }), `the password ${of}`);
  const own = await target.whoAmI({ header: access });
  assert(
    own.id() !== next.id,
    `the access token ${of} not to identify the user who has it now`,
    `${own.summary} with the record of that user`,
  );
}

/** The user who has an email after another logs in, and is who that is. */
async function expectNext({ target }: CheckContext, next: Account): Promise<void> {
  for (const mode of target.modes) {
    const login = await target.login(next, mode);
    assert(login.succeeded, 'the user who has the email now to log in', login.summary);
    const use = await target.whoAmI(target.accessIn(login, mode));
    expectAccepted(use, next, 'the token of that login');
  }
}

/** Looks at once, after a login of the user who has the email now, and later. */
async function expectNoneReturns(context: CheckContext, former: Holder, next: Account): Promise<void> {
  await expectEnded(context, former, next, 'right after it was given to another user');
  await expectNext(context, next);
  await expectEnded(context, former, next, 'after the login of that user');
  await context.wait(LATER_MS);
  await expectEnded(context, former, next, `${LATER_MS / 1000} s later`);
}

async function remove({ administrator, evidence }: CheckContext, { id = '' }: Account): Promise<void> {
  const removal = await administrator.send({ method: 'DELETE', path: `/users/${id}` }, evidence);
  assumeSuccess(removal);
}

/** The same user by another email. */
const renamed = ({ password, id = '', evidence }: Account, email: string): Account =>
  Account.provisioned(email, password, id, evidence);

chapter('Token Lifecycle', () => {
  check(
    'lifecycle.email.next-user',
    'After a user is removed, a new user of the same email is given no credential of the former',
    async (context) => {
      const former = await newHolder(context);
      await remove(context, former.account);
      const next = renamed(await context.newUser({ email: former.account.email }), former.account.email);
      await expectNoneReturns(context, former, next);
      expectRejected(await context.target.whoAmI({ header: former.token }), 'the static token of a removed user', next);
    },
    { waits: true },
  );

  check(
    'lifecycle.email.next-user',
    'After an email has changed hands, it identifies the user who has it now, and the former user keeps the static token',
    async (context) => {
      const { administrator, target, evidence } = context;
      const former = await newHolder(context);
      const { email } = former.account;
      const away = renamed(former.account, `away-${email}`);
      await administrator.change(former.account, { email: away.email }, evidence);
      const other = await context.newUser();
      await administrator.change(other, { email }, evidence);
      const next = renamed(other, email);
      await expectNoneReturns(context, former, next);
      expectAccepted(await target.whoAmI({ header: former.token }), away, 'the static token of the former user');
      expectNoToken(
        await target.login(away, undefined, { password: next.password }),
        'the password of the user who has the email now, with the new email of the former,',
      );
      await expectNext(context, away);
    },
    { waits: true },
  );

  check(
    'lifecycle.static.tried-before',
    'A static token that was rejected before it was set is accepted once it is set, and once it is set again',
    async (context) => {
      const { target, administrator, newUser, evidence } = context;
      const account = await newUser();
      const token = newStaticToken(evidence);
      const uses = [{ header: token }, { query: token }];
      const change = async (user: Account, value: string | null): Promise<void> => {
        const parts = { method: 'PATCH', path: `/users/${user.id ?? ''}`, body: { token: value } };
        const response = await administrator.send(parts, evidence);
        assert(response.succeeded, 'a static token that no user has at the time to be set', response.summary);
      };
      for (const sent of uses) expectRejected(await target.whoAmI(sent), 'a static token that is not set yet', account);
      await change(account, token.value);
      for (const sent of uses)
        expectAccepted(await target.whoAmI(sent), account, 'a static token that was tried before it was set');
      const other = newStaticToken(evidence);
      await change(account, other.value);
      for (const sent of uses)
        expectRejected(await target.whoAmI(sent), 'a static token that another has replaced', account);
      await change(account, token.value);
      for (const sent of uses)
        expectAccepted(await target.whoAmI(sent), account, 'a static token that was replaced and is set again');
      expectRejected(await target.whoAmI({ header: other }), 'the static token in between', account);
      const next = await newUser();
      await change(account, null);
      await change(next, token.value);
      for (const sent of uses)
        expectAccepted(await target.whoAmI(sent), next, 'a static token that another user had before');
    },
  );

  check(
    'lifecycle.static.tried-before',
    'The static token of a user who was removed is accepted as that of the next user, once it is set',
    async (context) => {
      const { target, administrator, newUser, evidence } = context;
      const token = newStaticToken(evidence);
      const former = await newUser({ token: token.value });
      const uses = [{ header: token }, { query: token }];
      for (const sent of uses) {
        const before = await target.whoAmI(sent);
        assumeSuccess(before);
      }
      await remove(context, former);
      const next = await newUser();
      const parts = { method: 'PATCH', path: `/users/${next.id ?? ''}`, body: { token: token.value } };
      const change = await administrator.send(parts, evidence);
      assert(change.succeeded, 'the static token of a user who was removed to be set for another', change.summary);
      for (const sent of uses)
        expectAccepted(await target.whoAmI(sent), next, 'a static token that a user had who was removed');
    },
  );

  check(
    'lifecycle.login.tried-before',
    'A password and an email that were rejected before they were set are accepted once they are',
    async (context) => {
      const { target, administrator, newUser, evidence } = context;
      const account = await newUser();
      const password = newRandomPassword(context.evidence, 'OTHER_PASSWORD');
      const login = async (user: Account, mode: Mode, given = user.password): Promise<Response> =>
        target.login(user, mode, { password: given });
      for (const mode of target.modes)
        expectNoToken(await login(account, mode, password), 'a password that is not set yet');
      await administrator.change(account, { password }, evidence);
      for (const mode of target.modes) {
        const response = await login(account, mode, password);
        assert(response.succeeded, 'a password that was tried before it was set to log in', response.summary);
        expectNoToken(await login(account, mode), 'the password that was set before');
      }
      const away = renamed(account, `away-${account.email}`);
      expectNoToken(await login(away, 'json', password), 'an email that is not set yet');
      await administrator.change(account, { email: away.email }, evidence);
      const response = await login(away, 'json', password);
      assert(response.succeeded, 'an email that was tried before it was set to log in', response.summary);
    },
  );

  check(
    'lifecycle.login.old-cookies',
    'A browser that holds the session cookie of a session that has ended logs in again',
    async ({ target, newUser }) => {
      const account = await newUser();
      const browser = new Browser(target);
      const first = await browser.login(account);
      assumeSuccess(first);
      const [token = ''] = await browser.sessionTokensFor('/auth/logout');
      // Ended elsewhere: the browser does not hear of it.
      const logout = await target.logoutByCookie('session', token);
      assumeSuccess(logout);
      const attempt = async (): Promise<Response> => {
        const cookie = (await browser.cookiesFor('/auth/login'))
          .map(({ name, value }) => `${name}=${value}`)
          .join('; ');
        const body = { email: account.email, password: account.password, mode: 'session' };
        const headers = { ...(cookie !== '' && { Cookie: cookie }) };
        return browser.keep(await target.send({ path: '/auth/login', body, headers }));
      };
      // A Directus rejects what comes with an ended session, and clears the cookie: the next attempt is without. Observed: 12.4.1.
      const login = (await attempt()).succeeded ? undefined : await attempt();
      assert(
        login?.succeeded !== false,
        'a browser with the cookie of an ended session to log in, at the second attempt at the latest',
        login?.summary ?? '',
      );
      expectAccepted(await browser.whoAmI(), account, 'the session cookie of the new login');
    },
  );

  check(
    'lifecycle.login.old-cookies',
    'A login with the refresh cookie of a login that has ended issues a valid refresh cookie',
    async ({ target, newUser }) => {
      const account = await newUser();
      const { refreshCookie } = target.description;
      const tokenOf = (response: Response): string => {
        const value = response.cookie(refreshCookie)?.value;
        assume(
          value !== undefined,
          `${response.summary} without a cookie ${refreshCookie}, which this check stands on`,
        );
        return value;
      };
      const old = tokenOf(await target.login(account, 'cookie'));
      const logout = await target.logoutByCookie('cookie', old);
      assumeSuccess(logout);
      const body = { email: account.email, password: account.password, mode: 'cookie' };
      const headers = { Cookie: `${refreshCookie}=${old}` };
      const login = await target.send({ path: '/auth/login', body, headers });
      assert(login.succeeded, 'a login with the refresh cookie of an ended login to succeed', login.summary);
      const renewal = await target.refreshByCookie('cookie', tokenOf(login), account);
      assert(renewal.succeeded, 'the refresh cookie of that login to be exchanged', renewal.summary);
      expectNoToken(await target.refreshByCookie('cookie', old), 'the refresh cookie of the ended login');
    },
  );

  check(
    'lifecycle.tfa.re-enrolled',
    'After two-factor login is ended and set up again, the former secret issues no token',
    async (context) => {
      const { target } = context;
      const first = await enableTwoFactor(context, await context.newPrivilegedUser());
      const { account, access } = first;
      const ended = await target.send(
        target.withTokens(
          { path: '/users/me/tfa/disable', body: { otp: await oneTimePassword(context, first) } },
          { header: access },
        ),
      );
      assumeSuccess(ended);
      const secret = await generateSecret(context, account, access);
      assume(secret !== undefined, 'POST /users/me/tfa/generate gives no second secret, which this check stands on');
      const between = await target.login(account);
      assert(between.succeeded, 'a secret that is not enabled yet to demand nothing of a login', between.summary);
      const second: TwoFactorUser = { account, access, secret };
      const body = { secret, otp: await oneTimePassword(context, second) };
      const enabled = await target.send(target.withTokens({ path: '/users/me/tfa/enable', body }, { header: access }));
      assumeSuccess(enabled);
      for (const mode of target.modes) {
        // It names the one-time password of this half minute, and waits where that is about to end.
        const right = await oneTimePassword(context, second);
        for (const otp of [oneTimePasswordAt(context, first.secret), undefined])
          expectNoToken(
            await target.login(account, mode, { otp }),
            `a login in mode ${mode} with ${otp === undefined ? 'no one-time password' : 'a one-time password of the former secret'}`,
          );
        const login = await target.login(account, mode, { otp: right });
        assert(login.succeeded, 'a login with a one-time password of the new secret to succeed', login.summary);
      }
    },
  );

  check(
    'lifecycle.role.refresh',
    'After a user loses the role of the administrator, a refresh in each mode issues tokens without its permissions',
    whereUsersAreHidden(async (context) => {
      const { target, newUser, newPrivilegedUser, administrator, evidence } = context;
      const other = await newUser();
      const account = await newPrivilegedUser();
      const read = async (response: Response, mode: Mode): Promise<Response> => {
        const sent = target.accessIn(response, mode);
        return target.send(target.withTokens({ path: `/users/${other.id ?? ''}` }, sent));
      };
      const logins = await Promise.all(
        target.modes.map(async (mode) => ({ mode, response: await target.login(account, mode) })),
      );
      for (const { mode, response } of logins) {
        const before = await read(response, mode);
        assumeSuccess(before);
      }
      await administrator.change(account, { role: null }, evidence);
      for (const { mode, response } of logins) {
        const renewal = await refreshIn(target, mode, renewableIn(target, response, mode) ?? '', account);
        // Whether a login outlives the change is left open; what it is exchanged for is not.
        if (!renewal.succeeded) continue;
        const after = await read(renewal, mode);
        expectRejected(after, `the access of a former administrator after a refresh in mode ${mode}`, other);
      }
      const login = await target.login(account);
      assumeSuccess(login);
      expectRejected(await read(login, 'json'), 'the access of a former administrator after a new login', other);
    }),
  );
});
