import { expect, test } from 'vitest';
import { login, quickServer, send } from './client.js';
import { library } from './content/library-seed.js';

test('what was done is told to administrators: who did it, when, from where and to what', async () => {
  await using server = await quickServer({ initialData: library });
  const { access } = await login(server);
  const agent = { 'user-agent': 'a-browser', origin: 'http://localhost:5173' };
  await send(server, 'POST /items/authors', { bearer: 'boss-token', body: { name: 'Ann' }, headers: agent });
  await send(server, 'DELETE /items/authors/1', { bearer: 'boss-token' });
  const told = await send(server, 'GET /activity?sort=id&filter[timestamp][_gt]=2000-01-01', { bearer: access });
  const boss = await server.store.userByStaticToken('boss-token');
  const actions = told.json?.data as Record<string, unknown>[];
  expect(actions.slice(-3)).toMatchObject([
    { action: 'login', user: server.admin.id, collection: 'directus_users', item: server.admin.id, ip: '127.0.0.1' },
    {
      action: 'create',
      user: boss?.id,
      collection: 'authors',
      item: '1',
      user_agent: 'a-browser',
      ...{ origin: agent.origin },
    },
    { action: 'delete', user: boss?.id, collection: 'authors', item: '1', origin: null },
  ]);
  expect((await send(server, 'GET /activity', { bearer: 'ed-token' })).status).toBe(403);
});

test('no more than the last 1,000 actions are kept', async () => {
  await using server = await quickServer({ initialData: library });
  const { access } = await login(server);
  const body = Array.from({ length: 1_050 }, (_, index) => ({ name: `${index}` }));
  await send(server, 'POST /items/authors', { bearer: access, body });
  const counted = await send(server, 'GET /activity?aggregate[count]=*', { bearer: access });
  expect(counted.json?.data).toEqual([{ count: 1_000 }]);
});
