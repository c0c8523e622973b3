import type { Cookie } from 'tough-cookie';
import type { Target } from '../harness/target/target.js';
import type { Response } from '../harness/target/http/response.js';
import { Browser } from '../harness/target/http/browser.js';
import { chapter, check } from '../harness/check.js';
import { assumeSuccess, expectCookie, expectRejected } from '../harness/expectations.js';
import { isAgreed, someTime } from '../harness/target/tokens/expiry.js';
import { claimsOf, lifetimeOf } from '../harness/target/tokens/jwt.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import { describe, expectSameDomain, toleranceSince } from './cookies.js';

/** How long a cookie lasts, in ms; Infinity when it does not say, which is until the browser is closed. */
const lifeOfCookie = ({ time }: Target, cookie: Cookie): number => cookie.TTL(time.sinceEpoch());

chapter('Storing Tokens', () => {
  check(
    'storing.cookie.set-by-login',
    'A login in mode session sets a cookie that a browser stores',
    async ({ target, user }) => {
      const browser = new Browser(target);
      const response = await browser.login(await user());
      assumeSuccess(response);
      const { sessionCookie } = target.description;
      const cookie = expectCookie(response, sessionCookie, 'a login in mode session');
      const stored = await browser.sessionTokensFor(cookie.path ?? '/auth/login');
      assert(
        stored.includes(cookie.value),
        `a browser to store the cookie for ${new URL(target.description.url).host}`,
        `it drops it: ${describe(cookie)}`,
      );
    },
  );

  check(
    'storing.cookie.sent-to-domain',
    'The session cookie is sent to every path of the domain and is accepted',
    async ({ target, user }) => {
      const browser = new Browser(target);
      const response = await browser.login(await user());
      const cookie = response.cookie(target.description.sessionCookie);
      assume(cookie !== undefined, `${response.summary} without a cookie ${target.description.sessionCookie}`);
      for (const path of ['/users/me', '/auth/refresh', '/items/anything', '/']) {
        const tokens = await browser.sessionTokensFor(path);
        assert(
          tokens.length > 0,
          `the cookie to go along with a request to ${path}`,
          `it does not: ${describe(cookie)}`,
        );
      }
      const me = await browser.whoAmI();
      assert(me.succeeded, 'the request of a browser that has logged in to be accepted', me.summary);
    },
  );

  check(
    'storing.cookie.lasts',
    'The session cookie has the lifetime of its token',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const mustLast = (response: Response): void => {
        const cookie = response.cookie(target.description.sessionCookie);
        assume(cookie !== undefined, `${response.summary} without a session cookie`);
        const { expires } = response.payload;
        const lifeMs = lifetimeOf(cookie.value) ?? (typeof expires === 'number' ? expires : undefined);
        if (lifeMs === undefined) throw new NotApplicable('the target does not say how long its session tokens live');
        const lasts = lifeOfCookie(target, cookie);
        assert(
          Math.abs(lasts - lifeMs) <= toleranceSince(response, target),
          `the cookie set by ${response.what} to last as long as its token lives (${lifeMs / 1000} s)`,
          lasts === Infinity ? 'it lasts until the browser is closed' : `it lasts ${Math.round(lasts / 1000)} s`,
        );
      };
      const login = await target.login(account, 'session');
      const session = target.sessionToken(login);
      mustLast(login);
      // One that ends when its predecessor would have cannot be told from a new one at once.
      await wait(someTime(session, plan));
      mustLast(await target.refreshByCookie('session', session.value, account));
    },
    { waits: true },
  );

  check(
    'storing.cookie.lasts',
    'The session cookie lasts from the Date of its response to the exp of its token',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      const session = target.sessionToken(login);
      for (const response of [login, await target.refreshByCookie('session', session.value, account)]) {
        const cookie = response.cookie(target.description.sessionCookie);
        assume(cookie !== undefined, `${response.summary} without a session cookie`);
        const { exp } = claimsOf(cookie.value) ?? {};
        const [date = ''] = response.headers('date');
        const { maxAge } = cookie;
        if (exp === undefined || Number.isNaN(Date.parse(date)) || typeof maxAge !== 'number')
          throw new NotApplicable('the target does not tell its time, or the token or the cookie their expiry');
        // Where the clock of tokens can be advanced, that of the Date may be another one.
        const now = target.time.isAdvanced ? target.time.sinceEpoch() : Date.parse(date);
        const left = exp * 1000 - now;
        assert(
          isAgreed(target, left - maxAge * 1000),
          `the session token set by ${response.what} to expire when its cookie does, by the time of the response`,
          `it expires ${Math.round(left / 1000)} s after it, and the cookie lasts ${maxAge} s`,
        );
      }
    },
  );

  check(
    'storing.cookie.overwritten',
    'A refresh, a new login and a logout leave one session cookie, the newest, or none',
    async ({ target, user, wait }) => {
      const account = await user();
      const browser = new Browser(target);
      let first: Cookie | undefined;
      const mustHoldOne = async (response: Response, when: string): Promise<void> => {
        assumeSuccess(response);
        const cookie = response.cookie(target.description.sessionCookie);
        assume(cookie !== undefined, `${response.summary} without a session cookie`);
        first ??= cookie;
        expectSameDomain(first, cookie, response);
        const newest = cookie.value;
        for (const path of ['/auth/refresh', '/users/me']) {
          const tokens = await browser.sessionTokensFor(path);
          assert(
            tokens.length === 1 && tokens[0] === newest,
            `the store to hold the newest session token alone ${when}`,
            `for ${path} it holds ${tokens.length} of them${tokens.includes(newest) ? '' : ', the newest not among them'}`,
          );
        }
      };
      await mustHoldOne(await browser.login(account), 'after a login');
      // Tokens of the same second may be the same.
      await wait(1100);
      await mustHoldOne(await browser.refresh(account), 'after a refresh');
      await mustHoldOne(await browser.login(account), 'after another login');
      const [last] = await browser.sessionTokensFor('/users/me');
      const logout = await browser.logout();
      assumeSuccess(logout);
      const left = await browser.sessionTokensFor('/users/me');
      assert(
        !left.includes(last ?? ''),
        'a logout to overwrite or remove the cookie in the browser',
        'the browser keeps the session token',
      );
      expectRejected(await browser.whoAmI(), 'the request of a browser that has logged out', account);
    },
  );

  check(
    'storing.cookie.http-only',
    'A login and a refresh set the session cookie HttpOnly',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      const session = target.sessionToken(login);
      const renewal = await target.refreshByCookie('session', session.value, account);
      for (const response of [login, renewal]) {
        const cookie = response.cookie(target.description.sessionCookie);
        assume(cookie !== undefined, `${response.summary} without a session cookie`);
        assert(
          cookie.httpOnly,
          `the session cookie set by ${response.what} to be httpOnly`,
          `it is set without HttpOnly: ${describe(cookie)}`,
        );
      }
    },
  );
});
