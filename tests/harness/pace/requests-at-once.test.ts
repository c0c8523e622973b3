import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Congestion } from '../../../suites/harness/target/pace/congestion.js';
import { RequestsAtOnce } from '../../../suites/harness/target/pace/requests-at-once.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Rejections of one round: so many were under way when each was sent. */
function round(atOnce: RequestsAtOnce, ...underWay: readonly number[]): void {
  vi.advanceTimersByTime(1000);
  const sentAt = performance.now();
  vi.advanceTimersByTime(10);
  for (const number of underWay) atOnce.rejected(number, sentAt);
}

describe('a limit of requests at once', () => {
  test('is known when requests were rejected in two rounds, and never alone', () => {
    const atOnce = new RequestsAtOnce();
    round(atOnce, 5, 6, 7, 8);
    expect(atOnce.limit).toBe(Infinity);
    round(atOnce, 6, 7);
    expect(atOnce.limit).toBe(4);
  });

  test('is lower where fewer are rejected later', () => {
    const atOnce = new RequestsAtOnce();
    for (const fewest of [5, 5, 3]) round(atOnce, fewest);
    expect(atOnce.limit).toBe(2);
  });

  test('is none where one is rejected alone, as for the rate of requests', () => {
    const atOnce = new RequestsAtOnce();
    for (const fewest of [5, 1, 5, 5, 5]) round(atOnce, fewest);
    expect(atOnce.limit).toBe(Infinity);
  });

  test('is lifted where one is rejected alone later', () => {
    const atOnce = new RequestsAtOnce();
    for (const fewest of [5, 5]) round(atOnce, fewest);
    expect(atOnce.limit).toBe(4);
    round(atOnce, 1);
    expect(atOnce.limit).toBe(Infinity);
    const congestion = new Congestion(10_000);
    congestion.limitTo(4);
    congestion.limitTo(Infinity);
    expect(congestion.limit).toBe(32);
  });

  test('is kept, also where more are asked for in one turn', async () => {
    const congestion = new Congestion(10_000);
    congestion.limitTo(4);
    const underWay: number[] = [];
    for (let number = 0; number < 10; number += 1) void congestion.enter().then((one) => underWay.push(one));
    await nextTurn();
    expect(underWay).toEqual([1, 2, 3, 4]);
    congestion.leave('GET /', performance.now(), 'answered');
    congestion.leave('GET /', performance.now(), 'answered');
    await nextTurn();
    expect(underWay).toEqual([1, 2, 3, 4, 4, 4]);
  });
});
