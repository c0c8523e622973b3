import type { Cookie } from 'tough-cookie';
import type { Account } from './harness/users/accounts.js';
import type { Answer } from './harness/target/response.js';
import { Browser } from './harness/target/browser.js';
import { chapter, check } from './harness/check.js';
import { inWords, mustAccept, mustHandOutNoToken, mustRefuse } from './harness/expectations.js';
import { mustAgreeOnExpiry } from './harness/target/expiry.js';
import { lifeOf } from './harness/target/jwt.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import { mustBeLike } from './harness/target/schemas.js';
import { modes, type Mode, type RequestParts, type Target } from './harness/target/target.js';

/** How far the life of the cookie and that of the token in it may be apart, in ms: both are rounded, and the answer takes its time. */
const LIFE_TOLERANCE_MS = 3000;

function mustHoldPayload(answer: Answer): void {
  mustBeLike('token-response-json.schema.json', answer.payload, `the payload of ${answer.what}`);
}

function mustBeJson(answer: Answer): void {
  const type = answer.headers('content-type')[0] ?? 'no content type';
  demand(
    /^application\/(?:[\w.-]+\+)?json\b/i.test(type),
    `${answer.what} to answer with application/json`,
    `it answered with ${type}`,
  );
  demand(answer.json !== undefined, `the body of ${answer.what} to be JSON`, 'it cannot be parsed');
}

/** How long a cookie lasts, in ms; Infinity when it does not say, which is until the browser is closed. */
const lifeOfCookie = (cookie: Cookie): number => cookie.TTL();

