import { chapter, check, type CheckContext } from '../harness/check.js';
import { assumeSuccess, expectNoToken } from '../harness/expectations.js';
import { mintFromIssuer } from '../harness/generators/tampered-tokens.js';
import { assert, NotApplicable } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import { claimsOf, Moment, type Claims } from '../harness/target/tokens/jwt.js';
import type { Account } from '../harness/users/account.js';
import { newPassword } from '../harness/users/new-password.js';
import { justIssued } from '../json-web-tokens/minting.js';

/* Tokens that a server sends by email: the suite reads no mail, and mints them with the secret. */

const expired = { iat: Moment.afterIssue(-900), exp: Moment.afterIssue(-1) };

/** Mints tokens for a purpose. @throws NotApplicable where the target's tokens are no JWTs */
async function minterOf({ target, user, evidence, plan }: CheckContext): Promise<(claims: Claims) => string> {
  const { access } = await target.loggedIn(await user());
  if (claimsOf(access.value) === undefined) throw new NotApplicable('the access token is no JWT');
  return (claims) => mintFromIssuer(evidence, access.value, { ...justIssued, ...claims }, plan.secret ?? '');
}

chapter('Logging In', () => {
  check(
    'login.invitation',
    'An invitation sets a password once; one that is expired, of another purpose or of a user who is not invited sets none',
    async (context) => {
      const { target, newUser, evidence } = context;
      const mint = await minterOf(context);
      const invited = await newUser({ status: 'invited' });
      const [active, suspended] = [await newUser(), await newUser({ status: 'suspended' })];
      const chosen = newPassword(evidence, invited);
      const accept = async ({ email }: Account, claims: Claims, password = chosen): Promise<Response> => {
        const token = mint({ email, scope: 'invite', ...claims });
        const body = { token, password };
        return target.send({ path: '/users/invite/accept', body });
      };
      const expectRefused = async (account: Account, response: Response, what: string): Promise<void> => {
        assert(!response.succeeded, `${what} to be rejected`, response.summary);
        const login = await target.login(account, undefined, { password: chosen });
        expectNoToken(login, `a login with the password given with ${what}`);
      };
      for (const [what, claims] of [
        ['an expired invitation', expired],
        ['a password-reset token as invitation', { scope: 'password-reset' }],
        ['a registration token as invitation', { scope: 'pending-registration' }],
        ['a token of no purpose as invitation', { scope: undefined }],
      ] as const)
        await expectRefused(invited, await accept(invited, claims), what);
      for (const [account, what] of [
        [active, 'an invitation of a user who is active'],
        [suspended, 'an invitation of a user who is suspended'],
      ] as const)
        await expectRefused(account, await accept(account, {}), what);
      const acceptance = await accept(invited, {});
      if (!acceptance.succeeded) throw new NotApplicable(`the target accepts no invitation: ${acceptance.summary}`);
      const login = await target.login(invited, undefined, { password: chosen });
      assert(login.succeeded, 'a user who has accepted an invitation to log in', login.summary);
      const other = `${chosen}-again`;
      const again = await accept(invited, {}, other);
      assert(!again.succeeded, 'an invitation that was accepted before to be rejected', again.summary);
      expectNoToken(
        await target.login(invited, undefined, { password: other }),
        'a login with the password given with an invitation that was accepted before',
      );
      const asBefore = await target.login(active);
      assert(asBefore.succeeded, 'a user who was not invited to log in as before', asBefore.summary);
    },
  );

  check(
    'login.invitation',
    'An invitation creates no user where the invited one was removed, and gives no role that its acceptance names',
    async (context) => {
      const { target, newUser, unwantedUser, administrator, evidence } = context;
      const mint = await minterOf(context);
      const invited = await newUser({ status: 'invited' });
      const password = newPassword(evidence, invited);
      const accept = async (email: string, more: object = {}): Promise<Response> =>
        target.send({
          path: '/users/invite/accept',
          body: { token: mint({ email, scope: 'invite' }), password, ...more },
        });
      const email = await unwantedUser();
      const ofNobody = await accept(email);
      assert(!ofNobody.succeeded, 'an invitation of a user that there is not to be rejected', ofNobody.summary);
      expectNoToken(
        await target.send({ path: '/auth/login', body: { email, password } }),
        'a login with the password given with an invitation of a user that there is not',
      );
      const { role = null } = administrator.access;
      // Whether it is rejected for what it names besides is the target's own affair.
      await accept(invited.email, { role, status: 'active', admin_access: true, email });
      const record = await administrator.send({ path: `/users/${invited.id ?? ''}?fields=id,email,role` }, evidence);
      assumeSuccess(record);
      assert(
        record.text('role') === undefined && record.text('email') === invited.email,
        'the acceptance of an invitation to change neither the role nor the email',
        `the record is ${record.body}`,
      );
    },
  );

  check(
    'login.verification',
    'A registration token makes neither a suspended nor an archived user active, and an expired one no user',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const mint = await minterOf(context);
      const verify = async ({ email }: Account, claims: Claims = {}): Promise<Response> => {
        const token = mint({ email, scope: 'pending-registration', ...claims });
        return target.send({ path: `/users/register/verify-email?token=${token}` });
      };
      const statusOf = async ({ id = '' }: Account): Promise<string | undefined> =>
        (await administrator.send({ path: `/users/${id}?fields=id,status` }, evidence)).text('status');
      for (const [status, claims, what] of [
        ['suspended', {}, 'a registration token of a suspended user'],
        ['archived', {}, 'a registration token of an archived user'],
        ['unverified', expired, 'an expired registration token'],
        ['unverified', { scope: 'invite' }, 'an invitation as registration token'],
      ] as const) {
        const account = await newUser({ status });
        const { status: answered } = await verify(account, claims);
        const now = await statusOf(account);
        assert(
          now === status,
          `${what} to leave the user ${status}`,
          `it was answered ${answered}, and the user is ${now}`,
        );
        expectNoToken(await target.login(account), `a login after ${what}`);
      }
    },
  );

  check(
    'login.reset-token-needed',
    'A password-reset token that does not belong to the present password resets nothing',
    async (context) => {
      const { target, newUser, evidence } = context;
      const mint = await minterOf(context);
      const account = await newUser();
      const { email } = account;
      const password = newPassword(evidence, account);
      const scope = 'password-reset';
      for (const [what, claims] of [
        ['of no password', { email, scope }],
        ['of another password', { email, scope, hash: '00000000' }],
        ['of the empty text', { email, scope, hash: '' }],
        ['that names null as password', { email, scope, hash: null }],
        ['that is an invitation', { email, scope: 'invite' }],
      ] as const) {
        const response = await target.send({ path: '/auth/password/reset', body: { token: mint(claims), password } });
        assert(!response.succeeded, `a password-reset token ${what} to be rejected`, response.summary);
      }
      expectNoToken(await target.login(account, undefined, { password }), 'a login with the password given with it');
      const login = await target.login(account);
      assert(login.succeeded, 'the password from before to log in', login.summary);
    },
    { needs: 'secret' },
  );
});
