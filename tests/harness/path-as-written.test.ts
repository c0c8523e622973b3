import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { pathSpellings } from '../../suites/harness/generators/bypasses.js';
import { isResolved, pathAsWritten } from '../../suites/harness/target/path-as-written.js';
import { Transport } from '../../suites/harness/target/http/transport.js';

test.each([
  ['http://host/users/me?a=b', '/users/me?a=b'],
  ['http://host/x/../users/me?a=b', '/x/../users/me?a=b'],
  ['http://host/x/%2e%2e/users', '/x/%2e%2e/users'],
  ['http://host/users/me/.', '/users/me/.'],
  ['http://host/users\\me', '/users\\me'],
  ['http://host/..;/users', '/..;/users'],
  ['http://host', '/'],
  ['http://host/a b?q=ä', '/a%20b?q=%C3%A4'],
])('the path of %s is sent as %s', (url, path) => {
  expect(pathAsWritten(url)).toBe(path);
});

test('two dots within a name are no segment to be resolved', () => {
  expect(isResolved('/x/..%2fusers')).toBe(false);
  expect(isResolved('/users/me..')).toBe(false);
});

test('each spelling of a path comes to the server as it was written', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const transport = new Transport({}, 5000);
  const spellings = pathSpellings('/users/me');
  for (const spelling of spellings) {
    const request = { method: 'GET', url: `http://127.0.0.1:${port}${spelling}`, headers: [] };
    const answer = await transport.request(request, new AbortController().signal);
    await answer.body.dump();
  }
  await transport.close();
  server.close();
  expect(new Set(spellings).size).toBe(spellings.length);
  expect(seen).toEqual(spellings.map((spelling) => (spelling.endsWith('?') ? spelling.slice(0, -1) : spelling)));
});
