import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisStore, type ReferenceServer } from '../../reference-server/index.js';
import { RedisServer } from '../helpers/redis-server.js';
import { quickServer, send } from '../reference-server/client.js';
import { magazine } from '../reference-server/content/content-seed.js';

/* @module-tag needs/redis-server */

let redis: RedisServer | undefined;
const servers: ReferenceServer[] = [];
beforeAll(async () => {
  redis = await RedisServer.start();
  for (const options of [{ initialData: magazine }, {}])
    servers.push(await quickServer({ ...options, store: await RedisStore.open(redis.url) }));
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await redis?.remove();
});

test('two servers share items, their numbers, and permissions', async () => {
  const created = await Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      const server = servers[i % 2] as ReferenceServer;
      return (await send(server, 'POST /items/articles?fields=id', { bearer: 'ed-token', body: { title: `${i}` } }))
        .data['id'];
    }),
  );
  expect([...created].sort((a, b) => Number(a) - Number(b))).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  const [first, second] = servers as [ReferenceServer, ReferenceServer];
  await send(first, 'DELETE /items/articles', { bearer: 'ed-token', body: created.slice(1) });
  const { json } = await send(second, 'GET /items/articles?fields=id,author.name,tags&sort=id', { bearer: 'ed-token' });
  expect(json?.data).toEqual([
    { id: 1, author: { name: 'Ann' }, tags: ['a', 'b'] },
    { id: 2, author: { name: 'Ann' }, tags: null },
    { id: 4, author: { name: 'Bob' }, tags: null },
    { id: created[0], author: null, tags: null },
  ]);
  expect((await send(second, 'GET /items/articles/2')).status).toBe(403);
});

test('of two servers that take a unique value at once, one has it', async () => {
  const [first, second] = servers as [ReferenceServer, ReferenceServer];
  for (let round = 0; round < 20; round += 1) {
    const body = { title: 'same', slug: `same-${round}` };
    const answers = await Promise.all(
      [first, second].map((server) => send(server, 'POST /items/articles', { bearer: 'ed-token', body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const users = await Promise.all(
      [first, second].map((server) => server.createUser({ email: `u${round}@example.com` }).catch(() => undefined)),
    );
    expect(users.filter((user) => user !== undefined)).toHaveLength(1);
  }
  const rejected = await send(second, 'POST /items/articles', {
    bearer: 'ed-token',
    body: { title: 'x', slug: 'same-1' },
  });
  expect(rejected.json?.errors?.[0]?.message).toBe(
    'Value "same-1" for field "slug" in collection "articles" has to be unique.',
  );
});
