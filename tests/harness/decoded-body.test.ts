import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Evidence } from '../../suites/harness/evidence/evidence.js';
import { HttpClient } from '../../suites/harness/target/http-client.js';

const TEXT = JSON.stringify({ data: { id: 'x'.repeat(2000) } });

test.each([
  ['gzip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['deflate, gzip', gzipSync(deflateSync(TEXT))],
  ['identity', Buffer.from(TEXT)],
])('a body that is compressed by %s is read as it was before', async (coding, body) => {
  expect(await bodyOf(coding, body)).toBe(TEXT);
});

test('a body that is not what its coding says is a broken answer, and no hang', async () => {
  await expect(bodyOf('gzip', Buffer.from('no gzip at all'))).rejects.toThrow();
});

/** What a client reads from a server that sends this. */
async function bodyOf(coding: string, body: Buffer): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Encoding': coding, 'Content-Type': 'application/json' }).end(body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const client = new HttpClient({ timeoutMs: 3000 });
  try {
    const request = { method: 'GET', url: `http://127.0.0.1:${port}/users/me`, headers: [] };
    return (await client.send(request, new Evidence())).response.body;
  } finally {
    await client.close();
    server.closeAllConnections();
    server.close();
  }
}
