import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MemoryStore, SqliteStore } from '../../../reference-server/index.js';
import { storeContract, user } from './store-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-stores-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeContract('memory', () => {
  const store = new MemoryStore();
  return Promise.resolve([store, store]);
});

storeContract('SQLite', async () => {
  const file = join(folder, `${(files += 1)}.db`);
  return [await SqliteStore.open(file), await SqliteStore.open(file)];
});

test('the files of SQLite are for this user alone', async () => {
  const store = await SqliteStore.open(join(folder, 'mode.db'));
  await store.secret('x');
  for (const suffix of ['', '-wal', '-shm'])
    expect(statSync(join(folder, `mode.db${suffix}`)).mode & 0o777, suffix).toBe(0o600);
  await store.close();
});

test('SQLite stores what it was asked for before it was closed, and says so', async () => {
  const file = join(folder, 'closed.db');
  const store = await SqliteStore.open(file);
  const stored = store.insertUser(user('a'));
  await store.close();
  await expect(stored).resolves.toBeUndefined();
  await expect(store.insertUser(user('b'))).rejects.toThrow();
  const again = await SqliteStore.open(file);
  expect((await again.users()).map(({ id }) => id)).toEqual(['a']);
  await again.close();
});
