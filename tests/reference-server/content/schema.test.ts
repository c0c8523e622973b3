import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { MemoryStore, SqliteStore, type ReferenceServer } from '../../../reference-server/index.js';
import { login, quickServer, send, type Answer } from '../client.js';
import { library } from './library-seed.js';

/* /collections, /fields and /relations. The shapes and errors are those of a Directus 12.4.1. */

let server: ReferenceServer;
let access = '';
afterEach(() => server.close());

async function start(options: Parameters<typeof quickServer>[0] = { initialData: library }): Promise<void> {
  server = await quickServer(options);
  ({ access } = await login(server));
}
const ask = (request: string, body?: object): Promise<Answer> =>
  send(server, request, { bearer: access, ...(body !== undefined && { body }) });
const told = async (request: string, body?: object): Promise<unknown> => (await ask(request, body)).json?.data;
const problem = async (request: string, body?: object): Promise<unknown> => {
  const { json, status } = await ask(request, body);
  return [status, json?.errors?.[0]?.message];
};

test('the collections of the seed and of the system are told, with their fields and relations', async () => {
  await start();
  const collections = (await told('GET /collections')) as { collection: string; meta: { system?: boolean } }[];
  expect(collections.slice(0, 2).map(({ collection }) => collection)).toEqual(['articles', 'authors']);
  expect(collections.filter(({ meta }) => meta.system === true).map(({ collection }) => collection)).toContain(
    'directus_users',
  );
  expect(await told('GET /collections/articles')).toMatchObject({
    collection: 'articles',
    meta: { collection: 'articles', singleton: false, hidden: false, versioning: false },
    schema: { name: 'articles' },
  });
  expect(await told('GET /fields/articles/slug')).toMatchObject({
    collection: 'articles',
    field: 'slug',
    type: 'string',
    schema: { data_type: 'varchar', max_length: 255, is_unique: true, is_nullable: true, is_primary_key: false },
    meta: { special: null, required: false },
  });
  expect(await told('GET /fields/authors/articles')).toMatchObject({
    type: 'alias',
    schema: null,
    meta: { special: ['o2m'] },
  });
  expect(await told('GET /fields/directus_users/email')).toMatchObject({
    type: 'string',
    schema: { max_length: 128, is_unique: true },
    meta: { system: true, interface: 'input' },
  });
  expect(await told('GET /relations/articles/author')).toMatchObject({
    collection: 'articles',
    field: 'author',
    related_collection: 'authors',
    schema: { foreign_key_table: 'authors', foreign_key_column: 'id', on_delete: 'SET NULL' },
    meta: { many_collection: 'articles', one_collection: 'authors', one_field: 'articles' },
  });
  const fields = (await told('GET /fields')) as { collection: string; field: string }[];
  expect(fields.filter(({ collection }) => collection === 'articles').map(({ field }) => field)).toEqual([
    ...['id', 'title', 'slug', 'cover', 'author'],
  ]);
});

const stores: readonly [string, () => Promise<MemoryStore | SqliteStore>][] = [
  ['in memory', () => Promise.resolve(new MemoryStore())],
  ['in an SQLite file', () => SqliteStore.open(join(mkdtempSync(join(tmpdir(), 'auth-conformance-schema-')), 'a.db'))],
];
describe.each(stores)('%s', (_name, open) => {
  test('collections, fields and relations are created, used and removed', async () => {
    await start({ store: await open() });
    await ask('POST /collections', {
      collection: 'books',
      schema: {},
      meta: { icon: 'book' },
      fields: [
        { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true } },
        { field: 'title', type: 'string', schema: { is_nullable: false } },
        { field: 'writer', type: 'integer' },
      ],
    });
    await ask('POST /collections', { collection: 'writers', schema: {}, fields: [{ field: 'name', type: 'string' }] });
    await ask('POST /fields/writers', { field: 'books', type: 'alias', meta: { special: ['o2m'] } });
    await ask('POST /relations', {
      collection: 'books',
      field: 'writer',
      related_collection: 'writers',
      meta: { one_field: 'books' },
      schema: { on_delete: 'SET NULL' },
    });
    await ask('POST /items/writers', { name: 'Ann', books: [{ title: 'One' }] });
    await ask('POST /fields/books', { field: 'pages', type: 'integer', schema: { default_value: 7 } });
    expect(await told('GET /items/books?fields=title,pages,writer.name')).toEqual([
      { title: 'One', pages: 7, writer: { name: 'Ann' } },
    ]);
    expect(await problem('POST /items/books', {})).toEqual([
      400,
      'Validation failed for field "title". Value is required.',
    ]);
    expect(await told('PATCH /fields/books/pages', { meta: { note: 'How many' } })).toMatchObject({
      meta: { note: 'How many' },
      schema: { default_value: 7 },
    });
    await ask('DELETE /fields/books/pages');
    await ask('POST /fields/books', { field: 'pages', type: 'integer' });
    expect(await told('GET /items/books?fields=pages')).toEqual([{ pages: null }]);
    await ask('DELETE /relations/books/writer');
    expect(await told('GET /items/books?fields=writer.name')).toEqual([1]);
    await ask('DELETE /collections/books');
    expect((await ask('GET /items/books')).status).toBe(403);
    await ask('POST /collections', { collection: 'books', schema: {}, fields: [{ field: 'title', type: 'string' }] });
    expect(await told('GET /items/books')).toEqual([]);
  });
});

