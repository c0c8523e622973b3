import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { ADMIN, login, newUser, quickServer, send, sessionLogin, tokensOf } from '../client.js';

/* Answers that random requests found to differ from those of a real Directus 12.4.1, where these were observed. */

let server: ReferenceServer;
let bearer = '';
let user = '';
let role = '';
beforeAll(async () => {
  server = await quickServer();
  ({ access: bearer } = await login(server));
  role = (await send(server, 'POST /roles', { bearer, body: { name: 'Reader' } })).data['id'] as string;
  user = await newUser(server, { email: 'reader@example.com', password: 'secret123', role });
});
afterAll(() => server.close());

describe('a falsy mode is none', () => {
  test.each([0, false, '', null])('%j', async (mode) => {
    const { refresh } = await login(server);
    const answer = await send(server, 'POST /auth/refresh', { body: { refresh_token: refresh, mode } });
    expect([answer.status, typeof tokensOf(answer).refresh]).toEqual([200, 'string']);
    const body = { refresh_token: tokensOf(answer).refresh, mode };
    expect((await send(server, 'POST /auth/logout', { body })).status).toBe(204);
  });
});

test('a session token that is no longer valid clears its cookie also where the header or the query has it', async () => {
  const cookie = await sessionLogin(server);
  const token = cookie.split('=')[1] ?? '';
  await send(server, 'POST /auth/logout', { cookie, body: { mode: 'session' } });
  const inHeader = await send(server, 'GET /users/me', { cookie, bearer: token });
  const inQuery = await send(server, `GET /users/me?access_token=${token}`, { cookie });
  const other = await send(server, 'GET /users/me', { cookie, bearer: 'another-token' });
  const cleared = (answer: typeof other): boolean =>
    answer.cookies.some((one) => one.startsWith('directus_session_token=;'));
  expect([inHeader, inQuery, other].map((answer) => [answer.status, cleared(answer)])).toEqual([
    [401, true],
    [401, true],
    [401, false],
  ]);
});

test.each([
  ['', 'x'],
  ['x', 'x'],
  ['reader@example.com', ''],
])('auth_login with "%s" and "%s" is rejected as wrong credentials', async (email, password) => {
  const query = `mutation{auth_login(email:${JSON.stringify(email)},password:${JSON.stringify(password)}){expires}}`;
  const { code } = await send(server, 'POST /graphql/system', { body: { query } });
  expect(code).toBe('INVALID_CREDENTIALS');
});

test('of wrong members of a body the first one in the order of Directus is named', async () => {
  const named = async (what: string, body: object): Promise<string | undefined> =>
    (await send(server, what, { bearer, body })).json?.errors?.[0]?.message;
  expect(await named('POST /auth/login', { ...ADMIN, otp: 1, mode: 'x' })).toBe(
    'Invalid payload. "mode" must be one of [cookie, json, session].',
  );
  expect(await named('PATCH /users', { nope: 1, keys: 'x' })).toBe('Invalid payload. "keys" must be an array.');
  expect(await named('DELETE /users', { keys: [], query: {} })).toBe(
    'Invalid payload. "value" contains a conflict between exclusive peers [query, keys].',
  );
  expect(await named(`PATCH /users/${user}`, { role: 'x', email: ADMIN.email })).toBe(
    'Value "[admin@example.com]" for field "email" in collection "directus_users" has to be unique.',
  );
  expect(await named(`PATCH /users/${user}`, { email: 'x', status: null })).toBe(
    `Validation failed for field "status". Value can't be null.`,
  );
});

test('email addresses are looked up in the list of top-level domains', async () => {
  const statusOf = async (email: string): Promise<number> =>
    (await send(server, 'POST /auth/login', { body: { email, password: 'x' } })).status;
  expect([await statusOf('a@b.museum'), await statusOf('a@b.zzzz'), await statusOf('a@b.local')]).toEqual([
    401, 400, 400,
  ]);
});

describe('values are stored as text', () => {
  test.each([
    ['first_name', true, '1'],
    ['first_name', 1.5, '1.5'],
    ['title', ['a'], '["a"]'],
    ['description', { a: 1 }, '{"a":1}'],
    ['language', false, '0'],
    ['tags', ['a'], ['a']],
    ['tags', '[1]', [1]],
    ['tags', true, 1],
    ['auth_data', { a: 1 }, '{"a":1}'],
    ['email_notifications', 0, false],
    ['email_notifications', '', null],
    ['status', ['a'], '["a"]'],
  ])('%s: %j', async (field, given, told) => {
    const { data } = await send(server, `PATCH /users/${user}?fields=${field}`, { bearer, body: { [field]: given } });
    expect(data).toEqual({ [field]: told });
  });
});

