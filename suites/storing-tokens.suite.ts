import { targetTime } from './harness/target/time.js';
import type { Cookie } from 'tough-cookie';
import type { Account } from './harness/users/account.js';
import type { Response } from './harness/target/response.js';
import { Browser } from './harness/target/browser.js';
import { chapter, check, type CheckContext } from './harness/check.js';
import { expectAccepted, expectRejected, expectNoToken, assumeSuccess } from './harness/expectations.js';
import { expectMatchingExpiry } from './harness/target/expiry.js';
import { lifetimeOf } from './harness/target/jwt.js';
import { assert, assume, NotApplicable } from './harness/outcomes.js';
import { expectSchema } from './harness/target/schemas.js';
import { modes, type Mode, type RequestParts, type Target } from './harness/target/target.js';

/** How far the lifetime of the cookie and that of the token in it may be apart, in ms: both are rounded, and the response takes its time. */
const LIFE_TOLERANCE_MS = 3000;

function mustHoldPayload(response: Response): void {
  expectSchema('token-response-json.schema.json', response.payload, `the payload of ${response.what}`);
}

function mustBeJson(response: Response): void {
  const type = response.headers('content-type')[0] ?? 'no content type';
  assert(
    /^application\/(?:[\w.-]+\+)?json\b/i.test(type),
    `${response.what} to return application/json`,
    `it answered with ${type}`,
  );
  assert(response.json !== undefined, `the body of ${response.what} to be JSON`, 'it cannot be parsed');
}

/** How long a cookie lasts, in ms; Infinity when it does not say, which is until the browser is closed. */
const lifeOfCookie = (cookie: Cookie): number => cookie.TTL(targetTime());

