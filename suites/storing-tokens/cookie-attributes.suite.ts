import type { Response } from '../harness/target/http/response.js';
import { chapter, check, type CheckContext } from '../harness/check.js';
import { assumeSuccess } from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import { percentDecoded } from '../harness/target/percent-encoding.js';
import type { CookieMode } from '../harness/target/target.js';
import { describe, expectSameDomain, expectSameSite, LIFETIME_TOLERANCE_MS, toleranceSince } from './cookies.js';

/** How much later a cookie is refreshed than its login was, in ms: more than lifetimes may be apart. */
const LATER_MS = 2 * LIFETIME_TOLERANCE_MS;

/**
 * When the target says that it answered, in ms since 1970; now where it does not say, and where its clock can be advanced: the header
 * Date may be of another clock then.
 */
function dateOf(response: Response, { plan, target }: Pick<CheckContext, 'plan' | 'target'>): number {
  const date = Date.parse(response.headers('date')[0] ?? '');
  return Number.isNaN(date) || plan.clock !== undefined ? target.time.sinceEpoch() : date;
}

chapter('Storing Tokens', () => {
  check(
    'storing.cookie.same-site',
    'Token cookies have SameSite=Lax or SameSite=Strict, in each mode',
    async ({ target, user }) => {
      const account = await user();
      for (const mode of target.cookieModes) {
        const name = target.cookieOf(mode);
        const login = await target.login(account, mode);
        const token = login.cookie(name)?.value;
        assume(token !== undefined, `${login.summary} without a cookie ${name}`);
        for (const response of [login, await target.refreshByCookie(mode, token, account)])
          expectSameSite(response, name, response.what);
      }
    },
  );

  check(
    'storing.cookie.attributes',
    'Token cookies have the attributes of Directus, in each mode, after a login and after a refresh',
    async ({ target, ownUser, plan }) => {
      const account = await ownUser();
      for (const mode of target.cookieModes) {
        const name = target.cookieOf(mode);
        const login = await target.login(account, mode);
        const first = login.cookie(name);
        assume(first !== undefined, `${login.summary} without a cookie ${name}`);
        for (const response of [login, await target.refreshByCookie(mode, first.value, account)]) {
          assumeSuccess(response);
          const [cookie, second] = response.cookies.filter(({ key }) => key === name);
          const what = `the cookie ${name} set by ${response.what}`;
          assert(cookie !== undefined, `${what} to be there`, response.summary);
          assert(second === undefined, `${what} to be set once`, 'it is set twice');
          expectSameDomain(first, cookie, response);
          assert(cookie.path === '/', `${what} to be for the path /`, `it is for ${cookie.path ?? 'no path'}`);
          const { maxAge, expires } = cookie;
          assert(
            typeof maxAge === 'number' && expires instanceof Date,
            `${what} to say Max-Age and Expires`,
            `it does not: ${describe(cookie)}`,
          );
          const apart = expires.getTime() - (dateOf(response, { plan, target }) + maxAge * 1000);
          assert(
            Math.abs(apart) <= toleranceSince(response, target),
            `Max-Age and Expires of ${what} to agree`,
            `they are ${Math.round(Math.abs(apart) / 1000)} s apart: ${describe(cookie)}`,
          );
        }
        const last = await target.login(account, mode);
        const logout = await target.logoutByCookie(mode, last.cookie(name)?.value ?? '');
        assumeSuccess(logout);
        const cleared = logout.cookies.find(({ key }) => key === name);
        assert(
          cleared?.value === '' && cleared.path === '/' && cleared.httpOnly,
          `the cookie ${name} to be cleared by ${logout.what}, for the path / and httpOnly as it was set`,
          cleared === undefined ? 'it is not' : `it is set so: ${describe(cleared)}`,
        );
        expectSameDomain(first, cleared, logout);
      }
    },
  );

  check(
    'storing.cookie.attributes',
    'A cookie that a refresh sets lasts as long as that of the login, in each mode, some seconds later',
    async ({ target, ownUser, wait }) => {
      const account = await ownUser();
      const logins: [CookieMode, Response][] = [];
      for (const mode of target.cookieModes) logins.push([mode, await target.login(account, mode)]);
      await wait(LATER_MS);
      for (const [mode, login] of logins) {
        const name = target.cookieOf(mode);
        const first = login.cookie(name);
        assume(first !== undefined, `${login.summary} without a cookie ${name}`);
        const renewal = await target.refreshByCookie(mode, first.value, account);
        assumeSuccess(renewal);
        const [before, after] = [first.maxAge, renewal.cookie(name)?.maxAge];
        assert(
          typeof before === 'number' && typeof after === 'number' && (after - before) * 1000 >= -LIFETIME_TOLERANCE_MS,
          `the cookie ${name} set by ${renewal.what} to last as long as that of the login (${before} s)`,
          `it lasts ${after ?? 'no stated number of'} s`,
        );
      }
    },
    { waits: true },
  );

  check(
    'storing.cookie.secure',
    'Token cookies are Secure where the server is reached by HTTPS, in each mode',
    async ({ target, user }) => {
      const account = await user();
      const { cookieSecure } = target.description;
      for (const mode of target.cookieModes) {
        const name = target.cookieOf(mode);
        const response = await target.login(account, mode);
        const cookie = response.cookie(name);
        assume(cookie !== undefined, `${response.summary} without a cookie ${name}`);
        assert(
          cookie.secure === cookieSecure,
          `the cookie ${name} ${cookieSecure ? 'to say' : 'not to say'} Secure (--cookie-secure tells otherwise)`,
          `it is ${describe(cookie)}`,
        );
      }
    },
  );

  check(
    'storing.cookie.only-http-only',
    'A cookie that holds a token is always HttpOnly, in each mode',
    async ({ target, user }) => {
      const account = await user();
      for (const mode of target.cookieModes) {
        const { sessionCookie, refreshCookie } = target.description;
        const login = await target.login(account, mode);
        const token = login.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
        assume(token !== undefined, `${login.summary} without its cookie`);
        for (const response of [login, await target.refreshByCookie(mode, token, account)]) {
          const tokens = [sessionCookie, refreshCookie].flatMap((name) => response.cookie(name)?.value ?? []);
          for (const cookie of response.cookies) {
            const value = percentDecoded(cookie.value);
            const holds =
              value !== '' && (tokens.some((one) => value.includes(one)) || value === response.text('access_token'));
            assert(
              !holds || cookie.httpOnly,
              `${response.what} to set no cookie with a token that scripts can read`,
              `the cookie ${cookie.key} can be read`,
            );
          }
        }
      }
    },
  );
});
