import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryStore, type InitialData, type ReferenceServer } from '../../../reference-server/index.js';
import { login, quickServer, send, type Answer } from '../client.js';

/*
 * What the members of a record that is written have to be. Errors of permissions observed with a Directus 11.17.4, for 12.4.1 asks for a
 * license there; those of fields with 12.4.1.
 */

const seed: InitialData = {
  collections: [
    {
      name: 'notes',
      fields: [
        { name: 'name', type: 'string' },
        { name: 'size', type: 'integer' },
        { name: 'owner', type: 'many-to-one', to: 'directus_users' },
        { name: 'lines', type: 'one-to-many', to: 'lines', by: 'note' },
      ],
    },
    {
      name: 'lines',
      fields: [
        { name: 'text', type: 'string', required: true },
        { name: 'stars', type: 'integer' },
        { name: 'note', type: 'many-to-one', to: 'notes' },
      ],
    },
  ],
  roles: [
    {
      name: 'Writer',
      permissions: [
        { collection: 'notes', action: 'create' },
        {
          collection: 'notes',
          action: 'read',
          filter: { owner: { role: { name: { _eq: '$CURRENT_USER.role.name' } } } },
        },
        { collection: 'notes', action: 'update', validation: { name: { _in: ['a', 'b'] } } },
        { collection: 'lines', action: 'read' },
        { collection: 'lines', action: 'create', validation: { stars: { _between: [1, 5] } } },
      ],
    },
    {
      name: 'Reader',
      permissions: [{ collection: 'notes', action: 'read', filter: { name: { _eq: '$CURRENT_USER.title' } } }],
    },
  ],
  users: [
    { email: 'ann@example.com', password: 'secret123', role: 'Writer', token: 'ann-token', first_name: 'Annie' },
    { email: 'eve@example.com', password: 'secret123', role: 'Reader', token: 'eve-token' },
  ],
  items: {
    notes: [
      { name: 'mine', owner: 'ann@example.com' },
      { name: 'hers', owner: 'eve@example.com' },
    ],
  },
};

let server: ReferenceServer;
let bearer = '';
let permission = 0;
beforeAll(async () => {
  server = await quickServer({ store: new MemoryStore(), initialData: seed });
  ({ access: bearer } = await login(server));
  const found = await admin('GET /permissions?filter[collection][_eq]=notes&filter[action][_eq]=create&fields=id');
  [{ id: permission }] = found.json?.data as [{ id: number }];
});
afterAll(() => server.close());
const admin = (what: string, body?: unknown): Promise<Answer> =>
  send(server, what, { bearer, ...(body !== undefined && { body }) });
const writer = (what: string, body?: unknown): Promise<Answer> =>
  send(server, what, { bearer: 'ann-token', ...(body !== undefined && { body }) });
/** What an answer says is wrong, without what all of it has in common. */
const problems = ({ json, status }: Answer): unknown =>
  status === 200
    ? []
    : (json?.errors ?? []).map(({ message, extensions }) => {
        const others = Object.fromEntries(
          Object.entries(extensions).filter(([name]) => name !== 'code' && name !== 'path'),
        );
        expect(extensions.code).toBe('FAILED_VALIDATION');
        return { ...others, said: message.replace(/^Validation failed for field "\w+"\.? ?/, '') };
      });

