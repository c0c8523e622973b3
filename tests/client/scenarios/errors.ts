import { createDirectus, readUsers, rest, staticToken } from '@directus/sdk';
import { describe, expect, test } from 'vitest';
import { type Clients, emailOf, error, INVALID_CREDENTIALS, type Schema } from '../clients.js';

/** What the client throws, by the code of the error. */
export function errorScenarios(sdk: Clients): void {
  describe('what goes wrong is told by its code', () => {
    test.each([
      ['a wrong password', 'wrong', INVALID_CREDENTIALS],
      ['an empty password', '', error('INVALID_PAYLOAD', 'Invalid payload. "password" is not allowed to be empty.')],
    ])('a login with %s', async (_what, password, expected) => {
      await expect(sdk.client().login(sdk.admin.email, password)).rejects.toMatchObject(expected);
    });

    test.each([
      ['an unknown email', 'nobody@example.com', INVALID_CREDENTIALS],
      ['what is no email', 'nobody', error('INVALID_PAYLOAD', 'Invalid payload. "email" must be a valid email.')],
    ])('a login with %s', async (_what, email, expected) => {
      await expect(sdk.client().login(email, sdk.admin.password)).rejects.toMatchObject(expected);
    });

    test('a refresh and a logout without a token', async () => {
      await expect(sdk.client().refresh()).rejects.toMatchObject(error('INVALID_PAYLOAD'));
      await expect(sdk.client().logout()).rejects.toMatchObject(error('INVALID_PAYLOAD'));
    });

    test('an unknown token, and none', async () => {
      const unknown = createDirectus<Schema>(sdk.url).with(staticToken('unknown')).with(rest());
      await expect(emailOf(unknown)).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(unknown.request(readUsers())).rejects.toMatchObject({ response: { status: 401 } });
      await expect(emailOf(sdk.client())).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(sdk.client().request(readUsers())).rejects.toMatchObject(error('FORBIDDEN'));
    });
  });
}
