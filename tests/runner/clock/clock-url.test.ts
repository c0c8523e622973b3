import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ClockUrl } from '../../../runner/clock/clock-url.js';
import { HttpClient } from '../../../suites/harness/target/http/http-client.js';
import type { Target } from '../../../suites/harness/target/target.js';

const asked: IncomingMessage[] = [];
const server = createServer((request, response) => {
  asked.push(request);
  response.end();
});
afterEach(() => server.close());

test('user and password of a clock URL go by Basic, as they are where they are malformed percent-encoding', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new HttpClient({ timeoutMs: 5000 });
  // The target is asked nothing when the clock answers 200.
  const target = {} as Target;
  for (const userinfo of ['me:p%40ss', 'me:p%zz'])
    await new ClockUrl({ url: `http://${userinfo}@127.0.0.1:${port}/clock`, client, target }).advance(1000);
  await client.close();
  const sent = asked.map(({ headers }) => Buffer.from((headers.authorization ?? '').slice(6), 'base64').toString());
  expect(sent).toEqual(['me:p@ss', 'me:p%zz']);
});
