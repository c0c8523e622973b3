import { chapter, check } from '../harness/check.js';
import type { Response } from '../harness/target/http/response.js';
import { expectRejected, expectNoToken, expectError } from '../harness/expectations.js';
import { assert, NotApplicable } from '../harness/outcomes.js';
import { isSameAnswer } from '../harness/target/same-answer.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

chapter('Logging In', () => {
  check(
    'login.reset-token-needed',
    'A token of another kind does not reset a password',
    async ({ target, newUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ access, refresh }, sessions] = [await target.loggedIn(account), await target.sessionsOf(account)];
      const password = `${account.password}-other`;
      const tokens: [string, string][] = [
        ['a standard token', access.value],
        ...sessions.map(({ value }): [string, string] => ['a session token', value]),
        ['a static token', token.value],
        ['a refresh token', refresh.value],
        ['an unknown token', 'unknown'],
      ];
      for (const [what, value] of tokens) {
        const response = await target.send({ path: '/auth/password/reset', body: { token: value, password } });
        // With which status is another matter: Directus before 11.6 rejects it with 500. Observed: Directus 11.4.1.
        assert(!response.succeeded, `a new password with ${what} not to be set`, response.summary);
      }
      expectNoToken(await target.login(account, undefined, { password }), 'a login with that password');
      const login = await target.login(account);
      assert(login.succeeded, 'the old password to log in', login.summary);
    },
  );

  check(
    'login.reset-request',
    'A password reset request for an unknown email address returns the same, and one with a foreign reset_url is rejected',
    async ({ target, user }) => {
      const { email } = await user();
      const request = async (body: object): Promise<Response> => target.send({ path: '/auth/password/request', body });
      const reset_url = 'https://attacker.example/reset';
      const foreign = await request({ email, reset_url });
      const unknown = await request({ email: `nobody-${email}` });
      if (foreign.isNotOffered && unknown.status === foreign.status)
        throw new NotApplicable(`the target offers no password reset: ${unknown.summary}`);
      assert(
        unknown.status === 204 && unknown.body === '',
        'a request for a new password to return 204 to an unknown email too',
        unknown.summary,
      );
      expectRejected(foreign, 'a request for a new password, to be set on a page of another site,');
      const again = await request({ email, reset_url });
      const ofUnknown = await request({ email: `nobody-${email}`, reset_url });
      assert(
        isSameAnswer(foreign, again, ofUnknown),
        'a request for a new password, to be set on a page of another site, to be answered alike for a known and an unknown email, so that it does not tell which users exist',
        `${foreign.summary} for a known one and ${ofUnknown.summary} for an unknown one`,
      );
      expectError(
        foreign,
        400,
        'INVALID_PAYLOAD',
        'a request for a new password, to be set on a page of another site, to return 400 INVALID_PAYLOAD',
      );
    },
  );

  check(
    'login.reset-request',
    'A password reset request with a list of email addresses, or with another value that is no text, is rejected',
    async ({ target, user }) => {
      const { email } = await user();
      // Addresses without a user: no email is sent.
      const [first, second] = [`nobody-${email}`, `no-one-${email}`];
      const one = await target.send({ path: '/auth/password/request', body: { email: first } });
      if (one.isNotOffered) throw new NotApplicable(`the target offers no password reset: ${one.summary}`);
      for (const given of [[first], [first, second], { email: first }, { _eq: first }, null, true, 1]) {
        const response = await target.send({ path: '/auth/password/request', body: { email: given } });
        expectRejected(
          response,
          `a request for a new password whose email is ${JSON.stringify(given).replaceAll(email, '<email>')}`,
        );
      }
    },
  );
});
