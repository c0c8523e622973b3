import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryStore, SqliteStore, type ReferenceServer, type Store } from '../../../reference-server/index.js';
import { quickServer, send } from '../client.js';
import { library } from './library-seed.js';

/* What a Directus 12.4.1 answered about the same files. */

interface FileFields {
  readonly id: string;
  readonly [field: string]: unknown;
}

let server: ReferenceServer;
beforeAll(async () => {
  server = await quickServer({ initialData: library });
});
afterAll(() => server.close());

function form(parts: readonly (readonly [string, string | File])[]): FormData {
  const data = new FormData();
  for (const [name, value] of parts) data.append(name, value);
  return data;
}
const text = (name: string, contents = 'hello', type = 'text/plain'): File => new File([contents], name, { type });

const request = (path: string, bearer: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { ...init, headers: { Authorization: `Bearer ${bearer}`, ...init.headers } });
async function upload(
  parts: readonly (readonly [string, string | File])[],
  query = '',
  bearer = 'boss-token',
): Promise<FileFields> {
  const answer = await request(`/files${query}`, bearer, { method: 'POST', body: form(parts) });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { data: FileFields }).data;
}

test('a file is stored with what is known of it', async () => {
  const file = await upload([
    ['title', 'A text'],
    ['file', text('my_notes.txt')],
  ]);
  const told = {
    storage: 'local',
    filename_disk: `${file.id}.txt`,
    filename_download: 'my_notes.txt',
    title: 'A text',
    type: 'text/plain',
    folder: null,
    filesize: 5,
    modified_by: null,
    tus_id: null,
  };
  expect(file).toMatchObject(told);
  expect(file['uploaded_by']).toMatch(/^[\da-f-]{36}$/);
  expect(file['created_on']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
});

test('without a title it has that of its name; several files are told as a list, each with the fields before it', async () => {
  expect(await upload([['file', text('my_notes.txt')]], '?fields=title')).toEqual({ title: 'My Notes' });
  const parts: [string, string | File][] = [
    ['title', 'a'],
    ['file', text('x.txt')],
    ['title', 'b'],
    ['file', text('x.html', '<b>', 'text/html')],
  ];
  const files = (await upload(parts, '?fields=title,type')) as unknown as readonly FileFields[];
  const byTitle = [...files].sort((one, other) => String(one['title']).localeCompare(String(other['title'])));
  expect(byTitle).toEqual([
    { title: 'a', type: 'text/plain' },
    { title: 'b', type: 'text/html' },
  ]);
});

describe('the contents', () => {
  test.each([
    ['header', (id: string) => request(`/assets/${id}`, 'boss-token')],
    ['query', (id: string) => fetch(`${server.url}/assets/${id}?access_token=boss-token`)],
    ['file name', (id: string) => request(`/assets/${id}/other.txt`, 'boss-token')],
    ['ending', (id: string) => request(`/assets/${id}.txt`, 'boss-token')],
  ])('are sent to those who may read the file: %s', async (_how, get) => {
    const { id } = await upload([['file', text('x.txt')]]);
    const answer = await get(id);
    expect(await answer.text()).toBe('hello');
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('are sent by a session cookie', async () => {
    const { id } = await upload([['file', text('x.txt')]]);
    const token = await server.tokenFor(server.admin, { type: 'session' });
    const answer = await send(server, `GET /assets/${id}`, { cookie: `directus_session_token=${token}` });
    expect(answer.text).toBe('hello');
  });

  test.each([
    ['', 'inline; filename="x.txt"'],
    ['?download', 'attachment; filename="x.txt"'],
    ['/a b.txt?download', 'attachment; filename="a b.txt"'],
  ])('have a disposition: %s', async (rest, expected) => {
    const { id } = await upload([['file', text('x.txt')]]);
    expect((await request(`/assets/${id}${rest}`, 'boss-token')).headers.get('content-disposition')).toBe(expected);
  });

  test('are sent in part', async () => {
    const { id } = await upload([['file', text('x.txt')]]);
    const part = await request(`/assets/${id}`, 'boss-token', { headers: { Range: 'bytes=1-2' } });
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, 'el', 'bytes 1-2/5']);
    const beyond = await request(`/assets/${id}`, 'boss-token', { headers: { Range: 'bytes=9-' } });
    expect(beyond.status).toBe(416);
    expect(await beyond.json()).toEqual({
      errors: [
        {
          message: `Range "9-" is invalid or the file's size doesn't match the requested range.`,
          extensions: { range: { start: 9 }, code: 'RANGE_NOT_SATISFIABLE' },
        },
      ],
    });
    const head = await request(`/assets/${id}`, 'boss-token', { method: 'HEAD', headers: { Range: 'bytes=1-2' } });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '5']);
  });

  test('are not sent to others, and do not tell whether they are there', async () => {
    const { id } = await upload([['file', text('x.txt')]]);
    expect((await send(server, `GET /assets/${id}`)).json?.errors?.[0]?.message).toMatch(/collection "directus_files"/);
    const hidden = await (await request(`/assets/${id}`, 'ed-token')).text();
    const none = await (await request('/assets/ffffffff-0000-4000-8000-000000000009', 'ed-token')).text();
    expect(hidden).toBe(none);
    const shared = await upload([
      ['title', 'Shared'],
      ['file', text('y.txt')],
    ]);
    expect(await (await request(`/assets/${shared.id}`, 'ed-token')).text()).toBe('hello');
  });

  test('are replaced, and removed with the file; what refers to it refers to nothing', async () => {
    const { id } = await upload([['file', text('x.txt')]]);
    const item = await send(server, 'POST /items/articles', { bearer: 'boss-token', body: { title: 'A', cover: id } });
    await send(server, 'PATCH /users/me', { bearer: 'boss-token', body: { avatar: id } });
    const body = form([['file', text('x.html', '<b>hi', 'text/html')]]);
    expect((await request(`/files/${id}`, 'boss-token', { method: 'PATCH', body })).status).toBe(200);
    expect(await (await request(`/assets/${id}`, 'boss-token')).text()).toBe('<b>hi');
    expect((await send(server, `DELETE /files/${id}`, { bearer: 'boss-token' })).status).toBe(204);
    expect((await request(`/assets/${id}`, 'boss-token')).status).toBe(403);
    const cover = await send(server, `GET /items/articles/${String(item.data['id'])}?fields=cover`, {
      bearer: 'boss-token',
    });
    expect(cover.data['cover']).toBeNull();
    expect((await send(server, 'GET /users/me?fields=avatar', { bearer: 'boss-token' })).data['avatar']).toBeNull();
  });
});

