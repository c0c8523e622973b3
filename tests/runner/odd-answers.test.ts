import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { certifyHostile } from '../helpers/targets/certify-hostile.js';
import { hostileTarget, type HostileTarget, type RightAnswer } from '../helpers/targets/hostile-proxy.js';

/*
 * Answers that are well-formed by some layer and make no sense at the next one, a different one each time: a check that meets one has a
 * verdict all the same, and it is never that the check itself broke.
 */

let target: HostileTarget | undefined;
afterEach(async () => target?.close());

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const surrogate = '\\ud800x\\udfff';

/** JSON with another value for each member but what a client goes by, as text: what JSON.stringify does not write. */
const withValues = (body: string, value: string): string =>
  body.replace(
    /("(?!data|errors|extensions|code|message)\w+":)(?:"(?:[^"\\]|\\.)*"|[\d.e+-]+|true|false|null)/g,
    `$1${value}`,
  );

/** JSON with one more member. */
const withMember = (body: string, member: string): string =>
  body.replace(/^\{(?="data":\{)?("data":\{)?/, (start) => `${start}${member},`);

const inJson: readonly (readonly [string, (body: string) => string])[] = [
  ['deep', (body) => withMember(body, `"deep":${nested(100_000)}`)],
  ['deep in place of values', (body) => withValues(body, nested(5000))],
  ['a lone surrogate', (body) => withValues(body, `"${surrogate}"`)],
  ['1e400', (body) => withValues(body, '1e400')],
  ['-1e400', (body) => withValues(body, '-1e400')],
  ['1e308', (body) => withValues(body, '1e308')],
  ['-0.5', (body) => withValues(body, '-0.5')],
  ['null', (body) => withValues(body, 'null')],
  ['an empty text', (body) => withValues(body, '""')],
  ['an empty list', (body) => withValues(body, '[]')],
  ['an empty object', (body) => withValues(body, '{}')],
  ['true', (body) => withValues(body, 'true')],
  ['NUL', (body) => withValues(body, '"\\u0000"')],
  ['a token without sense', (body) => withValues(body, '"eyJhbGciOiJIUzI1NiJ9.bnVsbA.x"')],
  [
    'a token with odd times',
    (body) =>
      withValues(
        body,
        `"eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"iat":1e400,"exp":-1e400,"id":{"__proto__":1},"role":[]}').toString('base64url')}.x"`,
      ),
  ],
  [
    '__proto__',
    (body) =>
      withMember(
        body,
        '"__proto__":{"access_token":"x","id":"y","toString":1},"constructor":1,"toString":null,"hasOwnProperty":1',
      ),
  ],
  ['a list of nulls', () => `{"data":[${'null,'.repeat(1000)}null]}`],
  ['errors of null', () => '{"errors":[null,1,{"extensions":null}],"data":null}'],
  ['errors that are none', () => '{"errors":{"0":{"extensions":{"code":"X"}},"length":1},"data":"x"}'],
  ['a number', () => '1e999'],
  ['a text', () => '"\\ud800"'],
  ['200,000 members', (body) => withMember(body, Array.from({ length: 60_000 }, (_none, i) => `"m${i}":${i}`).join())],
  ['no UTF-8', (body) => Buffer.concat([Buffer.from(body), Buffer.from([0xff, 0xfe, 0x80])]).toString('latin1')],
];

const inHeaders: readonly (readonly [string, (answer: ServerResponse, right: RightAnswer) => void])[] = [
  [
    'a cookie of percent signs',
    (answer, right) =>
      answer
        .writeHead(right.status, {
          'set-cookie': ['directus_session_token=%E0%A4%A; Max-Age=1e400', 'directus_refresh_token=%; Expires=never'],
        })
        .end(right.body),
  ],
  [
    'compressed',
    (answer, right) =>
      answer.writeHead(right.status, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000, 'x'))),
  ],
  [
    'a redirect',
    (answer) =>
      answer.writeHead(302, { location: "http://127.0.0.1:1/'; touch x; '\x1b[31m".replace('\x1b', '%1b') }).end(),
  ],
  ['a redirect to itself', (answer) => answer.writeHead(307, { location: '/' }).end()],
  ['Retry-After', (answer) => answer.writeHead(503, { 'retry-after': '999999999' }).end('{}')],
  ['status 999', (answer, right) => answer.writeHead(999).end(right.body)],
  ['no content', (answer) => answer.writeHead(204).end()],
  [
    'trailers without end',
    (answer, { status }) =>
      void raw(
        answer,
        `HTTP/1.1 ${status} OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n2\r\n{}\r\n0\r\n${'x: y\r\n'.repeat(100_000)}`,
      ),
  ],
  [
    'a chunk extension without end',
    (answer, { status }) =>
      void raw(answer, `HTTP/1.1 ${status} OK\r\nTransfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(2_000_000)}`),
  ],
  [
    'a header with controls',
    (answer, { status }) =>
      void raw(answer, `HTTP/1.1 ${status} OK\r\nX-\x1b[31m: \x07\r\nContent-Length: 2\r\n\r\n{}`),
  ],
  [
    'a fold',
    (answer, { status }) => void raw(answer, `HTTP/1.1 ${status} OK\r\nX-A: a\r\n b\r\nContent-Length: 2\r\n\r\n{}`),
  ],
  [
    'two lengths',
    (answer, { status }) =>
      void raw(answer, `HTTP/1.1 ${status} OK\r\nContent-Length: 2\r\nContent-Length: 200\r\n\r\n{}`),
  ],
  [
    '101',
    (answer) =>
      void raw(answer, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x00'),
  ],
  [
    'two answers',
    (answer, { status }) => void raw(answer, `HTTP/1.1 ${status} OK\r\nContent-Length: 2\r\n\r\n{}`.repeat(2)),
  ],
];

/** Writes bytes in place of an answer, and ends the connection. */
function raw(answer: ServerResponse, text: string): void {
  const { socket } = answer;
  socket?.on('error', () => undefined);
  socket?.end(Buffer.from(text, 'latin1'));
}

const ARGS = ['--timeout', '5s', '--runs', '3'];
/** Lets the tool find out whether the target can be judged. */
const AFTER_REQUESTS = 40;

async function expectVerdicts(
  spoil: (count: number, answer: ServerResponse, right: RightAnswer, url: string) => boolean,
): Promise<void> {
  let asked = 0;
  target = await hostileTarget({
    answers: ({ url = '' }, answer, right) => {
      asked += 1;
      return asked > AFTER_REQUESTS && asked % 4 === 0 && spoil(asked / 4, answer, right, url);
    },
  });
  const { code, report, peakMb, stdout, stderr } = await certifyHostile(target.url, ARGS);
  expect({ code, stderr: stderr.slice(0, 500) }).toEqual({ code: expect.any(Number) as number, stderr: '' });
  expect([1, 3]).toContain(code);
  expect(peakMb).toBeLessThan(800);
  const checks = report?.requirements.flatMap(({ id, checks: all }) => all.map((check) => ({ id, ...check }))) ?? [];
  expect(checks.length).toBeGreaterThan(200);
  expect(
    checks.flatMap(({ id, reason = '' }) => (reason.includes('the check itself broke') ? [`${id}: ${reason}`] : [])),
  ).toEqual([]);
  // Neither a control sequence nor a lone surrogate in what a terminal shows.
  expect(stdout).toMatch(/^[^\p{Cs}\u0000-\u0008\u000B-\u001F\u007F-\u009F]*$/u);
}

describe('answers without sense', () => {
  test('in JSON', async () => {
    await expectVerdicts((count, answer, { status, headers, body }) => {
      if (!body.startsWith('{')) return false;
      const [, odd] = inJson[count % inJson.length] ?? ['', (text: string) => text];
      const others = Object.entries(headers).filter(([name]) => name !== 'content-length');
      answer.writeHead(status, Object.fromEntries(others) as Record<string, string>).end(odd(body));
      return true;
    });
  });

  test('in HTTP', async () => {
    await expectVerdicts((count, answer, right) => {
      const [, odd] = inHeaders[count % inHeaders.length] ?? [];
      odd?.(answer, right);
      return true;
    });
  });
});
