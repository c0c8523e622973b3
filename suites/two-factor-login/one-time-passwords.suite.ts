import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectNoToken } from '../harness/expectations.js';
import { assert, NotApplicable } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import {
  acceptsEachOnce,
  enableTwoFactor,
  oneTimePassword,
  oneTimePasswordAt,
  secretOfLeadingZero,
} from '../harness/users/two-factor.js';
import type { Account } from '../harness/users/account.js';
import { assumeAttempts } from '../harness/users/attempts-allowed.js';

/** Secrets in base32, of which one has a one-time password at any time that does not begin with zero. */
const SECRETS = ['A', 'B', 'C', 'D', 'E', 'F'].map((letter) => letter.repeat(32));

/** Sets up two-factor login with a secret that the client has made up. */
async function enable(context: CheckContext, account: Account, secret: string): Promise<Response> {
  const { target } = context;
  const { access } = await target.loggedIn(account);
  const body = { secret, otp: await oneTimePassword(context, { secret }) };
  return target.send(target.withTokens({ path: '/users/me/tfa/enable', body }, { header: access }));
}

chapter('Two-Factor Login', () => {
  check('tfa.login', 'A one-time password that begins with zero is accepted, in each mode', async (context) => {
    const { target, newPrivilegedUser } = context;
    const [account, secret] = [await newPrivilegedUser(), await secretOfLeadingZero(context)];
    const enabled = await enable(context, account, secret);
    if (!enabled.succeeded) {
      const control = SECRETS.find((one) => !oneTimePasswordAt(context, one).startsWith('0')) ?? '';
      const other = await enable(context, await newPrivilegedUser(), control);
      if (!other.succeeded) throw new NotApplicable('the target accepts no TOTP secret but those that it has made up');
    }
    assert(
      enabled.succeeded,
      'setting up two-factor login with a one-time password that begins with zero to succeed',
      enabled.summary,
    );
    for (const mode of target.modes) {
      const otp = await oneTimePassword(context, { secret });
      // Where each one-time password is accepted only once, that of a later half minute.
      if (!otp.startsWith('0')) return;
      const login = await target.login(account, mode, { otp });
      assert(
        login.succeeded,
        `a login in mode ${mode} with a one-time password that begins with zero to succeed`,
        login.summary,
      );
    }
  });

  check('tfa.login', 'A one-time password is accepted after it came with a wrong password', async (context) => {
    await assumeAttempts(context);
    const { target } = context;
    const user = await enableTwoFactor(context, await context.newPrivilegedUser());
    // Where each one-time password is accepted only once, whether a wrong password uses it up is left open.
    if (await acceptsEachOnce(context)) throw new NotApplicable('the target accepts each one-time password only once');
    const otp = await oneTimePassword(context, user);
    const wrong = await target.login(user.account, undefined, { otp, password: `${user.account.password}x` });
    expectNoToken(wrong, 'the right one-time password with a wrong password');
    const login = await target.login(user.account, undefined, { otp });
    assert(
      login.succeeded,
      'a login with a one-time password that came with a wrong password before to succeed',
      login.summary,
    );
  });
});
