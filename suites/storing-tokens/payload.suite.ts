import { claimsOf } from '../harness/target/tokens/jwt.js';
import type { Account } from '../harness/users/account.js';
import type { Response } from '../harness/target/http/response.js';
import { chapter, check } from '../harness/check.js';
import { assumeSuccess } from '../harness/expectations.js';
import { expectMatchingExpiry } from '../harness/target/tokens/expiry.js';
import { assert, assume } from '../harness/outcomes.js';
import { expectSchema } from '../harness/target/schemas.js';
import type { Mode, Target } from '../harness/target/target.js';
import { refreshIn, renewableIn } from '../harness/target/tokens/in-mode.js';

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

/** The refresh of a login, in its own mode. */
async function refreshOf(target: Target, login: Response, mode: Mode, account: Account): Promise<Response> {
  const token = renewableIn(target, login, mode);
  assume(token !== undefined, `${login.summary} without the token of its mode`);
  return refreshIn(target, mode, token, account);
}

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

  check(
    'storing.json.default',
    'A login and a refresh without a mode return the tokens as JSON whatever cookies and headers they carry',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { email, password } = account;
      const { sessionCookie, refreshCookie } = target.description;
      const [session] = await target.sessionsOf(account);
      const cookies = [
        `${refreshCookie}=${(await target.loggedIn(account)).refresh.value}`,
        ...(session === undefined ? [] : [`${sessionCookie}=${session.value}`]),
      ];
      const carried: [string, Record<string, string>][] = [
        ...cookies.map((cookie): [string, Record<string, string>] => [
          `the cookie ${cookie.slice(0, cookie.indexOf('='))}`,
          { Cookie: cookie },
        ]),
        ['both token cookies and one of another program', { Cookie: [...cookies, 'theme=dark'].join('; ') }],
        ['Accept text/html', { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }],
        ['X-Requested-With', { 'X-Requested-With': 'XMLHttpRequest' }],
        ['its own Origin', { Origin: new URL(target.description.url).origin, 'Sec-Fetch-Site': 'same-origin' }],
      ];
      for (const [what, headers] of carried) {
        const login = await target.send({
          path: '/auth/login',
          headers,
          body: { email, password },
        });
        const refresh_token = login.text('refresh_token');
        const renewal =
          refresh_token === undefined
            ? undefined
            : await target.send({ path: '/auth/refresh', headers, body: { refresh_token } });
        for (const response of [login, renewal ?? login]) {
          assumeSuccess(response);
          const isJson = response.text('access_token') !== undefined && response.text('refresh_token') !== undefined;
          const set = [sessionCookie, refreshCookie].find((name) => response.cookie(name) !== undefined);
          assert(
            isJson && set === undefined,
            `${response.what} without a mode, with ${what}, to return both tokens in the payload and none as cookie`,
            isJson
              ? `it sets ${set ?? ''}`
              : `the payload holds ${Object.keys(response.payload).join(', ') || 'nothing'}`,
          );
        }
      }
    },
  );

  check(
    'storing.json.default',
    'A mode in the URL, which is no part of the body, changes nothing about a login and a refresh',
    async ({ target, user }) => {
      const account = await user();
      const { email, password } = account;
      account.nameIn(target.evidence);
      const { sessionCookie, refreshCookie } = target.description;
      for (const mode of ['session', 'cookie']) {
        const login = await target.send({
          path: `/auth/login?mode=${mode}`,
          body: { email, password },
        });
        assumeSuccess(login);
        const body = { refresh_token: login.text('refresh_token') };
        const renewal = await target.send({ path: `/auth/refresh?mode=${mode}`, body });
        for (const response of [login, renewal]) {
          const set = [sessionCookie, refreshCookie].find((name) => response.cookie(name) !== undefined);
          assert(
            response.text('access_token') !== undefined && set === undefined,
            `${response.what} to return the tokens in the payload and none as cookie, with mode=${mode} in the URL`,
            set === undefined ? response.summary : `it sets ${set}`,
          );
        }
      }
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
    'storing.json.wrapped',
    'The payload of login and refresh is wrapped in `data`, in each mode',
    async ({ target, user }) => {
      const account = await user();
      for (const mode of target.modes) {
        const login = await target.login(account, mode);
        assumeSuccess(login);
        for (const response of [login, await refreshOf(target, login, mode, account)]) {
          assumeSuccess(response);
          assert(
            response.pathOf('expires')[0] === 'data',
            `the payload of ${response.what} in mode ${mode} to be in data`,
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
      for (const mode of target.modes) {
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
            // Everybody can read the claims of a JWT.
            ...secrets
              .filter((token) => token !== secret && JSON.stringify(claimsOf(token) ?? {}).includes(secret))
              .map(() => 'a claim of a token'),
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
      const [{ access }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      for (const { token, sent } of [
        { token: access, sent: { header: access } },
        { token: access, sent: { query: access } },
        ...sessions.map((session) => ({ token: session, sent: { cookie: session } })),
      ]) {
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
    'storing.uncached',
    'Responses to login and refresh are marked as not storable, in each mode',
    async ({ target, user }) => {
      const account = await user();
      const json = await target.login(account);
      const { refresh } = target.standardTokens(json);
      const responses = [json, await target.refresh(refresh, account)];
      for (const mode of target.cookieModes) {
        const name = target.cookieOf(mode);
        const login = await target.login(account, mode);
        responses.push(login);
        const token = login.cookie(name)?.value;
        assume(token !== undefined, `${login.summary} without a cookie ${name}`);
        responses.push(await target.refreshByCookie(mode, token, account));
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
    'storing.successes',
    'Login and refresh return 200 with JSON and logout 204 without a body, in each mode',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      for (const mode of target.modes) {
        const login = await target.login(account, mode);
        assert(login.status === 200, `a login in mode ${mode} to return 200`, login.summary);
        mustBeJson(login);
        const token = renewableIn(target, login, mode);
        assume(token !== undefined, login.summary);
        const refresh = await refreshIn(target, mode, token, account);
        assert(refresh.status === 200, `a refresh in mode ${mode} to return 200`, refresh.summary);
        mustBeJson(refresh);
        const next = renewableIn(target, refresh, mode);
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