chapter('Storing Tokens', () => {
  check(
    'storing.json.default',
    'A login and a refresh without a mode return the tokens in a JSON payload',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account);
      assumeSuccess(login);
      mustBeJson(login);
      assert(
        login.text('access_token') !== undefined && login.text('refresh_token') !== undefined,
        'a login without mode to return both tokens in the payload',
        `the payload holds ${Object.keys(login.payload).join(', ') || 'nothing'}`,
      );
      const { refresh } = target.standardTokens(login);
      const renewal = await target.refresh(refresh, account);
      assumeSuccess(renewal);
      mustBeJson(renewal);
      assert(
        renewal.text('access_token') !== undefined,
        'a refresh without mode to return the access token in the payload',
        `the payload holds ${Object.keys(renewal.payload).join(', ') || 'nothing'}`,
      );
    },
  );

  for (const [id, mode] of [
    ['storing.json.payload', undefined],
    ['storing.json.named', 'json'],
  ] as const) {
    check(
      id,
      'The payload has `expires`, `access_token` and `refresh_token` after a login and after each of three refreshes',
      async ({ target, user }) => {
        const account = await user();
        let response = await target.login(account, mode);
        for (let refreshes = 0; refreshes <= 3; refreshes += 1) {
          assumeSuccess(response);
          mustHoldPayload(response);
          expectMatchingExpiry(response, response.text('access_token') ?? '');
          const { refresh } = target.standardTokens(response);
          response = await target.refresh(refresh, account, mode);
        }
      },
    );
  }

  check(
    'storing.json.no-cookie',
    'A login and a refresh without a mode set no token cookie',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account);
      const { refresh } = target.standardTokens(login);
      const renewal = await target.refresh(refresh, account);
      for (const response of [login, renewal]) {
        const { sessionCookie, refreshCookie } = target.description;
        const tokens = [response.text('access_token'), response.text('refresh_token')];
        const cookie = response.cookies.find(
          ({ key, value }) => tokens.includes(value) || (value !== '' && [sessionCookie, refreshCookie].includes(key)),
        );
        assert(
          cookie === undefined,
          `${response.what} without mode to set no cookie that holds a token`,
          `it sets ${cookie?.key ?? ''}`,
        );
      }
    },
  );

  check(
    'storing.cookie.set-by-login',
    'A login in mode session sets a cookie that a browser stores',
    async ({ target, user }) => {
      const browser = new Browser(target);
      const response = await browser.login(await user());
      assumeSuccess(response);
      const { sessionCookie } = target.description;
      const cookie = response.cookie(sessionCookie);
      assert(
        cookie !== undefined,
        `a login in mode session to set a cookie ${sessionCookie}`,
        `${response.summary} without one`,
      );
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

  check('storing.cookie.lasts', 'The session cookie has the lifetime of its token', async ({ target, user }) => {
    const account = await user();
    const login = await target.login(account, 'session');
    const session = target.sessionToken(login);
    const renewal = await target.refreshByCookie('session', session.value, account);
    for (const response of [login, renewal]) {
      const cookie = response.cookie(target.description.sessionCookie);
      if (cookie === undefined) continue;
      const { expires } = response.payload;
      const lifeMs = lifetimeOf(cookie.value) ?? (typeof expires === 'number' ? expires : undefined);
      if (lifeMs === undefined) throw new NotApplicable('the target does not say how long its session tokens live');
      const lasts = lifeOfCookie(cookie);
      assert(
        Math.abs(lasts - lifeMs) <= LIFE_TOLERANCE_MS,
        `the cookie set by ${response.what} to last as long as its token lives (${lifeMs / 1000} s)`,
        lasts === Infinity ? 'it lasts until the browser is closed' : `it lasts ${Math.round(lasts / 1000)} s`,
      );
    }
  });

  check(
    'storing.cookie.overwritten',
    'A refresh, a new login and a logout leave one session cookie, the newest, or none',
    async ({ target, user, wait }) => {
      const account = await user();
      const browser = new Browser(target);
      const mustHoldOne = async (response: Response, when: string): Promise<void> => {
        assumeSuccess(response);
        const newest = response.cookie(target.description.sessionCookie)?.value;
        assume(newest !== undefined, `${response.summary} without a session cookie`);
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
        if (cookie === undefined) continue;
        assert(
          cookie.httpOnly,
          `the session cookie set by ${response.what} to be httpOnly`,
          `it is set without HttpOnly: ${describe(cookie)}`,
        );
      }
    },
  );

  check(
    'storing.json.wrapped',
    'The payload of login and refresh is wrapped in `data`, in each mode',
    async ({ target, user }) => {
      const account = await user();
      for (const mode of modes) {
        const login = await target.login(account, mode);
        assumeSuccess(login);
        for (const response of [login, await refreshOf(target, login, mode, account)]) {
          assumeSuccess(response);
          assert(
            response.pathOf('expires')[0] === 'data',
            `the payload of ${response.what} in mode ${mode} to stand in data`,
            'it stands bare in the body',
          );
        }
      }
    },
  );

  check(
    'storing.nowhere-else',
    'After a login and a refresh, in each mode, the tokens appear in their member or cookie alone',
    async ({ target, user }) => {
      const account = await user();
      const { sessionCookie, refreshCookie } = target.description;
      for (const mode of modes) {
        const login = await target.login(account, mode);
        assumeSuccess(login);
        for (const response of [login, await refreshOf(target, login, mode, account)]) {
          assumeSuccess(response);
          const secrets = [
            ...[response.text('access_token'), response.text('refresh_token')],
            ...[response.cookie(sessionCookie)?.value, response.cookie(refreshCookie)?.value],
            account.password,
          ].filter((secret) => secret !== undefined);
          const rest = { ...response.payload, access_token: undefined, refresh_token: undefined };
          const others = response.headerPairs.filter(
            ([name, value]) =>
              !(
                /^set-cookie$/i.test(name) &&
                (value.startsWith(`${sessionCookie}=`) || value.startsWith(`${refreshCookie}=`))
              ),
          );
          const where = secrets.flatMap((secret) => [
            ...(JSON.stringify(rest).includes(secret) ? ['another member of the payload'] : []),
            ...others.filter(([, value]) => value.includes(secret)).map(([name]) => `the header ${name}`),
          ]);
          assert(
            where.length === 0,
            `${response.what} in mode ${mode} to hold the tokens in their place alone, and no password`,
            `${where.join(', ')} holds one`,
          );
        }
      }
    },
  );

  check(
    'storing.nowhere-else',
    'A response to a request with a token does not hold the token',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      for (const [token, sent] of [
        [access, { header: access }],
        [access, { query: access }],
        [session, { cookie: session }],
      ] as const) {
        const response = await target.whoAmI(sent);
        assumeSuccess(response);
        const header = response.headerPairs.find(([, value]) => value.includes(token.value));
        assert(
          header === undefined && !response.body.includes(token.value),
          `${response.what} not to repeat the token that it was sent`,
          header === undefined ? 'the body holds it' : `the header ${header[0]} holds it`,
        );
      }
    },
  );

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
        hasSideEffect: true,
      });
      const response = await target.send(withCookie('/auth/refresh', first));
      assert(
        response.succeeded && response.text('access_token') !== undefined,
        'a refresh with nothing but the cookie to succeed',
        response.summary,
      );
      const second = response.cookie(refreshCookie)?.value;
      assert(second !== undefined, `the refresh to set a cookie ${refreshCookie}`, `${response.summary} without one`);
      const logout = await target.send(withCookie('/auth/logout', second));
      assert(logout.succeeded, 'a logout with nothing but the cookie to succeed', logout.summary);
      expectNoToken(
        await target.refreshByCookie('cookie', second),
        'a refresh after a logout with nothing but the cookie',
      );
    },
  );

  check(
    'storing.uncached',
    'Responses to login and refresh are marked as not storable, in each mode',
    async ({ target, user }) => {
      const account = await user();
      const { refreshCookie, sessionCookie } = target.description;
      const json = await target.login(account);
      const { refresh } = target.standardTokens(json);
      const responses = [json, await target.refresh(refresh, account)];
      for (const [mode, name] of [
        ['session', sessionCookie],
        ['cookie', refreshCookie],
      ] as const) {
        const login = await target.login(account, mode);
        responses.push(login);
        const token = login.cookie(name)?.value;
        if (token !== undefined) responses.push(await target.refreshByCookie(mode, token, account));
      }
      for (const response of responses) {
        assumeSuccess(response);
        const [control = 'nothing'] = response.headers('cache-control');
        assert(
          /no-cache|no-store/i.test(control),
          `${response.what} to say Cache-Control: no-cache or no-store`,
          `it says ${control}`,
        );
      }
    },
  );

  check(
    'storing.cookie.refresh-http-only',
    'A login and a refresh in mode cookie set the refresh cookie HttpOnly',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'cookie');
      const { refreshCookie } = target.description;
      const token = login.cookie(refreshCookie)?.value;
      assert(
        token !== undefined,
        `a login in mode cookie to set a cookie ${refreshCookie}`,
        `${login.summary} without one`,
      );
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
    'storing.cookie.same-site',
    'Token cookies have SameSite=Lax or SameSite=Strict, in each mode',
    async ({ target, user }) => {
      const account = await user();
      const { refreshCookie, sessionCookie } = target.description;
      for (const [mode, name] of [
        ['session', sessionCookie],
        ['cookie', refreshCookie],
      ] as const) {
        const login = await target.login(account, mode);
        const token = login.cookie(name)?.value;
        assume(token !== undefined, `${login.summary} without a cookie ${name}`);
        for (const response of [login, await target.refreshByCookie(mode, token, account)]) {
          const { sameSite = 'nothing' } = response.cookie(name) ?? {};
          assert(
            sameSite === 'lax' || sameSite === 'strict',
            `the cookie ${name} set by ${response.what} to say SameSite=Lax or Strict`,
            `it says ${sameSite}`,
          );
        }
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
        const value = response.cookie(refreshCookie)?.value;
        assert(
          value !== undefined,
          `${response.what} in mode cookie to set a cookie ${refreshCookie}`,
          `${response.summary} without one`,
        );
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

  check(
    'storing.cookie.attributes',
    'Token cookies have the attributes of Directus, in each mode, after a login and after a refresh',
    async ({ target, ownUser, plan }) => {
      const account = await ownUser();
      const { refreshCookie, sessionCookie } = target.description;
      for (const [mode, name] of [
        ['cookie', refreshCookie],
        ['session', sessionCookie],
      ] as const) {
        const login = await target.login(account, mode);
        const token = login.cookie(name)?.value;
        assume(token !== undefined, `${login.summary} without a cookie ${name}`);
        for (const response of [login, await target.refreshByCookie(mode, token, account)]) {
          assumeSuccess(response);
          const [cookie, second] = response.cookies.filter(({ key }) => key === name);
          const what = `the cookie ${name} set by ${response.what}`;
          assert(cookie !== undefined, `${what} to be there`, response.summary);
          assert(second === undefined, `${what} to be set once`, 'it is set twice');
          assert(cookie.path === '/', `${what} to be for the path /`, `it is for ${cookie.path ?? 'no path'}`);
          const { maxAge, expires } = cookie;
          assert(
            typeof maxAge === 'number' && expires instanceof Date,
            `${what} to say Max-Age and Expires`,
            `it does not: ${describe(cookie)}`,
          );
          const apart = expires.getTime() - (dateOf(response, plan) + maxAge * 1000);
          assert(
            Math.abs(apart) <= LIFE_TOLERANCE_MS,
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
      }
    },
  );

  check(
    'storing.cookie.secure',
    'Token cookies are Secure where the server is reached by HTTPS, in each mode',
    async ({ target, user }) => {
      const account = await user();
      const { cookieSecure, refreshCookie, sessionCookie } = target.description;
      for (const [mode, name] of [
        ['session', sessionCookie],
        ['cookie', refreshCookie],
      ] as const) {
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
      for (const mode of ['session', 'cookie'] as const) {
        const { sessionCookie, refreshCookie } = target.description;
        const login = await target.login(account, mode);
        const token = login.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
        assume(token !== undefined, `${login.summary} without its cookie`);
        for (const response of [login, await target.refreshByCookie(mode, token, account)]) {
          const tokens = [sessionCookie, refreshCookie].flatMap((name) => response.cookie(name)?.value ?? []);
          for (const cookie of response.cookies) {
            const value = decodeURIComponent(cookie.value);
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

  check(
    'storing.successes',
    'Login and refresh return 200 with JSON and logout 204 without a body, in each mode',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      for (const mode of modes) {
        const login = await target.login(account, mode);
        assert(login.status === 200, `a login in mode ${mode} to return 200`, login.summary);
        mustBeJson(login);
        const { sessionCookie, refreshCookie } = target.description;
        const token =
          mode === 'json'
            ? login.text('refresh_token')
            : login.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
        assume(token !== undefined, login.summary);
        const refresh =
          mode === 'json' ? await target.refresh(token, account) : await target.refreshByCookie(mode, token, account);
        assert(refresh.status === 200, `a refresh in mode ${mode} to return 200`, refresh.summary);
        mustBeJson(refresh);
        const next =
          mode === 'json'
            ? refresh.text('refresh_token')
            : refresh.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
        assume(next !== undefined, refresh.summary);
        const logout = mode === 'json' ? await target.logout(next) : await target.logoutByCookie(mode, next);
        assert(
          logout.status === 204 && logout.body === '',
          `a logout in mode ${mode} to return 204 and no body`,
          `${logout.summary}${logout.body === '' ? '' : ' with a body'}`,
        );
      }
    },
  );
});

/** A cookie's attributes as it was set, without its value. */
function describe(cookie: Cookie): string {
  return cookie.toString().replace(/=[^;]*/, '=…');
}

/** The refresh of a login, in its own mode. */
async function refreshOf(target: Target, login: Response, mode: Mode, account: Account): Promise<Response> {
  const { sessionCookie, refreshCookie } = target.description;
  if (mode === 'json') return target.refresh(target.standardTokens(login).refresh, account);
  const token = login.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
  assume(token !== undefined, `${login.summary} without its cookie`);
  return target.refreshByCookie(mode, token, account);
}

/** The refresh token that a response sets as a cookie: a precondition. */
function refreshCookieOf(target: Target, response: Response): string {
  const token = response.cookie(target.description.refreshCookie)?.value;
  assume(token !== undefined, `${response.summary} without a cookie ${target.description.refreshCookie}`);
  return token;
}

/**
 * When the target says that it answered, in ms since 1970; now where it does not say, and where its clock can be advanced: the header
 * Date may be of another clock then.
 */
function dateOf(response: Response, { clock }: CheckContext['plan']): number {
  const date = Date.parse(response.headers('date')[0] ?? '');
  return Number.isNaN(date) || clock !== undefined ? targetTime() : date;
}
