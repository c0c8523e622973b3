import * as fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { errorLine } from '../../cli/output/error-line.js';
import { runCli } from '../helpers/run-cli.js';
import { commandsIn, hostileText, unseen } from '../reporters/hostile-reports.js';
import { reportFixture } from '../reporters/report-fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));

const saying = '\n::set-env name=PATH::/evil\n##[add-mask]x \u202Egnp.\u001B[2J\u009B2J\u200B\u2028::error::forged';

test('a message of an error is one line, whatever it quotes', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const line = errorLine(`the target cannot be judged: ${text}`);
      expect(line).toMatch(/^auth-conformance: the target cannot be judged:.*\n$/);
      expect(line).not.toMatch(unseen);
      expect(commandsIn(line)).toEqual([]);
      expect(commandsIn(errorLine(text))).toEqual([]);
    }),
  );
});

test.each<[what: string, answer: (response: ServerResponse) => void]>([
  [
    'an error code',
    (response) => {
      const code = `${saying}${'x'.repeat(5000)}`;
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ extensions: { code } }] }));
    },
  ],
  [
    'an error code of a server that fails',
    (response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ extensions: { code: `${saying}${'x'.repeat(5000)}` } }] }));
    },
  ],
  ['a redirect', (response) => response.writeHead(302, { location: `##[group]\u009B2J${'x'.repeat(5000)}` }).end()],
  [
    'a type',
    (response) => response.writeHead(200, { 'content-type': `##[group]\u009B2J${'x'.repeat(5000)}` }).end('no'),
  ],
])('%s of a target is quoted on one short line of standard error', async (_what, answer) => {
  const target = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const { code, stdout, stderr } = await runCli(
    ['--target', `http://127.0.0.1:${(target.address() as AddressInfo).port}`],
    { env: { AUTH_CONFORMANCE_EMAIL: 'a@example.com', AUTH_CONFORMANCE_PASSWORD: 'pass-word' } },
  );
  target.closeAllConnections();
  target.close();
  expect([2, 3]).toContain(code);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^auth-conformance: .*\n$/);
  expect(stderr).not.toMatch(unseen);
  expect(commandsIn(stderr)).toEqual([]);
  expect(stderr.length).toBeLessThan(500);
});

test('no text of a report of others commands a terminal or a CI system that shows what is made of it', async () => {
  const hostile = JSON.parse(
    JSON.stringify(reportFixture(), (_key, value: unknown) =>
      typeof value === 'string' && /[ /]/.test(value) ? `${saying} ${value}` : value,
    ),
  ) as object;
  const [good, bad, wrong] = ['good.json', 'bad.json', 'wrong.json'].map((name) => join(folder, name));
  writeFileSync(good ?? '', JSON.stringify(reportFixture()));
  writeFileSync(bad ?? '', JSON.stringify(hostile));
  writeFileSync(wrong ?? '', JSON.stringify({ ...hostile, [saying]: saying }));
  const page = join(folder, 'page.html');
  for (const args of [
    ['diff', good, bad],
    ['diff', bad, good],
    ['diff', bad, good, '--json'],
    ['diff', good, wrong],
    ['merge', bad],
    ['report', bad, '--html', page],
    ['verify', bad, '--key', good],
  ]) {
    const { stdout, stderr } = await runCli(args.map((one) => one ?? ''));
    expect(stdout + stderr).not.toMatch(unseen);
    expect(commandsIn(stdout)).toEqual([]);
    expect(commandsIn(stderr)).toEqual([]);
    if (args.includes('--json'))
      expect(JSON.parse(stdout)).toMatchObject({ old: { target: `${saying} http://127.0.0.1:8055` } });
  }
});