describe('what cannot be read of a query is rejected first, whatever it is for', () => {
  test.each(['/users', '/users/x', '/items/nope/1', '/nope'])('a filter in deep: %s', async (path) => {
    const answer = await send(server, `GET ${path}?deep[role][a][_filter]=x`);
    expect([answer.status, answer.json?.errors?.[0]?.message]).toEqual([
      400,
      'Invalid query. Invalid JSON for filter object.',
    ]);
  });

  test.each(['/users', '/users/me', '/nope', '/auth', '/items/nope', '/server/info'])('%s', async (path) => {
    const { json } = await send(server, `GET ${path}?limit=x`);
    expect(json?.errors?.[0]?.message).toBe('Invalid query. "limit" must be a number.');
  });

  test.each([
    ['limit=1.5', '"limit" must be an integer'],
    ['page=-1', '"page" must be greater than or equal to 0'],
    ['fields=id,', '"fields[1]" is not allowed to be empty'],
    ['meta=x', '"meta[0]" must be one of [total_count, filter_count]'],
    ['filter=null', '"filter" must be of type object'],
    ['filter=x&limit=x', 'Invalid JSON for filter object'],
    ['filter={"email":null}', 'Invalid filter object'],
    ['filter={"nope":{"_null":"x"}}', '"_null" has to be a boolean'],
    ['filter={"nope":{"_eq":["a"]}}', 'The filter value for "_eq" has to be a string, number, or boolean'],
    ['filter={"email":{"_in":[]}}', '"_in" has to be an array of values'],
  ])('%s', async (query, reason) => {
    const { json } = await send(server, `GET /users?${query}`, { bearer });
    expect(json?.errors?.[0]?.message).toBe(`Invalid query. ${reason}.`);
  });
});

test.each([
  ['{"status":{"_gt":"a"}}', '"string" field type does not contain the "_gt" filter operator'],
  ['{"tags":{"_contains":"a"}}', '"json" field type does not contain the "_contains" filter operator'],
  ['{"id":{"_contains":"a"}}', '"uuid" field type does not contain the "_contains" filter operator'],
  ['1', 'Invalid filter key "_eq" on "directus_users"'],
])('the filter %s is rejected by the type of the field', async (filter, reason) => {
  const { json } = await send(server, `GET /users?filter=${filter}`, { bearer });
  expect(json?.errors?.[0]?.message).toBe(`Invalid query. ${reason}.`);
});

test('a write stays, and answers nothing, where the fields that are asked for do not exist', async () => {
  const { status } = await send(server, `PATCH /users/${user}?fields=nope`, { bearer, body: { title: 'written' } });
  const { data } = await send(server, `GET /users/${user}?fields=title`, { bearer });
  expect([status, data['title']]).toEqual([204, 'written']);
});

test('several are created all or none, and answered in the order of their ids', async () => {
  const idOf = (n: number): string => `f0000000-0000-4000-8000-00000000000${n}`;
  const { json } = await send(server, 'POST /users?fields=id', { bearer, body: [{ id: idOf(2) }, { id: idOf(1) }] });
  expect(json?.data).toEqual([{ id: idOf(1) }, { id: idOf(2) }]);
  const rejected = await send(server, 'POST /users', { bearer, body: [{ id: idOf(3) }, { id: idOf(1) }] });
  expect([rejected.code, (await send(server, `GET /users/${idOf(3)}`, { bearer })).status]).toEqual([
    'RECORD_NOT_UNIQUE',
    403,
  ]);
  expect((await send(server, 'POST /users', { bearer, body: [] })).json?.data).toEqual([]);
  expect((await send(server, 'POST /users', { body: [] })).status).toBe(204);
});

