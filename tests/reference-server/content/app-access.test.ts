import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { claimsOf, login, quickServer, send, type Answer } from '../client.js';
import { library } from './library-seed.js';

/* What a Directus 12.4.1 answered to a user whose policy has app_access, and to queries that apps make. */

let server: ReferenceServer;
let role = '';
let policy = '';
beforeEach(async () => {
  server = await quickServer({ initialData: library });
  const idOf = async (path: string, body: object): Promise<string> =>
    String((await by('boss-token', `POST ${path}`, body)).data['id']);
  policy = await idOf('/policies', { name: 'App', app_access: true });
  role = await idOf('/roles', { name: 'App user' });
  await by('boss-token', 'POST /access', { role, policy });
  const ann = { email: 'ann@example.com', password: 'Secret-123456', token: 'ann-token', role };
  await by('boss-token', 'POST /users', ann);
});
afterEach(() => server.close());

const by = (bearer: string, route: string, body?: unknown): Promise<Answer> =>
  send(server, route, { bearer, ...(body !== undefined && { body }) });
const graphql = (path: string, query: string, variables?: object, bearer = 'boss-token'): Promise<Answer> =>
  by(bearer, `POST ${path}`, { query, variables });

describe('a user with access to the app', () => {
  test('is told so in the token and of what the policies give', async () => {
    const { access } = await login(server, { email: 'ann@example.com', password: 'Secret-123456' });
    expect(claimsOf(access)).toMatchObject({ app_access: true, admin_access: false });
    const { data } = await by('ann-token', 'GET /policies/me/globals');
    expect(data).toEqual({ app_access: true, admin_access: false, enforce_tfa: false });
  });

  test('reads the own record and role, in the order of the permission, and no others', async () => {
    const me = await by('ann-token', 'GET /users/me?fields=*,role.name');
    expect(Object.keys(me.data).slice(0, 5)).toEqual(['id', 'first_name', 'last_name', 'last_page', 'email']);
    expect(me.data['role']).toEqual({ name: 'App user' });
    expect((await by('ann-token', 'GET /users')).json?.data).toHaveLength(1);
    const told = await graphql('/graphql/system', '{users_me{email} roles_me{name}}', undefined, 'ann-token');
    expect(told.json?.data).toEqual({ users_me: { email: 'ann@example.com' }, roles_me: [{ name: 'App user' }] });
  });

  test('has a second factor where the own record may be changed, and not else', async () => {
    const enable = async (): Promise<number> => {
      const { secret } = (await by('ann-token', 'POST /users/me/tfa/generate', { password: 'Secret-123456' })).data;
      const otp = new TOTP({ secret: Secret.fromBase32(secret as string) }).generate();
      return (await by('ann-token', 'POST /users/me/tfa/enable', { secret, otp })).status;
    };
    expect(await enable()).toBe(403);
    await by('boss-token', 'POST /permissions', {
      ...{ policy, collection: 'directus_users', action: 'update', fields: ['tfa_secret'] },
      permissions: { id: { _eq: '$CURRENT_USER' } },
    });
    expect(await enable()).toBe(204);
  });

  test('stores own presets, and none of another user', async () => {
    const { id } = (await by('ann-token', 'GET /users/me')).data;
    expect((await by('ann-token', 'POST /presets', { collection: 'articles', user: id })).status).toBe(200);
    const other = await by('ann-token', 'POST /presets', { collection: 'articles', user: null });
    expect(other.json?.errors?.[0]?.extensions).toEqual({
      ...{ field: 'user', path: [], type: 'eq', valid: id, code: 'FAILED_VALIDATION' },
    });
  });

  test('is no user of a request without a token, also where everybody may read users', async () => {
    const policies = (await by('boss-token', 'GET /policies')).json?.data as { id: string; name: string }[];
    const everybody = policies.find(({ name }) => name === '$t:public_label')?.id;
    await by('boss-token', 'POST /permissions', {
      ...{ policy: everybody, collection: 'directus_users', action: 'read', fields: ['id'] },
    });
    const answer = await send(server, 'POST /graphql/system', { body: { query: '{users_me{id}}' } });
    expect(answer).toMatchObject({ status: 200, json: { data: { users_me: null } } });
  });

  test('has it no more when the policy has it no more', async () => {
    await by('boss-token', `PATCH /policies/${policy}`, { app_access: false });
    expect((await by('ann-token', 'GET /users/me')).data).toEqual({ id: expect.any(String) as string });
    expect((await by('ann-token', 'GET /presets')).status).toBe(403);
  });

  test('comments on what the user may read', async () => {
    const comment = { collection: 'authors', item: '1', comment: 'Nice' };
    expect((await by('ann-token', 'POST /comments', comment)).status).toBe(403);
    const without = await by('ann-token', 'POST /comments', { collection: 'authors', item: '1' });
    expect(without.json?.errors?.[0]?.message).toBe('Invalid payload. "comment" is required.');
  });
});

