import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock, type ReferenceServer } from '../../../reference-server/index.js';
import { quickServer, send, type Answer } from '../client.js';

/* What a Directus 12.4.1 answered about the same collections. */

let server: ReferenceServer;
beforeAll(async () => {
  server = await quickServer({
    clock: new ManualClock(Date.parse('2026-11-27T15:41:12.267Z')),
    initialData: {
      collections: [
        {
          name: 'notes',
          fields: [
            { name: 'title', type: 'string', required: true },
            { name: 'kind', type: 'string', required: true },
            { name: 'made', type: 'timestamp', special: 'date-created' },
            { name: 'tags', type: 'json' },
          ],
        },
      ],
      items: { notes: [{ title: 'One', kind: 'a', tags: ['x', 'y'] }] },
      roles: [{ name: 'Reader' }],
      users: [
        { email: 'boss@example.com', role: 'Administrator', token: 'boss-token' },
        { email: 'reader@example.com', role: 'Reader', token: 'reader-token' },
      ],
    },
  });
});
afterAll(() => server.close());

const by = (bearer: string, route: string, body?: unknown): Promise<Answer> =>
  send(server, route, { bearer, ...(body !== undefined && { body }) });
const dataOf = async (route: string, bearer = 'boss-token'): Promise<unknown> => (await by(bearer, route)).json?.data;

describe('functions of fields', () => {
  test('of a moment, and of a list', async () => {
    const names = ['year', 'month', 'week', 'day', 'weekday', 'hour', 'minute', 'second'];
    const fields = [...names.map((name) => `${name}(made)`), 'count(tags)'].join(',');
    expect(await dataOf(`GET /items/notes?fields=${fields}`)).toEqual([
      {
        ...{ made_year: 2026, made_month: 11, made_week: 47, made_day: 27, made_weekday: 5 },
        ...{ made_hour: 15, made_minute: 41, made_second: 12, tags_count: 2 },
      },
    ]);
  });

  test.each(['nope(title)', 'year(title)'])('%s is none', async (field) => {
    const { status, json } = await by('boss-token', `GET /items/notes?fields=${field}`);
    const [name] = field.split('(');
    expect([status, json?.errors?.[0]?.message]).toEqual([
      400,
      `Invalid query. Invalid function specified "${name ?? ''}".`,
    ]);
  });
});

test('aggregate is read as JSON, as @directus/sdk 26 sends it', async () => {
  expect(await dataOf('GET /items/notes?aggregate={"count":"*"}')).toEqual([{ count: 1 }]);
});

test('every field that is missing or null is named', async () => {
  const fieldsOf = ({ json }: Answer): unknown =>
    json?.errors?.map(({ extensions }) => (extensions as { field?: string }).field);
  expect(fieldsOf(await by('boss-token', 'POST /items/notes', {}))).toEqual(['title', 'kind']);
  expect(fieldsOf(await by('boss-token', 'PATCH /items/notes/1', { title: null, kind: null }))).toEqual([
    'title',
    'kind',
  ]);
  const user = { email: 'x', status: null, provider: null, text_direction: null };
  expect(fieldsOf(await by('boss-token', 'PATCH /users/me', user))).toEqual(['status', 'provider', 'text_direction']);
});

test('a user reads the own role, and what the policies give beside permissions', async () => {
  // Without the permission for it nothing is read of a role but its id.
  expect(await dataOf('GET /roles/me?fields=name', 'reader-token')).toEqual([{ id: expect.any(String) as string }]);
  expect(await dataOf('GET /roles/me?fields=name')).toEqual([{ name: 'Administrator' }]);
  const globals = '/policies/me/globals';
  const none = { app_access: false, admin_access: false, enforce_tfa: false };
  expect(await dataOf(`GET ${globals}`, 'reader-token')).toEqual(none);
  expect(await dataOf(`GET ${globals}`)).toEqual({ app_access: true, admin_access: true, enforce_tfa: false });
  expect((await send(server, `GET ${globals}`)).data).toEqual({ app_access: false });
});

test('only administrators clear the cache', async () => {
  const statuses = ['boss-token', 'reader-token'].map(
    async (token) => (await by(token, 'POST /utils/cache/clear')).status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 403]);
});

describe('a list', () => {
  const KEY = { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true } };
  const plain = (type: string, field: string): object => ({ field, type, schema: {}, meta: {} });
  beforeAll(async () => {
    const fields = [
      KEY,
      plain('string', 'name'),
      plain('integer', 'size'),
      plain('uuid', 'mark'),
      plain('json', 'data'),
    ];
    await by('boss-token', 'POST /collections', { collection: 'things', schema: {}, meta: {}, fields });
    await by('boss-token', 'POST /items/things', [
      { name: 'Anna 2', mark: '7a7a7a7a-0000-4000-8000-000000000000', data: { a: 1 } },
      { name: 'Anna', size: 1, data: ['x'] },
      { name: 'Ann', data: {} },
    ]);
  });

  test('is sorted by text as it is, and where that is alike, or not there, by what comes next', async () => {
    const names = async (sort: string): Promise<unknown> => dataOf(`GET /items/things?fields=name&sort=${sort}`);
    expect(await names('name')).toEqual([{ name: 'Ann' }, { name: 'Anna' }, { name: 'Anna 2' }]);
    expect(await names('size,name')).toEqual([{ name: 'Ann' }, { name: 'Anna 2' }, { name: 'Anna' }]);
    expect(await names('size,-name')).toEqual([{ name: 'Anna 2' }, { name: 'Ann' }, { name: 'Anna' }]);
  });

  test('is searched for part of a UUID that is no key', async () => {
    expect(await dataOf('GET /items/things?fields=name&search=7a7')).toEqual([{ name: 'Anna 2' }]);
  });

  test('counts what is in a list, and nothing in what is none', async () => {
    const counts = [{ data_count: 0 }, { data_count: 1 }, { data_count: 0 }];
    expect(await dataOf('GET /items/things?fields=count(data)&sort=id')).toEqual(counts);
  });

  test('of aggregates has the counts that are asked for', async () => {
    const query = 'aggregate[count]=*&meta=*&filter[size][_null]=true';
    const { json } = await by('boss-token', `GET /items/things?${query}`);
    expect(json).toEqual({ meta: { total_count: 3, filter_count: 2 }, data: [{ count: 2 }] });
  });

  test('is not filtered by _nicontains', async () => {
    const { status } = await by('boss-token', 'GET /items/things?filter[name][_nicontains]=a');
    expect(status).toBe(400);
  });
});
