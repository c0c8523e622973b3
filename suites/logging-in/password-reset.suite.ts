import { chapter, check } from '../harness/check.js';
import type { Response } from '../harness/target/response.js';
import { expectRejected, expectNoToken } from '../harness/expectations.js';
import { assert } from '../harness/outcomes.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

chapter('Logging In', () => {
  check(
    'login.reset-token-needed',
    'A token of another kind does not reset a password',
    async ({ target, newUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ access, refresh }, session] = [await target.loggedIn(account), await target.loggedInBySession(account)];
      const password = `${account.password}-other`;
      for (const [what, value] of [
        ['a standard token', access.value],
        ['a session token', session.value],
        ['a static token', token.value],
        ['a refresh token', refresh.value],
        ['an unknown token', 'unknown'],
      ] as const) {
        const response = await target.send({ path: '/auth/password/reset', body: { token: value, password } });
        expectRejected(response, `a new password with ${what}`);
      }
      expectNoToken(await target.login(account, undefined, { password }), 'a login with that password');
      const login = await target.login(account);
      assert(login.succeeded, 'the old password to log in', login.summary);
    },
  );

  check(
    'login.reset-request',
    'A password reset request for an unknown e-mail address returns the same, and one with a foreign reset_url is rejected',
    async ({ target, user }) => {
      const { email } = await user();
      const request = async (body: object): Promise<Response> => target.send({ path: '/auth/password/request', body });
      const unknown = await request({ email: `nobody-${email}` });
      assert(
        unknown.status === 204 && unknown.body === '',
        'a request for a new password to return 204 to an unknown e-mail too',
        unknown.summary,
      );
      for (const address of [email, `nobody-${email}`]) {
        const response = await request({ email: address, reset_url: 'https://attacker.example/reset' });
        expectRejected(response, 'a request for a new password, to be set on a page of another site,');
        assert(
          response.status === 400 && response.errorCode === 'INVALID_PAYLOAD',
          'a request for a new password, to be set on a page of another site, to return 400 INVALID_PAYLOAD',
          response.summary,
        );
      }
    },
  );
});
