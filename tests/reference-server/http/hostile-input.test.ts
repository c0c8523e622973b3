import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isDeeperThan, looksDeeperThan } from '../../../reference-server/http/guard/nesting.js';
import { MemoryStore, type ReferenceServer, type UserRecord } from '../../../reference-server/index.js';
import { login, quickServer, send, sessionLogin, type Answer } from '../client.js';

/* Input that is read, and is not what it is meant to be: too deep, too many, or named as what every object has. */

let server: ReferenceServer;
let bearer = '';
beforeAll(async () => {
  server = await quickServer();
  ({ access: bearer } = await login(server));
});
afterAll(() => server.close());

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON that is nested 20,000 deep', () => {
  test.each([
    ['POST /roles', 'icon'],
    ['POST /roles', 'name'],
    ['POST /users', 'tags'],
    ['POST /users', 'password'],
    ['POST /auth/login', 'email'],
    ['PATCH /settings', 'auth_login_attempts'],
    ['SEARCH /users', 'query'],
  ])('is rejected by %s as %s, and nothing else breaks', async (what, member) => {
    const body = `{"name":"deep",${JSON.stringify(member)}:${nested(20_000)}}`;
    const answer = await send(server, what, { bearer, body });
    expect([answer.status, answer.code]).toEqual([400, 'INVALID_PAYLOAD']);
    for (const list of ['GET /roles', 'GET /users']) expect((await send(server, list, { bearer })).status).toBe(200);
  });

  test('is rejected as a filter', async () => {
    const filter = '{"_and":['.repeat(300) + ']}'.repeat(300);
    const answer = await send(server, `GET /users?filter=${encodeURIComponent(filter)}`, { bearer });
    expect([answer.status, answer.code]).toEqual([400, 'INVALID_QUERY']);
  });

  test('is rejected before it is parsed', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    const body = `{"name":"deep","icon":${nested(20_000)}}`;
    const { status } = await send(server, 'POST /roles', { bearer, body });
    const texts = parse.mock.calls.map(([text]) => text);
    parse.mockRestore();
    expect([status, texts.filter((text) => text.length > 20_000)]).toEqual([400, []]);
  });

  test('is told from what is not, without being parsed', () => {
    const { letrec } = fc;
    const { value } = letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'large' },
        fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', 'ü', 'a') }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string({ unit: fc.constantFrom('[', '}', '"', '\\') }), tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(value, fc.nat(6), (json, levels) => {
        expect(looksDeeperThan(Buffer.from(JSON.stringify(json)), levels)).toBe(isDeeperThan(json, levels));
      }),
    );
  });

  test('is accepted 90 deep', async () => {
    const body = `{"name":"not so deep","icon":${nested(90)}}`;
    const { status, data } = await send(server, 'POST /roles', { bearer, body });
    expect([status, data['icon']]).toEqual([200, nested(90)]);
  });
});

describe('roles', () => {
  test('20,000 of them, each under the one before, are listed', { timeout: 60_000 }, async () => {
    const many = await quickServer();
    const blank = { icon: null, description: null, policies: [], admin: false };
    const idOf = (i: number): string => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
    for (let i = 0; i < 20_000; i += 1)
      await many.store.saveRole({ ...blank, id: idOf(i), name: `${i}`, parent: i === 0 ? null : idOf(i - 1) });
    const { access } = await login(many);
    const answer = await send(many, 'GET /roles?limit=3&fields=parent,children', { bearer: access });
    expect(answer.json?.data).toEqual([
      { parent: null, children: [idOf(1)] },
      { parent: idOf(0), children: [idOf(2)] },
      { parent: idOf(1), children: [idOf(3)] },
    ]);
    expect((await send(many, `DELETE /roles/${idOf(0)}`, { bearer: access })).status).toBe(204);
    await many.close();
  });

  test('that are under each other in a circle are listed', async () => {
    const create = async (body: object): Promise<unknown> =>
      (await send(server, 'POST /roles', { bearer, body })).data['id'];
    const first = await create({ name: 'one' });
    const second = await create({ name: 'two', parent: first });
    await send(server, `PATCH /roles/${String(first)}`, { bearer, body: { parent: second } });
    const { status, code } = await send(server, `PATCH /roles/${String(second)}`, { bearer, body: { parent: second } });
    expect([status, code]).toEqual([400, 'INVALID_PAYLOAD']);
    expect((await send(server, 'GET /roles', { bearer })).status).toBe(200);
    expect((await send(server, `GET /roles/${String(second)}`, { bearer })).data).toMatchObject({ parent: first });
  });
});

