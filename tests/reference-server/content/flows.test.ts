import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { quickServer, send } from '../client.js';
import { library } from './library-seed.js';

let server: ReferenceServer;
beforeAll(async () => {
  server = await quickServer({ initialData: library });
});
afterAll(() => server.close());

test('a flow is kept, and told not to be run when it is triggered', async () => {
  const body = { name: 'F', trigger: 'webhook' };
  const { json } = await send(server, 'POST /flows', { bearer: 'boss-token', body });
  const { id } = json?.data as { id: string };
  const answer = await send(server, `POST /flows/trigger/${id}`, { bearer: 'boss-token', body: {} });
  expect([answer.status, answer.json?.errors?.[0]?.message]).toEqual([
    503,
    'Service "flows" is unavailable. Flows are kept here, and not run.',
  ]);
});

test('flows and operations are written by administrators alone', async () => {
  for (const path of ['/flows', '/operations']) {
    const answer = await send(server, `POST ${path}`, { bearer: 'ed-token', body: { name: 'F' } });
    expect(answer.status).toBe(403);
  }
});
