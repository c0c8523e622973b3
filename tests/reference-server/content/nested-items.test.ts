import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { quickServer, send, type Answer } from '../client.js';
import { library } from './library-seed.js';

/* Items that are written within others. What a Directus 12.4.1 answered about the same collections. */

let server: ReferenceServer;
beforeEach(async () => {
  server = await quickServer({ initialData: library });
});
afterEach(() => server.close());

const by = (bearer: string, route: string, body?: unknown): Promise<Answer> =>
  send(server, route, { bearer, ...(body !== undefined && { body }) });
const dataOf = async (route: string, body?: unknown): Promise<unknown> =>
  (await by('boss-token', route, body)).json?.data;
const withArticles = '?fields=name,articles.title';

test('a record in place of a key is created', async () => {
  expect(
    await dataOf('POST /items/articles?fields=title,author.name', { title: 'By', author: { name: 'Ann' } }),
  ).toEqual({ title: 'By', author: { name: 'Ann' } });
});

test('a record whose key is there is changed', async () => {
  await dataOf('POST /items/authors', { name: 'Ann' });
  expect(
    await dataOf('POST /items/articles?fields=author.*', { title: 'By', author: { id: 1, name: 'Anna' } }),
  ).toMatchObject({ author: { id: 1, name: 'Anna' } });
});

describe('the records that refer to one', () => {
  beforeEach(async () => {
    await dataOf('POST /items/authors', { name: 'Bob', articles: [{ title: 'B1' }, { title: 'B2' }] });
  });

  test('are created with it', async () => {
    expect(await dataOf(`GET /items/authors/1${withArticles}`)).toEqual({
      name: 'Bob',
      articles: [{ title: 'B1' }, { title: 'B2' }],
    });
  });

  test('are created, changed and let go by name', async () => {
    const articles = { create: [{ title: 'B3' }], update: [{ id: 1, title: 'B1x' }], delete: [2] };
    expect(await dataOf(`PATCH /items/authors/1${withArticles}`, { articles })).toEqual({
      name: 'Bob',
      articles: [{ title: 'B1x' }, { title: 'B3' }],
    });
    expect(await dataOf('GET /items/articles/2?fields=title,author')).toEqual({ title: 'B2', author: null });
  });

  test('are those of a list, and no others', async () => {
    expect(await dataOf(`PATCH /items/authors/1${withArticles}`, { articles: [2, { title: 'B4' }] })).toEqual({
      name: 'Bob',
      articles: [{ title: 'B2' }, { title: 'B4' }],
    });
  });

  test('are written all or none', async () => {
    const answer = await by('boss-token', 'PATCH /items/authors/1', { name: 'Rob', articles: [{ title: 'B4' }, {}] });
    expect(answer.json?.errors?.[0]?.message).toBe(
      'Validation failed for field "title" at "articles". Value is required.',
    );
    expect(await dataOf(`GET /items/authors/1${withArticles}`)).toEqual({
      name: 'Bob',
      articles: [{ title: 'B1' }, { title: 'B2' }],
    });
  });
});

test('within a record is written only what may be written by itself', async () => {
  const rejected = await by('ed-token', 'POST /items/articles', { title: 'By', author: { name: 'Ann' } });
  expect(rejected.status).toBe(403);
  await dataOf('POST /items/authors', { name: 'Ann' });
  const changed = await by('ed-token', 'POST /items/articles', { title: 'By', author: { id: 1, name: 'Mine' } });
  expect(changed.status).toBe(403);
  expect(await dataOf('GET /items/authors/1?fields=name')).toEqual({ name: 'Ann' });
  expect((await by('ed-token', 'POST /items/articles', { title: 'By', author: 1 })).status).toBe(200);
});

describe('policies', () => {
  test('are given to a role within it, and what they allow holds at once', async () => {
    const permissions = [{ collection: 'authors', action: 'create', fields: ['*'] }];
    const policies = { create: [{ policy: { name: 'Authors', permissions } }] };
    const [editor] = (await dataOf('GET /roles?filter[name][_eq]=Editor')) as { id: string }[];
    const role = await dataOf(`PATCH /roles/${editor?.id ?? ''}?fields=policies.policy.name`, { policies });
    expect(role).toEqual({ policies: expect.arrayContaining([{ policy: { name: 'Authors' } }]) as unknown });
    expect((await by('ed-token', 'POST /items/authors', { name: 'Ann' })).status).toBe(200);
  });

  test('are not given by one who is no administrator', async () => {
    const [policy] = (await dataOf('GET /policies?filter[name][_eq]=Administrator')) as { id: string }[];
    const given = { policies: [{ policy: policy?.id }] };
    expect((await by('ed-token', 'PATCH /users/me', given)).status).toBe(403);
  });
});

test('records of a relation with an order are told in it; new ones by name come last, and their fields in the order of their creation', async () => {
  const integer = (field: string): object => ({ field, type: 'integer', schema: {}, meta: {} });
  const collection = (name: string, ...fields: string[]): Promise<unknown> =>
    dataOf('POST /collections', { collection: name, schema: {}, meta: {}, fields: fields.map(integer) });
  const alias = (field: string): Promise<unknown> =>
    dataOf('POST /fields/lists', { field, type: 'alias', schema: null, meta: { special: ['o2m'] } });
  const relation = (name: string, one_field: string, sort_field: string | null): Promise<unknown> =>
    dataOf('POST /relations', {
      collection: name,
      field: 'list',
      related_collection: 'lists',
      meta: { one_field, sort_field },
    });
  await collection('lists', 'size');
  await collection('entries', 'list', 'place');
  await collection('notes', 'list');
  await alias('entries');
  await alias('notes');
  await relation('notes', 'notes', null);
  await relation('entries', 'entries', 'place');
  const query = '?fields=entries.id,entries.place';
  expect(await dataOf(`POST /items/lists${query}`, { entries: [{ place: 2 }, { place: 1 }] })).toEqual({
    entries: [
      { id: 2, place: 1 },
      { id: 1, place: 2 },
    ],
  });
  const changes = { create: [{}, {}], update: [{ id: 2, place: 9 }], delete: [] };
  expect(await dataOf(`PATCH /items/lists/1${query}`, { entries: changes })).toEqual({
    entries: [
      { id: 1, place: 2 },
      { id: 3, place: 3 },
      { id: 4, place: 4 },
      { id: 2, place: 9 },
    ],
  });
  expect(Object.keys((await dataOf('GET /items/lists/1')) as object)).toEqual(['id', 'size', 'entries', 'notes']);
});
