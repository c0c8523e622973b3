import {
  createDirectus,
  createUser,
  disableTwoFactor,
  enableTwoFactor,
  generateTwoFactorSecret,
  graphql,
  readMe,
  readUsers,
  rest,
  staticToken,
  updateMe,
  updateUser,
  withToken,
} from '@directus/sdk';
import { TOTP } from 'otpauth';
import { describe, expect, test, vi } from 'vitest';
import { type Clients, emailOf, error, INVALID_CREDENTIALS, type Schema } from '../clients.js';

/** What users do with accounts of their own. */
export function accountScenarios(sdk: Clients): void {
  describe('users and their own accounts', () => {
    test('without rights see their own id, and may change nothing', async () => {
      await sdk.withUser('none', async ({ email, password, id }) => {
        const user = sdk.client();
        await user.login(email, password);
        expect(await user.request(readMe())).toEqual({ id });
        await expect(user.request(updateMe({ first_name: 'x' }))).rejects.toMatchObject(error('FORBIDDEN'));
        await expect(user.request(readUsers())).rejects.toMatchObject(error('FORBIDDEN'));
        await expect(user.request(createUser({ email: 'x@example.com' }))).rejects.toMatchObject(error('FORBIDDEN'));
      });
    });

    test('set a static token for themselves, which is accepted until they remove it', async () => {
      await sdk.withUser('administrator', async ({ email, password }) => {
        const user = sdk.client();
        await user.login(email, password);
        const token = `sdk-${crypto.randomUUID()}`;
        expect(await user.request(updateMe({ token }, { fields: ['email', 'token'] }))).toEqual({
          email,
          token: '**********',
        });
        const withStaticToken = createDirectus<Schema>(sdk.url).with(staticToken(token)).with(rest()).with(graphql());
        expect(await emailOf(withStaticToken)).toBe(email);
        expect(await withStaticToken.query('{ users_me { email } }', {}, 'system')).toEqual({ users_me: { email } });
        await user.request(updateMe({ token: null }));
        await expect(emailOf(withStaticToken)).rejects.toMatchObject(INVALID_CREDENTIALS);
      });
    });

    test('who are deleted cannot log in or refresh, and their static token is rejected', async () => {
      const user = sdk.client();
      const token = `sdk-${crypto.randomUUID()}`;
      let credentials = { email: '', password: '' };
      await sdk.withUser('none', async ({ id, ...others }, admin) => {
        credentials = others;
        await admin.request(updateUser(id, { token }));
        await user.login(others.email, others.password);
        expect(await user.request(withToken(token, readMe()))).toEqual({ id });
      });
      await expect(user.refresh()).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(user.login(credentials.email, credentials.password)).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(user.request(withToken(token, readMe()))).rejects.toMatchObject(INVALID_CREDENTIALS);
    });

    /** The one-time password of this half minute, when 5 s or more of it are left. */
    async function otp(secret: string): Promise<string> {
      const totp = new TOTP({ secret });
      await vi.waitFor(() => expect(totp.remaining()).toBeGreaterThan(5000), { timeout: 10_000, interval: 200 });
      return totp.generate();
    }

    test('turn two-factor login on and off', async () => {
      await sdk.withUser('administrator', async ({ email, password }) => {
        const user = sdk.client();
        await user.login(email, password);
        const wrong = user.request(generateTwoFactorSecret('wrong'));
        await expect(wrong).rejects.toMatchObject(INVALID_CREDENTIALS);
        const { secret, otpauth_url } = await user.request(generateTwoFactorSecret(password));
        expect(otpauth_url).toContain(`secret=${secret}`);
        const unfit = user.request(enableTwoFactor(secret, '000'));
        await expect(unfit).rejects.toMatchObject(error('INVALID_PAYLOAD', 'Invalid payload. "otp" is invalid.'));
        await user.request(enableTwoFactor(secret, await otp(secret)));

        await expect(sdk.client().login(email, password)).rejects.toMatchObject(
          error('INVALID_OTP', 'Invalid user OTP.'),
        );
        const page = sdk.browser('session');
        await page.client.login(email, password, { otp: await otp(secret) });
        expect(await emailOf(page.client)).toBe(email);

        await page.client.request(disableTwoFactor(await otp(secret)));
        await sdk.client().login(email, password);
      });
    });
  });
}