describe('roles', () => {
  test('are searched, changed and removed like users', async () => {
    const id = 'f0000000-0000-4000-8000-00000000000a';
    await send(server, 'POST /roles', { bearer, body: [{ id, name: 'A' }] });
    const found = await send(server, 'SEARCH /roles', {
      bearer,
      body: { query: { filter: { name: { _eq: 'A' } }, fields: ['id'] } },
    });
    expect(found.json?.data).toEqual([{ id }]);
    const changed = await send(server, 'PATCH /roles?fields=name', {
      bearer,
      body: { keys: [id], data: { name: 'B' } },
    });
    expect(changed.json?.data).toEqual([{ name: 'B' }]);
    const owner = await newUser(server, { email: 'owner@example.com', password: 'secret123', role: id });
    expect((await send(server, 'DELETE /roles', { bearer, body: [id] })).status).toBe(204);
    const { data } = await send(server, `GET /users/${owner}?fields=role,status`, { bearer });
    expect(data).toEqual({ role: null, status: 'suspended' });
  });

  test('the one that gives every right stays, and so does the last administrator', async () => {
    const { data } = await send(server, 'GET /users/me?fields=id,role', { bearer });
    const answers = [
      await send(server, `DELETE /roles/${String(data['role'])}`, { bearer }),
      await send(server, `DELETE /users/${String(data['id'])}`, { bearer }),
    ];
    expect(answers.map(({ status, code }) => [status, code])).toEqual(Array(2).fill([422, 'UNPROCESSABLE_CONTENT']));
  });

  test('are read by GraphQL, with their users', async () => {
    const query = `{roles(filter:{name:{_eq:"Reader"}}){name users{email role{name}}} roles_by_id(id:"${role}"){name}}`;
    expect((await send(server, 'POST /graphql/system', { bearer, body: { query } })).data).toEqual({
      roles: [{ name: 'Reader', users: [{ email: 'reader@example.com', role: { name: 'Reader' } }] }],
      roles_by_id: { name: 'Reader' },
    });
  });
});

describe('fields of what a field refers to', () => {
  test.each([
    ['email,role.name', { email: 'reader@example.com', role: { name: 'Reader' } }],
    ['role.users.email', { role: { users: [{ email: 'reader@example.com' }] } }],
    ['role,role.name', { role: { name: 'Reader' } }],
    ['policies.*', { policies: [] }],
  ])('%s', async (fields, told) => {
    expect((await send(server, `GET /users/${user}?fields=${fields}`, { bearer })).data).toEqual(told);
  });

  test('* and role.* together, of the own record', async () => {
    const { data } = await send(server, 'GET /users/me?fields=*,role.*', { bearer });
    expect(data).toMatchObject({ email: ADMIN.email, role: { name: 'Administrator', icon: 'verified' } });
  });

  test('one that does not exist is named, with where it was asked for', async () => {
    const { json } = await send(server, 'GET /users?fields=role.nope', { bearer });
    expect(json?.errors?.[0]?.message).toBe(
      'You don\'t have permission to access field "nope" in collection "directus_roles" or it does not exist. Queried in "role".',
    );
  });

  test('filter and sort by them', async () => {
    const emails = async (query: string): Promise<unknown> =>
      (await send(server, `GET /users?fields=email&${query}`, { bearer })).json?.data;
    expect(await emails('filter={"role":{"name":{"_eq":"Reader"}}}')).toEqual([{ email: 'reader@example.com' }]);
    expect(await emails('sort=-role.name&filter={"role":{"_nnull":true}}')).toEqual([
      { email: 'reader@example.com' },
      { email: ADMIN.email },
    ]);
    expect(await emails('filter={"id":{"_eq":"$CURRENT_USER"}}')).toEqual([{ email: ADMIN.email }]);
  });
});

test('meta and aggregate count', async () => {
  const path = 'GET /users?limit=1&fields=email&sort=email&filter={"role":{"_nnull":true}}';
  expect((await send(server, `${path}&meta=filter_count`, { bearer })).json).toEqual({
    meta: { filter_count: 2 },
    data: [{ email: ADMIN.email }],
  });
  const { json } = await send(server, 'GET /users?aggregate[count]=id&groupBy[]=role&filter={"role":{"_nnull":true}}', {
    bearer,
  });
  expect(json?.data).toHaveLength(2);
  expect(json?.data).toContainEqual({ role, count: { id: 1 } });
});