describe('a file that is to be replaced and is not there', () => {
  const ID = 'f0000000-0000-4000-8000-000000000001';
  const formOf = (id: string): FormData =>
    form([
      ['id', id],
      ['file', text('x.txt')],
    ]);

  test('is created, of the id that the form gives', async () => {
    const replaced = await request(`/files/${ID}`, 'boss-token', { method: 'PATCH', body: formOf(ID) });
    expect(replaced.status).toBe(200);
    const { data } = (await replaced.json()) as { data: FileFields };
    expect(data['modified_by']).toBe(data['uploaded_by']);
    const other = await request(`/files/${ID.replace('f', 'e')}`, 'boss-token', { method: 'PATCH', body: formOf('') });
    expect(other.status).toBe(204);
  });

  test('is created by those who may create and change files', async () => {
    const permissions = (['create', 'read', 'update'] as const).map((action) => ({
      collection: 'directus_files',
      action,
    }));
    const editors = [{ name: 'Editor', permissions }];
    await using other = await quickServer({ initialData: { ...library, roles: editors } });
    const patch = (id: string): Promise<Response> =>
      fetch(`${other.url}/files/${id}`, {
        method: 'PATCH',
        headers: { authorization: 'Bearer ed-token' },
        body: formOf(ID),
      });
    expect((await patch(ID)).status).toBe(200);
    // One of another id is created, and what the path names is still not there.
    await send(other, `DELETE /files/${ID}`, { bearer: 'boss-token' });
    expect((await patch(ID.replace('f', 'e'))).status).toBe(403);
    expect((await send(other, `GET /files/${ID}`, { bearer: 'boss-token' })).status).toBe(200);
  });
});

describe('what is rejected', () => {
  test('an upload without the permission', async () => {
    const body = form([['file', text('x.txt')]]);
    expect((await request('/files', 'ed-token', { method: 'POST', body })).status).toBe(403);
  });

  test.each(['x', '5'])('an upload with an id that can be none: %s', async (id) => {
    const body = form([
      ['id', id],
      ['file', text('x.txt')],
    ]);
    expect((await request('/files', 'boss-token', { method: 'POST', body })).status).toBe(403);
  });

  test('a body without a file', async () => {
    const answer = await request('/files', 'boss-token', { method: 'POST', body: form([['title', 'a']]) });
    expect(await answer.json()).toMatchObject({
      errors: [{ message: 'Invalid payload. No files were included in the body.' }],
    });
  });

  test('a file that is too large, and nothing of it is kept', async () => {
    const body = form([['file', new File([new Uint8Array(10_485_761)], 'large.bin')]]);
    const answer = await request('/files', 'boss-token', { method: 'POST', body });
    expect(answer.status).toBe(413);
    const large = await send(server, 'GET /files?filter[filename_download][_eq]=large.bin', { bearer: 'boss-token' });
    expect(large.json?.data).toEqual([]);
  });

  test.each(['x', '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc', ''])(
    'a malformed body: %j',
    async (body) => {
      const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
      expect((await request('/files', 'boss-token', { method: 'POST', headers, body })).status).toBe(400);
    },
  );

  test('a body that ends in the middle: the server goes on', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'POST /files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer boss-token\r\nContent-Length: 1000\r\n' +
        'Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc',
      () => setTimeout(() => socket.destroy(), 50),
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await send(server, 'GET /server/ping')).text).toBe('pong');
  });
});

