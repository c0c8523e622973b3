import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectNoToken, assumeSuccess } from '../harness/expectations.js';
import { assert, Inconclusive } from '../harness/outcomes.js';
import type { Target } from '../harness/target/target.js';
import type { SessionToken, StandardTokens } from '../harness/target/tokens/tokens.js';
import type { Account } from '../harness/users/account.js';

/** A logout by a refresh token in its body, in a request that carries the cookies of other logins of the same user. */
async function logoutBesideCookies(
  target: Target,
  account: Account,
  mode: 'json' | undefined,
): Promise<{
  readonly ended: StandardTokens;
  readonly other: StandardTokens;
  readonly sessions: readonly SessionToken[];
}> {
  const { refreshCookie, sessionCookie } = target.description;
  const [ended, other] = [await target.loggedIn(account), await target.loggedIn(account)];
  const sessions = await target.sessionsOf(account);
  const cookies = [
    `${refreshCookie}=${other.refresh.value}`,
    ...sessions.map(({ value }) => `${sessionCookie}=${value}`),
  ];
  const body = { refresh_token: ended.refresh.value, ...(mode && { mode }) };
  assumeSuccess(await target.send({ path: '/auth/logout', headers: { Cookie: cookies.join('; ') }, body }));
  return { ended, other, sessions };
}

