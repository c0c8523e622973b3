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
