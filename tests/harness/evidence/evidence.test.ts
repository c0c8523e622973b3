import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Evidence } from '../../../suites/harness/evidence/evidence.js';
import { HttpClient } from '../../../suites/harness/target/http/http-client.js';
import { run } from '../../helpers/run-cli.js';
import { needs } from '../../programs/tags.js';

let server: Server | undefined;
const received: string[] = [];

/** A server that answers after a time in ms with a body and headers of its choice. */
async function listening(
  answer: { after?: number; body?: string; headers?: Record<string, string> } = {},
): Promise<string> {
  received.length = 0;
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (data: string) => (body += data));
    request.on('end', () => {
      received.push(body);
      setTimeout(() => response.writeHead(200, answer.headers).end(answer.body ?? '{}'), answer.after ?? 0);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => server?.close());

describe('evidence', () => {
  test('of a run that ended early takes its late answers along when it is forgotten', async () => {
    const url = await listening({ after: 50 });
    const client = new HttpClient({ timeoutMs: 5000 });
    const evidence = new Evidence();
    const mark = evidence.mark();
    const late = client
      .send({ method: 'GET', url, headers: [] }, evidence)
      .then(async () => client.send({ method: 'GET', url, headers: [] }, evidence));
    await evidence.backTo(mark);
    expect(evidence.exchanges).toEqual([]);
    await late;
    expect(evidence.exchanges).toEqual([]);
    await client.close();
  });

  test.each([
    ['a JSON member by another name', { body: '{"refreshToken":"the-token-in-clear"}' }],
    ['a JSON member within a text', { body: '{"data":{"X-Token" : "the-token-in-clear"}}' }],
    ['a header', { headers: { 'X-Access-Token': 'the-token-in-clear' } }],
    ['a cookie', { headers: { 'Set-Cookie': 'my_token=the-token-in-clear; Path=/' } }],
  ])('masks an unexpected token in %s', async (_where, answer) => {
    const url = await listening(answer);
    const client = new HttpClient({ timeoutMs: 5000 });
    const evidence = new Evidence();
    await client.send({ method: 'GET', url, headers: [] }, evidence);
    const shown = JSON.stringify(evidence.shown(0));
    expect(shown).toContain('****lear');
    expect(shown).not.toContain('in-clear');
    await client.close();
  });
});

describe('a curl line', { tags: needs('bash', 'curl') }, () => {
  test.each([
    ['two million letters', JSON.stringify({ email: 'a'.repeat(2_000_000) })],
    ['a thousand nested objects', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`],
    ['a hundred thousand letters without repetition', Array.from({ length: 20_000 }, (_one, i) => `${i}`).join('-')],
    ['quotes, dollars and backslashes', `${`'"$\\`.repeat(300)}%s\\n`],
  ])('repeats a body of %s', async (_what, body) => {
    const url = await listening();
    const client = new HttpClient({ timeoutMs: 5000 });
    const evidence = new Evidence();
    await client.send({ method: 'POST', url: `${url}/`, headers: [['Content-Type', 'text/plain']], body }, evidence);
    const lines = evidence.curl(url).join('\n');
    const { stderr } = await run('bash', ['-c', lines], { cwd: '/tmp' });
    expect(stderr).toBe('');
    expect(received).toHaveLength(2);
    expect(received[1] === body).toBe(true);
    if (body.length > 1_000_000) expect(lines.length).toBeLessThan(500);
    await client.close();
  });
});