chapter('Standard Tokens', () => {
  check(
    'standard.logout.invalidates-refresh-token',
    'After a logout the refresh token is rejected',
    async ({ target, ownUser }) => {
      const { refresh } = await target.loggedIn(await ownUser());
      const logout = await target.logout(refresh);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectNoToken(await target.refresh(refresh), 'a refresh after the logout');
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'After a logout a refresh token that came from a refresh is rejected',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedIn(account);
      const response = await target.refresh(first.refresh, account);
      if (response.text('refresh_token') === undefined)
        throw new Inconclusive(`${response.summary} without a refresh token, which this check stands on`);
      const second = target.standardTokens(response);
      const logout = await target.logout(second.refresh);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectNoToken(await target.refresh(second.refresh), 'a refresh after the logout');
      expectNoToken(
        await target.refresh(first.refresh),
        'a refresh, after the logout, with the refresh token from before',
      );
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'After a logout that carries the access token the refresh token is rejected',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedIn(account);
      const response = await target.refresh(first.refresh, account, undefined, { header: first.access });
      assert(response.succeeded, 'a refresh to succeed with the access token in the header', response.summary);
      const second = { ...first, ...target.standardTokens(response) };
      const body = { refresh_token: second.refresh.value };
      const logout = await target.send(target.withTokens({ path: '/auth/logout', body }, { header: second.access }));
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectNoToken(await target.refresh(second.refresh), 'a refresh after the logout');
    },
  );

  check(
    'standard.logout.leaves-others',
    'A logout with a used refresh token, an access token or another mode leaves the refresh token valid',
    async (context) => {
      const { target, ownUser } = context;
      const account = await ownUser();
      const { access, refresh: used } = await target.loggedIn(account);
      const renewal = await target.refresh(used, account);
      assumeSuccess(renewal);
      const { refresh } = target.standardTokens(renewal);
      for (const body of [
        ...(refresh.value === used.value ? [] : [{ refresh_token: used.value }]),
        { refresh_token: access.value },
        { refresh_token: refresh.value, mode: 'cookie' },
        { refresh_token: refresh.value, mode: 'session' },
      ])
        await target.send({ path: '/auth/logout', body });
      const response = await target.refresh(refresh, account);
      assert(
        response.succeeded,
        'the refresh token to be valid after logouts with the one from before, with the access token, and in other modes',
        response.summary,
      );
    },
  );

  check('standard.logout.login-again', 'After a logout a login issues valid tokens', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refresh } = await target.loggedIn(account);
    const logout = await target.logout(refresh);
    assumeSuccess(logout);
    const response = await target.login(account);
    assert(
      response.succeeded && response.text('access_token') !== undefined,
      'a login after the logout to succeed',
      response.summary,
    );
    const access = target.accessToken(response);
    expectAccepted(await target.whoAmI({ header: access }), account, 'the new access token');
  });

  check(
    'standard.logout.leaves-others',
    "A logout leaves the user's other sessions valid",
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const [first, second] = [await target.loggedIn(account), await target.loggedIn(account)];
      const logout = await target.logout(first.refresh);
      assumeSuccess(logout);
      const response = await target.refresh(second.refresh, account);
      assert(response.succeeded, 'the refresh token of another login to go on', response.summary);
    },
  );

  check(
    'standard.logout.leaves-others',
    'A logout by a refresh token in the body ends none of the logins whose cookies the request carries',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      for (const mode of [undefined, 'json'] as const) {
        const { other, sessions } = await logoutBesideCookies(target, account, mode);
        const how = `after a logout by another one in the body${mode === undefined ? '' : ', in mode json'}`;
        for (const session of sessions)
          expectAccepted(await target.whoAmI({ cookie: session }), account, `the session token in a cookie, ${how},`);
        const response = await target.refresh(other.refresh, account);
        assert(response.succeeded, `the refresh token in a cookie to go on, ${how}`, response.summary);
      }
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'After a logout by a refresh token in the body that token is rejected, whatever cookies the request carried',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      for (const mode of [undefined, 'json'] as const) {
        const { ended } = await logoutBesideCookies(target, account, mode);
        expectNoToken(
          await target.refresh(ended.refresh),
          'the refresh token in the body of a logout that carried cookies',
        );
      }
    },
  );

  check(
    'standard.logout.keeps-access-token',
    'A logout leaves the access token from before valid',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { access, refresh } = await target.loggedIn(account);
      const logout = await target.logout(refresh);
      assumeSuccess(logout);
      expectAccepted(await target.whoAmI({ header: access }), account, 'an access token from before a logout');
    },
  );

  check(
    'standard.logout.idempotent',
    'A second logout, and one with an unknown token, return the same as the first',
    async ({ target, ownUser }) => {
      const { refresh } = await target.loggedIn(await ownUser());
      const first = await target.logout(refresh);
      assumeSuccess(first);
      for (const [what, token] of [
        ['a second logout', refresh],
        ['a logout with an unknown refresh token', { ...refresh, value: 'unknown' }],
      ] as const) {
        const response = await target.logout(token);
        assert(response.status === first.status, `${what} to return ${first.status} as the first`, response.summary);
      }
    },
  );

  check(
    'standard.logout.idempotent',
    'In mode cookie, a second logout and one with an unknown token return the same as the first',
    async ({ target, ownUser }) => {
      const token = await target.loggedInByCookie(await ownUser());
      const first = await target.logoutByCookie('cookie', token);
      assumeSuccess(first);
      for (const [what, value] of [
        ['a second logout', token],
        ['a logout with an unknown refresh cookie', 'unknown'],
      ] as const) {
        const response = await target.logoutByCookie('cookie', value);
        assert(
          response.status === first.status,
          `${what} in mode cookie to return ${first.status} as the first`,
          response.summary,
        );
      }
    },
  );

  check('standard.logout.post-only', 'A logout by GET ends no session', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refresh } = await target.loggedIn(account);
    const sessions = await target.sessionsOf(account);
    const { refreshCookie } = target.description;
    const headers = { Cookie: `${refreshCookie}=${refresh.value}` };
    for (const session of sessions) {
      for (const path of ['/auth/logout', '/auth/logout?mode=session'])
        await target.send(target.withTokens({ path }, { cookie: session }));
      expectAccepted(await target.whoAmI({ cookie: session }), account, 'a session token after GET /auth/logout');
    }
    await target.send({ path: `/auth/logout?refresh_token=${refresh.value}`, headers });
    await target.send({ path: `/auth/logout?refresh_token=${refresh.value}&mode=cookie`, headers });
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
      await target.send({
        path: `/auth/logout?refresh_token=${refresh.value}&mode=cookie&_method=POST`,
        headers: { ...headers, [name]: 'POST' },
      });
    const response = await target.refresh(refresh, account);
    assert(response.succeeded, 'the refresh token to be valid after GET /auth/logout', response.summary);
  });
});