describe('what every object has', () => {
  const inherited = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'length'];
  const query = encodeURIComponent;

  test.each(inherited)('%s is no filter operator', async (name) => {
    const given = `{"email":{${JSON.stringify(name)}:"x"}}`;
    for (const answer of [
      await send(server, `GET /users?filter=${query(given)}`, { bearer }),
      await send(server, 'SEARCH /users', { bearer, body: `{"query":{"filter":${given}}}` }),
      await send(server, 'DELETE /users', { bearer, body: `{"query":{"filter":${given}}}` }),
    ])
      expect([answer.status, answer.code]).toEqual(name.startsWith('_') ? [400, 'INVALID_QUERY'] : [403, 'FORBIDDEN']);
    expect((await send(server, 'GET /users', { bearer })).status).toBe(200);
  });

  test.each(inherited)('%s is no member, mode, setting or path, and no fault of the server', async (name) => {
    const json = JSON.stringify(name);
    const answers: readonly Answer[] = await Promise.all([
      send(server, `GET /users?fields=${name}`, { bearer }),
      send(server, `GET /users?sort=${name}`, { bearer }),
      send(server, `GET /users?filter[${name}][_eq]=x`, { bearer }),
      send(server, `GET /users?filter[email][_eq][${name}]=x`, { bearer }),
      send(server, `GET /users?filter[email][_in][${name}]=x`, { bearer }),
      send(server, `GET /users?limit[${name}]=1&offset[${name}]=1&page[${name}]=1&search[${name}]=x`, { bearer }),
      send(server, `GET /users?fields[${name}]=x&sort[${name}]=x`, { bearer }),
      send(server, `GET /utils/random/string?length[${name}]=1`),
      send(server, `GET /users/me?access_token[${name}]=x`),
      send(server, `GET /${name}`, { bearer }),
      send(server, `GET /items/${name}`, { bearer }),
      send(server, `GET /roles/${name}`, { bearer }),
      send(server, 'GET /users/me', { cookie: `${name}=x` }),
      send(server, 'POST /auth/login', { body: `{"email":"a@example.com","password":"x","mode":${json}}` }),
      send(server, 'POST /auth/refresh', { body: `{"refresh_token":"x","mode":${json}}` }),
      send(server, 'POST /auth/refresh', { body: `{"refresh_token":{${json}:1}}` }),
      send(server, 'PATCH /settings', { bearer, body: `{${json}:{"${name}":1}}` }),
      send(server, 'POST /users', { bearer, body: `{${json}:"x","tags":{${json}:1},"title":{${json}:1}}` }),
      send(server, 'POST /graphql/system', {
        body: { query: `{${name}}`, variables: { [name]: 1 }, operationName: name },
      }),
      send(server, 'POST /graphql/system', { body: { query: `{__type(name:${json}){name}}` } }),
    ]);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    // What was stored does not break the lists either.
    const filters = [`filter[title][_eq]=x`, `filter[tags][_null]=true`, 'sort=title,tags', 'search=x'];
    for (const filter of filters) expect((await send(server, `GET /users?${filter}`, { bearer })).status).toBe(200);
  });
});

describe('GraphQL', () => {
  const ask = (text: string): Promise<Answer> =>
    send(server, 'POST /graphql/system', { bearer, body: { query: text } });
  const many = (count: number, field: string): string =>
    Array.from({ length: count }, (_, i) => `a${i}:${field}`).join(' ');

  test.each([
    ['a thousand aliases', `{${many(1000, 'users_me{id}')}}`],
    ['a thousand aliases of a login', `mutation{${many(500, 'auth_login(email:"a",password:"b"){expires}')}}`],
    [
      'a hundred aliases in fragments',
      `{...A ...B} fragment A on Query{${many(50, 'server_ping')}} fragment B on Query{b:server_ping}`,
    ],
    ['a field a thousand times', `{${'users_me{id} '.repeat(1000)}}`],
    ['a hundred levels', `{${'users_me{'.repeat(100)}id${'}'.repeat(100)}}`],
    ['thousands of levels', `{a(b:${'['.repeat(4000)}`],
  ])('rejects %s with 400', async (_what, text) => {
    const answer = await ask(text);
    expect([answer.status, answer.code]).toEqual([400, 'GRAPHQL_VALIDATION']);
    expect(answer.text.length).toBeLessThan(20_000);
  });

  test('answers twenty aliases, and the usual introspection', async () => {
    expect(Object.keys((await ask(`{${many(20, 'users_me{id}')}}`)).data)).toHaveLength(20);
    const { getIntrospectionQuery } = await import('graphql');
    expect((await ask(getIntrospectionQuery())).status).toBe(200);
  });
});

