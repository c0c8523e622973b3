import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, type ReferenceServer } from '../../../reference-server/index.js';
import { login, quickServer, send, type Answer } from '../client.js';
import { ANN, BOB, ED, EVE, magazine } from './content-seed.js';

/* What a Directus 12.4.1 answered about the same collections, and 11.17.4 where permissions have filters (12.4.1 sells these). */

const messageOf = ({ json }: Answer): string | undefined => json?.errors?.[0]?.message;
const hidden = (what: string, where = 'root'): string =>
  `You don't have permission to access ${what} or it does not exist. Queried in ${where}.`;
const PLAIN = "You don't have permission to access this.";

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

  test.each<[string, unknown, unknown]>([
    ['POST', [{ title: 'A' }, { title: 'B' }], [{ id: 6 }, { id: 7 }]],
    ['POST ?sort=-id', [{ title: 'A' }, { title: 'B' }], [{ id: 7 }, { id: 6 }]],
    ['POST ?limit=1', [{ title: 'A' }, { title: 'B' }], [{ id: 6 }]],
    ['POST ?limit=0', [{ title: 'A' }, { title: 'B' }], [{ id: 6 }, { id: 7 }]],
    ['POST ?filter[title]=B', [{ title: 'A' }, { title: 'B' }], [{ id: 7 }]],
    ['POST ?sort=nope', [{ title: 'A' }], undefined],
    ['POST ?limit=0', { title: 'A' }, undefined],
    ['POST ?sort=nope', { title: 'A' }, undefined],
    ['PATCH ?sort=-id', { keys: [1, 2], data: { views: 1 } }, [{ id: 2 }, { id: 1 }]],
    ['PATCH ?search=nothing', { keys: [1, 2], data: { views: 1 } }, []],
  ])('what %s has written of %j is told as the query asks for it', async (request, body, told) => {
    const [method, query = '?'] = request.split(' ');
    const answer = await as(admin, `${method} /items/articles${query}&fields=id`, body);
    expect([answer.status, answer.json?.data]).toEqual([told === undefined ? 204 : 200, told]);
  });

  test('the own record that a change would not list is rejected, and changed', async () => {
    const answer = await as(admin, 'PATCH /users/me?limit=0', { title: 'x' });
    expect([answer.status, messageOf(answer)]).toEqual([403, PLAIN]);
    expect((await as(admin, 'GET /users/me?fields=title')).data).toEqual({ title: 'x' });
    expect(Object.keys((await as(admin, 'GET /users/me?limit=0')).data)).toEqual(['id']);
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

describe('a date', () => {
  const fields = [
    { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true } },
    ...['date', 'dateTime', 'timestamp'].map((type) => ({ field: type, type, schema: {}, meta: {} })),
  ];
  let dated: ReferenceServer;
  beforeAll(async () => {
    dated = await quickServer({
      initialData: { users: [{ email: 'b@example.com', role: 'Administrator', token: 'b' }] },
    });
    await send(dated, 'POST /collections', { bearer: 'b', body: { collection: 'days', schema: {}, meta: {}, fields } });
  });
  afterAll(() => dated.close());

  test.each([
    ['date', '2020', '2020-01-01'],
    ['date', 1_600_000_000_000, '2020-09-13'],
    ['date', '', ''],
    ['dateTime', '2020-02-03T10:00:00+02:00', '2020-02-03T08:00:00'],
    ['dateTime', 1_600_000_000_000, '2020-09-13T12:26:40'],
    ['timestamp', 1_600_000_000_000, '2020-09-13T12:26:40.000Z'],
  ])('%s is read from %j', async (field, given, stored) => {
    const { data } = await send(dated, `POST /items/days?fields=${field}`, { bearer: 'b', body: { [field]: given } });
    expect(data).toEqual({ [field]: stored });
  });

  test.each([
    ['date', '2020-02-30', 'Invalid payload. Invalid Date format in field "date".'],
    ['date', '2020-2-3', 'Invalid payload. Invalid Date format in field "date".'],
    ['date', 'x', 'Invalid payload. Invalid Date format in field "date".'],
    ['dateTime', '2020-02-30T10:00:00', 'Invalid payload. Invalid DateTime format in field "dateTime".'],
  ])('%s is not read from %s', async (field, given, message) => {
    const { json } = await send(dated, 'POST /items/days', { bearer: 'b', body: { [field]: given } });
    expect(json?.errors?.[0]?.message).toBe(message);
  });
});
