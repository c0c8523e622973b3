import { passwordRequest, randomString, readProviders, serverPing } from '@directus/sdk';
import { describe, expect, test } from 'vitest';
import { type Clients, error } from '../clients.js';

/** What the client asks for without a login. */
export function publicScenarios(sdk: Clients): void {
  describe('without a login', () => {
    test('asks for a new password, and is told nothing about whether there is such a user', async () => {
      await sdk.client().request(passwordRequest(sdk.admin.email));
      await sdk.client().request(passwordRequest('nobody@example.com'));
      const elsewhere = sdk.client().request(passwordRequest(sdk.admin.email, 'https://elsewhere.example'));
      await expect(elsewhere).rejects.toMatchObject(error('INVALID_PAYLOAD'));
    });

    test('asks for what needs no login', async () => {
      expect(await sdk.client().request(serverPing())).toBe('pong');
      expect(await sdk.client().request(readProviders())).toEqual([]);
      expect(await sdk.client().request(randomString(20))).toMatch(/^[\w-]{20}$/);
    });
  });
}