describe('a permission to create', () => {
  test.each<[validation: object, data: object, ...wrong: object[]]>([
    [{ name: { _eq: 'a' } }, { name: 'b' }, { field: 'name', type: 'eq', valid: 'a', said: 'Value has to be "a".' }],
    [
      { name: { _neq: 'b' } },
      { name: 'b' },
      { field: 'name', type: 'neq', invalid: 'b', said: 'Value can\'t be "b".' },
    ],
    [
      { size: { _eq: 5 } },
      { size: 3 },
      { field: 'size', type: 'in', valid: [5, '5'], said: 'Value has to be one of "5", "5".' },
    ],
    [{ size: { _eq: 5 } }, { size: '5' }],
    [
      { name: { _in: ['a', 'c'] } },
      { name: 'b' },
      { field: 'name', type: 'in', valid: ['a', 'c'], said: 'Value has to be one of "a", "c".' },
    ],
    [{ name: { _in: ['a'] } }, { name: null }, { field: 'name', type: 'eq', valid: 'a', said: 'Value has to be "a".' }],
    [
      { name: { _nin: ['b', 'c'] } },
      { name: 'b' },
      { field: 'name', type: 'nin', invalid: ['b', 'c'], said: 'Value can\'t be one of "b", "c".' },
    ],
    [{ name: { _nin: ['b'] } }, { name: null }],
    [
      { size: { _gt: 5 } },
      { size: '3' },
      { field: 'size', type: 'gt', valid: 5, said: 'Value has to be greater than "5".' },
    ],
    [
      { size: { _gte: 5 } },
      { size: 3 },
      { field: 'size', type: 'gte', valid: 5, said: 'Value has to be greater than or equal to "5".' },
    ],
    [
      { size: { _lt: 2 } },
      { size: 3 },
      { field: 'size', type: 'lt', valid: 2, said: 'Value has to be less than "2".' },
    ],
    [
      { size: { _lte: 2 } },
      { size: 3 },
      { field: 'size', type: 'lte', valid: 2, said: 'Value has to be less than or equal to "2".' },
    ],
    [{ size: { _gt: 5 } }, { size: 'abc' }, { field: 'size', type: 'required', said: 'Value is required.' }],
    [{ size: { _gt: 5 } }, {}],
    [
      { size: { _between: [5, 9] } },
      { size: 3 },
      { field: 'size', type: 'gte', valid: 5, said: 'Value has to be greater than or equal to "5".' },
    ],
    [
      { size: { _nbetween: [1, 9] } },
      { size: 3 },
      { field: 'size', type: 'lt', valid: 1, said: 'Value has to be less than "1".' },
      { field: 'size', type: 'gt', valid: 9, said: 'Value has to be greater than "9".' },
    ],
    [{ name: { _null: true } }, { name: 'b' }, { field: 'name', type: 'null', said: 'Value has to be null.' }],
    [{ name: { _nnull: true } }, { name: null }, { field: 'name', type: 'nnull', said: "Value can't be null." }],
    [{ name: { _empty: true } }, { name: 'b' }, { field: 'name', type: 'empty', said: 'Value has to be empty.' }],
    [{ name: { _nempty: true } }, { name: '' }, { field: 'name', type: 'nempty', said: "Value can't be empty." }],
    [
      { name: { _icontains: 'Z' } },
      { name: 'b' },
      { field: 'name', type: 'contains', substring: 'Z', said: 'Value has to contain "Z".' },
    ],
    [
      { name: { _ncontains: 'b' } },
      { name: 'b' },
      { field: 'name', type: 'ncontains', substring: 'b', said: 'Value can\'t contain "b".' },
    ],
    [
      { name: { _istarts_with: 'Z' } },
      { name: 'b' },
      { field: 'name', type: 'istarts_with', substring: 'Z', said: '' },
    ],
    [{ name: { _nends_with: 'b' } }, { name: 'b' }, { field: 'name', type: 'nends_with', substring: 'b', said: '' }],
    [
      { name: { _regex: '^[0-9]+$' } },
      { name: 'b' },
      { field: 'name', type: 'regex', invalid: 'b', said: "Value doesn't have the correct format." },
    ],
    [{ name: { _regex: '^o' } }, { name: null }, { field: 'name', type: 'required', said: 'Value is required.' }],
    [{ name: { _submitted: true } }, {}, { field: 'name', type: 'required', said: 'Value is required.' }],
    [
      { _or: [{ name: { _eq: 'x' } }, { name: { _eq: 'y' } }] },
      { name: 'b' },
      { field: 'name', type: 'eq', valid: 'x', said: 'Value has to be "x".' },
      { field: 'name', type: 'eq', valid: 'y', said: 'Value has to be "y".' },
    ],
    [{ _or: [{ name: { _eq: 'b' } }, { name: { _eq: 'y' } }] }, { name: 'b' }],
    [
      { name: { _contains: 'x', _starts_with: 'y' } },
      { name: 'b' },
      { field: 'name', type: 'contains', substring: 'x', said: 'Value has to contain "x".' },
      { field: 'name', type: 'starts_with', substring: 'y', said: '' },
    ],
    [
      { name: { _eq: '$CURRENT_USER.first_name' } },
      { name: 'b' },
      { field: 'name', type: 'eq', valid: 'Annie', said: 'Value has to be "Annie".' },
    ],
    [{ name: { _eq: '$CURRENT_USER.first_name' } }, { name: 'Annie' }],
    [{ name: { _nope: 'b' }, gone: { _eq: 1 } }, { name: 'b' }],
  ])('may ask %j of %j', async (validation, data, ...wrong) => {
    await admin(`PATCH /permissions/${permission}`, { validation });
    expect(problems(await writer('POST /items/notes', data))).toEqual(wrong);
  });
});

