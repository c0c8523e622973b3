import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ManualClock, type ReferenceServer } from '../../../reference-server/index.js';
import { quickServer, send } from '../client.js';
import { library } from './library-seed.js';

/* Subscriptions and items by WebSocket. What a Directus 12.4.1 answered about the same collections. */

type Message = Readonly<Record<string, unknown>>;

/** A WebSocket, and the messages that have not been looked at yet. */
class Client {
  private constructor(
    private readonly socket: WebSocket,
    private readonly received: Message[],
  ) {}

  static async open(server: ReferenceServer, token: string): Promise<Client> {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket?access_token=${token}`);
    const received: Message[] = [];
    socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString()) as Message));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Client(socket, received);
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next message. */
  async next(): Promise<Message> {
    for (let tries = 0; tries < 500; tries += 1) {
      const message = this.received.shift();
      if (message !== undefined) return message;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('no message came');
  }

  async ask(message: object): Promise<Message> {
    this.say(message);
    return this.next();
  }

  /** All that came until now: what was sent before is answered before. */
  async rest(): Promise<readonly Message[]> {
    this.say({ type: 'ping', uid: 'rest' });
    const before: Message[] = [];
    for (let message = await this.next(); message['uid'] !== 'rest'; message = await this.next()) before.push(message);
    return before;
  }

  close(): void {
    this.socket.terminate();
  }
}

let server: ReferenceServer;
let clock: ManualClock;
const clients: Client[] = [];
beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));
  server = await quickServer({ initialData: library, clock });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

async function opened(token = 'boss-token'): Promise<Client> {
  const client = await Client.open(server, token);
  clients.push(client);
  return client;
}
async function write(route: string, body?: unknown, status = 200): Promise<Message> {
  const answer = await send(server, route, { bearer: 'boss-token', ...(body !== undefined && { body }) });
  expect(answer.status).toBe(status);
  return answer.json?.data === undefined ? {} : answer.data;
}
const titles = { collection: 'articles', query: { fields: ['title'] } };

describe('a subscription', () => {
  test('begins with what there is, and tells what is created, changed and removed', async () => {
    await write('POST /items/articles', { title: 'One' });
    const client = await opened();
    const init = await client.ask({ type: 'subscribe', uid: 's', ...titles });
    expect(init).toEqual({ type: 'subscription', event: 'init', data: [{ title: 'One' }], uid: 's' });
    await write('POST /items/articles', [{ title: 'Two' }, { title: 'Three' }]);
    expect(await client.next()).toEqual({ type: 'subscription', event: 'create', data: [{ title: 'Two' }], uid: 's' });
    expect(await client.next()).toMatchObject({ event: 'create', data: [{ title: 'Three' }] });
    await write('PATCH /items/articles', { keys: [2, 3], data: { title: 'New' } });
    expect(await client.next()).toMatchObject({ event: 'update', data: [{ title: 'New' }, { title: 'New' }] });
    await write('DELETE /items/articles/2', undefined, 204);
    expect(await client.next()).toEqual({ type: 'subscription', event: 'delete', data: ['2'], uid: 's' });
    await write('DELETE /items/articles', [3], 204);
    expect(await client.next()).toMatchObject({ event: 'delete', data: [3] });
  });

  test('to one event reads nothing at the begin, not even what there is not', async () => {
    const client = await opened();
    const query = { fields: ['nope'], meta: '*' };
    const init = await client.ask({ type: 'subscribe', collection: 'articles', event: 'create', query });
    expect(init).toEqual({ type: 'subscription', event: 'init' });
  });

  test('of no records at the begin is told of events all the same', async () => {
    const client = await opened();
    const none = { type: 'subscribe', uid: 'n', collection: 'articles', query: { fields: ['title'], limit: 0 } };
    expect(await client.ask(none)).toMatchObject({ event: 'init', data: [] });
    await write('POST /items/articles', { title: 'New' });
    expect(await client.next()).toMatchObject({ event: 'create', data: [{ title: 'New' }] });
  });

  test('tells what its filter and its event say, and nothing else', async () => {
    const client = await opened();
    await client.ask({
      type: 'subscribe',
      uid: 'f',
      collection: 'articles',
      query: { filter: { title: { _eq: 'x' } } },
    });
    expect(await client.ask({ type: 'subscribe', uid: 'c', event: 'update', ...titles })).toEqual({
      ...{ type: 'subscription', event: 'init', uid: 'c' },
    });
    await write('POST /items/articles', { title: 'y' });
    await write('PATCH /items/articles/1', { title: 'z' });
    expect(await client.next()).toEqual({ type: 'subscription', event: 'update', data: [{ title: 'z' }], uid: 'c' });
    expect(await client.rest()).toEqual([]);
  });

  test('is of one item', async () => {
    await write('POST /items/articles', [{ title: 'One' }, { title: 'Two' }]);
    const client = await opened();
    const init = await client.ask({ type: 'subscribe', uid: 'i', item: 1, ...titles });
    expect(init).toMatchObject({ event: 'init', data: { title: 'One' } });
    await write('PATCH /items/articles/2', { title: 'Other' });
    await write('PATCH /items/articles/1', { title: 'Mine' });
    expect(await client.next()).toMatchObject({ event: 'update', data: { title: 'Mine' } });
    await write('DELETE /items/articles/1', undefined, 204);
    expect(await client.next()).toMatchObject({ event: 'delete', data: '1' });
  });

  test('ends when it is asked to', async () => {
    const client = await opened();
    await client.ask({ type: 'subscribe', uid: 1, ...titles });
    await client.ask({ type: 'subscribe', uid: 2, ...titles });
    expect(await client.ask({ type: 'unsubscribe', uid: 1 })).toEqual({
      ...{ type: 'subscription', event: 'unsubscribe', uid: 1 },
    });
    await write('POST /items/articles', { title: 'One' });
    expect(await client.next()).toMatchObject({ event: 'create', uid: '2' });
    expect(await client.ask({ type: 'unsubscribe' })).toEqual({ type: 'subscription', event: 'unsubscribe' });
    await write('POST /items/articles', { title: 'Two' });
    expect(await client.rest()).toEqual([]);
  });

  test('tells of users', async () => {
    const client = await opened();
    await client.ask({
      type: 'subscribe',
      uid: 'u',
      collection: 'directus_users',
      event: 'create',
      query: { fields: ['email'] },
    });
    await write('POST /users', { email: 'new@example.com' });
    expect(await client.next()).toMatchObject({ event: 'create', data: [{ email: 'new@example.com' }] });
  });

  test.each<[object, string]>([
    [{ collection: 'nope' }, 'FORBIDDEN'],
    [{ collection: 'articles', query: { fields: ['nope'] } }, 'FORBIDDEN'],
    [{ collection: 'articles', query: { limit: 'x' } }, 'INVALID_QUERY'],
    [{ collection: 'articles', item: 9999 }, 'FORBIDDEN'],
    [{}, 'INVALID_PAYLOAD'],
    [{ collection: 'articles', event: 'x' }, 'INVALID_PAYLOAD'],
  ])('to %j is rejected, and the connection stays', async (message, code) => {
    const client = await opened();
    expect(await client.ask({ type: 'subscribe', ...message })).toMatchObject({
      ...{ type: 'subscribe', status: 'error', error: { code } },
    });
    expect(await client.rest()).toEqual([]);
  });
});

describe('a subscription tells no more when its token has ended', () => {
  const forbidden = { type: 'subscribe', status: 'error', error: { code: 'FORBIDDEN' } };

  test('a standard token has expired; another one brings it back', async () => {
    const token = await server.tokenFor(server.admin);
    const client = await opened(token);
    await client.ask({ type: 'subscribe', uid: 's', ...titles });
    clock.advance(server.settings.ACCESS_TOKEN_TTL + 1000);
    await write('POST /items/articles', { title: 'unseen' });
    expect(await client.next()).toEqual({
      ...{ type: 'auth', status: 'error', error: { code: 'TOKEN_EXPIRED', message: 'Token expired.' } },
    });
    expect(await client.next()).toMatchObject(forbidden);
    expect(await client.ask({ type: 'auth', access_token: 'boss-token' })).toEqual({ type: 'auth', status: 'ok' });
    await write('POST /items/articles', { title: 'seen' });
    expect(await client.next()).toMatchObject({ event: 'create', data: [{ title: 'seen' }] });
  });

  test('a static token was removed', async () => {
    const client = await opened('ed-token');
    await client.ask({ type: 'subscribe', uid: 's', ...titles });
    await write('POST /items/articles', { title: 'seen' });
    expect(await client.next()).toMatchObject({ data: [{ title: 'seen' }] });
    const [ed] = (await server.store.users()).filter(({ email }) => email === 'ed@example.com');
    await write(`PATCH /users/${ed?.id ?? ''}`, { token: null });
    await write('POST /items/articles', { title: 'unseen' });
    expect(await client.next()).toMatchObject({
      type: 'auth',
      status: 'error',
      error: { code: 'INVALID_CREDENTIALS' },
    });
    expect(await client.next()).toMatchObject(forbidden);
  });

  test('a session was logged out of', async () => {
    const token = await server.tokenFor(server.admin, { type: 'session' });
    const client = await opened(token);
    await client.ask({ type: 'subscribe', uid: 's', ...titles });
    const cookie = `directus_session_token=${token}`;
    await send(server, 'POST /auth/logout', { cookie, body: { mode: 'session' } });
    await write('POST /items/articles', { title: 'unseen' });
    expect(await client.next()).toMatchObject({ type: 'auth', status: 'error' });
    expect(await client.next()).toMatchObject(forbidden);
  });

  test('nor are items read by it', async () => {
    const client = await opened(await server.tokenFor(server.admin));
    clock.advance(server.settings.ACCESS_TOKEN_TTL + 1000);
    client.say({ type: 'items', action: 'read', collection: 'articles' });
    expect(await client.next()).toMatchObject({ type: 'auth', error: { code: 'TOKEN_EXPIRED' } });
    expect(await client.next()).toMatchObject({ type: 'items', status: 'error', error: { code: 'FORBIDDEN' } });
  });
});

test('items are read and written by messages', async () => {
  const client = await opened();
  const items = (message: object): Promise<Message> =>
    client.ask({ type: 'items', uid: 7, collection: 'articles', query: { fields: ['title'] }, ...message });
  expect(await items({ action: 'create', data: [{ title: 'A' }, { title: 'B' }] })).toEqual({
    ...{ type: 'items', data: [{ title: 'A' }, { title: 'B' }], uid: 7 },
  });
  expect(await items({ action: 'read', id: 1 })).toMatchObject({ data: { title: 'A' } });
  expect(await items({ action: 'update', ids: [1, 2], data: { title: 'C' } })).toMatchObject({
    data: [{ title: 'C' }, { title: 'C' }],
  });
  expect(await items({ action: 'delete', id: 1 })).toEqual({ type: 'items', data: 1, uid: 7 });
  expect(await items({ action: 'read' })).toMatchObject({ data: [{ title: 'C' }] });
  expect(await items({ action: 'read', collection: 'directus_users' })).toMatchObject({
    error: { code: 'INVALID_COLLECTION' },
  });
});

test('items are named by keys, by a query or one by one, and told as the query of the message asks for them', async () => {
  const client = await opened();
  await write('POST /items/articles', [{ title: 'A' }, { title: 'B' }, { title: 'C' }]);
  const items = async (message: object, query: object = {}): Promise<Message> => {
    const sent = { type: 'items', collection: 'articles', query: { fields: ['id'], ...query }, ...message };
    const { data, meta, error } = await client.ask(sent);
    return {
      ...(data !== undefined && { data }),
      ...(meta !== undefined && { meta }),
      ...(error !== undefined && { error }),
    };
  };
  const meta = { total_count: 3, filter_count: 3 };
  expect(await items({ action: 'read', ids: [1, 2] }, { sort: ['-id'], meta: '*' })).toEqual({
    data: [{ id: 2 }, { id: 1 }],
    meta,
  });
  expect(await items({ action: 'read', ids: [1, 2] }, { filter: { title: { _eq: 'B' } } })).toEqual({
    data: [{ id: 2 }],
  });
  expect(await items({ action: 'read', id: 1 }, { meta: '*' })).toEqual({ data: { id: 1 }, meta });
  expect(await items({ action: 'read', id: 1 }, { filter: { title: { _eq: 'B' } } })).toMatchObject({
    error: { code: 'FORBIDDEN' },
  });
  expect(await items({ action: 'read', id: '' }, { limit: 1 })).toEqual({ data: [{ id: 1 }] });
  expect(await items({ action: 'update', data: [{ id: 1, title: 'D' }] }, { fields: ['title'] })).toEqual({
    data: [{ title: 'D' }],
  });
  expect(await items({ action: 'update', data: { title: 'E' } }, { filter: { id: 2 }, meta: '*' })).toEqual({
    data: [{ id: 2 }],
    meta: { total_count: 3, filter_count: 1 },
  });
  expect(await items({ action: 'delete', ids: ['1'] })).toEqual({ data: ['1'] });
  expect(await items({ action: 'delete' }, { filter: { id: 2 } })).toEqual({ data: [2] });
  client.say({ type: 'items', action: 'update', collection: 'articles', id: 3 });
  expect(await client.rest()).toEqual([]);
});

test.each<[object, string]>([
  [
    { action: 'delete', ids: 'x' },
    'expected "create" at "action" or expected "read" at "action"; expected array, received string at "ids" or ' +
      'expected "update" at "action"; expected array, received string at "ids" or expected array, received string at "ids"',
  ],
  [
    { action: 'read', ids: [1, null] },
    'expected "create" at "action" or expected string, received null at "ids[1]" or expected number, received null at "ids[1]" or ' +
      'expected "update" at "action"; expected string, received null at "ids[1]" or expected number, received null at "ids[1]" or ' +
      'expected "delete" at "action"; expected string, received null at "ids[1]" or expected number, received null at "ids[1]"',
  ],
])('%j names no items', async (message, problems) => {
  const client = await opened();
  const answer = await client.ask({ type: 'items', collection: 'articles', ...message });
  expect(answer['error']).toEqual({
    code: 'INVALID_PAYLOAD',
    message: `Validation error: ${problems.replaceAll('expected', 'Invalid input: expected')}`,
  });
});

test('by messages is written only what may be written', async () => {
  await write('POST /items/articles', { title: 'One' });
  const client = await opened('ed-token');
  const item = { type: 'items', collection: 'articles', id: 1 };
  for (const message of [
    { ...item, action: 'update', data: { title: 'x' } },
    { ...item, action: 'delete' },
    { ...item, action: 'delete', id: undefined, ids: [] },
  ])
    expect(await client.ask(message)).toMatchObject({ status: 'error', error: { code: 'FORBIDDEN' } });
  expect(await client.ask({ ...item, action: 'read' })).toMatchObject({ data: { title: 'One' } });
  const ofList = await client.ask({ ...item, action: 'update', data: [{ title: 'x' }] });
  expect(ofList).toMatchObject({ error: { message: expect.stringContaining('field "0"') as string } });
});

test.each<[string, string]>([
  ['{', 'Unable to parse the incoming message.'],
  ['[]', 'Validation error: Invalid input: expected object, received array'],
  ['{"uid":1}', 'Validation error: Invalid input: expected string, received undefined at "type"'],
])('%s is no message', async (text, message) => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket?access_token=boss-token`);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(text);
  const answer = await new Promise<string>((resolve) =>
    socket.once('message', (data: Buffer) => resolve(data.toString())),
  );
  socket.terminate();
  const error = { code: 'INVALID_PAYLOAD', message };
  expect(JSON.parse(answer)).toEqual({ type: 'server', status: 'error', error });
});