test('what cannot be done is rejected with the reason', async () => {
  await start();
  const rejected = async (request: string, body: object): Promise<string> => {
    const { json, status } = await ask(request, body);
    expect(status).toBe(400);
    return json?.errors?.[0]?.message ?? '';
  };
  expect(await rejected('POST /fields/articles', { field: 'where', type: 'geometry' })).toContain('use one of string');
  expect(await rejected('POST /fields/articles', { field: 'slug', type: 'string' })).toContain('already exists');
  expect(await rejected('PATCH /fields/articles/slug', { type: 'integer' })).toContain('cannot be changed');
  expect(await rejected('POST /fields/directus_users', { field: 'shoe', type: 'integer' })).toContain('of the system');
  expect(await rejected('DELETE /fields/articles/id', {})).toContain('primary key');
  const relation = { collection: 'articles', field: 'slug', related_collection: 'authors' };
  expect(await rejected('POST /relations', { ...relation, schema: { on_delete: 'NOTHING' } })).toContain('CASCADE');
  expect((await send(server, 'POST /collections', { bearer: 'ed-token', body: { collection: 'x' } })).status).toBe(403);
  expect((await send(server, 'GET /collections', { bearer: 'ed-token' })).status).toBe(403);
});

test('a many-to-many relation is a collection between two', async () => {
  await start();
  await ask('POST /collections', { collection: 'tags', schema: {}, fields: [{ field: 'name', type: 'string' }] });
  const ends = ['articles_id', 'tags_id'].map((field) => ({ field, type: 'integer' }));
  await ask('POST /collections', { collection: 'articles_tags', schema: {}, fields: ends });
  await ask('POST /fields/articles', { field: 'tags', type: 'alias', meta: { special: ['m2m'] } });
  const between = { collection: 'articles_tags' };
  await ask('POST /relations', {
    ...between,
    field: 'articles_id',
    related_collection: 'articles',
    meta: { one_field: 'tags', junction_field: 'tags_id' },
  });
  await ask('POST /relations', { ...between, field: 'tags_id', related_collection: 'tags' });
  await ask('POST /items/articles', { title: 'One', tags: [{ tags_id: { name: 'new' } }] });
  expect(await told('GET /items/articles?fields=title,tags.tags_id.name')).toEqual([
    { title: 'One', tags: [{ tags_id: { name: 'new' } }] },
  ]);
  expect(await told('GET /fields/articles/tags')).toMatchObject({ type: 'alias', meta: { special: ['m2m'] } });
});

test('items are removed together with what they refer to, where the relation says so', async () => {
  await start({ initialData: { collections: [{ name: 'owners', fields: [{ name: 'name', type: 'string' }] }] } });
  for (const [collection, to] of [
    ['pets', 'owners'],
    ['toys', 'pets'],
    ['notes', 'directus_users'],
  ]) {
    const type = to === 'directus_users' ? 'uuid' : 'integer';
    await ask('POST /collections', { collection, schema: {}, fields: [{ field: 'of', type }] });
    await ask('POST /relations', { collection, field: 'of', related_collection: to, schema: { on_delete: 'CASCADE' } });
  }
  const user = await server.createUser();
  await ask('POST /items/owners', [{ name: 'a' }, { name: 'b' }]);
  await ask('POST /items/pets', [{ of: 1 }, { of: 2 }]);
  await ask('POST /items/toys', [{ of: 1 }, { of: 2 }]);
  await ask('POST /items/notes', [{ of: user.id }, { of: null }]);
  await ask('DELETE /items/owners/1');
  await ask(`DELETE /users/${user.id}`);
  expect(await told('GET /items/pets')).toEqual([{ id: 2, of: 2 }]);
  expect(await told('GET /items/toys')).toEqual([{ id: 2, of: 2 }]);
  expect(await told('GET /items/notes')).toEqual([{ id: 2, of: null }]);
});

test('what was created is there after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-schema-'));
  await start({ store: await SqliteStore.open(join(folder, 'a.db')) });
  await ask('POST /collections', { collection: 'books', schema: {}, fields: [{ field: 'title', type: 'string' }] });
  await ask('POST /items/books', { title: 'One' });
  await server.close();
  await start({ store: await SqliteStore.open(join(folder, 'a.db')) });
  expect(await told('GET /items/books')).toEqual([{ id: 1, title: 'One' }]);
  rmSync(folder, { recursive: true });
});

test('a collection of one item is read and changed as that item', async () => {
  await start({
    initialData: { collections: [{ name: 'page', singleton: true, fields: [{ name: 'headline', type: 'string' }] }] },
  });
  expect(await told('GET /items/page')).toEqual({ id: null });
  expect((await ask('POST /items/page', { headline: 'x' })).status).toBe(404);
  expect(await told('PATCH /items/page', { headline: 'Hi' })).toEqual({ id: 1, headline: 'Hi' });
  expect(await told('PATCH /items/page?fields=headline', { headline: 'Ho' })).toEqual({ headline: 'Ho' });
  expect(await told('GET /items/page')).toEqual({ id: 1, headline: 'Ho' });
});
