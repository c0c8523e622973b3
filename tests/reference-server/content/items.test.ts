import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createReferenceServer,
  ManualClock,
  SqliteStore,
  type InitialData,
  type ReferenceServer,
} from '../../../reference-server/index.js';
import { login, quickServer, send, type Answer } from '../client.js';
import { ANN, BOB, ED, EVE, magazine } from './content-seed.js';

/* What a Directus 12.4.1 answered about the same collections, and 11.17.4 where permissions have filters (12.4.1 sells these). */

const messageOf = ({ json }: Answer): string | undefined => json?.errors?.[0]?.message;
const hidden = (what: string, where = 'root'): string =>
  `You don't have permission to access ${what} or it does not exist. Queried in ${where}.`;
const PLAIN = "You don't have permission to access this.";

describe('reading', () => {
  let server: ReferenceServer;
  let admin = '';
  beforeAll(async () => {
    server = await quickServer({ initialData: magazine });
    ({ access: admin } = await login(server));
  });
  afterAll(() => server.close());
  const get = (path: string, bearer?: string): Promise<Answer> =>
    send(server, `GET /items/${path}`, { ...(bearer !== undefined && { bearer }) });
  const dataOf = async (path: string, bearer?: string): Promise<unknown> => (await get(path, bearer)).json?.data;

  test('an item has all its fields, in order', async () => {
    expect((await get('articles/1', admin)).text).toBe(
      `{"data":{"id":1,"title":"One","status":"published","body":null,"views":10,"rating":1.5,"featured":true,"tags":["a","b"],` +
        `"published_at":"2024-01-01T10:00:00.000Z","day":"2024-01-01","slug":"one","author":"${ANN}","owner":"${ED}"}}`,
    );
  });

  test.each<[string, unknown]>([
    ['articles?fields=id,author.name&limit=1', [{ id: 1, author: { name: 'Ann' } }]],
    ['articles?fields[]=owner.email&limit=1', [{ owner: { email: 'ed@example.com' } }]],
    [
      'authors?fields=name,articles',
      [
        { name: 'Ann', articles: [1, 2] },
        { name: 'Bob', articles: [3, 4] },
      ],
    ],
    ['authors?fields=articles.title&limit=1', [{ articles: [{ title: 'One' }, { title: 'Two' }] }]],
    ['articles?filter[views][_gt]=9&fields=id', [{ id: 1 }, { id: 3 }]],
    ['articles?filter[views][_between]=9,10&fields=id', [{ id: 1 }, { id: 2 }]],
    ['articles?filter[featured][_eq]=1&fields=id', [{ id: 1 }]],
    ['articles?filter[author][name][_eq]=Ann&fields=id', [{ id: 1 }, { id: 2 }]],
    ['articles?filter[published_at][_lt]=$NOW&fields=id', [{ id: 1 }]],
    ['articles?filter[published_at][_gt]=$NOW(-100 years)&fields=id', [{ id: 1 }]],
    ['articles?filter[author][_null]=true&fields=id', [{ id: 5 }]],
    ['authors?filter[articles][_none][title][_eq]=One&fields=name', [{ name: 'Bob' }]],
    ['articles?sort=-views,id&fields=views', [{ views: 100 }, { views: 10 }, { views: 9 }, { views: 0 }, { views: 0 }]],
    ['articles?sort=author.name,-id&fields=id', [{ id: 5 }, { id: 2 }, { id: 1 }, { id: 4 }, { id: 3 }]],
    ['articles?search=10&fields=id', [{ id: 1 }]],
    ['articles?search=ONE&fields=id', [{ id: 1 }]],
    ['articles?fields=id&page=2&limit=2', [{ id: 3 }, { id: 4 }]],
    ['articles?fields=id&offset=4', [{ id: 5 }]],
    ['articles?aggregate[count]=*', [{ count: 5 }]],
    ['articles?aggregate[avg]=views,rating', [{ avg: { views: 23.8, rating: 1.5 } }]],
    ['articles?aggregate[min]=views&aggregate[max]=views', [{ min: { views: 0 }, max: { views: 100 } }]],
    [
      'articles?groupBy=status&aggregate[count]=*',
      [
        { status: 'archived', count: 1 },
        { status: 'draft', count: 2 },
        { status: 'published', count: 2 },
      ],
    ],
    [
      'authors?fields=articles.title&deep[articles][_sort]=-title&deep[articles][_limit]=1',
      [{ articles: [{ title: 'Two' }] }, { articles: [{ title: 'Three' }] }],
    ],
    [
      'articles?fields=author.name&deep[author][_filter][name][_eq]=Ann&limit=3',
      [{ author: { name: 'Ann' } }, { author: { name: 'Ann' } }, { author: null }],
    ],
  ])('an administrator gets %s', async (path, expected) => {
    expect(await dataOf(path, admin)).toEqual(expected);
  });

  test('meta counts', async () => {
    expect((await get('articles?meta=*&filter[status][_eq]=draft&limit=1&fields=id', admin)).text).toBe(
      '{"meta":{"total_count":5,"filter_count":2},"data":[{"id":2}]}',
    );
  });

  test.each([
    ['articles?filter[views][_eq]=x', 'Invalid query. Invalid numeric value.'],
    [
      'articles?filter[views][_contains]=1',
      'Invalid query. "integer" field type does not contain the "_contains" filter operator.',
    ],
    [
      'articles?filter[day][_contains]=1',
      'Invalid query. "date" field type does not contain the "_contains" filter operator.',
    ],
    ['articles?fields=author.nope', hidden('field "nope" in collection "authors"', '"author"')],
    ['articles?sort=nope', hidden('field "nope" in collection "articles"')],
    ['articles?aggregate[sum]=nope', hidden('field "nope" in collection "articles"')],
    ['articles/99', PLAIN],
    ['articles/x', PLAIN],
    ['authors/x', PLAIN],
    ['nope', hidden('collection "nope"')],
    ['nope/1', hidden('collection "nope"')],
    ['directus_users', PLAIN],
  ])('GET /items/%s is rejected', async (path, message) => {
    expect(messageOf(await get(path, admin))).toBe(message);
  });

  test.each<[string, string | undefined, string, unknown]>([
    [
      'everybody',
      undefined,
      'articles',
      [
        { id: 1, title: 'One', status: 'published', author: ANN },
        { id: 4, title: 'Four', status: 'published', author: BOB },
      ],
    ],
    ['everybody', undefined, 'articles?fields=author.name', [1, 4]],
    ['everybody', undefined, 'articles?fields=*.*&limit=1', [{ id: 1, title: 'One', status: 'published' }]],
    ['everybody', undefined, 'articles?search=Two', []],
    ['everybody', undefined, 'articles?aggregate[count]=*', [{ count: 2 }]],
    ['a user without a role', 'none-token', 'articles?fields=id', [{ id: 1 }, { id: 4 }]],
    ['an editor', 'ed-token', 'articles?fields=id', [{ id: 1 }, { id: 2 }, { id: 4 }]],
    ['another editor', 'eve-token', 'articles?fields=id', [{ id: 1 }, { id: 3 }, { id: 4 }]],
    [
      'an editor',
      'ed-token',
      'articles?fields=id,owner.email',
      [
        { id: 1, owner: { email: 'ed@example.com' } },
        { id: 2, owner: { email: 'ed@example.com' } },
        { id: 4, owner: null },
      ],
    ],
    [
      'an editor',
      'ed-token',
      'authors',
      [
        { id: ANN, name: 'Ann' },
        { id: BOB, name: 'Bob' },
      ],
    ],
    ['an editor', 'ed-token', 'articles?filter[author][name][_eq]=Bob&fields=id', [{ id: 4 }]],
    // A field that only some items show is null in the others; the public permissions are not theirs.
    [
      'a statistician',
      'stat-token',
      'articles?limit=4',
      [
        { id: 1, title: 'One', views: 10, body: null },
        { id: 2, title: 'Two', views: 9, body: null },
        { id: 3, title: 'Three', views: 100, body: null },
        { id: 4, title: null, views: null, body: null },
      ],
    ],
  ])('%s (%s) gets %s', async (_who, bearer, path, expected) => {
    expect(await dataOf(path, bearer)).toEqual(expected);
  });

  test.each<[string | undefined, string, string]>([
    [undefined, 'articles?fields=id,body', hidden('field "body" in collection "articles"')],
    [undefined, 'articles?filter[body][_null]=true', hidden('field "body" in collection "articles"')],
    [undefined, 'articles?sort=body', hidden('field "body" in collection "articles"')],
    [undefined, 'articles?aggregate[sum]=views', hidden('field "views" in collection "articles"')],
    [undefined, 'articles?filter[author][name][_eq]=Ann', hidden('collection "authors"', '"author"')],
    [undefined, 'articles?sort=author.name', hidden('collection "authors"', '"author"')],
    [undefined, 'authors', hidden('collection "authors"')],
    [undefined, 'authors?filter[nope][_eq]=1', hidden('field "nope" in collection "authors"')],
    [undefined, 'articles/2', PLAIN],
    ['ed-token', 'articles/3', PLAIN],
    ['ed-token', 'authors?fields=articles', hidden('field "articles" in collection "authors"')],
    ['ed-token', 'notes/x', hidden('collection "notes"')],
  ])('%s may not GET /items/%s', async (bearer, path, message) => {
    const answer = await get(path, bearer);
    expect([answer.status, messageOf(answer)]).toEqual([403, message]);
  });

  test('a user reads and changes of the own record what a permission says', async () => {
    const own = { id: ED, first_name: null, email: 'ed@example.com' };
    const as = (what: string, body?: object): Promise<Answer> =>
      send(server, what, { bearer: 'ed-token', ...(body && { body }) });
    expect((await as('GET /users/me')).data).toEqual({ ...own, role: expect.any(String) as string });
    expect((await as('GET /users')).json?.data).toHaveLength(1);
    expect(messageOf(await as(`GET /users/${EVE}`))).toBe(PLAIN);
    expect((await as('PATCH /users/me?fields=first_name', { first_name: 'Ed' })).data).toEqual({ first_name: 'Ed' });
    expect(messageOf(await as('PATCH /users/me', { title: 'x' }))).toBe(
      hidden('field "title" in collection "directus_users"'),
    );
    expect(messageOf(await as(`PATCH /users/${EVE}`, { first_name: 'x' }))).toBe(
      `You don't have permissions to perform "update" for the field(s) "first_name" in collection "directus_users" or it does not exist.`,
    );
    expect((await as('DELETE /users/me')).status).toBe(403);
    expect((await as(`DELETE /users/${ED}`)).status).toBe(403);
  });
});

