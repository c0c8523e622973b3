import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { login, quickServer, send, type Answer } from '../client.js';
import { ED, magazine } from './content-seed.js';

/* Policies, permissions and access are written by administrators: answers observed with a Directus 11.17.4, rejections with 12.4.1 too. */

let server: ReferenceServer;
let bearer = '';
beforeEach(async () => {
  server = await quickServer({ initialData: magazine });
  ({ access: bearer } = await login(server));
});
afterEach(() => server.close());
const admin = (what: string, body?: unknown): Promise<Answer> =>
  send(server, what, { bearer, ...(body !== undefined && { body }) });
const titles = async (token?: string): Promise<unknown> =>
  (await send(server, 'GET /items/articles?fields=title', token === undefined ? {} : { bearer: token })).json?.data;
const PUBLIC = 'abf8a154-5b1c-4a46-ac9c-7300570f4f17';

test('a permission of the public policy takes effect at once, and no longer when it is changed or removed', async () => {
  const { data } = await admin('GET /permissions?filter[policy][_eq]=' + PUBLIC);
  const [{ id }] = data as unknown as [{ id: number }];
  await admin(`PATCH /permissions/${id}`, { permissions: { status: { _eq: 'archived' } } });
  expect(await titles()).toEqual([{ title: 'Five' }]);
  expect((await admin(`DELETE /permissions/${id}`)).status).toBe(204);
  expect((await send(server, 'GET /items/articles')).status).toBe(403);
  const made = await admin('POST /permissions', {
    policy: PUBLIC,
    collection: 'articles',
    action: 'read',
    fields: ['title'],
    permissions: { title: { _eq: 'Two' } },
  });
  expect(made.data).toMatchObject({ collection: 'articles', validation: null, presets: null, policy: PUBLIC });
  expect(await titles()).toEqual([{ title: 'Two' }]);
});

test('a policy reaches a user by role or by name, until it is removed', async () => {
  const policy = (await admin('POST /policies', { name: 'Archivist' })).data;
  expect(policy).toMatchObject({ icon: 'badge', admin_access: false, app_access: false, permissions: [], users: [] });
  const permission = { policy: policy['id'], collection: 'articles', action: 'read', fields: ['*'] };
  await admin('POST /permissions', [{ ...permission, permissions: { status: { _eq: 'archived' } } }]);
  const given = await admin('POST /access', { policy: policy['id'], user: ED });
  expect((await admin(`GET /users/${ED}?fields=policies`)).data).toEqual({ policies: [given.data['id']] });
  const own = [{ title: 'One' }, { title: 'Two' }, { title: 'Four' }];
  expect(await titles('ed-token')).toEqual([...own, { title: 'Five' }]);
  expect(await titles('eve-token')).not.toContainEqual({ title: 'Five' });
  await admin(`DELETE /policies/${String(policy['id'])}`);
  expect(await titles('ed-token')).toEqual(own);
  expect((await admin(`GET /access/${String(given.data['id'])}`)).status).toBe(403);
});

test('/permissions/me says how far the access goes, to users alone', async () => {
  expect(await send(server, 'GET /permissions/me')).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  const { data } = await send(server, 'GET /permissions/me', { bearer: 'ed-token' });
  expect(data['articles']).toEqual({
    read: { access: 'partial', fields: ['*'] },
    create: {
      access: 'full',
      fields: ['title', 'body', 'status', 'owner', 'author', 'slug', 'views'],
      presets: { owner: ED },
    },
    update: { access: 'partial', fields: ['title', 'body', 'status'] },
    delete: { access: 'partial' },
    share: { access: 'none' },
  });
  expect(data).not.toHaveProperty('notes');
  expect((await admin('GET /permissions/me')).data['notes']).toMatchObject({
    update: { access: 'full', fields: ['*'] },
  });
});

test.each<[string, object, string]>([
  ['POST /policies', {}, 'Validation failed for field "name". Value is required.'],
  ['POST /access', {}, 'Validation failed for field "policy". Value is required.'],
  ['POST /access', { policy: PUBLIC, role: 'x' }, 'Invalid foreign key.'],
  [
    'POST /permissions',
    { collection: 'articles', action: 'read' },
    'Validation failed for field "policy". Value is required.',
  ],
  [
    'POST /permissions',
    { policy: PUBLIC, action: 'read' },
    'Validation failed for field "collection". Value is required.',
  ],
  ['POST /permissions', { policy: 'nope', collection: 'articles', action: 'read' }, 'Invalid foreign key.'],
  [
    'POST /policies',
    { name: 'All', admin_access: true },
    `Invalid payload. "admin_access" is the role Administrator's here, and no other policy's.`,
  ],
])('%s %j is rejected', async (what, body, message) => {
  expect((await admin(what, body)).json?.errors?.[0]?.message).toBe(message);
});

test.each(['policies', 'access', 'permissions'])('/%s is for administrators', async (name) => {
  const id = ((await admin(`GET /${name}?limit=1`)).data as unknown as [{ id: unknown }])[0].id;
  const as = { bearer: 'ed-token' };
  const answers = await Promise.all([
    send(server, `GET /${name}`, as),
    send(server, `POST /${name}`, {
      ...as,
      body: { name: 'x', policy: PUBLIC, collection: 'articles', action: 'read' },
    }),
    send(server, `PATCH /${name}/${String(id)}`, { ...as, body: { description: 'x' } }),
    send(server, `DELETE /${name}/${String(id)}`, as),
    send(server, `DELETE /${name}`, { ...as, body: [id] }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
});
