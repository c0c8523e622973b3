import { createDirectus, readMe, rest, staticToken, withToken, type AuthenticationMode } from '@directus/sdk';
import { describe, expect, test, vi } from 'vitest';
import { clients, emailOf, error, type Schema, type StartTarget } from '../clients.js';

/** When the client refreshes its tokens, and what happens when it does not. */
export function refreshScenarios(start: StartTarget): void {
  describe('with access tokens of 3 s', () => {
    const brief = clients(start, { ACCESS_TOKEN_TTL: '3s' });

    test.each<AuthenticationMode>(['json', 'cookie'])('mode %s refreshes by itself, in time', async (mode) => {
      const page = brief.browser(mode, { autoRefresh: true, msRefreshBeforeExpires: 1500 });
      const { access_token, expires } = await page.client.login(brief.admin.email, brief.admin.password);
      expect(expires).toBe(3000);
      const expired = async (): Promise<void> =>
        expect(brief.client().request(withToken(access_token ?? '', readMe()))).rejects.toMatchObject(
          error('TOKEN_EXPIRED', 'Token expired.'),
        );
      await vi.waitFor(expired, { timeout: 10_000, interval: 200 });
      expect(await page.client.getToken()).not.toBe(access_token);
      expect(await emailOf(page.client)).toBe(brief.admin.email);
    });

    test('without autoRefresh the token is refreshed when it is asked for', async () => {
      const admin = brief.client({ autoRefresh: false, msRefreshBeforeExpires: 2000 });
      const { access_token } = await admin.login(brief.admin.email, brief.admin.password);
      await vi.waitFor(async () => expect(await admin.getToken()).not.toBe(access_token), 10_000);
      expect(await emailOf(admin)).toBe(brief.admin.email);
    });

    test('a session that is no longer refreshed expires', async () => {
      const admin = brief.client({ msRefreshBeforeExpires: 0, autoRefresh: false });
      const { access_token } = await admin.login(brief.admin.email, brief.admin.password);
      const fixed = createDirectus<Schema>(brief.url)
        .with(staticToken(access_token ?? ''))
        .with(rest());
      expect(await emailOf(fixed)).toBe(brief.admin.email);
      const expired = async (): Promise<void> => expect(emailOf(fixed)).rejects.toMatchObject(error('TOKEN_EXPIRED'));
      await vi.waitFor(expired, { timeout: 10_000, interval: 200 });
    });
  });
}
