import { afterEach, expect, test } from 'vitest';
import type { ReferenceServer } from '../../reference-server/index.js';
import { login, quickServer, send } from './client.js';

let server: ReferenceServer;
afterEach(() => server.close());

const register = (email: string): ReturnType<typeof send> =>
  send(server, 'POST /users/register', { body: { email, password: 'abcdefg1' } });

/* Observed: Directus 12.4.1. */

test('five registrations a minute are judged, rejected ones too, the sixth is not', async () => {
  server = await quickServer();
  for (let count = 1; count <= 5; count += 1)
    expect((await register(`u${count}@example.com`)).code, String(count)).toBe('FORBIDDEN');
  const start = Date.now();
  const { status, headers, json } = await register('u6@example.com');
  expect([status, headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^(?:5\d|60)$/)]);
  const [error] = json?.errors ?? [];
  expect(error).toEqual({
    message: expect.stringMatching(/^Too many requests, retry after (?:5\d|60)s\.$/) as string,
    extensions: { limit: 5, reset: expect.any(String) as string, code: 'REQUESTS_EXCEEDED' },
  });
  const { reset } = error?.extensions as { reset?: string };

  expect(Math.abs(new Date(reset ?? '').getTime() - start - 60_000)).toBeLessThan(5000);
  // It is about registrations alone.
  expect((await login(server)).access).toBeTruthy();
});

test('the limit can be set, and none', async () => {
  server = await quickServer({ settings: { RATE_LIMITER_REGISTRATION_POINTS: '1' } });
  expect([(await register('a@example.com')).status, (await register('b@example.com')).status]).toEqual([403, 429]);
  await server.close();
  server = await quickServer({ settings: { RATE_LIMITER_REGISTRATION_ENABLED: 'false' } });
  for (let count = 0; count < 8; count += 1) expect((await register('a@example.com')).status).toBe(403);
});
