import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createReferenceServer, SqliteStore, type InitialData } from '../../../reference-server/index.js';
import { quickServer, send } from '../client.js';
import { magazine } from './content-seed.js';

test('an SQLite file keeps items, collections and permissions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'items-'));
  const file = join(folder, 'auth.db');
  const first = await quickServer({ initialData: magazine, store: await SqliteStore.open(file) });
  await send(first, 'POST /items/articles', { bearer: 'ed-token', body: { title: 'Kept' } });
  await send(first, 'DELETE /items/articles/2', { bearer: 'ed-token' });
  await first.close();
  // What is in the store already is left as it is, with the seed and without.
  for (const options of [{}, { initialData: magazine }]) {
    const next = await quickServer({ ...options, store: await SqliteStore.open(file) });
    const { json } = await send(next, 'GET /items/articles?fields=title', { bearer: 'ed-token' });
    expect(json?.data).toEqual([{ title: 'One' }, { title: 'Four' }, { title: 'Kept' }]);
    expect((await send(next, 'GET /items/articles/1?fields=body')).status).toBe(403);
    await next.close();
  }
  rmSync(folder, { recursive: true });
});

describe('a seed that cannot be used says why', () => {
  const article = { name: 'a', fields: [{ name: 't', type: 'string' as const }] };
  test.each<[InitialData, RegExp]>([
    [{ collections: [article, article] }, /"a" is there twice/],
    [{ collections: [{ name: 'a', fields: [{ name: 'x', type: 'many-to-one' }] }] }, /"x" without "to"/],
    [
      { collections: [{ name: 'a', fields: [{ name: 'x', type: 'many-to-one', to: 'b' }] }] },
      /"x" to "b", which is no collection/,
    ],
    [
      { collections: [{ name: 'a', fields: [{ name: 'x', type: 'one-to-many', to: 'a', by: 'x' }] }] },
      /"x" that needs "by"/,
    ],
    [
      { collections: [{ name: 'a', fields: [{ name: 'x', type: 'json', primaryKey: true }] }] },
      /cannot be the primary key/,
    ],
    [{ collections: [article], items: { b: [] } }, /items of "b"/],
    [{ collections: [article], items: { a: [{ u: 1 }] } }, /has a member "u"/],
    [
      {
        collections: [{ name: 'a', fields: [{ name: 'o', type: 'many-to-one', to: 'directus_users' }] }],
        items: { a: [{ o: 'x@y.de' }] },
      },
      /refers to an item or user that there is not/,
    ],
    [{ public: { permissions: [{ collection: 'b', action: 'read' }] } }, /public to read "b" is about no collection/],
    [
      { collections: [article], public: { permissions: [{ collection: 'a', action: 'read', fields: ['u'] }] } },
      /names the field "u"/,
    ],
    [
      {
        collections: [article],
        public: { permissions: [{ collection: 'a', action: 'read', filter: { t: { _gt: 1 } } }] },
      },
      /has a filter that cannot be used/,
    ],
    [
      {
        collections: [article],
        public: { permissions: [{ collection: 'a', action: 'create', filter: { t: { _eq: 1 } } }] },
      },
      /what is new meets none yet/,
    ],
  ])('%j', async (initialData, message) => {
    await expect(createReferenceServer({ initialData })).rejects.toThrow(message);
  });
});