test('/ leads to the studio page, and a mutation by GET names the method it needs', async () => {
  const root = await fetch(`${server.url}/`, { redirect: 'manual' });
  expect([root.status, root.headers.get('location')]).toEqual([302, './admin']);
  const answer = await send(server, 'GET /graphql/system?query=mutation{auth_logout}');
  expect([answer.status, answer.headers.get('allow'), answer.code]).toEqual([405, 'POST', 'METHOD_NOT_ALLOWED']);
});

test('SEARCH takes the query of the URL where the body has none', async () => {
  const found = async (body: object): Promise<unknown> =>
    (await send(server, 'SEARCH /roles?fields=name&sort=-name&limit=1', { bearer, body })).json?.data;
  expect(await found({})).toEqual([{ name: 'Reader' }]);
  expect(await found({ query: { fields: ['name'], sort: ['name'], limit: 1 } })).toEqual([{ name: 'Administrator' }]);
});

test('a filter that is a list is read as its members', async () => {
  const statusOf = async (filter: string): Promise<number> =>
    (await send(server, `GET /users?filter=${filter}`, { bearer })).status;
  expect([await statusOf('[]'), await statusOf('[[]]'), await statusOf('[1]'), await statusOf('[null]')]).toEqual([
    200, 200, 403, 400,
  ]);
});

describe('members come in the order of a Directus', () => {
  const membersOf = async (path: string): Promise<readonly string[]> =>
    Object.keys((await send(server, `GET ${path}`, { bearer })).data);

  test('of a field alone', async () => {
    expect(await membersOf('/fields/directus_users/email')).toEqual(['collection', 'field', 'type', 'meta', 'schema']);
  });

  test('of a relation of the system', async () => {
    const { json } = await send(server, 'GET /relations/directus_users', { bearer });
    const [first] = json?.data as { meta: object }[];
    expect(Object.keys(first?.meta ?? {})).toEqual([
      ...['many_collection', 'many_field', 'one_collection', 'one_field', 'one_allowed_collections'],
      ...['one_collection_field', 'one_deselect_action', 'junction_field', 'sort_field', 'system'],
    ]);
  });

  test('of fields and their other names', async () => {
    await send(server, 'POST /collections', {
      bearer,
      body: { collection: 'pages', schema: {}, fields: [{ field: 'title', type: 'string', schema: {} }] },
    });
    await send(server, 'POST /items/pages', { bearer, body: { title: 'One' } });
    const first = async (query: string): Promise<unknown> => (await membersOf(`/items/pages/1?${query}`)).join();
    expect(await first('alias[headline]=title&fields=headline,id')).toBe('id,headline');
    expect(await first('alias[headline]=title&fields=*')).toBe('id,title,headline');
  });
});

test('an id that another user has is told before a role that does not exist', async () => {
  expect((await send(server, 'POST /users', { bearer, body: { id: user, role: 'x' } })).code).toBe('RECORD_NOT_UNIQUE');
});

test('of a second factor a user who is removed meanwhile is told as one who has none', async () => {
  const gone = { email: 'gone@example.com', password: 'secret123' };
  const id = await newUser(server, gone);
  const { access } = await login(server, gone);
  await send(server, `DELETE /users/${id}`, { bearer });
  const tell = async (what: string, body: object): Promise<unknown> =>
    (await send(server, `POST /users/me/tfa/${what}`, { bearer: access, body })).json?.errors?.[0]?.message;
  expect(await tell('disable', { otp: '123456' })).toBe(`Invalid payload. User "${id}" doesn't have TFA enabled.`);
  expect(await tell('enable', { secret: 'JBSWY3DPEHPK3PXP', otp: '123456' })).toBe(
    'Invalid payload. TFA Secret is already set for this user.',
  );
  expect(await tell('generate', {})).toBe('Invalid payload. TFA Secret is already set for this user.');
  const query = 'mutation{users_me_tfa_generate(password:"secret123"){secret}}';
  const byGraphql = await send(server, 'POST /graphql/system', { bearer: access, body: { query } });
  expect(byGraphql.json?.errors?.[0]?.message).toBe('Invalid user credentials.');
});

test("$CURRENT_ROLES is an administrator's role, too", async () => {
  const filter = encodeURIComponent('{"role":{"_in":"$CURRENT_ROLES"}}');
  const { json } = await send(server, `GET /users?fields=email&filter=${filter}`, { bearer });
  expect(json?.data).toEqual([{ email: ADMIN.email }]);
});
