import type { Response } from '../harness/target/http/response.js';
import { chapter, check } from '../harness/check.js';
import { graphql, outcome, result, written } from '../harness/target/graphql.js';
import { expectRejected } from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import type { Target } from '../harness/target/target.js';
import { lifetimeOf } from '../harness/target/tokens/jwt.js';
import { refreshTokenOf, refresh, expectNoTokens, login, mustSayExpiry, TOKENS } from './mutations.js';

const nameOfCookie = ({ description }: Target, mode: 'cookie' | 'session'): string =>
  mode === 'session' ? description.sessionCookie : description.refreshCookie;

/** The token that a response sets as the cookie of a mode. */
const cookieOf = (target: Target, response: Response, mode: 'cookie' | 'session'): string | undefined =>
  response.cookie(nameOfCookie(target, mode))?.value;

/** auth_refresh or auth_logout by the cookie of a mode. */
const exchange = async (
  target: Target,
  mutation: 'auth_refresh' | 'auth_logout',
  mode: 'cookie' | 'session',
  token: string,
): Promise<Response> =>
  graphql(
    target,
    `mutation{${mutation}(mode:${mode})${mutation === 'auth_refresh' ? TOKENS : ''}}`,
    {},
    {
      Cookie: `${nameOfCookie(target, mode)}=${token}`,
    },
  );

