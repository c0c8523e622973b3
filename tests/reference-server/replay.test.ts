import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock, type ReferenceServer } from '../../reference-server/index.js';
import { claimsOf, login, mint, quickServer, SECRET, send, type Answer } from './client.js';
import { exchanges } from './observed-exchanges.js';

let server: ReferenceServer;
const clock = new ManualClock();
const remembered = new Map<string, string>();

beforeAll(async () => {
  server = await quickServer({ clock });
  const { access } = await login(server);
  const real = claimsOf(access);
  const now = Math.floor(clock.now() / 1000);
  const without = (claim: string, change = {}): object =>
    Object.fromEntries(Object.entries({ ...real, ...change }).filter(([name]) => name !== claim));
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [header = '', payload = '', signature = ''] = mint(real).split('.');
  const made = {
    minted: mint(real),
    HS384: mint(real, { alg: 'HS384' }),
    HS512: mint(real, { alg: 'HS512' }),
    'without exp': mint(without('exp')),
    'admin_access a string': mint({ ...real, admin_access: 'x' }),
    'wrong secret': mint(real, { secret: `x${SECRET}` }),
    'other claims under the old signature': `${header}.${part({ ...real, exp: now + 9999 })}.${signature}`,
    'alg none': mint(real, { alg: 'none' }),
    'alg None': mint(real, { alg: 'None' }),
    'empty signature': `${header}.${payload}.`,
    'signature cut short': `${header}.${payload}.${signature.slice(0, 10)}`,
    'last character changed': mint(real).replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
    'nbf to come': mint({ ...real, nbf: now + 500 }),
    'nbf to come, expired': mint({ ...real, nbf: now + 500, exp: now - 5 }),
    'exp a string': mint({ ...real, exp: String(now + 900) }),
    'without id': mint(without('id')),
    'without role': mint(without('role')),
    'without app_access': mint(without('app_access')),
    'without admin_access': mint(without('admin_access')),
    'scope of a password reset': mint({ email: 'a@example.com', scope: 'password-reset', hash: 'x', iss: 'directus' }),
    expired: mint({ ...real, exp: now - 5 }),
    'expires now': mint({ ...real, exp: now }),
    'expired, without role': mint(without('role', { exp: now - 5 })),
    'wrong iss': mint({ ...real, iss: 'x' }),
    'expired, wrong iss': mint({ ...real, iss: 'x', exp: now - 5 }),
    'without iss': mint(without('iss')),
    'unknown session': mint({ ...real, session: 'x' }),
    'session null': mint({ ...real, session: null }),
    garbage: 'garbage',
    'a.b.c': 'a.b.c',
    '12000 characters': 'a'.repeat(12_000),
    'unknown user': mint({ ...real, id: '11111111-1111-4111-8111-111111111119' }),
    'role null': mint({ ...real, role: null }),
  };
  for (const [name, token] of Object.entries(made)) remembered.set(name, token);
});
afterAll(() => server.close());

/** What a name stands for. */
function lookUp(name: string): string {
  const otp = (timestamp: number): string =>
    new TOTP({ secret: remembered.get('secret') ?? '' }).generate({ timestamp });
  if (name === 'otp') return otp(clock.now());
  if (name === 'otpOfBefore') return otp(clock.now() - 30_000);
  if (name === 'wrongOtp') return otp(clock.now()) === '000000' ? '111111' : '000000';
  if (name === 'sessionToken') return (remembered.get('session') ?? '').replace(/^[^=]*=/, '');
  const value = remembered.get(name);
  if (value === undefined) throw new Error(`nothing is remembered as ${name}`);
  return value;
}

/** A value with its names replaced. */
function fill<Value>(value: Value): Value {
  if (typeof value === 'string') return value.replace(/\{([^"{}]+)\}/g, (_, name: string) => lookUp(name)) as Value;
  if (Array.isArray(value)) return (value as unknown[]).map(fill) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member as unknown)])) as Value;
}

