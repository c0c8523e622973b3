import type { Response } from './harness/target/response.js';
import { chapter, check } from './harness/check.js';
import { expectAccepted, expectRejected, expectNoToken } from './harness/expectations.js';
import { assert, assume } from './harness/outcomes.js';
import { modes, type Target } from './harness/target/target.js';
import type { AccessToken } from './harness/target/tokens.js';
import {
  enableTwoFactor,
  generateSecret,
  oneTimePassword,
  oneTimePasswordOf,
  twoFactorUser,
  wrongOneTimePassword,
} from './harness/users/two-factor.js';

/**
 * Sends a request with a standard token.
 * @throws Overtaken when it is refused after the token has run out, which shows nothing
 */
async function sendBy(target: Target, access: AccessToken, path: string, body: object): Promise<Response> {
  const answer = await target.send(target.withTokens({ path, body }, { header: access }));
  return answer;
}

chapter('Two-Factor Login', () => {
  check('tfa.login', 'in each mode', async (tools) => {
    const { target } = tools;
    const user = await twoFactorUser(tools);
    for (const mode of modes) {
      const answer = await target.login(user.account, mode, { otp: await oneTimePassword(tools, user) });
      assert(answer.succeeded, `a login in mode ${mode} with the right one-time password to succeed`, answer.summary);
      if (mode === 'session') {
        const session = target.sessionToken(answer);
        expectAccepted(
          await target.whoAmI({ cookie: session }),
          user.account,
          'the session token of a login with a one-time password',
        );
      } else {
        const access = target.accessToken(answer);
        expectAccepted(
          await target.whoAmI({ header: access }),
          user.account,
          'the access token of a login with a one-time password',
        );
      }
    }
  });

  check('tfa.otp-required', 'none, an empty and a wrong one, in each mode', async (tools) => {
    const { target } = tools;
    const { account, secret } = await twoFactorUser(tools);
    for (const mode of modes) {
      expectNoToken(await target.login(account, mode), `a login in mode ${mode} without the one-time password`);
      for (const otp of mode === 'json' ? ['', wrongOneTimePassword(secret), '0'] : [wrongOneTimePassword(secret)]) {
        expectNoToken(
          await target.login(account, mode, { otp }),
          `a login in mode ${mode} with the one-time password "${otp}"`,
        );
      }
    }
  });

  check('tfa.otp-required', 'that of another time, and more than six digits', async (tools) => {
    const { target } = tools;
    const user = await enableTwoFactor(tools, await tools.newPrivilegedUser());
    for (const minutes of [-60, -10, -5, -2, 2, 5, 10, 60]) {
      const otp = oneTimePasswordOf(user.secret, Date.now() + minutes * 60_000);
      expectNoToken(
        await target.login(user.account, undefined, { otp }),
        `a login with the one-time password of ${Math.abs(minutes)} minutes ${minutes < 0 ? 'ago' : 'from now'}`,
      );
    }
    const right = await oneTimePassword(tools, user);
    for (const otp of [`${right}0`, `${right}x`, right.slice(0, 5)])
      expectNoToken(
        await target.login(user.account, undefined, { otp }),
        'a login with a one-time password that is longer or shorter than the right one',
      );
  });

  check('tfa.password-required', 'a wrong password with the right one-time password', async (tools) => {
    const { target } = tools;
    const user = await twoFactorUser(tools);
    for (const mode of modes) {
      const otp = await oneTimePassword(tools, user);
      const answer = await target.login(user.account, mode, { otp, password: `${user.account.password}x` });
      expectNoToken(answer, 'the right one-time password with a wrong password');
    }
  });

  check('tfa.own-secret', 'that of another user', async (tools) => {
    const { target } = tools;
    const user = await twoFactorUser(tools);
    const other = await enableTwoFactor(tools, await tools.newPrivilegedUser());
    const otp = await oneTimePassword(tools, other);
    expectNoToken(await target.login(user.account, undefined, { otp }), 'the one-time password of another user');
  });

  check('tfa.errors', 'without and with a wrong one', async (tools) => {
    const { target } = tools;
    const { account, secret } = await twoFactorUser(tools);
    for (const otp of [undefined, wrongOneTimePassword(secret)]) {
      const answer = await target.login(account, undefined, { otp });
      assert(
        answer.status === 401 && answer.errorCode === 'INVALID_OTP',
        `a login ${otp === undefined ? 'without' : 'with a wrong'} one-time password to be answered with 401 INVALID_OTP`,
        answer.summary,
      );
    }
    // Whether the user has a second factor is told to nobody who does not know the password.
    const wrong = await target.login(account, undefined, { password: `${account.password}x` });
    assert(
      wrong.status === 401 && wrong.errorCode === 'INVALID_CREDENTIALS',
      'a login with a wrong password and no one-time password to be answered with 401 INVALID_CREDENTIALS',
      wrong.summary,
    );
  });

  check('tfa.refresh', 'after a login with one', async (tools) => {
    const { target } = tools;
    const user = await twoFactorUser(tools);
    const login = await target.login(user.account, undefined, { otp: await oneTimePassword(tools, user) });
    const { refresh } = target.standardTokens(login);
    const answer = await target.refresh(refresh, user.account);
    assert(answer.succeeded, 'a refresh without a one-time password to succeed', answer.summary);
  });

  check('tfa.secret-concealed', 'to its user and to the administrator', async (tools) => {
    const { target, administrator, evidence } = tools;
    const user = await twoFactorUser(tools);
    const { account, secret } = user;
    const id = account.id ?? '';
    const login = await target.login(account, undefined, { otp: await oneTimePassword(tools, user) });
    const access = target.accessToken(login);
    const answers = [
      await target.send(target.withTokens({ path: '/users/me?fields=tfa_secret' }, { header: access })),
      await target.send(target.withTokens({ path: '/users/me?fields=*' }, { header: access })),
      await administrator.send({ path: `/users/${id}?fields=tfa_secret` }, evidence),
      await administrator.send({ path: `/users?fields=*&filter[id][_eq]=${id}` }, evidence),
      await target.send(
        target.withTokens({ path: '/users/me/tfa/generate', body: { password: account.password } }, { header: access }),
      ),
    ];
    for (const answer of answers) {
      assert(
        !answer.body.includes(secret),
        `${answer.what.replaceAll(id, '<id>')} not to show the secret`,
        `${answer.summary} with the secret`,
      );
    }
  });

  check('tfa.enable', 'with a wrong password, and with a wrong one-time password', async (tools) => {
    const { target } = tools;
    const account = await tools.newPrivilegedUser();
    const { access } = await target.loggedIn(account);
    const generate = async (body: object): Promise<Response> => sendBy(target, access, '/users/me/tfa/generate', body);
    expectRejected(
      await generate({ password: `${account.password}x` }),
      'setting up two-factor login with a wrong password',
    );
    expectRejected(await generate({}), 'setting up two-factor login without a password');
    const secret = await generateSecret(tools, account, access);
    assume(secret !== undefined, 'POST /users/me/tfa/generate gives no secret, which this check stands on');
    for (const otp of [undefined, wrongOneTimePassword(secret)]) {
      const answer = await sendBy(target, access, '/users/me/tfa/enable', { secret, otp });
      expectRejected(
        answer,
        `setting up two-factor login ${otp === undefined ? 'without' : 'with a wrong'} one-time password`,
      );
      assert(
        answer.status === 400 && answer.errorCode === 'INVALID_PAYLOAD',
        'setting up two-factor login without the right one-time password to be answered with 400 INVALID_PAYLOAD',
        answer.summary,
      );
    }
    const login = await target.login(account);
    assert(
      login.succeeded,
      'a login without one-time password to succeed, as two-factor login was not set up',
      login.summary,
    );
  });

  check('tfa.disable', 'with a wrong one and with the right one', async (tools) => {
    const { target } = tools;
    const user = await enableTwoFactor(tools, await tools.newPrivilegedUser());
    const disable = async (otp?: string): Promise<Response> =>
      sendBy(target, user.access, '/users/me/tfa/disable', { otp });
    for (const otp of [undefined, wrongOneTimePassword(user.secret)])
      expectRejected(
        await disable(otp),
        `ending two-factor login ${otp === undefined ? 'without' : 'with a wrong'} one-time password`,
      );
    expectNoToken(await target.login(user.account), 'a login without one-time password, after it could not be ended,');
    const ended = await disable(await oneTimePassword(tools, user));
    assert(ended.succeeded, 'two-factor login to be ended with the right one-time password', ended.summary);
    const login = await target.login(user.account);
    assert(login.succeeded, 'a login without one-time password to succeed from then on', login.summary);
  });
});