describe('writing', () => {
  let server: ReferenceServer;
  let admin = '';
  beforeEach(async () => {
    server = await quickServer({ initialData: magazine });
    ({ access: admin } = await login(server));
  });
  afterEach(() => server.close());
  const as = (bearer: string | undefined, what: string, body?: unknown): Promise<Answer> =>
    send(server, what, { ...(bearer !== undefined && { bearer }), ...(body !== undefined && { body }) });
  const mayNot = (fields: string): string =>
    `You don't have permissions to perform "update" for the field(s) ${fields} in collection "articles" or it does not exist.`;

  test('an item gets defaults, a number greater than all before, and no members that are no fields', async () => {
    const { data } = await as(admin, 'POST /items/articles', { title: 'N', nope: 1 });
    expect(data).toMatchObject({ id: 6, title: 'N', status: 'draft', views: 0, featured: false, author: null });
    expect(data).not.toHaveProperty('nope');
    await as(admin, 'POST /items/articles', { id: 50, title: 'N' });
    await as(admin, 'DELETE /items/articles/50');
    await as(admin, 'POST /items/articles', { id: 60, title: 'N' });
    expect((await as(admin, 'POST /items/articles', { title: 'N' })).data['id']).toBe(61);
    await as(admin, 'DELETE /items/articles/61');
    expect((await as(admin, 'POST /items/articles', { title: 'N' })).data['id']).toBe(62);
  });

  test.each([
    [{}, 'Validation failed for field "title". Value is required.'],
    [{ title: null }, `Validation failed for field "title". Value can't be null.`],
    [{ title: 'x', slug: 'one' }, 'Value "one" for field "slug" in collection "articles" has to be unique.'],
    [{ title: 'x', id: 1 }, 'Value "1" for field "id" in collection "articles" has to be unique.'],
    [{ title: 'x', id: 'x' }, PLAIN],
    [{ title: 'x', author: 'dddddddd-0000-4000-8000-000000000001' }, 'Invalid foreign key.'],
    [{ title: 'x', owner: ANN }, 'Invalid foreign key.'],
    [
      { title: 'x', owner: { email: 'new@example.com' } },
      'Invalid payload. "owner" has to be a key: this server does not write "directus_users" within others.',
    ],
  ])('%j is no article, nor is a list with it', async (body, message) => {
    expect(messageOf(await as(admin, 'POST /items/articles', body))).toBe(message);
    expect(messageOf(await as(admin, 'POST /items/articles', [{ title: 'ok' }, body]))).toBe(message);
    const { json } = await as(admin, 'GET /items/articles?aggregate[count]=*');
    expect(json?.data).toEqual([{ count: 5 }]);
  });

  test.each([
    [{ views: '12' }, { views: 12 }],
    [{ views: 'x' }, { views: 'x' }],
    [
      { views: true, body: true },
      { views: 1, body: '1' },
    ],
    [
      { rating: '2.5', tags: '["x"]' },
      { rating: 2.5, tags: ['x'] },
    ],
    [{ featured: 1 }, { featured: true }],
    [{ published_at: '2024-05-05' }, { published_at: '2024-05-05T00:00:00.000Z' }],
    [{ day: '2024-05-05T10:00:00Z' }, { day: '2024-05-05' }],
  ])('%j is stored as a Directus stores it', async (given, told) => {
    expect((await as(admin, 'PATCH /items/articles/1', given)).data).toMatchObject(told);
  });

  test('the server writes the special fields, by its own clock', async () => {
    const clock = new ManualClock(Date.UTC(2030, 0, 1));
    const timed = await quickServer({ initialData: magazine, clock });
    const { access } = await login(timed);
    const bearer = { bearer: access };
    const body = { slug: 'a', at: '2024-01-01T10:00:00Z', created: '2020-01-01' };
    const { data } = await send(timed, 'POST /items/notes', { ...bearer, body });
    expect(data).toEqual({
      slug: 'a',
      text: null,
      created: '2030-01-01T00:00:00.000Z',
      updated_by: null,
      at: '2024-01-01T10:00:00',
    });
    const changed = await send(timed, 'PATCH /items/notes/a', { ...bearer, body: { text: 'x' } });
    expect(changed.data['updated_by']).toBe(timed.admin.id);
    const found = await send(timed, 'GET /items/notes?filter[created][_eq]=$NOW', bearer);
    expect(found.json?.data).toHaveLength(1);
    const missing = await send(timed, 'POST /items/notes', { ...bearer, body: {} });
    expect(messageOf(missing)).toBe('Validation failed for field "slug". Value is required.');
    await timed.close();
  });

  test('several are changed and removed by keys, by list and by query', async () => {
    const bodies = async (): Promise<unknown> =>
      ((await as(admin, 'GET /items/articles?fields=body')).json?.data as { body: unknown }[]).map(({ body }) => body);
    await as(admin, 'PATCH /items/articles', { keys: [1, 999], data: { body: 'k' } });
    await as(admin, 'PATCH /items/articles', [{ id: 2, body: 'l' }]);
    await as(admin, 'PATCH /items/articles', { query: { filter: { views: { _gt: 50 } } }, data: { body: 'q' } });
    expect(await bodies()).toEqual(['k', 'l', 'q', null, null]);
    expect(messageOf(await as(admin, 'PATCH /items/articles', [{ title: 'x' }]))).toBe(
      'Invalid payload. Item in update misses primary key.',
    );
    expect((await as(admin, 'PATCH /items/articles/99', { title: 'x' })).status).toBe(204);
    expect((await as(admin, 'PATCH /items/articles/1', { id: 77 })).data['id']).toBe(1);
    expect((await as(admin, 'DELETE /items/articles', [1, 999])).status).toBe(204);
    await as(admin, 'DELETE /items/articles', { keys: [2] });
    await as(admin, 'DELETE /items/articles', { query: { filter: { status: { _eq: 'archived' } } } });
    expect((await as(admin, 'SEARCH /items/articles', { query: { fields: ['id'] } })).json?.data).toEqual([
      { id: 3 },
      { id: 4 },
    ]);
    expect((await as(admin, 'SEARCH /items/articles', { keys: [4, 1], query: { fields: ['id'] } })).json?.data).toEqual(
      [{ id: 4 }],
    );
  });

  test('what refers to an item or a user that is removed refers to nothing', async () => {
    await as(admin, `DELETE /items/authors/${ANN}`);
    await as(admin, `DELETE /users/${EVE}`);
    expect((await as(admin, 'GET /items/articles?fields=author,owner&limit=3')).json?.data).toEqual([
      { author: null, owner: ED },
      { author: null, owner: ED },
      { author: BOB, owner: null },
    ]);
  });

  test('an editor creates, with what is preset, and sees of it what may be read', async () => {
    const created = await as('ed-token', 'POST /items/articles?fields=id,owner', { title: 'Mine' });
    expect(created.data).toEqual({ id: 6, owner: ED });
    const foreign = await as('ed-token', 'POST /items/articles', { title: 'Hers', owner: EVE });
    expect([foreign.status, foreign.text]).toEqual([204, '']);
    const both = await as('ed-token', 'POST /items/articles?fields=id', [{ title: 'a' }, { title: 'b', owner: EVE }]);
    expect(both.json?.data).toEqual([{ id: 8 }]);
  });

  test.each<[string | undefined, string, unknown, string]>([
    ['ed-token', 'POST /items/articles', { title: 'x', rating: 1 }, hidden('field "rating" in collection "articles"')],
    ['ed-token', 'POST /items/articles', { title: 'x', id: 9 }, hidden('field "id" in collection "articles"')],
    [
      'ed-token',
      'POST /items/articles',
      { title: 'x', rating: 1, tags: [] },
      `You don't have permission to access fields "rating", "tags" in collection "articles" or they do not exist. Queried in root.`,
    ],
    ['ed-token', 'POST /items/articles', {}, 'Validation failed for field "title". Value is required.'],
    ['ed-token', 'POST /items/authors', { name: 'x' }, hidden('collection "authors"')],
    ['ed-token', 'PATCH /items/articles/3', { title: 'x' }, mayNot('"title"')],
    ['ed-token', 'PATCH /items/articles/99', { title: 'x' }, mayNot('"title"')],
    ['ed-token', 'PATCH /items/articles/2', { views: 1 }, hidden('field "views" in collection "articles"')],
    ['ed-token', 'PATCH /items/articles', { keys: [2, 3], data: { body: 'z' } }, mayNot('"body"')],
    [
      'ed-token',
      'PATCH /items/articles',
      [
        { id: 2, body: 'z' },
        { id: 3, body: 'z', title: 'z' },
      ],
      mayNot('"body", "title"'),
    ],
    ['ed-token', 'PATCH /items/articles', { keys: [], data: { body: 'z' } }, mayNot('"body"')],
    ['ed-token', 'PATCH /items/articles', { query: {}, data: { body: 'z' } }, mayNot('"body"')],
    [
      'ed-token',
      'PATCH /items/articles/3',
      {},
      `You don't have permission to perform "update" for collection "articles" or it does not exist.`,
    ],
    [
      'ed-token',
      'DELETE /items/articles',
      [2, 3],
      `You don't have permission to perform "delete" for collection "articles" or it does not exist.`,
    ],
    ['ed-token', `DELETE /items/authors/${ANN}`, undefined, hidden('collection "authors"')],
    [undefined, 'POST /items/articles', { title: 'x' }, hidden('collection "articles"')],
    [undefined, 'PATCH /items/articles/1', { title: 'x' }, hidden('collection "articles"')],
    [undefined, 'PATCH /items/articles', { keys: [], data: { title: 'x' } }, mayNot('"title"')],
    [undefined, 'DELETE /items/articles', [1], hidden('collection "articles"')],
    [
      undefined,
      'DELETE /items/articles',
      [],
      `You don't have permission to perform "delete" for collection "articles" or it does not exist.`,
    ],
  ])('%s: %s %j is rejected, and nothing is written', async (bearer, what, body, message) => {
    const all = async (): Promise<string> => (await as(admin, 'GET /items/articles')).text;
    const before = await all();
    expect(messageOf(await as(bearer, what, body))).toBe(message);
    expect(await all()).toBe(before);
  });

  test('an editor changes and removes the own articles', async () => {
    expect((await as('ed-token', 'PATCH /items/articles/2?fields=title', { title: 'My' })).data).toEqual({
      title: 'My',
    });
    expect((await as('ed-token', 'DELETE /items/articles/2')).status).toBe(204);
    expect((await as(admin, 'GET /items/articles/2')).status).toBe(403);
  });

  test('reset() brings items, collections and permissions back', async () => {
    const before = (await as(admin, 'GET /items/articles')).text;
    await as(admin, 'DELETE /items/articles', [1, 2]);
    await as(admin, 'POST /items/notes', { slug: 'a' });
    await server.reset();
    expect((await as(admin, 'GET /items/articles')).text).toBe(before);
    expect((await as(admin, 'GET /items/notes')).json?.data).toEqual([]);
    expect((await as(undefined, 'GET /items/articles')).json?.data).toHaveLength(2);
  });

  test('two at once get different numbers, and only one a unique value', async () => {
    const statuses = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await as(admin, 'POST /items/articles', { title: 'x', slug: 'same' })).status,
      ),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });
});

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
