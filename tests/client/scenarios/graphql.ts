import { readMe, withToken } from '@directus/sdk';
import { describe, expect, test } from 'vitest';
import { type Clients, error, INVALID_CREDENTIALS } from '../clients.js';

/** GraphQL by the client. */
export function graphqlScenarios(sdk: Clients): void {
  describe('GraphQL', () => {
    test('tells who is logged in', async () => {
      const admin = await sdk.administrator();
      const query = 'query Me { users_me { email status } }';
      expect(await admin.query(query, {}, 'system')).toEqual({
        users_me: { email: sdk.admin.email, status: 'active' },
      });
    });

    test('by the session cookie, too', async () => {
      const { client: page } = sdk.browser('session');
      await page.login(sdk.admin.email, sdk.admin.password);
      expect(await page.query('{ users_me { email } }', {}, 'system')).toEqual({
        users_me: { email: sdk.admin.email },
      });
    });

    test('logs in with variables', async () => {
      const login = `mutation ($email: String!, $password: String!) {
        auth_login(email: $email, password: $password, mode: json) { access_token }
      }`;
      const result = await sdk.client().query<{ auth_login: { access_token: string } }>(login, sdk.admin, 'system');
      expect(
        await sdk.client().request(withToken(result.auth_login.access_token, readMe({ fields: ['email'] }))),
      ).toEqual({
        email: sdk.admin.email,
      });
      const wrong = sdk.client().query(login, { ...sdk.admin, password: 'wrong' }, 'system');
      await expect(wrong).rejects.toMatchObject(INVALID_CREDENTIALS);
    });

    test('shows no users without a token', async () => {
      const anonymous = sdk.client().query('{ users_me { email } }', {}, 'system');
      await expect(anonymous).rejects.toMatchObject(error('GRAPHQL_VALIDATION'));
    });
  });
}