describe('what may be done', () => {
  test.each([
    ['ed-token', 'articles', false],
    ['boss-token', 'articles', true],
    ['ann-token', 'directus_presets', true],
  ])('is told to %s of %s', async (bearer, collection, update) => {
    const { data } = await by(bearer, `GET /permissions/me/${collection}`);
    expect(data['update']).toEqual({ access: update });
  });
});

describe('graphql', () => {
  test.each<[string, object]>([
    ['query q($t: String) { authors(filter: { name: { _eq: $t } }) { name } }', { t: 'Ann' }],
    ['query q($t: GraphQLStringOrFloat) { authors(filter: { id: { _eq: $t } }) { name } }', { t: 1 }],
    ['query q($t: authors_filter) { authors(filter: $t) { name } }', { t: { articles_func: { count: { _eq: 1 } } } }],
  ])('filters by variables: %s', async (query, variables) => {
    await by('boss-token', 'POST /items/authors', { name: 'Ann', articles: [{ title: 'One' }] });
    await by('boss-token', 'POST /items/authors', { name: 'Bob' });
    expect((await graphql('/graphql', query, variables)).json?.data).toEqual({ authors: [{ name: 'Ann' }] });
  });

  test('answers a subscription with nothing, and rejects one to what is not there', async () => {
    const { json } = await graphql('/graphql', 'subscription { articles_mutated { key event data { title } } }');
    expect(json?.data).toEqual({ articles_mutated: null });
    expect((await graphql('/graphql', 'subscription { nope { key } }')).status).toBe(400);
  });

  test('takes a key alone for records that may not be written', async () => {
    const mutation = 'mutation { create_articles_item(data: { title: "T", author: { name: "N" } }) { title } }';
    expect((await graphql('/graphql', mutation, undefined, 'ed-token')).status).toBe(400);
  });
});

describe('deep, of one record', () => {
  test('filters, and has no page', async () => {
    await by('boss-token', 'POST /items/authors', { name: 'Ann', articles: [{ title: 'One' }] });
    const author = async (deep: object): Promise<unknown> => {
      const asked = encodeURIComponent(JSON.stringify({ author: deep }));
      const { json } = await by('boss-token', `GET /items/articles?fields=author.name&deep=${asked}`);
      return json?.data;
    };
    expect(await author({ _limit: 0 })).toEqual([{ author: { name: 'Ann' } }]);
    expect(await author({ _filter: { name: { _eq: 'Bob' } } })).toEqual([{ author: null }]);
  });
});

describe('users', () => {
  test('of a list are looked at together', async () => {
    const users = [{ email: 'new@example.com', role: {} }, { email: 'ann@example.com' }];
    const { json } = await by('boss-token', 'POST /users', users);
    expect(json?.errors?.[0]?.extensions).toMatchObject({ value: '[new@example.com,ann@example.com]' });
  });

  test('of a PATCH cannot have one email, which is named as it is', async () => {
    const { json } = await by('boss-token', 'GET /users?fields=id&sort=email');
    const keys = (json?.data as { id: string }[]).map(({ id }) => id).slice(0, 2);
    const changed = await by('boss-token', 'PATCH /users', { keys, data: { email: 'q@example.com' } });
    expect(changed.json?.errors?.[0]?.extensions).toMatchObject({ value: 'q@example.com' });
  });

  test('who are there already are invited to any role', async () => {
    const body = { email: 'ann@example.com', role: 'ffffffff-0000-4000-8000-000000000009' };
    expect((await by('boss-token', 'POST /users/invite', body)).status).toBe(204);
  });
});

describe('of records by a query that selects none', () => {
  test.each([
    ['PATCH', 200],
    ['DELETE', 204],
  ])('nothing is asked by %s', async (method, status) => {
    const body = { query: { filter: { title: { _eq: 'nope' } } }, data: { title: 'x' } };
    const { query } = body;
    const answer = await by('ed-token', `${method} /items/articles`, method === 'PATCH' ? body : { query });
    expect(answer.status).toBe(status);
  });
});

test('null leaves none of the records that refer to one', async () => {
  await by('boss-token', 'POST /items/authors', { name: 'Bob', articles: [{ title: 'B' }] });
  const { data } = await by('boss-token', 'PATCH /items/authors/1', { articles: null });
  expect(data['articles']).toEqual([]);
});

test('a boolean is less than every time, and so is a filter by it', async () => {
  const { json } = await by('boss-token', 'GET /users?filter[last_access][_lt]=true&fields=id');
  expect(json?.data).toEqual([]);
});