describe('relations that lead back to where they came from', () => {
  let crowd: ReferenceServer;
  let boss = '';
  beforeAll(async () => {
    crowd = await quickServer();
    ({ access: boss } = await login(crowd));
    const { data } = await send(crowd, 'GET /users/me', { bearer: boss });
    const body = Array.from({ length: 60 }, (_, i) => ({ email: `u${i}@example.com`, role: data['role'] }));
    expect((await send(crowd, 'POST /users', { bearer: boss, body })).status).toBe(200);
  });
  afterAll(() => crowd.close());

  const inCircles = (times: number): object =>
    times === 0 ? { email: { _eq: 'x' } } : { role: { users: inCircles(times - 1) } };

  /** What others get meanwhile. */
  const asked = async (what: string, body?: object): Promise<{ readonly answer: Answer; readonly other: number }> => {
    const answer = send(crowd, what, { bearer: boss, ...(body && { body }) });
    const { status } = await send(crowd, 'GET /server/ping');
    return { answer: await answer, other: status };
  };

  test.each([
    ['forty levels of everything', `GET /users?fields=${Array.from({ length: 40 }, () => '*').join('.')}`],
    ['a path of thousands of names', `GET /users?fields=${'a.'.repeat(5000)}a`],
    ['everybody of everybody of everybody', 'GET /users?fields=role.users.role.users.role.users.*&limit=-1'],
    ['the same as a filter', `GET /users?limit=-1&filter=${JSON.stringify(inCircles(3))}`],
  ])('%s are rejected', async (_what, what) => {
    const { answer, other } = await asked(what);
    expect([answer.status, answer.code, other]).toEqual([400, 'INVALID_QUERY', 200]);
  });

  test('by GraphQL they end in so many errors at most', async () => {
    const query = `{${'users{role{'.repeat(5)}id${'}}'.repeat(5)}}`;
    const { answer, other } = await asked('POST /graphql/system', { query });
    expect([answer.json?.errors?.length, other]).toEqual([100, 200]);
    expect(answer.code).toBe('INVALID_QUERY');
  });

  test('what a client asks for is answered', async () => {
    for (const fields of ['*.*.*', '*,role.users.email', 'role.users.role.name'])
      expect((await asked(`GET /users?fields=${fields}&limit=-1`)).answer.status).toBe(200);
    const { answer } = await asked('POST /graphql/system', { query: '{users{role{users{email}}}}' });
    expect(answer.json?.errors).toBeUndefined();
  });
});

describe('the stream of events', () => {
  test('may end while the store is asked', async () => {
    let asked = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    let holds = false;
    /** Takes its time to look a user up. */
    class Slow extends MemoryStore {
      override async user(id: string): Promise<UserRecord | undefined> {
        if (holds) {
          asked();
          await held;
        }
        return super.user(id);
      }
    }
    const own = await quickServer({ store: new Slow() });
    const cookie = await sessionLogin(own);
    const stop = new AbortController();
    expect((await fetch(`${own.url}/admin/api/events`, { headers: { cookie }, signal: stop.signal })).status).toBe(200);
    holds = true;
    // An event that is looked up for as long as that takes.
    await send(own, 'GET /server/info', { cookie });
    await waiting;
    const closed = own.close(1000);
    answer();
    await closed;
    stop.abort();
  });

  test('is sent to so many at once, and to others afterwards', async () => {
    const cookie = await sessionLogin(server);
    const stop = new AbortController();
    // Kept until all have come: the stream of an answer that nothing refers to any more is closed by the garbage collector.
    const answers = await Promise.all(
      Array.from({ length: 120 }, () =>
        fetch(`${server.url}/admin/api/events`, { headers: { cookie }, signal: stop.signal }),
      ),
    );
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([200, 503]);
    stop.abort();
    await expect
      .poll(
        async () => {
          const stop = new AbortController();
          const { status } = await fetch(`${server.url}/admin/api/events`, {
            headers: { cookie },
            signal: stop.signal,
          });
          stop.abort();
          return status;
        },
        { timeout: 10_000 },
      )
      .toBe(200);
  });
});