chapter('GraphQL', () => {
  check(
    'graphql.refresh',
    'auth_refresh issues new tokens and rejects the refresh token that it replaced',
    async ({ target, newUser }) => {
      const { email, password, id } = await newUser();
      const token = await refreshTokenOf(target, email, password);
      const response = await refresh(target, token);
      const { access_token, refresh_token } = result(response, 'auth_refresh');
      assert(
        typeof access_token === 'string' && typeof refresh_token === 'string',
        'auth_refresh to return new tokens',
        outcome(response),
      );
      mustSayExpiry(response, 'auth_refresh', lifetimeOf(access_token));
      const me = await target.whoAmI({ header: access_token });
      assert(me.id() === id, 'the new access token to identify its user', me.summary);
      expectNoTokens(target, await refresh(target, token), 'auth_refresh with a refresh token that was used before');
      expectNoTokens(target, await refresh(target, access_token), 'auth_refresh with an access token');
      expectNoTokens(target, await refresh(target, 'unknown'), 'auth_refresh with an unknown token');
    },
  );

  check(
    'graphql.refresh',
    'auth_refresh works with the cookies of modes cookie and session',
    async ({ target, newUser }) => {
      const { email, password, id } = await newUser();
      for (const mode of target.cookieModes) {
        const first = cookieOf(target, await login(target, email, password, mode), mode);
        assume(first !== undefined, `auth_login in mode ${mode} sets no cookie`);
        const headers = { Cookie: `${nameOfCookie(target, mode)}=${first}` };
        expectNoTokens(
          target,
          await graphql(target, `mutation{auth_refresh${TOKENS}}`, {}, headers),
          'auth_refresh without a mode, by a cookie,',
        );
        const response = await exchange(target, 'auth_refresh', mode, first);
        const second = cookieOf(target, response, mode);
        assert(
          second !== undefined && second !== first,
          `auth_refresh in mode ${mode} to replace the cookie`,
          outcome(response),
        );
        assert(
          response.cookie(nameOfCookie(target, mode))?.httpOnly === true,
          `auth_refresh in mode ${mode} to set the cookie httpOnly`,
          'it is not',
        );
        assert(
          (result(response, 'auth_refresh')['refresh_token'] ?? null) === null && !response.body.includes(second),
          `auth_refresh in mode ${mode} to answer without the token of the cookie`,
          'there is one in the body',
        );
        const { access_token: inBody } = result(response, 'auth_refresh');
        mustSayExpiry(response, 'auth_refresh', lifetimeOf(typeof inBody === 'string' ? inBody : second));
        const access = mode === 'cookie' ? { header: String(inBody) } : { cookie: second };
        const me = await target.whoAmI(access);
        assert(me.id() === id, `the token out of auth_refresh in mode ${mode} to identify its user`, me.summary);
        if (mode === 'cookie')
          expectNoTokens(
            target,
            await exchange(target, 'auth_refresh', mode, first),
            'auth_refresh with a cookie that was used before',
          );
      }
    },
  );

  check(
    'graphql.logout',
    'auth_logout works with the cookies of modes cookie and session',
    async ({ target, newUser }) => {
      const account = await newUser();
      for (const mode of target.cookieModes) {
        const token = cookieOf(target, await login(target, account.email, account.password, mode), mode);
        assume(token !== undefined, `auth_login in mode ${mode} sets no cookie`);
        const response = await exchange(target, 'auth_logout', mode, token);
        const { data } = (response.json ?? {}) as { data?: { auth_logout?: unknown } };
        assert(data?.auth_logout === true, `auth_logout in mode ${mode} to answer true`, outcome(response));
        const name = nameOfCookie(target, mode);
        assert(
          response.cookies.some(({ key, value }) => key === name && value === ''),
          `auth_logout in mode ${mode} to clear the cookie ${name}`,
          outcome(response),
        );
        expectNoTokens(target, await exchange(target, 'auth_refresh', mode, token), 'auth_refresh after the logout');
        expectNoTokens(target, await target.refreshByCookie(mode, token), 'a refresh after the logout');
        if (mode === 'session')
          expectRejected(await target.whoAmI({ cookie: token }), 'a session token after auth_logout', account);
      }
    },
  );

  check(
    'graphql.logout',
    'After auth_logout the refresh token is rejected by GraphQL and by REST',
    async ({ target, newUser }) => {
      const { email, password } = await newUser();
      const token = await refreshTokenOf(target, email, password);
      const response = await graphql(target, `mutation{auth_logout(refresh_token:${written(token)})}`);
      const { data } = (response.json ?? {}) as { data?: { auth_logout?: unknown } };
      assert(data?.auth_logout === true, 'auth_logout to answer true', outcome(response));
      expectNoTokens(target, await refresh(target, token), 'auth_refresh after the logout');
      expectNoTokens(target, await target.refresh(token), 'a refresh after the logout');
    },
  );

  check(
    'graphql.refresh',
    'auth_refresh exchanges what POST /auth/login has issued, and POST /auth/refresh what auth_login has issued',
    async ({ target, newUser }) => {
      const account = await newUser();
      const { email, password, id } = account;
      const byRest = await target.loggedIn(account);
      const response = await refresh(target, byRest.refresh.value);
      const { access_token: access } = result(response, 'auth_refresh');
      assert(
        typeof access === 'string',
        'auth_refresh to exchange a refresh token of POST /auth/login',
        outcome(response),
      );
      const me = await target.whoAmI({ header: access });
      assert(me.id() === id, 'the access token out of that to identify its user', me.summary);
      const renewal = await target.refresh(await refreshTokenOf(target, email, password), account);
      assert(renewal.succeeded, 'POST /auth/refresh to exchange a refresh token of auth_login', renewal.summary);
      for (const mode of target.cookieModes) {
        const token = cookieOf(target, await target.login(account, mode), mode) ?? '';
        const renewed = await exchange(target, 'auth_refresh', mode, token);
        assert(
          cookieOf(target, renewed, mode) !== undefined,
          `auth_refresh to exchange the cookie of POST /auth/login in mode ${mode}`,
          outcome(renewed),
        );
      }
    },
  );

  check(
    'graphql.logout',
    'auth_logout ends what POST /auth/login has begun, and POST /auth/logout what auth_login has begun',
    async ({ target, newUser }) => {
      const account = await newUser();
      const { email, password } = account;
      const { refresh: byRest } = await target.loggedIn(account);
      await graphql(target, `mutation{auth_logout(refresh_token:${written(byRest.value)})}`);
      expectNoTokens(target, await target.refresh(byRest), 'a refresh token of POST /auth/login after auth_logout');
      const byMutation = await refreshTokenOf(target, email, password);
      await target.logout(byMutation);
      expectNoTokens(
        target,
        await refresh(target, byMutation),
        'a refresh token of auth_login after POST /auth/logout',
      );
      for (const mode of target.cookieModes) {
        const token = cookieOf(target, await target.login(account, mode), mode) ?? '';
        await exchange(target, 'auth_logout', mode, token);
        expectNoTokens(
          target,
          await target.refreshByCookie(mode, token),
          `the cookie of POST /auth/login in mode ${mode} after auth_logout`,
        );
      }
    },
  );
});
