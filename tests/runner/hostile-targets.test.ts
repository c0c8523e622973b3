import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { certifyHostile, type Certified } from '../helpers/targets/certify-hostile.js';
import { hostileTarget, type HostileTarget, type Hostility } from '../helpers/targets/hostile-proxy.js';

let target: HostileTarget | undefined;
afterEach(async () => target?.close());

/** Enough checks for it to show, and not all of them. */
const SOME = ['--timeout', '4s', '--runs', '5', '--only', 'standard.*', '--only', 'requests.errors'];

/** Lets the tool find out whether the target can be judged, before the target shows what it is. */
const AFTER_REQUESTS = 30;

async function certify(hostility: Hostility, args: readonly string[] = SOME): Promise<Certified> {
  let asked = 0;
  target = await hostileTarget({
    ...hostility,
    ...(hostility.answers && {
      answers: (...all) => {
        asked += 1;
        return asked > AFTER_REQUESTS && hostility.answers?.(...all) === true;
      },
    }),
  });
  return certifyHostile(target.url, args);
}

/** A report with all evidence is shorter than this, in bytes: 38 kB for each of the 530 checks of a whole run. */
const REPORT_BYTES = 20_000_000;

/** It ended by itself with a verdict, in little memory, and what it says of the target is short. */
function expectBounds({ code, report, reportBytes, peakMb, stdout, stderr }: Certified): void {
  expect({ code, stderr: stderr.slice(0, 500) }).toEqual({ code: expect.any(Number) as number, stderr: '' });
  expect(report).toBeDefined();
  expect(peakMb).toBeLessThan(500);
  expect(reportBytes).toBeLessThan(REPORT_BYTES);
  expect(stdout.length).toBeLessThan(1_000_000);
  for (const check of report?.requirements.flatMap(({ checks }) => checks) ?? []) {
    const said = [check.reason, check.expected, check.actual, check.counterexample, check.stalled];
    for (const sentence of said) expect(sentence?.length ?? 0).toBeLessThan(1100);
  }
}

/** Writes for as long as the other end reads, to whom asks with a token. */
function forEver({ headers }: IncomingMessage, answer: ServerResponse, piece: string): boolean {
  if (headers.authorization === undefined) return false;
  const { socket } = answer;
  socket?.on('error', () => undefined);
  const write = (): void => {
    if (socket?.writable === true) socket.write(piece, (error) => !error && setImmediate(write));
  };
  write();
  return true;
}

const rejection = (code: string): string => JSON.stringify({ errors: [{ message: 'No.', extensions: { code } }] });

// Once more on a machine that is busy: its memory is collected late, and a target that is slow to answer is given up.
describe('a target that sends too much', { retry: 1 }, () => {
  test.each<[string, NonNullable<Hostility['answers']>]>([
    ['bodies without end', (asked, answer) => forEver(asked, answer, 'HTTP/1.1 200 OK\r\n\r\n' + 'x'.repeat(65_536))],
    [
      'heads without end',
      (asked, answer) => forEver(asked, answer, 'HTTP/1.1 200 OK\r\n' + 'x-more: yes\r\n'.repeat(1000)),
    ],
    [
      'interim answers without end',
      (asked, answer) => forEver(asked, answer, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)),
    ],
    [
      'error codes of 4 MB',
      (_asked, answer, { status }) => status >= 400 && !!answer.writeHead(status).end(rejection('C'.repeat(4_000_000))),
    ],
    [
      'error codes of 16,000 characters',
      (_asked, answer, { status }) => status >= 400 && !!answer.writeHead(status).end(rejection('C'.repeat(16_000))),
    ],
    [
      'bodies that hold the beginnings of tokens',
      (_asked, answer, { status, body }) => {
        if (!body.startsWith('{')) return false;
        const noise = Array.from({ length: 50 }, () => 'eyJ'.repeat(5000));
        answer.writeHead(status).end(JSON.stringify({ ...(JSON.parse(body) as object), noise }));
        return true;
      },
    ],
    [
      '150 cookies an answer',
      (_asked, answer, { status, headers, body }) => {
        const cookies = Array.from({ length: 150 }, (_, n) => `noise_token_${n}=${'v'.repeat(70)}`);
        answer
          .writeHead(status, { ...headers, 'set-cookie': [...(headers['set-cookie'] ?? []), ...cookies] })
          .end(body);
        return true;
      },
    ],
    [
      'a body of a byte a piece',
      (
        _asked,
        answer,
        { status, headers: { 'transfer-encoding': _gone, 'content-length': _too, ...headers }, body },
      ) => {
        answer.writeHead(status, headers as Record<string, string>);
        for (const byte of body.padEnd(5_000)) answer.write(byte);
        answer.end();
        return true;
      },
    ],
  ])('%s', async (_what, answers) => {
    expectBounds(await certify({ answers }));
  });

  test('a token that fits into no request', async () => {
    const ended = await certify({
      answers: (asked, answer, { status }) =>
        asked.url === '/auth/login' &&
        !!answer
          .writeHead(status)
          .end(JSON.stringify({ data: { access_token: 'a'.repeat(900_000), expires: 900_000 } })),
    });
    expectBounds(ended);
    expect(ended.code).toBe(3);
    expect(JSON.stringify(ended.report)).toMatch(/answered with a text of 900000 characters, which is more than any/);
  });

  test('600 kB more in each answer, in a whole run', async () => {
    const noise = Array.from({ length: 40 }, (_none, n) => String(n).repeat(15_000).slice(0, 15_000));
    const ended = await certify(
      {
        answers: (_asked, answer, { status, headers: { 'content-length': _gone, ...headers }, body }) => {
          if (!body.startsWith('{')) return false;
          answer
            .writeHead(status, headers as Record<string, string>)
            .end(JSON.stringify({ noise, ...(JSON.parse(body) as object) }));
          return true;
        },
      },
      [],
    );
    expectBounds(ended);
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/answered with more than 200 MB in all, .*: it is not asked any more/);
    expect(ended.report?.leftovers).toEqual([]);
  });

  /** Adds members to each answer in JSON. */
  const adding =
    (members: () => object): NonNullable<Hostility['answers']> =>
    (_asked, answer, { status, headers: { 'content-length': _gone, ...headers }, body }) => {
      if (!body.startsWith('{"data"')) return false;
      const more = { ...members(), ...(JSON.parse(body) as object) };
      answer.writeHead(status, headers as Record<string, string>).end(JSON.stringify(more));
      return true;
    };

  test('a random value in each answer, which is no token and no harm', async () => {
    const ended = await certify({ answers: adding(() => ({ trace: randomBytes(1500).toString('base64url') })) }, []);
    expectBounds(ended);
    expect(ended.report?.summary.requirements).toMatchObject({ fail: 0, warn: 0, error: 0 });
  });

  test('tokens in each answer', async () => {
    const tokens = (): object => ({ token: Array.from({ length: 20 }, () => randomBytes(6000).toString('base64url')) });
    const ended = await certify({ answers: adding(tokens) }, []);
    expectBounds(ended);
    expect(ended.stdout).toMatch(/has issued tokens of 4 million characters in all, .*: it is not asked any more/);
    expect(ended.report?.leftovers).toEqual([]);
  });
});
