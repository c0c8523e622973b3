import { logout, readMe, refresh, withToken } from '@directus/sdk';
import { describe, expect, test } from 'vitest';
import { type Clients, emailOf, error, INVALID_CREDENTIALS } from '../clients.js';

/** Logins, refreshes and logouts, by each mode of the client. */
export function modeScenarios(sdk: Clients): void {
  describe('mode json', () => {
    test('a login returns both tokens and their expiry, and is accepted', async () => {
      const admin = sdk.client();
      const tokens = await admin.login(sdk.admin.email, sdk.admin.password);
      expect(tokens).toMatchObject({
        expires: 900_000,
        refresh_token: expect.stringMatching(/^[\w-]{64}$/) as unknown,
      });
      expect(await admin.getToken()).toBe(tokens.access_token);
      expect(await emailOf(admin)).toBe(sdk.admin.email);
    });

    test('a refresh brings new tokens, and the old refresh token is rejected', async () => {
      const admin = sdk.client();
      const before = await admin.login(sdk.admin.email, sdk.admin.password);
      const after = await admin.refresh();
      expect(after.refresh_token).not.toBe(before.refresh_token);
      expect(await admin.getToken()).toBe(after.access_token);
      expect(await emailOf(admin)).toBe(sdk.admin.email);
      const again = admin.request(refresh('json', before.refresh_token ?? ''));
      await expect(again).rejects.toMatchObject(INVALID_CREDENTIALS);
    });

    test('after a logout there is no token, and the refresh token is rejected', async () => {
      const admin = sdk.client();
      const { refresh_token } = await admin.login(sdk.admin.email, sdk.admin.password);
      await admin.logout();
      expect(await admin.getToken()).toBeNull();
      await expect(emailOf(admin)).rejects.toMatchObject(INVALID_CREDENTIALS);
      const again = admin.request(refresh('json', refresh_token ?? ''));
      await expect(again).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(admin.request(logout(refresh_token ?? '', 'json'))).resolves.not.toThrow();
    });
  });

  describe('mode cookie', () => {
    test('the access token is in the payload, the refresh token in a cookie', async () => {
      const page = sdk.browser('cookie');
      const tokens = await page.client.login(sdk.admin.email, sdk.admin.password);
      expect(tokens.access_token).toEqual(expect.any(String));
      expect(tokens.refresh_token).toBeUndefined();
      expect(await sdk.cookie(page, 'directus_refresh_token')).toMatch(/^[\w-]{64}$/);
      expect(await emailOf(page.client)).toBe(sdk.admin.email);
    });

    test('a refresh replaces the cookie, a logout empties it', async () => {
      const page = sdk.browser('cookie');
      await page.client.login(sdk.admin.email, sdk.admin.password);
      const before = await sdk.cookie(page, 'directus_refresh_token');
      await page.client.refresh();
      const after = await sdk.cookie(page, 'directus_refresh_token');
      expect(after).toMatch(/^[\w-]{64}$/);
      expect(after).not.toBe(before);
      expect(await emailOf(page.client)).toBe(sdk.admin.email);
      await page.client.logout();
      expect(await sdk.cookie(page, 'directus_refresh_token')).toBe('');
      const again = page.client.request(refresh('json', after ?? ''));
      await expect(again).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(page.client.refresh()).rejects.toMatchObject(error('INVALID_PAYLOAD'));
    });

    test('where no cookies are kept, nothing can be refreshed', async () => {
      const page = sdk.browser('cookie', { credentials: 'omit' });
      await page.client.login(sdk.admin.email, sdk.admin.password);
      expect(await emailOf(page.client)).toBe(sdk.admin.email);
      await expect(page.client.refresh()).rejects.toMatchObject(error('INVALID_PAYLOAD'));
    });
  });

  describe('mode session', () => {
    test('the client never sees a token, the cookie is accepted', async () => {
      const page = sdk.browser('session');
      expect(await page.client.login(sdk.admin.email, sdk.admin.password)).toEqual({
        expires: 86_400_000,
        expires_at: expect.any(Number) as unknown,
      });
      expect(await page.client.getToken()).toBeNull();
      expect(await sdk.cookie(page, 'directus_session_token')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(await emailOf(page.client)).toBe(sdk.admin.email);
    });

    test('a refresh replaces the cookie, a logout empties it and ends the token', async () => {
      const page = sdk.browser('session');
      await page.client.login(sdk.admin.email, sdk.admin.password);
      const before = await sdk.cookie(page, 'directus_session_token');
      await page.client.refresh();
      const after = (await sdk.cookie(page, 'directus_session_token')) ?? '';
      expect(after).not.toBe(before);
      expect(await emailOf(page.client)).toBe(sdk.admin.email);
      await page.client.logout();
      expect(await sdk.cookie(page, 'directus_session_token')).toBe('');
      await expect(emailOf(page.client)).rejects.toMatchObject(INVALID_CREDENTIALS);
      const withOld = sdk.client().request(withToken(after, readMe()));
      await expect(withOld).rejects.toMatchObject(INVALID_CREDENTIALS);
    });
  });
}
