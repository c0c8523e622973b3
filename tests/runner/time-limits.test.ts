import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { certifyHostile } from '../helpers/targets/certify-hostile.js';
import { hostileTarget, type HostileTarget } from '../helpers/targets/hostile-proxy.js';

let target: HostileTarget | undefined;
afterEach(async () => target?.close());

const usersLeft = async (): Promise<(string | null)[]> =>
  ((await target?.server.store.users()) ?? []).map(({ email }) => email);
const untouched = ['admin@example.com'];

describe('a run ends by itself', () => {
  test('at a target that never answers one endpoint, which is not asked any more', async () => {
    let asked = 0;
    target = await hostileTarget({
      answers: ({ url, method }) => {
        const isRefresh = method === 'POST' && url === '/auth/refresh';
        if (isRefresh) asked += 1;
        return isRefresh;
      },
    });
    const args = ['--timeout', '2s', '--only', 'standard.*', '--only', 'static.authenticates'];
    const { code, report } = await certifyHostile(target.url, args);
    expect(code).toBe(3);
    expect(report?.notes.join('\n')).toMatch(
      /POST \/auth\/refresh gave no answer within 2 s, 3 times over: what needs it/,
    );
    expect(report?.requirements.find(({ id }) => id === 'static.authenticates')?.verdict).toBe('pass');
    // Eight checks at once, three times, and once more alone; some of them ask several times at once.
    expect(asked).toBeLessThanOrEqual(60);
    expect(await usersLeft()).toEqual(untouched);
  });

  test('at a target every fifth of whose answers never ends', async () => {
    let asked = 0;
    target = await hostileTarget({
      answers: (_request, answer, { status }) => {
        asked += 1;
        if (asked < 30 || asked % 5 !== 0) return false;
        return answer.writeHead(status).write('{');
      },
    });
    const { code, report } = await certifyHostile(target.url, ['--timeout', '2s', '--only', 'standard.*']);
    expect(code).toBe(3);
    expect(report?.notes.join('\n')).toMatch(/gave no answer in time 8 times over.*not asked any more.*--timeout/);
  });

  test('at a target every tenth of whose answers comes a byte a second', async () => {
    let asked = 0;
    target = await hostileTarget({
      answers: (_request, answer, { status, body }) => {
        asked += 1;
        if (asked < 30 || asked % 10 !== 0) return false;
        answer.writeHead(status);
        const bytes = [...(body === '' ? '{}' : body)];
        const drip = setInterval(() => {
          const byte = bytes.shift();
          if (byte === undefined) answer.end();
          else answer.write(byte);
        }, 1000).unref();
        answer.once('close', () => clearInterval(drip));
        return true;
      },
    });
    const { code, report } = await certifyHostile(target.url, ['--timeout', '2s', '--runs', '5']);
    expect(code).toBe(3);
    expect(report?.notes.join('\n')).toMatch(/gave no answer in time \d times over.*not asked any more.*--timeout/);
    // Answers that are lost while cleaning up end nothing, either.
    expect(report?.leftovers).toEqual([]);
    expect(await usersLeft()).toEqual(untouched);
  });

  test('when its time is over: what is left is not judged, and what was created is removed', async () => {
    target = await hostileTarget({});
    const { code, report } = await certifyHostile(target.url, ['--max-time', '3s', '--concurrency', '1']);
    expect(code).toBe(3);
    expect(report?.notes.join('\n')).toMatch(
      /reached its time limit of 3 s: what was left then is not judged\. --max-time/,
    );
    const unjudged = report?.requirements.filter(({ verdict }) => verdict === 'error') ?? [];
    expect(unjudged.length).toBeGreaterThan(20);
    for (const { reason } of unjudged) expect(reason).toBe('the run reached its time limit of 3 s');
    expect(report?.leftovers).toEqual([]);
    expect(await usersLeft()).toEqual(untouched);
  });

  test.each([
    ['which takes it long', 2500, '10s'],
    ['longer than is waited for', 5000, '3s'],
  ])('when its time is over while the target is creating users, %s: none is left', async (_how, delay, timeout) => {
    target = await hostileTarget({ delays: ({ method, url }) => (method === 'POST' && url === '/users' ? delay : 0) });
    const { code, report } = await certifyHostile(target.url, ['--max-time', '8s', '--timeout', timeout]);
    expect(code).toBe(3);
    expect(report?.leftovers).toEqual([]);
    await sleep(delay);
    expect(await usersLeft()).toEqual(untouched);
  });
});

/** Opens a WebSocket and says nothing more, not even to a close. RFC 6455 section 4.2.2. */
const acceptOf = (key: string | undefined): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** A frame without a mask, as servers send them. RFC 6455 section 5.2. */
const frame = (opcode: number, payload: string): Buffer =>
  Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), Buffer.from(payload)]);

describe('a WebSocket', () => {
  test.each([
    ['that answers nothing, not even a close', ''],
    ['that sends messages without end', frame(1, '{}').toString('latin1')],
    ['that sends pings without end', frame(9, '').toString('latin1')],
    ['that sends pongs without end', frame(10, '').toString('latin1')],
    ['that announces a message of 2^62 bytes', '\x81\x7f\x40\0\0\0\0\0\0\0'],
  ])('%s, is broken off', async (_what, flood) => {
    target = await hostileTarget({
      upgrades: ({ headers }, socket) => {
        socket.on('error', () => undefined).resume();
        const accept = acceptOf(headers['sec-websocket-key']);
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        const more = Buffer.from(flood.repeat(1000), 'latin1');
        const write = (): void => {
          if (socket.writable) socket.write(more, (error) => !error && setImmediate(write));
        };
        if (flood !== '') write();
      },
    });
    const args = ['--timeout', '2s', '--only', 'realtime.handshake', '--only', 'realtime.auth-first'];
    const { code, report, peakMb } = await certifyHostile(target.url, args);
    expect([1, 3]).toContain(code);
    expect(report?.requirements.filter(({ verdict }) => verdict === 'pass')).toEqual([]);
    expect(peakMb).toBeLessThan(500);
  });
});
