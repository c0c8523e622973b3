import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock, type ReferenceServer } from '../../../reference-server/index.js';
import { claimsOf, login, mint, quickServer, SECRET, send, type Answer } from '../client.js';
import type { Exchange } from './exchange.js';
import { exchanges } from './observed-exchanges.js';
import { graphqlExchanges } from './observed-graphql-exchanges.js';
import { jwtsIn, patternOf } from './signs.js';

let server: ReferenceServer;
const clock = new ManualClock();
const remembered = new Map<string, string>();
const seconds = (): number => Math.floor(clock.now() / 1000);

beforeAll(async () => {
  server = await quickServer({ clock, settings: { RATE_LIMITER_REGISTRATION_ENABLED: false } });
  const { access } = await login(server);
  const real = claimsOf(access);
  const now = seconds();
  remembered.set('admin', real['id'] as string).set('adminRole', real['role'] as string);
  const byMail = (scope: string, claims: object): string =>
    mint({ scope, iat: now, exp: now + 900, iss: 'directus', ...claims });
  const reset = { email: 'admin@example.com', hash: 'x' };
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
    'password reset, expired': byMail('password-reset', { ...reset, exp: now - 5 }),
    'password reset, wrong hash': byMail('password-reset', reset),
    'password reset, wrong iss': byMail('password-reset', { ...reset, iss: 'x' }),
    invite: byMail('invite', { email: 'invited@example.com' }),
    'invite, expired': byMail('invite', { email: 'invited@example.com', exp: now - 5 }),
    'invite of nobody': byMail('invite', { email: 'nobody@example.com' }),
    'invite of an active user': byMail('invite', { email: 'admin@example.com' }),
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

/** In a GraphQL query braces hold fields too. */
const lookUpInQuery = (name: string): string => remembered.get(name) ?? `{${name}}`;

/** A value with its names replaced. */
function fill<Value>(value: Value, find = lookUp): Value {
  if (typeof value === 'string') return value.replace(/\{([^"{}]+)\}/g, (_, name: string) => find(name)) as Value;
  if (Array.isArray(value)) return (value as unknown[]).map((member) => fill(member, find)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, fill(member as unknown, find)]),
  ) as Value;
}

/** The body that the answer is to have, with signs. */
function expectedBody({ data, error, json, text }: Exchange): string {
  if (text !== undefined) return text;
  if (error !== undefined) {
    const [code, message, details] = fill(error);
    return JSON.stringify({ errors: [{ message, extensions: { ...details, code } }] });
  }
  if (json !== undefined) return JSON.stringify(fill(json));
  return data === undefined ? '' : JSON.stringify({ data: fill(data) });
}

/** The token that is handed out is signed by the server, and says of whom and for how long. */
function mustHandOut({ claims }: Exchange, { cookies, text }: Answer): void {
  const tokens = jwtsIn([text, ...cookies].join('\n'));
  expect(tokens).toHaveLength(claims === undefined ? 0 : 1);
  for (const token of tokens) {
    const told = claimsOf(token);
    expect(token).toBe(mint(told));
    expect(JSON.stringify(told)).toMatch(patternOf(JSON.stringify(fill(claims?.(seconds())))));
  }
}

function mustHaveHeaders({ cacheControl, error, request, status, text }: Exchange, { headers }: Answer): void {
  const cached = error === undefined && text === undefined && cacheControl !== false;
  expect(headers.get('cache-control')).toBe(cached ? 'no-cache' : null);
  expect(headers.get('vary')).toBe(cached ? 'Origin, Cache-Control' : null);
  expect(headers.get('etag') === null).toBe(status === 204);
  expect(headers.get('x-powered-by')).toBeNull();
  const type = text === undefined ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
  expect(headers.get('content-type')).toBe(status === 204 ? null : type);
  if (request.startsWith('OPTIONS') && status === 200) expect(headers.get('allow')).toBe(text);
}

function mustSetCookies({ cookies = [] }: Exchange, answer: Answer): void {
  expect(answer.cookies).toHaveLength(cookies.length);
  cookies.forEach((cookie, index) => expect(answer.cookies[index]).toMatch(patternOf(cookie)));
}

/** What an answer holds at a place, as data's 'auth_login.refresh_token', or its first cookie as name=value. */
function memberOf({ cookies, data }: Answer, place: string): string {
  if (place === 'cookie') return (cookies[0] ?? '').split(';')[0] ?? '';
  return place.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], data) as string;
}

for (const exchange of [...exchanges, ...graphqlExchanges]) {
  test(`${exchange.name} → ${exchange.status}`, async () => {
    const { bearer, body, cookie, headers, request } = exchange;
    const find = request.includes('/graphql') ? lookUpInQuery : lookUp;
    const answer = await send(server, fill(request), {
      ...(bearer !== undefined && { bearer: fill(bearer) }),
      ...(cookie !== undefined && { cookie: fill(cookie) }),
      ...(headers !== undefined && { headers: fill(headers) }),
      ...(body !== undefined && { body: fill(body, find) }),
    });
    expect(answer.status).toBe(exchange.status);
    expect(answer.text).toMatch(patternOf(expectedBody(exchange)));
    mustHandOut(exchange, answer);
    mustSetCookies(exchange, answer);
    mustHaveHeaders(exchange, answer);
    for (const [name, place] of Object.entries(exchange.remember ?? {})) remembered.set(name, memberOf(answer, place));
  });
}

test('a random string is of the length that is asked for', async () => {
  expect((await send(server, 'GET /utils/random/string?length=4')).json?.data).toMatch(/^[\w-]{4}$/);
  expect((await send(server, 'GET /utils/random/string?length=500')).json?.data).toMatch(/^[\w-]{500}$/);
});

test('a wrong answer is told from a right one', () => {
  const pattern = patternOf('{"data":{"id":"<uuid>","expires":900000}}');
  const id = '11111111-1111-4111-8111-111111111119';
  expect(`{"data":{"id":"${id}","expires":900000}}`).toMatch(pattern);
  expect(`{"data":{"id":"${id}","expires":9000000}}`).not.toMatch(pattern);
  expect(`{"data":{"id":"${id}","expires":900000,"more":1}}`).not.toMatch(pattern);
  expect(`{"data":{"id":"x","expires":900000}}`).not.toMatch(pattern);
  expect(() => patternOf('<nonsense>')).toThrow('<nonsense>');
});