/** A value with what differs each time replaced by signs. */
function withSigns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSigns);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSigns(member)]));
  if (typeof value !== 'string') return value;
  return value
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/, '<jwt>')
    .replace(/(?<![\w-])[\w-]{64}(?![\w-])/, '<64>')
    .replace(/^[A-Z2-7]{16}$/, '<base32>')
    .replace(
      /^otpauth:\/\/totp\/Directus:\w+%40example\.com\?secret=[A-Z2-7]{16}&period=30&digits=6&algorithm=SHA1&issuer=Directus$/,
      '<otpauth>',
    )
    .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, '<time>')
    .replace(/Expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/, 'Expires=<date>');
}

function mustHaveHeaders(answer: Answer, cached: boolean): void {
  const { headers, status, text } = answer;
  expect(headers.get('cache-control')).toBe(cached ? 'no-cache' : null);
  expect(headers.get('vary')).toBe(cached ? 'Origin, Cache-Control' : null);
  expect(headers.get('etag') === null).toBe(status === 204);
  expect(headers.get('x-powered-by')).toBeNull();
  const type = status === 204 ? null : answer.json === undefined ? 'text/html' : 'application/json';
  expect(headers.get('content-type')).toBe(type === null ? null : `${type}; charset=utf-8`);
  if (status === 204) expect(text).toBe('');
}

for (const exchange of exchanges) {
  test(`${exchange.name} → ${exchange.status}`, async () => {
    const { bearer, body, cookie, headers, request } = exchange;
    const answer = await send(server, fill(request), {
      ...(bearer !== undefined && { bearer: fill(bearer) }),
      ...(cookie !== undefined && { cookie: fill(cookie) }),
      ...(headers !== undefined && { headers: fill(headers) }),
      ...(body !== undefined && { body: fill(body) }),
    });
    expect(answer.status).toBe(exchange.status);
    if (exchange.error) {
      const [code, message] = fill(exchange.error);
      expect(answer.json?.errors).toMatchObject([{ message, extensions: { code } }]);
      expect(Object.keys(answer.json ?? {})).toEqual(['errors']);
    }
    if (exchange.data !== undefined) {
      const expected = fill(exchange.data);
      const ids = JSON.stringify(expected).includes('<uuid>');
      const told = JSON.stringify(withSigns(answer.json?.data)).replace(/"id":"[0-9a-f-]{36}"/, (id) =>
        ids ? '"id":"<uuid>"' : id,
      );
      const role = JSON.stringify(expected).includes('"role":"<uuid>"');
      expect(role ? told.replace(/"role":"[0-9a-f-]{36}"/, '"role":"<uuid>"') : told).toBe(JSON.stringify(expected));
    }
    if (exchange.text !== undefined) expect(answer.text).toBe(exchange.text);
    expect(answer.cookies.map(withSigns)).toEqual(exchange.cookies ?? []);
    mustHaveHeaders(
      answer,
      exchange.error === undefined && exchange.text === undefined && exchange.cacheControl !== false,
    );
    for (const [name, member] of Object.entries(exchange.remember ?? {}))
      remembered.set(
        name,
        member === 'cookie' ? ((answer.cookies[0] ?? '').split(';')[0] ?? '') : (answer.data[member] as string),
      );
  });
}

test('GET /auth names no other way to log in', async () => {
  expect((await send(server, 'GET /auth')).text).toBe('{"data":[],"disableDefault":false}');
});

test('HEAD answers as GET, without a body', async () => {
  const { access } = await login(server);
  const answer = await send(server, 'HEAD /users/me', { bearer: access });
  expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([200, '', 'no-cache']);
});

test('a random string is of the length that is asked for', async () => {
  expect((await send(server, 'GET /utils/random/string')).json?.data).toMatch(/^[\w-]{32}$/);
  expect((await send(server, 'GET /utils/random/string?length=500')).json?.data).toMatch(/^[\w-]{500}$/);
});

test('who has logged in is told more about the server', async () => {
  const { access } = await login(server);
  expect(Object.keys((await send(server, 'GET /server/info')).data)).toEqual(['project', 'license']);
  expect((await send(server, 'GET /server/info', { bearer: access })).data).toHaveProperty('version', '12.4.1');
});
