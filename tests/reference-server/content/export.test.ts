import { stampOf } from '../../../reference-server/http/exported.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { quickServer, send } from '../client.js';
import { library } from './library-seed.js';

let server: ReferenceServer;
beforeAll(async () => {
  server = await quickServer({
    initialData: { ...library, items: { authors: [{ name: 'Ann "A"' }, { name: 'Bob' }] } },
  });
});
afterAll(() => server.close());

const boss = { bearer: 'boss-token' };

test.each([
  ['json', 'application/json', '[{"id":1,"name":"Ann \\"A\\""},{"id":2,"name":"Bob"}]'],
  ['csv', 'text/csv', '"id","name"\n1,"Ann ""A"""\n2,"Bob"'],
])('items are exported to a file as %s', async (format, type, contents) => {
  const body = { format, query: { fields: ['id', 'name'] }, file: { title: `as ${format}` } };
  expect((await send(server, 'POST /utils/export/authors', { ...boss, body })).status).toBe(204);
  const found = await send(server, `GET /files?filter[title][_eq]=as ${format}&fields=id,type,filesize`, boss);
  const [file] = found.json?.data as { id: string; type: string; filesize: number }[];
  expect(file).toMatchObject({ type, filesize: contents.length });
  expect((await send(server, `GET /assets/${file?.id}`, boss)).text).toBe(contents);
});

test('what cannot be exported is rejected, and by those who may not read it', async () => {
  const body = { format: 'xml', query: {} };
  const answer = await send(server, 'POST /utils/export/authors', { ...boss, body });
  expect(answer.json?.errors?.[0]?.message).toBe('Invalid payload. "format" "xml" is not there: use json or csv.');
  const asEditor = await send(server, 'POST /utils/export/directus_users', { bearer: 'ed-token', body });
  expect(asEditor.status).toBe(400);
  const unknown = { format: 'json', query: {} };
  expect((await send(server, 'POST /utils/export/nope', { bearer: 'ed-token', body: unknown })).status).toBe(403);
});

test.each([
  ['json', 'application/json; charset=utf-8', '[\n\t{\n\t\t"id": 2,\n\t\t"name": "Bob"\n\t}\n]'],
  ['csv', 'text/csv; charset=utf-8', '"id","name"\n2,"Bob"'],
])('export in a query answers with a file of %s', async (format, type, contents) => {
  const answer = await send(server, `GET /items/authors?filter[id]=2&fields=id,name&export=${format}`, boss);
  expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([200, type, contents]);
  const name = new RegExp(`^attachment; filename="authors \\d{8}-\\d{3,6}\\.${format}"$`);
  expect(answer.headers.get('content-disposition')).toMatch(name);
});

test('the time in the name of an exported file has no zeros before its numbers', () => {
  expect(stampOf(Date.parse('2026-01-02T03:04:05Z'))).toBe('20260102-345');
});

test('what was written is exported too', async () => {
  const changed = await send(server, 'PATCH /items/authors/2?fields=id&export=json', { ...boss, body: { name: 'B' } });
  expect(changed.text).toBe('{\n\t"id": 2\n}');
  expect(changed.headers.get('content-disposition')).toContain('attachment');
});

test('a query is not exported as what is not there', async () => {
  const answer = await send(server, 'GET /items/authors?export=xml', boss);
  expect([answer.status, answer.json?.errors?.[0]?.message]).toEqual([
    400,
    'Invalid query. "export" "xml" is not there: use json or csv.',
  ]);
});
