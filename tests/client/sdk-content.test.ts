import {
  aggregate,
  authentication,
  createDirectus,
  createFolder,
  createItem,
  deleteFile,
  readFiles,
  readItems,
  realtime,
  rest,
  updateFile,
  updateItem,
  uploadFiles,
  type WebSocketConstructor,
} from '@directus/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ReferenceServer } from '../../reference-server/index.js';
import { quickServer } from '../reference-server/client.js';
import { library } from '../reference-server/content/library-seed.js';

/* Content by Directus' own client. A Directus 12.4.1 with the same collections answered alike. */

interface Author {
  readonly id: number;
  readonly name: string;
  readonly articles: readonly Article[];
}
interface Article {
  readonly id: number;
  readonly title: string;
  readonly author: Author;
}
interface Schema {
  readonly authors: Author[];
  readonly articles: Article[];
}

let server: ReferenceServer;
beforeAll(async () => {
  server = await quickServer({ initialData: library });
});
afterAll(() => server.close());

/** What the types of the client know too little of. */
const loose = (given: object): object => given;

const client = async () => {
  const WebSocketClass = WebSocket as unknown as WebSocketConstructor;
  const directus = createDirectus<Schema>(server.url, { globals: { WebSocket: WebSocketClass } })
    .with(authentication('json', { autoRefresh: false }))
    .with(rest())
    .with(realtime({ reconnect: false }));
  await directus.login(server.admin.email, server.admin.password);
  return directus;
};

test('items are written and read with those within them', async () => {
  const directus = await client();
  const fields = ['name', { articles: ['title'] }] as const;
  const bob = { name: 'Bob', articles: [{ title: 'B1' }, { title: 'B2' }] };
  const created = await directus.request(createItem('authors', bob as object, loose({ fields: ['id', ...fields] })));
  expect(created).toMatchObject(bob);
  const changes = { articles: { create: [{ title: 'B3' }], update: [], delete: [1] } } as object;
  expect(await directus.request(updateItem('authors', created.id, changes, loose({ fields })))).toEqual({
    ...{ name: 'Bob', articles: [{ title: 'B2' }, { title: 'B3' }] },
  });
  const ofBob = { fields: ['title'], filter: { author: { name: { _eq: 'Bob' } } }, sort: ['-title'] } as const;
  expect(await directus.request(readItems('articles', ofBob as object))).toEqual([{ title: 'B3' }, { title: 'B2' }]);
  expect(await directus.request(aggregate('articles', { aggregate: { count: '*' } }))).toEqual([{ count: 3 }]);
});

test('files are uploaded, listed, changed, downloaded and removed', async () => {
  const directus = await client();
  const form = new FormData();
  form.append('title', 'A text');
  form.append('file', new Blob(['hello'], { type: 'text/plain' }), 'hello.txt');
  const { id } = await directus.request(uploadFiles(form));
  const fields = ['title', 'type', 'filename_download'] as const;
  expect(await directus.request(readFiles({ fields }))).toEqual([
    { title: 'A text', type: 'text/plain', filename_download: 'hello.txt' },
  ]);
  const folder = await directus.request(createFolder({ name: 'docs' }));
  const moved = { fields: ['title', { folder: ['name'] }] } as const;
  expect(await directus.request(updateFile(id, { folder: folder.id }, moved as object))).toEqual({
    ...{ title: 'A text', folder: { name: 'docs' } },
  });
  const token = (await directus.getToken()) ?? '';
  expect(await (await fetch(`${server.url}/assets/${id}?access_token=${token}`)).text()).toBe('hello');
  await directus.request(deleteFile(id));
  expect(await directus.request(readFiles())).toEqual([]);
});

test('a subscription tells what there is and what comes', async () => {
  const directus = await client();
  await directus.connect();
  const live = await directus.subscribe('articles', {
    query: { fields: ['title'], filter: { title: { _eq: 'Live' } } },
  });
  expect((await live.subscription.next()).value).toMatchObject({ event: 'init', data: [] });
  await directus.request(createItem('articles', { title: 'Live' }));
  expect((await live.subscription.next()).value).toMatchObject({ event: 'create', data: [{ title: 'Live' }] });
  live.unsubscribe();
  directus.disconnect();
});
