import { expect, test } from 'vitest';
import { Evidence } from '../../suites/harness/evidence/evidence.js';
import type { RawExchange } from '../../suites/harness/target/http/exchange.js';

const target = 'http://127.0.0.1:1';
const exchange = (path: string): RawExchange => ({
  request: { method: 'GET', url: target + path, headers: [] },
  response: { status: 200, headers: [], body: '{"data":{"access_token":"0123456789abcdefghij"}}' },
  startedAt: 0,
  durationMs: 1,
});

test('a pause is a line of the shell lines, before the request that followed it', () => {
  const evidence = new Evidence();
  evidence.add(exchange('/before'));
  evidence.notePause(2400);
  evidence.add(exchange('/after'));
  const lines = evidence.curl(target);
  const pause = lines.findIndex((line) => line.includes('sleep 3'));
  expect(lines[pause - 1]).toContain('/before');
  expect(lines[pause + 1]).toContain('/after');
});

test('of other evidence some exchanges are taken over, with the pauses before those that are left out', () => {
  const whole = new Evidence();
  whole.add(exchange('/story'));
  whole.notePause(1000);
  whole.add(exchange('/other'));
  whole.add(exchange('/failed'));
  const part = new Evidence();
  part.adopt(whole, (number) => number !== 1);
  expect(part.exchanges.map(({ request }) => request.url)).toEqual([`${target}/story`, `${target}/failed`]);
  expect(part.exchanges.map(({ pauseMs }) => pauseMs)).toEqual([undefined, 1000]);
});

test('a value is taken over with the exchange that it came from, and not without', () => {
  const whole = new Evidence();
  const numbers = [whole.add(exchange('/first')), whole.add(exchange('/second'))];
  for (const [i, value] of ['first-0123456789', 'second-0123456789'].entries())
    whole.names.add(value, 'TOKEN', { kind: 'json', exchange: numbers[i] ?? 0, path: ['data', 'access_token'] });
  const part = new Evidence();
  part.adopt(whole, (number) => number === 1);
  expect(part.names.get('first-0123456789')).toBeUndefined();
  expect(part.names.get('second-0123456789')?.origin).toMatchObject({ exchange: 0 });
});
