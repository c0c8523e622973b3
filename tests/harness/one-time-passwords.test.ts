import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { startServerToCertify } from '../../cli/server-to-certify.js';
import { inProcess } from '../../runner/in-process.js';
import { runConformance } from '../../runner/run-conformance.js';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** A server in front of another that accepts each one-time password of a user only once. RFC 6238 section 5.2. */
async function acceptingEachOnce(origin: string): Promise<string> {
  const accepted = new Set<string>();
  const proxy = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('end', () => {
      const body = Buffer.concat(chunks);
      const isLogin = asked.url === '/auth/login' && body.includes('"otp"');
      const { email, otp } = (isLogin ? JSON.parse(body.toString()) : {}) as { email?: string; otp?: unknown };
      const one = `${email} ${String(otp)}`;
      const isSecond = isLogin && accepted.has(one);
      const { method, headers } = asked;
      const sent = isSecond ? body.toString().replace(/"otp":"\d+"/, '"otp":"xxxxxx"') : body;
      const forwarded = request(origin + asked.url, { method, headers }, (response) => {
        if (isLogin && response.statusCode === 200) accepted.add(one);
        answer.writeHead(response.statusCode ?? 500, response.rawHeaders);
        response.pipe(answer);
      });
      forwarded.on('error', () => answer.destroy());
      forwarded.end(sent);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test('a target that accepts each one-time password only once is given another for each login', async () => {
  const { server, given } = await startServerToCertify([]);
  closing.push(async () => server.close());
  const target = await acceptingEachOnce(String(given.target));
  const report = await runConformance({ ...given, target, only: ['tfa.*', 'lifecycle.tfa.*'] }, {}, inProcess);
  const others = report.requirements.filter(({ verdict }) => verdict !== 'pass');
  expect(others.map(({ id, verdict, reason }) => `${id} ${verdict} ${reason}`)).toEqual([]);
  expect(report.requirements.length).toBeGreaterThan(8);
});