test('what is wrong within another record is told with the fields that lead there', async () => {
  await admin(`PATCH /permissions/${permission}`, { validation: null });
  const { json } = await writer('POST /items/notes', { lines: [{ stars: 9 }] });
  expect(json?.errors).toEqual([
    {
      message: 'Validation failed for field "text" at "lines". Value is required.',
      extensions: { field: 'text', path: ['lines'], type: 'required', code: 'FAILED_VALIDATION' },
    },
    {
      message: 'Validation failed for field "stars" at "lines". Value has to be less than or equal to "5".',
      extensions: { field: 'stars', path: ['lines'], type: 'lte', valid: 5, code: 'FAILED_VALIDATION' },
    },
  ]);
});

test('of a change what is given is asked about', async () => {
  expect(problems(await writer('PATCH /items/notes/1', { size: 1 }))).toEqual([]);
  expect(problems(await writer('PATCH /items/notes/1', { name: 'c' }))).toMatchObject([{ field: 'name', type: 'in' }]);
});

test('the values of a filter may come from the own record, through relations too', async () => {
  const names = async (token: string): Promise<unknown> =>
    (await send(server, 'GET /items/notes?fields=name&filter[name][_in]=mine,hers&sort=id', { bearer: token })).json
      ?.data;
  expect(await names('ann-token')).toContainEqual({ name: 'mine' });
  expect(await names('ann-token')).not.toContainEqual({ name: 'hers' });
  expect(await names('eve-token')).toEqual([]);
  await admin('PATCH /users', { query: { filter: { email: { _eq: 'eve@example.com' } } }, data: { title: 'hers' } });
  expect(await names('eve-token')).toEqual([{ name: 'hers' }]);
});

describe('a field', () => {
  beforeAll(async () => {
    const key = { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true } };
    const code = {
      field: 'code',
      type: 'string',
      schema: {},
      meta: { validation: { _and: [{ code: { _regex: '^[a-z]+$' } }] } },
    };
    const told = { field: 'told', type: 'string', schema: {}, meta: { required: true } };
    await admin('POST /collections', { collection: 'rules', schema: {}, meta: {}, fields: [key, code, told] });
  });

  test('may have a validation of its own, of administrators too', async () => {
    expect(problems(await admin('POST /items/rules', { code: 'ABC' }))).toMatchObject([
      { field: 'code', type: 'regex', invalid: 'ABC' },
    ]);
    expect(problems(await admin('POST /items/rules', { code: 'abc' }))).toEqual([]);
    expect(problems(await admin('PATCH /items/rules/1', { code: 'A' }))).toMatchObject([
      { field: 'code', type: 'regex' },
    ]);
    expect(problems(await admin('PATCH /items/rules/1', { told: 'x' }))).toEqual([]);
  });

  test('that is required in a form alone may be null', async () => {
    expect((await admin('POST /items/rules', { told: null })).data).toMatchObject({ told: null });
    expect((await admin('GET /fields/rules/told')).data).toMatchObject({
      meta: { required: true },
      schema: { is_nullable: true },
    });
  });
});
