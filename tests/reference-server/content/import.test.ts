import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { quickServer, send } from '../client.js';
import { library } from './library-seed.js';

let server: ReferenceServer;
let url = '';
beforeEach(async () => {
  server = await quickServer({ initialData: { ...library, items: { authors: [{ name: 'Ann' }] } } });
  url = server.url;
});
afterEach(() => server.close());

async function importText(
  text: string,
  { path = 'authors', type = 'application/json', token = 'boss-token' } = {},
): Promise<readonly [number, string | undefined]> {
  const body = new FormData();
  body.append('file', new File([text], 'items.json', { type }));
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/utils/import/${path}`, { method: 'POST', headers, body });
  const answer = await response.text();
  const { errors } = (answer === '' ? {} : JSON.parse(answer)) as { errors?: { message: string }[] };
  return [response.status, errors?.[0]?.message];
}

const names = async (): Promise<unknown> =>
  (await send(server, 'GET /items/authors?fields=id,name&sort=id', { bearer: 'boss-token' })).json?.data;

test('items of a file are changed where their key is there, and created where it is not', async () => {
  expect(await importText('[{"id":1,"name":"Anna"},{"name":"Bob"}]')).toEqual([200, undefined]);
  expect(await names()).toEqual([
    { id: 1, name: 'Anna' },
    { id: 2, name: 'Bob' },
  ]);
});

test.each([
  'id,name\n1,Anna\n,Bob\n',
  '\uFEFF"id","name"\r\n"1","Anna"\r\n"","Bob"\r\n',
  'name,id\nAnna,1\nBob,',
  'name,nope,id\nAnna,"x, ""y""\nz",1\nBob',
])('rows of CSV are items: %j', async (text) => {
  expect(await importText(text, { type: 'text/csv' })).toEqual([200, undefined]);
  expect(await names()).toEqual([
    { id: 1, name: 'Anna' },
    { id: 2, name: 'Bob' },
  ]);
});

test('of a file with an item that is rejected nothing is written', async () => {
  expect((await importText('[{"id":1,"name":"Anna"},{"id":"zz","name":"q"}]'))[0]).toBe(403);
  expect(await names()).toEqual([{ id: 1, name: 'Ann' }]);
});

test.each([
  ['{"name":"x"}', {}, 400, 'Invalid payload. Top-level object should be an array..'],
  ['x', {}, 400, 'Invalid payload. Parser cannot parse input: expected a value.'],
  ['x', { type: 'text/plain' }, 415, 'Unsupported media type "text/plain" in file import.'],
  ['id,name\nzz,q\n', { type: 'text/csv' }, 403, "You don't have permission to access this."],
  ['[]', { path: 'directus_users' }, 403, "You don't have permission to access this."],
  [
    '[]',
    { path: 'nope' },
    403,
    'You don\'t have permission to access collection "nope" or it does not exist. Queried in root.',
  ],
  ['[{"name":"x"}]', { token: 'wrong-token' }, 401, 'Invalid user credentials.'],
])('%s with %j is rejected', async (text, options, status, message) => {
  expect(await importText(text, options)).toEqual([status, message]);
  expect(await names()).toEqual([{ id: 1, name: 'Ann' }]);
});

test('those who may not create items import none, and nothing is read of a body that is no form', async () => {
  const [status, message] = await importText('[{"name":"x"}]', { token: 'ed-token' });
  expect([status, message]).toEqual([403, expect.stringContaining('perform "create" for collection "authors"')]);
  const answer = await send(server, 'POST /utils/import/authors', { bearer: 'boss-token', body: [{ name: 'x' }] });
  expect([answer.status, answer.json?.errors?.[0]?.message]).toEqual([
    415,
    'Unsupported media type "unknown" in Content-Type header.',
  ]);
});
