import {
  createUser,
  createUsers,
  deleteUser,
  deleteUsers,
  readUser,
  readUsers,
  updateUser,
  updateUsers,
  updateUsersBatch,
} from '@directus/sdk';
import { describe, expect, test } from 'vitest';
import { type Clients, error, type Schema } from '../clients.js';

/** Users are written and read by an administrator. */
export function userScenarios(sdk: Clients): void {
  describe('users', () => {
    test('are created, read, changed and deleted', async () => {
      const admin = await sdk.administrator();
      const email = `sdk-${crypto.randomUUID()}@example.com`;
      const created = await admin.request(createUser({ email, first_name: 'Ada' }));
      expect(created).toMatchObject({ email, first_name: 'Ada', status: 'active', role: null });
      const found = await admin.request(readUsers({ filter: { email: { _eq: email } }, fields: ['id', 'first_name'] }));
      expect(found).toEqual([{ id: created.id, first_name: 'Ada' }]);
      const changed = await admin.request(updateUser(created.id, { last_name: 'Lovelace' }, { fields: ['last_name'] }));
      expect(changed).toEqual({ last_name: 'Lovelace' });
      expect(await admin.request(readUser(created.id, { fields: ['first_name', 'last_name'] }))).toEqual({
        first_name: 'Ada',
        last_name: 'Lovelace',
      });
      await expect(admin.request(createUser({ email }))).rejects.toMatchObject(error('RECORD_NOT_UNIQUE'));
      await admin.request(deleteUser(created.id));
      await expect(admin.request(readUser(created.id))).rejects.toMatchObject(error('FORBIDDEN'));
    });

    test('are created, listed, changed and deleted several at a time', async () => {
      const admin = await sdk.administrator();
      const mark = crypto.randomUUID().slice(0, 8);
      const people = [
        { email: `ada-${mark}@example.com`, last_name: 'Lovelace' },
        { email: `mary-${mark}@example.com`, last_name: 'Lovelace' },
        { email: `zoe-${mark}@example.com`, last_name: 'Ada' },
      ];
      const emails = people.map(({ email }) => email);
      const [ada, mary, zoe] = emails;
      const created = await admin.request(createUsers(people, { fields: ['id', 'email'] }));
      expect(created.map(({ email }) => email).sort()).toEqual(emails);
      const idOf = (email: unknown): string => created.find((user) => user.email === email)?.id ?? '';

      type Query = NonNullable<Parameters<typeof readUsers<Schema, { fields: ['email'] }>>[0]>;
      const list = async (query: Omit<Query, 'fields'>): Promise<unknown[]> =>
        (await admin.request(readUsers({ search: mark, sort: ['email'], ...query, fields: ['email'] }))).map(
          ({ email }) => email,
        );
      expect(await list({})).toEqual(emails);
      expect(await list({ search: `ADA-${mark}` })).toEqual([ada]);
      expect(await list({ sort: ['last_name', '-email'] })).toEqual([zoe, mary, ada]);
      expect(await list({ limit: 2 })).toEqual([ada, mary]);
      expect(await list({ limit: 2, page: 2 })).toEqual([zoe]);
      expect(await list({ limit: 1, offset: 1 })).toEqual([mary]);
      const lovelaces = { last_name: { _eq: 'Lovelace' } };
      expect(await list({ filter: { _and: [lovelaces, { email: { _contains: 'mary' } }] } })).toEqual([mary]);
      expect(await list({ filter: { _or: [lovelaces, { email: { _eq: zoe } }] } })).toEqual(emails);

      const both = [idOf(ada), idOf(mary)];
      expect(await admin.request(updateUsers(both, { title: 'Countess' }, { fields: ['title'] }))).toEqual([
        { title: 'Countess' },
        { title: 'Countess' },
      ]);
      const own = { id: idOf(zoe), title: 'Doctor' };
      expect(await admin.request(updateUsersBatch([own], { fields: ['id', 'title'] }))).toEqual([own]);
      await admin.request(deleteUsers(both));
      expect(await list({})).toEqual([zoe]);
      await admin.request(deleteUsers([idOf(zoe)]));
      expect(await list({})).toEqual([]);
    });
  });
}
