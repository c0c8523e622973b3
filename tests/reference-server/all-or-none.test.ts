import { expect, test } from 'vitest';
import { login, quickServer, send } from './client.js';

test('where one user of a PATCH cannot be changed, none is, and no session ends', async () => {
  await using server = await quickServer();
  const { access } = await login(server);
  const password = 'Secret-123456';
  const users = await Promise.all(
    ['ann', 'bob'].map((name) => server.createUser({ email: `${name}@example.com`, password })),
  );
  const { refresh } = await login(server, { email: 'ann@example.com', password });
  const keys = users.map(({ id }) => id);
  const body = { keys, data: { email: 'carol@example.com', password: 'Another-123456', first_name: 'Carol' } };
  const changed = await send(server, 'PATCH /users', { bearer: access, body });
  expect(changed).toMatchObject({ status: 400, json: { errors: [{ extensions: { code: 'RECORD_NOT_UNIQUE' } }] } });
  const query =
    'fields=email,first_name&sort=email&filter[email][_contains]=@example.com&filter[first_name][_null]=true';
  const told = await send(server, `GET /users?${query}`, { bearer: access });
  expect(told.json?.data).toEqual([
    { email: 'ann@example.com', first_name: null },
    { email: 'bob@example.com', first_name: null },
  ]);
  const refreshed = await send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } });
  expect(refreshed.status).toBe(200);
});

test('where one role of a PATCH cannot be changed, none is', async () => {
  await using server = await quickServer();
  const { access } = await login(server);
  const created = await send(server, 'POST /roles', {
    bearer: access,
    body: [{ name: 'Authors' }, { name: 'Editors' }],
  });
  const roles = created.json?.data as { id: string; name: string }[];
  const [first, second] = ['Authors', 'Editors'].map((name) => roles.find((role) => role.name === name)?.id ?? '');
  const body = [
    { id: first, name: 'Writers' },
    { id: second, name: null },
  ];
  expect((await send(server, 'PATCH /roles', { bearer: access, body })).status).toBe(400);
  const told = await send(server, `GET /roles/${first ?? ''}`, { bearer: access });
  expect(told.data['name']).toBe('Authors');
});
