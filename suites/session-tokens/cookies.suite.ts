import { chapter, check } from '../harness/check.js';
import { expectRejected, assumeSuccess } from '../harness/expectations.js';
import { expectMatchingExpiry } from '../harness/target/tokens/expiry.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';
import { assert, assume } from '../harness/outcomes.js';
import { expectSchema } from '../harness/target/schemas.js';

chapter('Session Tokens', () => {
  check(
    'session.single-token',
    'A login and a refresh in mode session return no access or refresh token',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      assumeSuccess(login);
      const session = target.sessionToken(login);
      const refresh = await target.refreshByCookie('session', session.value, account);
      for (const response of [login, refresh]) {
        for (const member of ['access_token', 'refresh_token']) {
          assert(
            response.payload[member] === undefined || response.payload[member] === null,
            `the payload of ${response.what} in mode session to hold no ${member}`,
            `${response.summary} with one`,
          );
        }
        const { refreshCookie } = target.description;
        assert(
          response.cookie(refreshCookie) === undefined,
          `${response.what} in mode session to set no cookie ${refreshCookie}`,
          `${response.summary} with one`,
        );
      }
    },
  );

  check(
    'session.stored-as-cookie',
    'A login and a refresh deliver the session token in Set-Cookie alone',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      const session = target.sessionToken(login);
      const refresh = await target.refreshByCookie('session', session.value, account);
      for (const response of [login, refresh]) {
        const value = response.cookie(target.description.sessionCookie)?.value;
        assume(value !== undefined, `${response.summary} without a session cookie`);
        assert(
          !response.body.includes(value),
          `the body of ${response.what} in mode session not to hold the session token`,
          `${response.summary} with the token in its body`,
        );
        const session = claimsOf(value)?.['session'];
        assert(
          typeof session !== 'string' || !response.body.includes(session),
          `the body of ${response.what} in mode session not to hold the session that the token names`,
          `${response.summary} with it in its body`,
        );
        const header = response.headerPairs.find(
          ([name, content]) => name.toLowerCase() !== 'set-cookie' && content.includes(value),
        );
        assert(
          header === undefined,
          `no header of ${response.what} but Set-Cookie to hold the session token`,
          `the header ${header?.[0] ?? ''} holds it`,
        );
      }
    },
  );

  check(
    'session.payload',
    'The payload of a login and a refresh in mode session is that of Directus',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      assumeSuccess(login);
      const session = target.sessionToken(login);
      for (const response of [login, await target.refreshByCookie('session', session.value, account)]) {
        expectSchema(
          'token-response-session.schema.json',
          response.payload,
          `the payload of ${response.what} in mode session`,
        );
        expectMatchingExpiry(response, response.cookie(target.description.sessionCookie)?.value ?? '');
      }
    },
  );

  check(
    'session.dead-cookie-cleared',
    'The session cookie of a suspended user is cleared with the rejection',
    async ({ target, newUser, administrator, evidence }) => {
      const account = await newUser();
      const session = await target.loggedInBySession(account);
      await administrator.change(account, { status: 'suspended' }, evidence);
      const { sessionCookie } = target.description;
      for (const response of [
        await target.whoAmI({ cookie: session }),
        await target.refreshByCookie('session', session.value),
      ]) {
        expectRejected(response, 'the session token of a suspended user', account);
        assert(
          response.cookies.some(({ key, value }) => key === sessionCookie && value === ''),
          `the rejection of the session token of a suspended user to clear the cookie ${sessionCookie}`,
          response.summary,
        );
      }
    },
    { needs: 'admin', directus: '>=11.6.1' },
  );

  check('session.dead-cookie-cleared', 'A valid session cookie is not cleared', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { sessionCookie } = target.description;
    for (const parts of [
      { path: '/users/me' },
      { path: '/users/00000000-0000-4000-8000-000000000000' },
      { path: '/there-is-no-such-route' },
      { path: '/auth/refresh', body: { refresh_token: 'unknown' } },
      { path: '/auth/refresh', body: {} },
      { path: '/auth/login', body: { email: `nobody-${account.email}`, password: 'a wrong password' } },
      { path: '/auth/login', body: '{' },
      { method: 'PATCH', path: '/users/00000000-0000-4000-8000-000000000000', body: {} },
    ]) {
      const response = await target.send(target.withTokens(parts, { cookie: session }));
      const set = response.cookies.find(({ key }) => key === sessionCookie);
      assert(
        set === undefined,
        `${response.what} to leave the cookie ${sessionCookie} of a session that goes on`,
        `${response.summary} and ${set?.value === '' ? 'clears it' : 'sets it'}`,
      );
    }
  });

  check(
    'session.dead-cookie-cleared',
    'The session cookie is cleared after a logout and when it is unknown',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const logout = await target.logoutByCookie('session', session.value);
      assumeSuccess(logout);
      const { sessionCookie } = target.description;
      for (const [what, token] of [
        ['that has been logged out', session.value],
        ['that is unknown', 'unknown'],
      ] as const) {
        const response = await target.whoAmI({ cookie: token });
        expectRejected(response, `a session token ${what}`, account);
        const cleared = response.cookies.find(({ key }) => key === sessionCookie);
        assert(
          cleared?.value === '',
          `the rejection of a session token ${what} to clear the cookie ${sessionCookie}`,
          `${response.summary} ${cleared === undefined ? 'without setting it' : 'and sets it to something'}`,
        );
      }
    },
  );
});
