import { absent } from '../../spec/capabilities.js';
import { chapter, check } from '../harness/check.js';
import { expectCookie, expectNoToken } from '../harness/expectations.js';
import { assert } from '../harness/outcomes.js';

chapter('Session Tokens', () => {
  check(
    'session.login.returns-session-token',
    'A login in mode session sets a session token',
    async ({ target, user }) => {
      const response = await target.login(await user(), 'session');
      assert(
        target.modes.includes('session'),
        'a login in mode session to set a session token',
        `${response.summary}: ${absent.session}`,
      );
      assert(response.succeeded, 'the login to succeed', response.summary);
      expectCookie(response, target.description.sessionCookie, 'the response');
    },
  );

  check(
    'session.login.needs-credentials',
    'A login in mode session with a wrong password, an unknown email address or a missing member issues no token',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const attempts: [string, object][] = [
        ['a login with a wrong password', { email, password: `${password}x` }],
        ['a login with an unknown email', { email: `nobody-${email}`, password }],
        ['a login without a password', { email }],
        ['a login with nothing', {}],
      ];
      await Promise.all(
        attempts.map(async ([what, body]) => {
          const response = await target.send({
            path: '/auth/login',
            body: { ...body, mode: 'session' },
          });
          expectNoToken(response, `${what}, in mode session,`);
        }),
      );
    },
  );
});
