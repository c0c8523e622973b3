import type { Response } from '../harness/target/http/response.js';
import { chapter, check } from '../harness/check.js';
import { assumeSuccess, expectAccepted, expectCookie, expectNoToken } from '../harness/expectations.js';
import { expectMatchingExpiry } from '../harness/target/tokens/expiry.js';
import { assert, assume } from '../harness/outcomes.js';
import { expectSchema } from '../harness/target/schemas.js';
import type { RequestParts, Target } from '../harness/target/target.js';
import { describe } from './cookies.js';

/** The refresh token that a response sets as a cookie: a precondition. */
function refreshCookieOf(target: Target, response: Response): string {
  const token = response.cookie(target.description.refreshCookie)?.value;
  assume(token !== undefined, `${response.summary} without a cookie ${target.description.refreshCookie}`);
  return token;
}

chapter('Storing Tokens', () => {
  check(
    'storing.cookie.default-mode',
    'A refresh and a logout without a mode use the refresh cookie',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { refreshCookie } = target.description;
      const first = refreshCookieOf(target, await target.login(account, 'cookie'));
      const withCookie = (path: string, token: string): RequestParts => ({
        path,
        headers: { Cookie: `${refreshCookie}=${token}` },
        body: {},
      });
      const response = await target.send(withCookie('/auth/refresh', first));
      assert(
        response.succeeded && response.text('access_token') !== undefined,
        'a refresh with nothing but the cookie to succeed',
        response.summary,
      );
      const { value: second } = expectCookie(response, refreshCookie, 'the refresh');
      const logout = await target.send(withCookie('/auth/logout', second));
      assert(logout.succeeded, 'a logout with nothing but the cookie to succeed', logout.summary);
      expectNoToken(
        await target.refreshByCookie('cookie', second),
        'a refresh after a logout with nothing but the cookie',
      );
    },
  );

  check(
    'storing.cookie.refresh-http-only',
    'A login and a refresh in mode cookie set the refresh cookie HttpOnly',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'cookie');
      const { refreshCookie } = target.description;
      const { value: token } = expectCookie(login, refreshCookie, 'a login in mode cookie');
      expectSchema('token-response-cookie.schema.json', login.payload, 'the payload of a login in mode cookie');
      for (const response of [login, await target.refreshByCookie('cookie', token, account)]) {
        assumeSuccess(response);
        expectMatchingExpiry(response, response.text('access_token') ?? '');
        assert(
          response.cookie(refreshCookie)?.httpOnly === true,
          `the cookie ${refreshCookie} set by ${response.what} to be httpOnly`,
          'it is not',
        );
      }
    },
  );

  check(
    'storing.cookie.refresh-alone',
    'In mode cookie the refresh token is delivered in a cookie alone, after a login and after a refresh',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'cookie');
      const { refreshCookie, sessionCookie } = target.description;
      const token = refreshCookieOf(target, login);
      for (const response of [login, await target.refreshByCookie('cookie', token, account)]) {
        assumeSuccess(response);
        const { value } = expectCookie(response, refreshCookie, `${response.what} in mode cookie`);
        assert(
          !response.body.includes(value) && response.text('refresh_token') === undefined,
          `the body of ${response.what} in mode cookie to hold no refresh token`,
          'it holds one',
        );
        assert(
          response.cookie(sessionCookie) === undefined,
          `${response.what} in mode cookie to set no session cookie`,
          'it sets one',
        );
      }
    },
  );

  check(
    'storing.cookie.refresh-rotates',
    'In mode cookie a refresh replaces the cookie, and the used refresh token is rejected',
    async ({ target, user }) => {
      const account = await user();
      const first = refreshCookieOf(target, await target.login(account, 'cookie'));
      const response = await target.refreshByCookie('cookie', first, account);
      assert(response.succeeded, 'a refresh in mode cookie to succeed', response.summary);
      const second = response.cookie(target.description.refreshCookie)?.value;
      assert(
        second !== undefined && second !== first,
        'a refresh in mode cookie to set a new refresh token',
        second === undefined ? 'it sets none' : 'it sets the old one again',
      );
      const access = target.accessToken(response);
      expectAccepted(
        await target.whoAmI({ header: access }),
        account,
        'the access token out of a refresh in mode cookie',
      );
      expectNoToken(
        await target.refreshByCookie('cookie', first, account),
        'a refresh token that was used before, in mode cookie,',
      );
      expectNoToken(
        await target.refresh(first, account),
        'a refresh token of mode cookie that was used before, in the body,',
      );
      const next = await target.refreshByCookie('cookie', second, account);
      assert(next.succeeded, 'the new refresh token to be exchanged for the next one', next.summary);
    },
  );

  check(
    'storing.cookie.refresh-logout',
    'In mode cookie a logout clears the cookie in a browser and revokes the refresh token',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const token = refreshCookieOf(target, await target.login(account, 'cookie'));
      const logout = await target.logoutByCookie('cookie', token);
      assert(logout.succeeded, 'a logout in mode cookie to succeed', logout.summary);
      const cleared = logout.cookies.find(({ key }) => key === target.description.refreshCookie);
      assert(
        cleared?.value === '' && cleared.path === '/',
        `a logout in mode cookie to clear the cookie ${target.description.refreshCookie} for the path /`,
        cleared === undefined ? 'it does not set it' : `it sets it so: ${describe(cleared)}`,
      );
      expectNoToken(await target.refreshByCookie('cookie', token), 'a refresh, in mode cookie, after the logout');
      expectNoToken(await target.refresh(token), 'a refresh by the token of the cookie, after the logout,');
    },
  );
});
