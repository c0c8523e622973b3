import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected, expectNoToken, assumeSuccess } from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import { Browser } from '../harness/target/http/browser.js';
import type { Response } from '../harness/target/http/response.js';

/** How long after a logout it is looked again, in ms: what was under way then is done. */
const LATER_MS = 500;

chapter('Session Tokens', () => {
  check(
    'session.logout.invalidates-session-token',
    'After a logout the session token is rejected for requests and for refreshes',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const before = await target.whoAmI({ cookie: session });
      assumeSuccess(before);
      const logout = await target.logoutByCookie('session', session.value);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectRejected(await target.whoAmI({ cookie: session }), 'a session token after the logout', account);
      expectNoToken(await target.refreshByCookie('session', session.value), 'a session token, after the logout,');
    },
  );

  check(
    'session.logout.invalidates-session-token',
    'After a logout a session token that came from a refresh is rejected',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedInBySession(account);
      const renewal = await target.refreshByCookie('session', first.value, account);
      assumeSuccess(renewal);
      const session = target.sessionToken(renewal);
      const logout = await target.logoutByCookie('session', session.value);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectRejected(await target.whoAmI({ cookie: session }), 'a session token after the logout', account);
      expectNoToken(await target.refreshByCookie('session', session.value), 'a session token, after the logout,');
    },
  );

  check(
    'session.logout.login-again',
    'After a logout a login issues a valid session token',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const logout = await target.logoutByCookie('session', session.value);
      assumeSuccess(logout);
      const response = await target.login(account, 'session');
      assert(response.succeeded, 'a login after the logout to succeed', response.summary);
      const again = target.sessionToken(response);
      expectAccepted(await target.whoAmI({ cookie: again }), account, 'the new session token');
    },
  );

  check(
    'session.logout.leaves-others',
    "A logout in mode session leaves the user's other sessions valid",
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const [first, second] = [await target.loggedInBySession(account), await target.loggedInBySession(account)];
      const { refresh } = await target.loggedIn(account);
      const logout = await target.logoutByCookie('session', first.value);
      assumeSuccess(logout);
      expectAccepted(await target.whoAmI({ cookie: second }), account, 'the session token of another login');
      const response = await target.refresh(refresh, account);
      assert(response.succeeded, 'the refresh token of another login to go on', response.summary);
    },
  );

  check(
    'session.logout.invalidates-session-token',
    'A session token that is in use while its logout comes is rejected from then on',
    async ({ target, ownUser, wait }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const { value } = session;
      const use = async (): Promise<Response> => target.whoAmI({ cookie: session });
      const [first, second, logout] = await Promise.all([
        use(),
        use(),
        target.logoutByCookie('session', value),
        use(),
        use(),
        use(),
      ]);
      assume(first.status < 500 && second.status < 500, first.summary);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      const what = 'a session token that was in use while its logout came';
      expectRejected(await use(), what, account);
      await wait(LATER_MS);
      expectRejected(await use(), what, account);
      expectNoToken(await target.refreshByCookie('session', value), what);
    },
    { waits: true },
  );

  check(
    'session.logout.invalidates-session-token',
    'A browser whose session was logged out elsewhere is rejected, with all cookies that it was given',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const browser = new Browser(target);
      const login = await browser.login(account);
      assumeSuccess(login);
      const [token = ''] = await browser.sessionTokensFor('/users/me');
      const before = await browser.whoAmI();
      assumeSuccess(before);
      const logout = await target.logoutByCookie('session', token);
      assumeSuccess(logout);
      expectRejected(await browser.whoAmI(), 'a browser whose session was logged out elsewhere', account);
    },
  );
});
