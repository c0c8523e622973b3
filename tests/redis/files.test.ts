import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisStore, type ReferenceServer } from '../../reference-server/index.js';
import { RedisServer } from '../helpers/redis-server.js';
import { quickServer, send } from '../reference-server/client.js';
import { library } from '../reference-server/content/library-seed.js';

/* @module-tag needs/redis-server */

const BYTES = 3_000_000;

let redis: RedisServer | undefined;
const servers: ReferenceServer[] = [];
beforeAll(async () => {
  redis = await RedisServer.start();
  for (const options of [{ initialData: library }, {}])
    servers.push(await quickServer({ ...options, store: await RedisStore.open(redis.url) }));
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await redis?.remove();
});

const headers = { Authorization: 'Bearer boss-token' };

async function upload(
  server: ReferenceServer,
  contents: Uint8Array<ArrayBuffer>,
  method = 'POST',
  path = '/files',
): Promise<string> {
  const body = new FormData();
  body.append('file', new File([contents], 'picture.png', { type: 'image/png' }));
  const answer = await fetch(`${server.url}${path}`, { method, headers, body });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { data: { id: string } }).data.id;
}

const download = async (server: ReferenceServer, id: string, more: object = {}): Promise<Buffer> =>
  Buffer.from(await (await fetch(`${server.url}/assets/${id}`, { headers: { ...headers, ...more } })).arrayBuffer());

test('a file that one server stores is read, replaced and removed at another', async () => {
  const [first, second] = servers as [ReferenceServer, ReferenceServer];
  const contents = new Uint8Array(randomBytes(BYTES));
  const id = await upload(first, contents);
  const { json } = await send(second, `GET /files/${id}?fields=filename_download,filesize,type`, {
    bearer: 'boss-token',
  });
  expect(json?.data).toEqual({ filename_download: 'picture.png', filesize: BYTES, type: 'image/png' });
  expect((await download(second, id)).equals(contents)).toBe(true);
  expect((await download(second, id, { Range: 'bytes=10-19' })).equals(contents.subarray(10, 20))).toBe(true);

  const others = new Uint8Array(randomBytes(1_000));
  await upload(second, others, 'PATCH', `/files/${id}`);
  expect((await download(first, id)).equals(others)).toBe(true);

  expect((await send(second, `DELETE /files/${id}`, { bearer: 'boss-token' })).status).toBe(204);
  expect((await fetch(`${first.url}/assets/${id}`, { headers })).status).toBe(403);
  expect(await first.store.items(`file:${id}`)).toEqual([]);
});

test('files that two servers store at once do not get in the way of each other', async () => {
  const uploads = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const contents = new Uint8Array(randomBytes(100_000));
      return { contents, id: await upload(servers[index % 2] as ReferenceServer, contents) };
    }),
  );
  expect(new Set(uploads.map(({ id }) => id)).size).toBe(6);
  for (const [index, { contents, id }] of uploads.entries())
    expect((await download(servers[(index + 1) % 2] as ReferenceServer, id)).equals(contents)).toBe(true);
});
