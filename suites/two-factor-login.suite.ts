import type { Response } from './harness/target/http/response.js';
import { chapter, check } from './harness/check.js';
import { expectAccepted, expectRejected, expectNoToken, expectError } from './harness/expectations.js';
import { assert, assume } from './harness/outcomes.js';
import { graphql, outcome, result, written } from './harness/target/graphql.js';
import type { RequestParts, Target } from './harness/target/target.js';
import type { AccessToken } from './harness/target/tokens/tokens.js';
import { Account } from './harness/users/account.js';
import {
  enableTwoFactor,
  generateSecret,
  oneTimePassword,
  oneTimePasswordAt,
  twoFactorUser,
  wrongOneTimePassword,
} from './harness/users/two-factor.js';
import { assumeAttempts } from './harness/users/attempts-allowed.js';

/** A secret in base32 that no server makes: twenty bytes of zero. */
const SECOND_SECRET = 'A'.repeat(32);

/**
 * Sends a request with a standard token.
 * @throws TokenExpired when it is rejected after the token has expired, which shows nothing
 */
async function sendBy(target: Target, access: AccessToken, path: string, body: object): Promise<Response> {
  const response = await target.send(target.withTokens({ path, body }, { header: access }));
  return response;
}

chapter('Two-Factor Login', () => {
  check('tfa.login', 'A login with password and one-time password succeeds, in each mode', async (context) => {
    const { target } = context;
    const user = await twoFactorUser(context);
    for (const mode of target.modes) {
      const response = await target.login(user.account, mode, { otp: await oneTimePassword(context, user) });
      assert(
        response.succeeded,
        `a login in mode ${mode} with the right one-time password to succeed`,
        response.summary,
      );
      if (mode === 'session') {
        const session = target.sessionToken(response);
        expectAccepted(
          await target.whoAmI({ cookie: session }),
          user.account,
          'the session token of a login with a one-time password',
        );
      } else {
        const access = target.accessToken(response);
        expectAccepted(
          await target.whoAmI({ header: access }),
          user.account,
          'the access token of a login with a one-time password',
        );
      }
    }
  });

  check(
    'tfa.otp-required',
    'A login with no, an empty or a wrong one-time password is rejected, in each mode',
    async (context) => {
      await assumeAttempts(context);
      const { target } = context;
      const { account, secret } = await twoFactorUser(context);
      for (const mode of target.modes) {
        expectNoToken(await target.login(account, mode), `a login in mode ${mode} without the one-time password`);
        for (const otp of mode === 'json'
          ? ['', wrongOneTimePassword(target, secret), '0']
          : [wrongOneTimePassword(target, secret)]) {
          expectNoToken(
            await target.login(account, mode, { otp }),
            `a login in mode ${mode} with the one-time password "${otp}"`,
          );
        }
      }
    },
  );

  check('tfa.otp-required', 'A one-time password of another time is rejected', async (context) => {
    await assumeAttempts(context, 9);
    const { target } = context;
    const user = await enableTwoFactor(context, await context.newPrivilegedUser());
    for (const minutes of [-60, -10, -5, -2, 2, 5, 10, 60]) {
      const otp = oneTimePasswordAt(context, user.secret, minutes * 60);
      expectNoToken(
        await target.login(user.account, undefined, { otp }),
        `a login with the one-time password of ${Math.abs(minutes)} minutes ${minutes < 0 ? 'ago' : 'from now'}`,
      );
    }
  });

  check('tfa.otp-required', 'A one-time password that is no text is rejected', async (context) => {
    await assumeAttempts(context, 9);
    const { target } = context;
    const user = await enableTwoFactor(context, await context.newPrivilegedUser());
    const right = await oneTimePassword(context, user);
    const notText: unknown[] = [true, 1, 0, null, {}, { _neq: '' }, [], ['000000', right]];
    for (const otp of notText)
      expectNoToken(
        await target.login(user.account, undefined, { otp }),
        `a login with a one-time password that is ${JSON.stringify(otp).replace(right, 'the right one')}`,
      );
  });

  check('tfa.otp-required', 'A one-time password of more or fewer than six digits is rejected', async (context) => {
    await assumeAttempts(context, 4);
    const { target } = context;
    const user = await enableTwoFactor(context, await context.newPrivilegedUser());
    const right = await oneTimePassword(context, user);
    for (const otp of [`${right}0`, `${right}x`, right.slice(0, 5)])
      expectNoToken(
        await target.login(user.account, undefined, { otp }),
        'a login with a one-time password that is longer or shorter than the right one',
      );
  });

  check('tfa.password-required', 'A wrong password with the right one-time password is rejected', async (context) => {
    await assumeAttempts(context);
    const { target } = context;
    const user = await twoFactorUser(context);
    for (const mode of target.modes) {
      const otp = await oneTimePassword(context, user);
      const response = await target.login(user.account, mode, { otp, password: `${user.account.password}x` });
      expectNoToken(response, 'the right one-time password with a wrong password');
    }
  });

  check(
    'tfa.password-required',
    'auth_login rejects a wrong password with the right one-time password',
    async (context) => {
      await assumeAttempts(context);
      const { target } = context;
      const user = await twoFactorUser(context);
      const { email, password } = user.account;
      const otp = await oneTimePassword(context, user);
      for (const mode of target.modes) {
        const given = `email:${written(email)},password:${written(`${password}x`)},otp:${written(otp)},mode:${mode}`;
        const response = await graphql(target, `mutation{auth_login(${given}){access_token refresh_token expires}}`);
        const names = [target.description.sessionCookie, target.description.refreshCookie];
        assert(
          result(response, 'auth_login')['expires'] === undefined &&
            names.every((name) => response.cookie(name) === undefined),
          'auth_login with the right one-time password and a wrong password to issue no token',
          outcome(response),
        );
      }
    },
    { needsEach: ['graphql'] },
  );

  check(
    'tfa.otp-required',
    'After a new password, a new email address and a suspension that has ended, a login still requires the one-time password',
    async (context) => {
      await assumeAttempts(context);
      const { target, administrator, evidence } = context;
      const user = await enableTwoFactor(context, await context.newPrivilegedUser());
      const { id = '', email } = user.account;
      let { account } = user;
      const changes: [string, object][] = [
        ['a new password', { password: `${account.password}-new` }],
        ['a new email address', { email: `new-${email}` }],
        ['a suspension', { status: 'suspended' }],
        ['the end of a suspension', { status: 'active' }],
        ['a new name', { first_name: 'Renamed' }],
      ];
      for (const [number, [what, change]] of changes.entries()) {
        await administrator.change(user.account, change, evidence);
        const { email: nextEmail = account.email, password = account.password } = change as Partial<Account>;
        account = Account.provisioned(nextEmail, password, id, user.account.evidence);
        // Few attempts: a target may lock the account after some.
        const mode = target.modes[number % target.modes.length] ?? 'json';
        expectNoToken(
          await target.login(account, mode),
          `a login in mode ${mode} without one-time password, after ${what},`,
        );
        if (what !== 'a suspension') continue;
        const otp = await oneTimePassword(context, user);
        for (const each of target.modes)
          expectNoToken(
            await target.login(account, each, { otp }),
            `a login in mode ${each} of a suspended user with the right one-time password`,
          );
      }
      const login = await target.login(account, undefined, { otp: await oneTimePassword(context, user) });
      assert(login.succeeded, 'a login with the right one-time password to succeed after all of that', login.summary);
    },
  );

  check('tfa.own-secret', 'A one-time password of another user is rejected', async (context) => {
    await assumeAttempts(context);
    const { target } = context;
    const user = await twoFactorUser(context);
    const other = await enableTwoFactor(context, await context.newPrivilegedUser());
    const otp = await oneTimePassword(context, other);
    expectNoToken(await target.login(user.account, undefined, { otp }), 'the one-time password of another user');
  });

  check('tfa.errors', 'A missing and a wrong one-time password return 401 INVALID_OTP', async (context) => {
    await assumeAttempts(context);
    const { target } = context;
    const { account, secret } = await twoFactorUser(context);
    for (const otp of [undefined, wrongOneTimePassword(target, secret)]) {
      const response = await target.login(account, undefined, { otp });
      expectError(
        response,
        401,
        'INVALID_OTP',
        `a login ${otp === undefined ? 'without' : 'with a wrong'} one-time password to return 401 INVALID_OTP`,
      );
    }
    // Whether the user has a second factor is told only after the right password.
    const wrong = await target.login(account, undefined, { password: `${account.password}x` });
    expectError(
      wrong,
      401,
      'INVALID_CREDENTIALS',
      'a login with a wrong password and no one-time password to return 401 INVALID_CREDENTIALS',
    );
  });

  check('tfa.refresh', 'A refresh after a login with a one-time password needs none', async (context) => {
    const { target } = context;
    const user = await twoFactorUser(context);
    const login = await target.login(user.account, undefined, { otp: await oneTimePassword(context, user) });
    const { refresh } = target.standardTokens(login);
    const response = await target.refresh(refresh, user.account);
    assert(response.succeeded, 'a refresh without a one-time password to succeed', response.summary);
  });

  check(
    'tfa.refresh',
    'A login from before two-factor login was set up is refreshed without a one-time password',
    async (context) => {
      const { target } = context;
      const account = await context.newPrivilegedUser();
      const { refresh } = await target.loggedIn(account);
      const sessions = await target.sessionsOf(account);
      await enableTwoFactor(context, account);
      const from = 'of a login from before two-factor login was set up';
      const renewal = await target.refresh(refresh, account);
      assert(renewal.succeeded, `a refresh ${from} to succeed`, renewal.summary);
      for (const { value } of sessions) {
        const renewed = await target.refreshByCookie('session', value, account);
        assert(renewed.succeeded, `a refresh in mode session ${from} to succeed`, renewed.summary);
      }
    },
  );

  check('tfa.secret-concealed', 'Neither an administrator nor the user is shown the TOTP secret', async (context) => {
    const { target, administrator, evidence } = context;
    const user = await twoFactorUser(context);
    const { account, secret } = user;
    const id = account.id ?? '';
    const login = await target.login(account, undefined, { otp: await oneTimePassword(context, user) });
    const access = target.accessToken(login);
    const responses = [
      await target.send(target.withTokens({ path: '/users/me?fields=tfa_secret' }, { header: access })),
      await target.send(target.withTokens({ path: '/users/me?fields=*' }, { header: access })),
      await administrator.send({ path: `/users/${id}?fields=tfa_secret` }, evidence),
      await administrator.send({ path: `/users?fields=*&filter[id][_eq]=${id}` }, evidence),
      await administrator.send({ path: `/users/${id}?alias[shown]=tfa_secret&fields=id,shown` }, evidence),
      await administrator.send({ path: '/roles?fields=users.id,users.tfa_secret' }, evidence),
      await administrator.send({ path: `/activity?filter[user][_eq]=${id}&fields=user.*` }, evidence),
      await administrator.send({ path: `/revisions?filter[item][_eq]=${id}&fields=data,delta` }, evidence),
      await target.send(
        target.withTokens({ path: '/users/me/tfa/generate', body: { password: account.password } }, { header: access }),
      ),
    ];
    for (const response of responses) {
      assert(
        !response.body.includes(secret),
        `${response.what.replaceAll(id, '<id>')} not to show the secret`,
        `${response.summary} with the secret`,
      );
    }
  });

  check(
    'tfa.enable',
    'Enabling two-factor login with a wrong password or a wrong one-time password is rejected',
    async (context) => {
      const { target } = context;
      const account = await context.newPrivilegedUser();
      const { access } = await target.loggedIn(account);
      const generate = async (body: object): Promise<Response> =>
        sendBy(target, access, '/users/me/tfa/generate', body);
      expectRejected(
        await generate({ password: `${account.password}x` }),
        'setting up two-factor login with a wrong password',
      );
      expectRejected(await generate({}), 'setting up two-factor login without a password');
      const secret = await generateSecret(context, account, access);
      assume(secret !== undefined, 'POST /users/me/tfa/generate gives no secret, which this check stands on');
      for (const otp of [undefined, wrongOneTimePassword(target, secret)]) {
        const response = await sendBy(target, access, '/users/me/tfa/enable', { secret, otp });
        expectRejected(
          response,
          `setting up two-factor login ${otp === undefined ? 'without' : 'with a wrong'} one-time password`,
        );
        expectError(
          response,
          400,
          'INVALID_PAYLOAD',
          'setting up two-factor login without the right one-time password to return 400 INVALID_PAYLOAD',
        );
      }
      const login = await target.login(account);
      assert(
        login.succeeded,
        'a login without one-time password to succeed, as two-factor login was not set up',
        login.summary,
      );
    },
  );

  check('tfa.disable', 'Two-factor login is ended with the right one-time password alone', async (context) => {
    const { target } = context;
    const user = await enableTwoFactor(context, await context.newPrivilegedUser());
    const disable = async (otp?: string): Promise<Response> =>
      sendBy(target, user.access, '/users/me/tfa/disable', { otp });
    for (const otp of [undefined, wrongOneTimePassword(target, user.secret)])
      expectRejected(
        await disable(otp),
        `ending two-factor login ${otp === undefined ? 'without' : 'with a wrong'} one-time password`,
      );
    expectNoToken(await target.login(user.account), 'a login without one-time password, after it could not be ended,');
    const ended = await disable(await oneTimePassword(context, user));
    assert(ended.succeeded, 'two-factor login to be ended with the right one-time password', ended.summary);
    const login = await target.login(user.account);
    assert(login.succeeded, 'a login without one-time password to succeed from then on', login.summary);
  });

  check(
    'tfa.disable',
    "Neither a user without permissions nor a request without a token ends another user's two-factor login",
    async (context) => {
      const { target, newUser } = context;
      const { account } = await twoFactorUser(context);
      const plain = await target.loggedIn(await newUser());
      for (const sent of [{ header: plain.access }, {}])
        for (const path of [`/users/${account.id ?? ''}/tfa/disable`, '/users/me/tfa/disable']) {
          const body = { id: account.id, email: account.email };
          const response = await target.send(target.withTokens({ path, body }, sent));
          expectRejected(
            response,
            `ending two-factor login of another user ${'header' in sent ? 'without permission' : 'without a token'}`,
          );
        }
      expectNoToken(await target.login(account), 'a login without one-time password, after others tried to end it,');
    },
  );

  check(
    'tfa.disable',
    'A user neither clears nor replaces the TOTP secret without a one-time password, by an update or by a second enrolment',
    async (context) => {
      await assumeAttempts(context);
      const { target, plan } = context;
      const user = await enableTwoFactor(context, await context.newPrivilegedUser());
      const { account, access } = user;
      const send = async (parts: RequestParts): Promise<Response> =>
        target.send(target.withTokens(parts, { header: access }));
      const otp = oneTimePasswordAt(context, SECOND_SECRET);
      const attempts: RequestParts[] = [
        { method: 'PATCH', path: '/users/me', body: { tfa_secret: null } },
        { method: 'PATCH', path: '/users/me', body: { tfa_secret: SECOND_SECRET } },
        { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { tfa_secret: null } },
        // The secret of a second enrolment that is begun and never ended.
        { path: '/users/me/tfa/generate', body: { password: account.password } },
        { path: '/users/me/tfa/enable', body: { secret: SECOND_SECRET, otp } },
        { path: '/users/me/tfa/disable', body: { password: account.password } },
        ...(plan.capabilities.includes('graphql')
          ? [{ path: '/graphql/system', body: { query: 'mutation{update_users_me(data:{tfa_secret:null}){id}}' } }]
          : []),
      ];
      for (const [number, parts] of attempts.entries()) {
        const response = await send(parts);
        assume(response.status < 500, response.summary);
        const mode = target.modes[number % target.modes.length] ?? 'json';
        const after = `after ${parts.method ?? 'POST'} ${parts.path.replace(account.id ?? '', '<id>')} tried to clear or replace the secret`;
        expectNoToken(await target.login(account, mode), `a login without one-time password, ${after},`);
      }
      const other = oneTimePasswordAt(context, SECOND_SECRET);
      expectNoToken(
        await target.login(account, undefined, { otp: other }),
        'a one-time password of a secret that was not enrolled',
      );
      const login = await target.login(account, undefined, {
        otp: await oneTimePassword(context, user),
      });
      assert(login.succeeded, 'a login with the one-time password of the enrolled secret to succeed', login.summary);
    },
  );
});
