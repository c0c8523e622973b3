import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
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
    ['authors?filter={"articles":{"_none":{}}}&fields=name', [{ name: 'Ann' }, { name: 'Bob' }]],
    ['authors?filter={"articles":{"_some":{}}}&fields=name', [{ name: 'Ann' }, { name: 'Bob' }]],
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

  test.each<[string, unknown]>([
    ['articles?aggregate[nope]=id&limit=2', [{}, {}]],
    ['articles?aggregate[nope]=id&groupBy=status&limit=1', [{ status: 'archived' }]],
    ['articles/1?aggregate[count]=id', { count: { id: 1 } }],
    ['articles/1?fields=id&filter[id]=2', { id: 1 }],
    ['articles/1?fields=id&meta=*', { id: 1 }],
  ])('of %s as much is told as the query says', async (path, expected) => {
    expect(await dataOf(path, admin)).toEqual(expected);
  });

  test.each(['filter[title]=Two', 'search=zzz', 'limit=0', 'limit=1&page=2'])(
    'an item that a query would not list is not found: %s',
    async (query) => {
      expect(messageOf(await get(`articles/1?${query}`, admin))).toBe(PLAIN);
      expect(messageOf(await get('articles/1?filter[nope]=1', admin))).toBe(
        hidden('field "nope" in collection "articles"'),
      );
    },
  );

  test('those of a SEARCH by keys are in the order of its query, and counted without the keys', async () => {
    const search = async (keys: readonly number[], query: object): Promise<unknown> =>
      (await send(server, 'SEARCH /items/articles', { bearer: admin, body: { keys, query } })).json;
    const meta = { total_count: 5, filter_count: 5 };
    expect(await search([1, 2], { fields: ['id'], sort: ['-id'], meta: '*' })).toEqual({
      meta,
      data: [{ id: 2 }, { id: 1 }],
    });
    expect(await search([1, 99], { fields: ['id'], limit: 0 })).toEqual({ data: [{ id: 1 }] });
  });

  test('what does not exist is told before what may not be read', async () => {
    const ofNope = hidden('field "nope" in collection "authors"');
    for (const query of ['aggregate[count]=nope', 'aggregate[count]=name&groupBy=nope', 'sort=nope'])
      expect(messageOf(await get(`authors?${query}`))).toBe(ofNope);
    expect(messageOf(await get('authors?aggregate[count]=name'))).toBe(hidden('collection "authors"'));
    expect(messageOf(await get('authors?aggregate[count]=gone&groupBy=nope', admin))).toBe(ofNope);
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