test('reset removes files and their contents', async () => {
  await using other = await quickServer({ initialData: library });
  const body = form([['file', text('x.txt')]]);
  const headers = { Authorization: 'Bearer boss-token' };
  const answer = await fetch(`${other.url}/files`, { method: 'POST', headers, body });
  const { id } = ((await answer.json()) as { data: FileFields }).data;
  await other.reset();
  expect((await send(other, `GET /assets/${id}`, { bearer: 'boss-token' })).status).toBe(403);
  expect(await other.store.items(`file:${id}`)).toEqual([]);
});

test.each<[string, (folder: string) => Promise<Store>]>([
  ['memory', () => Promise.resolve(new MemoryStore())],
  ['a file', (folder) => SqliteStore.open(join(folder, 'data.db'))],
])('bytes are kept as they are: %s', async (_name, open) => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-files-'));
  try {
    await using kept = await quickServer({ initialData: library, store: await open(folder) });
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256);
    const headers = { Authorization: 'Bearer boss-token' };
    const body = form([['file', new File([bytes], 'b.bin', { type: 'application/octet-stream' })]]);
    const answer = await fetch(`${kept.url}/files`, { method: 'POST', headers, body });
    const { id } = ((await answer.json()) as { data: FileFields }).data;
    const read = await (await fetch(`${kept.url}/assets/${id}`, { headers })).arrayBuffer();
    expect(Buffer.from(read).equals(bytes)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a transformation by a key that is not configured is rejected; one of the system gives the file as it is', async () => {
  const { id } = await upload([['file', text('plain.txt')]]);
  const rejected = await request(`/assets/${id}?key=poster`, 'boss-token');
  expect(rejected.status).toBe(400);
  expect(await rejected.json()).toMatchObject({
    errors: [{ message: 'Invalid query. Key "poster" isn\'t configured.', extensions: { code: 'INVALID_QUERY' } }],
  });
  const given = await request(`/assets/${id}?key=system-medium-cover`, 'boss-token');
  expect([given.status, await given.text()]).toEqual([200, 'hello']);
  // Its format is chosen by what the client accepts.
  expect(given.headers.get('vary')).toBe('Origin, Cache-Control, Accept');
  const plain = await request(`/assets/${id}`, 'boss-token');
  expect(plain.headers.get('vary')).toBe('Origin, Cache-Control');
});

describe('the size of an image is read', () => {
  const base64 = (text: string): Buffer => Buffer.from(text, 'base64');
  const jpeg = Buffer.from('ffd8ffe000041111ffc0000b080003000401011100', 'hex');
  const webp = (chunk: string, hex: string): Buffer =>
    Buffer.concat([Buffer.from(`RIFF0000WEBP${chunk}0000`, 'latin1'), Buffer.from(hex, 'hex')]);
  test.each<[string, Buffer, number | null, number | null]>([
    ['PNG', base64('iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAYAAAC56t6B'), 2, 3],
    ['GIF', base64('R0lGODlhAgADAIAAAAAAAP///w=='), 2, 3],
    ['JPEG', jpeg, 4, 3],
    ['WebP, lossy', webp('VP8 ', '0000009d012a02000300'), 2, 3],
    ['WebP, lossless', webp('VP8L', '2f01800000'), 2, 3],
    ['WebP, extended', webp('VP8X', '00000000010000020000'), 2, 3],
    ['none', Buffer.from('no image'), null, null],
    ['JPEG that ends', jpeg.subarray(0, 6), null, null],
  ])('of a %s', async (_kind, bytes, width, height) => {
    const file = await upload([['file', new File([new Uint8Array(bytes)], 'a.bin', { type: 'image/png' })]]);
    expect(file).toMatchObject({ width, height, metadata: width === null ? null : {} });
  });
});

test('a form names the file', async () => {
  const file = await upload([
    ['filename_download', 'given.txt'],
    ['file', text('own_name.txt')],
  ]);
  expect(file).toMatchObject({ filename_download: 'given.txt', title: 'Own Name' });
});