chapter('Storing Tokens', () => {
  check('storing.json.default', 'login and refresh answer in JSON, with the tokens in it', async ({ target, user }) => {
    const account = await user();
    const login = await target.login(account);
    require(login.succeeded, inWords(login));
    mustBeJson(login);
    demand(
      login.text('access_token') !== undefined && login.text('refresh_token') !== undefined,
      'a login without mode to answer with both tokens in the payload',
      `the payload holds ${Object.keys(login.payload).join(', ') || 'nothing'}`,
    );
    const { refresh } = target.standardTokens(login, performance.now());
    const renewal = await target.refresh(refresh, account);
    if (!renewal.succeeded) target.excuseIfOvertaken(refresh);
    require(renewal.succeeded, inWords(renewal));
    mustBeJson(renewal);
    demand(
      renewal.text('access_token') !== undefined,
      'a refresh without mode to answer with the access token in the payload',
      `the payload holds ${Object.keys(renewal.payload).join(', ') || 'nothing'}`,
    );
  });

  for (const [id, mode] of [
    ['storing.json.payload', undefined],
    ['storing.json.named', 'json'],
  ] as const) {
    check(id, 'after a login, and after each of three refreshes', async ({ target, user }) => {
      const account = await user();
      let answer = await target.login(account, mode);
      for (let refreshes = 0; refreshes <= 3; refreshes += 1) {
        require(answer.succeeded, inWords(answer));
        mustHoldPayload(answer);
        mustAgreeOnExpiry(answer, answer.text('access_token') ?? '');
        const { refresh } = target.standardTokens(answer, performance.now());
        answer = await target.refresh(refresh, account, mode);
        if (!answer.succeeded) target.excuseIfOvertaken(refresh);
      }
    });
  }

  check(
    'storing.json.no-cookie',
    'neither login nor refresh sets a cookie that holds a token',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account);
      const { refresh } = target.standardTokens(login, performance.now());
      const renewal = await target.refresh(refresh, account);
      for (const answer of [login, renewal]) {
        const { sessionCookie, refreshCookie } = target.description;
        const tokens = [answer.text('access_token'), answer.text('refresh_token')];
        const cookie = answer.cookies.find(
          ({ key, value }) => tokens.includes(value) || (value !== '' && [sessionCookie, refreshCookie].includes(key)),
        );
        demand(
          cookie === undefined,
          `${answer.what} without mode to set no cookie that holds a token`,
          `it sets ${cookie?.key ?? ''}`,
        );
      }
    },
  );

  check('storing.cookie.set-by-login', 'a browser stores the cookie', async ({ target, user }) => {
    const browser = new Browser(target);
    const answer = await browser.login(await user());
    require(answer.succeeded, inWords(answer));
    const { sessionCookie } = target.description;
    const cookie = answer.cookie(sessionCookie);
    demand(
      cookie !== undefined,
      `a login in mode session to set a cookie ${sessionCookie}`,
      `${inWords(answer)} without one`,
    );
    const stored = await browser.sessionTokensFor(cookie.path ?? '/auth/login');
    demand(
      stored.includes(cookie.value),
      `a browser to store the cookie for ${new URL(target.description.url).host}`,
      `it drops it: ${describe(cookie)}`,
    );
  });

  check(
    'storing.cookie.sent-to-domain',
    'the store sends the cookie to every path, and it authenticates',
    async ({ target, user }) => {
      const browser = new Browser(target);
      const answer = await browser.login(await user());
      const cookie = answer.cookie(target.description.sessionCookie);
      require(cookie !== undefined, `${inWords(answer)} without a cookie ${target.description.sessionCookie}`);
      for (const path of ['/users/me', '/auth/refresh', '/items/anything', '/']) {
        const tokens = await browser.sessionTokensFor(path);
        demand(
          tokens.length > 0,
          `the cookie to go along with a request to ${path}`,
          `it does not: ${describe(cookie)}`,
        );
      }
      const me = await browser.whoAmI();
      demand(me.succeeded, 'the request of a browser that has logged in to be accepted', inWords(me));
    },
  );

  check('storing.cookie.lasts', 'the cookie and the token in it end together', async ({ target, user }) => {
    const account = await user();
    const login = await target.login(account, 'session');
    const session = target.sessionToken(login, performance.now());
    const renewal = await target.refreshByCookie('session', session.value, account);
    for (const answer of [login, renewal]) {
      const cookie = answer.cookie(target.description.sessionCookie);
      if (cookie === undefined) continue;
      const { expires } = answer.payload;
      const lifeMs = lifeOf(cookie.value) ?? (typeof expires === 'number' ? expires : undefined);
      if (lifeMs === undefined) throw new NotApplicable('the target does not say how long its session tokens live');
      const lasts = lifeOfCookie(cookie);
      demand(
        Math.abs(lasts - lifeMs) <= LIFE_TOLERANCE_MS,
        `the cookie set by ${answer.what} to last as long as its token lives (${lifeMs / 1000} s)`,
        lasts === Infinity ? 'it lasts until the browser is closed' : `it lasts ${Math.round(lasts / 1000)} s`,
      );
    }
  });

  check(
    'storing.cookie.overwritten',
    'refresh, new login and logout leave one cookie, the newest, or none',
    async ({ target, user, wait }) => {
      const account = await user();
      const browser = new Browser(target);
      const mustHoldOne = async (answer: Answer, when: string): Promise<void> => {
        require(answer.succeeded, inWords(answer));
        const newest = answer.cookie(target.description.sessionCookie)?.value;
        require(newest !== undefined, `${inWords(answer)} without a session cookie`);
        for (const path of ['/auth/refresh', '/users/me']) {
          const tokens = await browser.sessionTokensFor(path);
          demand(
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
      require(logout.succeeded, inWords(logout));
      const left = await browser.sessionTokensFor('/users/me');
      demand(
        !left.includes(last ?? ''),
        'a logout to overwrite or remove the cookie in the browser',
        'the browser keeps the session token',
      );
      mustRefuse(await browser.whoAmI(), 'the request of a browser that has logged out', account);
    },
  );

  check('storing.cookie.http-only', 'login and refresh set the cookie httpOnly', async ({ target, user }) => {
    const account = await user();
    const login = await target.login(account, 'session');
    const session = target.sessionToken(login, performance.now());
    const renewal = await target.refreshByCookie('session', session.value, account);
    for (const answer of [login, renewal]) {
      const cookie = answer.cookie(target.description.sessionCookie);
      if (cookie === undefined) continue;
      demand(
        cookie.httpOnly,
        `the session cookie set by ${answer.what} to be httpOnly`,
        `it is set without HttpOnly: ${describe(cookie)}`,
      );
    }
  });

  check('storing.json.wrapped', 'login and refresh, in each mode', async ({ target, user }) => {
    const account = await user();
    for (const mode of modes) {
      const login = await target.login(account, mode);
      require(login.succeeded, inWords(login));
      for (const answer of [login, await refreshOf(target, login, mode, account)]) {
        require(answer.succeeded, inWords(answer));
        demand(
          answer.pathOf('expires')[0] === 'data',
          `the payload of ${answer.what} in mode ${mode} to stand in data`,
          'it stands bare in the body',
        );
      }
    }
  });

  check('storing.nowhere-else', 'after a login and a refresh, in each mode', async ({ target, user }) => {
    const account = await user();
    const { sessionCookie, refreshCookie } = target.description;
    for (const mode of modes) {
      const login = await target.login(account, mode);
      require(login.succeeded, inWords(login));
      for (const answer of [login, await refreshOf(target, login, mode, account)]) {
        require(answer.succeeded, inWords(answer));
        const secrets = [
          ...[answer.text('access_token'), answer.text('refresh_token')],
          ...[answer.cookie(sessionCookie)?.value, answer.cookie(refreshCookie)?.value],
          account.password,
        ].filter((secret) => secret !== undefined);
        const rest = { ...answer.payload, access_token: undefined, refresh_token: undefined };
        const others = answer.response.headers.filter(
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
        demand(
          where.length === 0,
          `${answer.what} in mode ${mode} to hold the tokens in their place alone, and no password`,
          `${where.join(', ')} holds one`,
        );
      }
    }
  });

  check('storing.nowhere-else', 'in the answer to a request with a token', async ({ target, user }) => {
    const account = await user();
    const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    for (const [token, sent] of [
      [access, { header: access }],
      [access, { query: access }],
      [session, { cookie: session }],
    ] as const) {
      const answer = await target.whoAmI(sent);
      require(answer.succeeded, inWords(answer));
      const header = answer.response.headers.find(([, value]) => value.includes(token.value));
      demand(
        header === undefined && !answer.response.body.includes(token.value),
        `${answer.what} not to repeat the token that it was sent`,
        header === undefined ? 'the body holds it' : `the header ${header[0]} holds it`,
      );
    }
  });

  check('storing.cookie.default-mode', 'refresh, then logout', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refreshCookie } = target.description;
    const first = refreshCookieOf(target, await target.login(account, 'cookie'));
    const withCookie = (path: string, token: string): RequestParts => ({
      path,
      headers: { Cookie: `${refreshCookie}=${token}` },
      body: {},
      mustEnd: true,
    });
    const answer = await target.send(withCookie('/auth/refresh', first));
    demand(
      answer.succeeded && answer.text('access_token') !== undefined,
      'a refresh with nothing but the cookie to succeed',
      inWords(answer),
    );
    const second = answer.cookie(refreshCookie)?.value;
    demand(second !== undefined, `the refresh to set a cookie ${refreshCookie}`, `${inWords(answer)} without one`);
    const logout = await target.send(withCookie('/auth/logout', second));
    demand(logout.succeeded, 'a logout with nothing but the cookie to succeed', inWords(logout));
    mustHandOutNoToken(
      target,
      await target.refreshByCookie('cookie', second),
      'a refresh after a logout with nothing but the cookie',
    );
  });

  check('storing.uncached', 'login and refresh say so, in each mode', async ({ target, user }) => {
    const account = await user();
    const { refreshCookie, sessionCookie } = target.description;
    const json = await target.login(account);
    const { refresh } = target.standardTokens(json, performance.now());
    const answers = [json, await target.refresh(refresh, account)];
    for (const [mode, name] of [
      ['session', sessionCookie],
      ['cookie', refreshCookie],
    ] as const) {
      const login = await target.login(account, mode);
      answers.push(login);
      const token = login.cookie(name)?.value;
      if (token !== undefined) answers.push(await target.refreshByCookie(mode, token, account));
    }
    for (const answer of answers) {
      require(answer.succeeded, inWords(answer));
      const [control = 'nothing'] = answer.headers('cache-control');
      demand(
        /no-cache|no-store/i.test(control),
        `${answer.what} to say Cache-Control: no-cache or no-store`,
        `it says ${control}`,
      );
    }
  });

  check(
    'storing.cookie.refresh-http-only',
    'login and refresh in mode cookie set it httpOnly',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'cookie');
      const { refreshCookie } = target.description;
      const token = login.cookie(refreshCookie)?.value;
      demand(
        token !== undefined,
        `a login in mode cookie to set a cookie ${refreshCookie}`,
        `${inWords(login)} without one`,
      );
      mustBeLike('token-response-cookie.schema.json', login.payload, 'the payload of a login in mode cookie');
      for (const answer of [login, await target.refreshByCookie('cookie', token, account)]) {
        require(answer.succeeded, inWords(answer));
        mustAgreeOnExpiry(answer, answer.text('access_token') ?? '');
        demand(
          answer.cookie(refreshCookie)?.httpOnly === true,
          `the cookie ${refreshCookie} set by ${answer.what} to be httpOnly`,
          'it is not',
        );
      }
    },
  );

  check('storing.cookie.same-site', 'the cookies of each mode say SameSite=Lax or Strict', async ({ target, user }) => {
    const account = await user();
    const { refreshCookie, sessionCookie } = target.description;
    for (const [mode, name] of [
      ['session', sessionCookie],
      ['cookie', refreshCookie],
    ] as const) {
      const login = await target.login(account, mode);
      const token = login.cookie(name)?.value;
      require(token !== undefined, `${inWords(login)} without a cookie ${name}`);
      for (const answer of [login, await target.refreshByCookie(mode, token, account)]) {
        const { sameSite = 'nothing' } = answer.cookie(name) ?? {};
        demand(
          sameSite === 'lax' || sameSite === 'strict',
          `the cookie ${name} set by ${answer.what} to say SameSite=Lax or Strict`,
          `it says ${sameSite}`,
        );
      }
    }
  });

  check('storing.cookie.refresh-alone', 'after a login and after a refresh', async ({ target, user }) => {
    const account = await user();
    const login = await target.login(account, 'cookie');
    const { refreshCookie, sessionCookie } = target.description;
    const token = refreshCookieOf(target, login);
    for (const answer of [login, await target.refreshByCookie('cookie', token, account)]) {
      require(answer.succeeded, inWords(answer));
      const value = answer.cookie(refreshCookie)?.value;
      demand(
        value !== undefined,
        `${answer.what} in mode cookie to set a cookie ${refreshCookie}`,
        `${inWords(answer)} without one`,
      );
      demand(
        !answer.response.body.includes(value) && answer.text('refresh_token') === undefined,
        `the body of ${answer.what} in mode cookie to hold no refresh token`,
        'it holds one',
      );
      demand(
        answer.cookie(sessionCookie) === undefined,
        `${answer.what} in mode cookie to set no session cookie`,
        'it sets one',
      );
    }
  });

  check('storing.cookie.refresh-rotates', 'the new cookie works, the old one does not', async ({ target, user }) => {
    const account = await user();
    const first = refreshCookieOf(target, await target.login(account, 'cookie'));
    const obtainedAt = performance.now();
    const answer = await target.refreshByCookie('cookie', first, account);
    demand(answer.succeeded, 'a refresh in mode cookie to succeed', inWords(answer));
    const second = answer.cookie(target.description.refreshCookie)?.value;
    demand(
      second !== undefined && second !== first,
      'a refresh in mode cookie to set a new refresh token',
      second === undefined ? 'it sets none' : 'it sets the old one again',
    );
    const access = target.accessToken(answer, obtainedAt);
    mustAccept(
      target,
      await target.whoAmI({ header: access }),
      account,
      access,
      'the access token out of a refresh in mode cookie',
    );
    mustHandOutNoToken(
      target,
      await target.refreshByCookie('cookie', first, account),
      'a refresh token that was used before, in mode cookie,',
    );
    mustHandOutNoToken(
      target,
      await target.refresh(first, account),
      'a refresh token of mode cookie that was used before, in the body,',
    );
    const next = await target.refreshByCookie('cookie', second, account);
    demand(next.succeeded, 'the new refresh token to buy the next one', inWords(next));
  });

  check('storing.cookie.refresh-logout', 'in a browser', async ({ target, ownUser }) => {
    const account = await ownUser();
    const token = refreshCookieOf(target, await target.login(account, 'cookie'));
    const logout = await target.logoutByCookie('cookie', token);
    demand(logout.succeeded, 'a logout in mode cookie to succeed', inWords(logout));
    const cleared = logout.cookies.find(({ key }) => key === target.description.refreshCookie);
    demand(
      cleared?.value === '' && cleared.path === '/',
      `a logout in mode cookie to clear the cookie ${target.description.refreshCookie} for the path /`,
      cleared === undefined ? 'it does not set it' : `it sets it so: ${describe(cleared)}`,
    );
    mustHandOutNoToken(
      target,
      await target.refreshByCookie('cookie', token),
      'a refresh, in mode cookie, after the logout',
    );
    mustHandOutNoToken(target, await target.refresh(token), 'a refresh by the token of the cookie, after the logout,');
  });

  check(
    'storing.cookie.attributes',
    'the cookies of each mode, after a login and after a refresh',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { refreshCookie, sessionCookie } = target.description;
      for (const [mode, name] of [
        ['cookie', refreshCookie],
        ['session', sessionCookie],
      ] as const) {
        const login = await target.login(account, mode);
        const token = login.cookie(name)?.value;
        require(token !== undefined, `${inWords(login)} without a cookie ${name}`);
        for (const answer of [login, await target.refreshByCookie(mode, token, account)]) {
          require(answer.succeeded, inWords(answer));
          const [cookie, second] = answer.cookies.filter(({ key }) => key === name);
          const what = `the cookie ${name} set by ${answer.what}`;
          demand(cookie !== undefined, `${what} to be there`, inWords(answer));
          demand(second === undefined, `${what} to be set once`, 'it is set twice');
          demand(cookie.path === '/', `${what} to be for the path /`, `it is for ${cookie.path ?? 'no path'}`);
          const { maxAge, expires } = cookie;
          demand(
            typeof maxAge === 'number' && expires instanceof Date,
            `${what} to say Max-Age and Expires`,
            `it does not: ${describe(cookie)}`,
          );
          const apart = expires.getTime() - (dateOf(answer) + maxAge * 1000);
          demand(
            Math.abs(apart) <= LIFE_TOLERANCE_MS,
            `Max-Age and Expires of ${what} to agree`,
            `they are ${Math.round(Math.abs(apart) / 1000)} s apart: ${describe(cookie)}`,
          );
        }
        const last = await target.login(account, mode);
        const logout = await target.logoutByCookie(mode, last.cookie(name)?.value ?? '');
        require(logout.succeeded, inWords(logout));
        const cleared = logout.cookies.find(({ key }) => key === name);
        demand(
          cleared?.value === '' && cleared.path === '/' && cleared.httpOnly,
          `the cookie ${name} to be cleared by ${logout.what}, for the path / and httpOnly as it was set`,
          cleared === undefined ? 'it is not' : `it is set so: ${describe(cleared)}`,
        );
      }
    },
  );

  check('storing.cookie.secure', 'the cookies of each mode', async ({ target, user }) => {
    const account = await user();
    const { cookieSecure, refreshCookie, sessionCookie } = target.description;
    for (const [mode, name] of [
      ['session', sessionCookie],
      ['cookie', refreshCookie],
    ] as const) {
      const answer = await target.login(account, mode);
      const cookie = answer.cookie(name);
      require(cookie !== undefined, `${inWords(answer)} without a cookie ${name}`);
      demand(
        cookie.secure === cookieSecure,
        `the cookie ${name} ${cookieSecure ? 'to say' : 'not to say'} Secure (--cookie-secure tells otherwise)`,
        `it is ${describe(cookie)}`,
      );
    }
  });

  check('storing.cookie.only-http-only', 'in each mode', async ({ target, user }) => {
    const account = await user();
    for (const mode of ['session', 'cookie'] as const) {
      const { sessionCookie, refreshCookie } = target.description;
      const login = await target.login(account, mode);
      const token = login.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
      require(token !== undefined, `${inWords(login)} without its cookie`);
      for (const answer of [login, await target.refreshByCookie(mode, token, account)]) {
        const tokens = [sessionCookie, refreshCookie].flatMap((name) => answer.cookie(name)?.value ?? []);
        for (const cookie of answer.cookies) {
          const value = decodeURIComponent(cookie.value);
          const holds =
            value !== '' && (tokens.some((one) => value.includes(one)) || value === answer.text('access_token'));
          demand(
            !holds || cookie.httpOnly,
            `${answer.what} to set no cookie with a token that scripts can read`,
            `the cookie ${cookie.key} can be read`,
          );
        }
      }
    }
  });

  check('storing.successes', 'in each mode', async ({ target, ownUser }) => {
    const account = await ownUser();
    for (const mode of modes) {
      const login = await target.login(account, mode);
      demand(login.status === 200, `a login in mode ${mode} to answer with 200`, inWords(login));
      mustBeJson(login);
      const { sessionCookie, refreshCookie } = target.description;
      const token =
        mode === 'json'
          ? login.text('refresh_token')
          : login.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
      require(token !== undefined, inWords(login));
      const refresh =
        mode === 'json' ? await target.refresh(token, account) : await target.refreshByCookie(mode, token, account);
      demand(refresh.status === 200, `a refresh in mode ${mode} to answer with 200`, inWords(refresh));
      mustBeJson(refresh);
      const next =
        mode === 'json'
          ? refresh.text('refresh_token')
          : refresh.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
      require(next !== undefined, inWords(refresh));
      const logout =
        mode === 'json'
          ? await target.logout({ type: 'refresh', value: next, goodUntil: Infinity })
          : await target.logoutByCookie(mode, next);
      demand(
        logout.status === 204 && logout.response.body === '',
        `a logout in mode ${mode} to answer with 204 and no body`,
        `${inWords(logout)}${logout.response.body === '' ? '' : ' with a body'}`,
      );
    }
  });
});

/** A cookie's attributes as it was set, without its value. */
function describe(cookie: Cookie): string {
  return cookie.toString().replace(/=[^;]*/, '=…');
}

/** The refresh of a login, in its own mode. */
async function refreshOf(target: Target, login: Answer, mode: Mode, account: Account): Promise<Answer> {
  const { sessionCookie, refreshCookie } = target.description;
  if (mode === 'json') return target.refresh(target.standardTokens(login, performance.now()).refresh, account);
  const token = login.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value;
  require(token !== undefined, `${inWords(login)} without its cookie`);
  return target.refreshByCookie(mode, token, account);
}

/** The refresh token that an answer sets as a cookie: a precondition. */
function refreshCookieOf(target: Target, answer: Answer): string {
  const token = answer.cookie(target.description.refreshCookie)?.value;
  require(token !== undefined, `${inWords(answer)} without a cookie ${target.description.refreshCookie}`);
  return token;
}

/** When the target says that it answered, in ms since 1970; now where it does not say. */
function dateOf(answer: Answer): number {
  const date = Date.parse(answer.headers('date')[0] ?? '');
  return Number.isNaN(date) ? Date.now() : date;
}
