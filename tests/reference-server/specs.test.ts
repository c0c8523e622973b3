import { expect, test } from 'vitest';
import { openApiDescription } from '../../spec/openapi-description.js';
import { createReferenceServer } from '../../reference-server/index.js';
import { quickServer, send } from './client.js';

const path = '/server/specs/oas';

test('the description of the API is served to everybody, with the address of the server', async () => {
  await using server = await quickServer();
  const response = await fetch(`${server.url}${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(await response.json()).toEqual({
    ...openApiDescription,
    servers: [{ url: server.url, description: 'This server.' }],
  });
});

test('it names the base path and the cookies of this server', async () => {
  await using server = await createReferenceServer({ basePath: '/api', settings: { SESSION_COOKIE_NAME: 'mine' } });
  const url = await server.listen();
  const description = (await (await fetch(`${url}${path}`)).json()) as typeof openApiDescription;
  expect(description.servers[0]?.url).toBe(url);
  expect(url).toMatch(/\/api$/);
  expect(description.components.securitySchemes['cookie']?.['name']).toBe('mine');
  expect(description.components.securitySchemes['refreshCookie']?.['name']).toBe('directus_refresh_token');
});

test('an invalid token is rejected there as on other public routes', async () => {
  await using server = await quickServer();
  expect(await send(server, `GET ${path}`, { bearer: 'garbage' })).toMatchObject({ status: 401 });
});
