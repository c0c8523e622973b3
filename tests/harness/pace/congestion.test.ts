import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Congestion } from '../../../suites/harness/target/pace/congestion.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Asks so many times, each in a turn of its own, and counts what may be sent. */
async function ask(congestion: Congestion, count: number): Promise<{ sent: number }> {
  const asked = { sent: 0 };
  for (let number = 0; number < count; number += 1) {
    void congestion.enter().then(() => (asked.sent += 1));
    await nextTurn();
  }
  return asked;
}

async function answer(congestion: Congestion, count: number, ms: number, outcome = 'answered' as const): Promise<void> {
  const sentAt = performance.now();
  vi.advanceTimersByTime(ms);
  for (let number = 0; number < count; number += 1) congestion.leave('GET /', sentAt, outcome);
  await nextTurn();
}

describe('requests under way at once', () => {
  test('are limited, and what is over makes room for what waits', async () => {
    const congestion = new Congestion(10_000);
    const asked = await ask(congestion, 40);
    expect(asked.sent).toBe(32);
    await answer(congestion, 5, 100);
    expect(asked.sent).toBe(37);
  });

  test('are fewer when answers come late, by half for all that were under way, and more again when they are prompt', async () => {
    const congestion = new Congestion(10_000);
    await ask(congestion, 32);
    await answer(congestion, 1, 500);
    await answer(congestion, 31, 5000);
    expect(congestion.limit).toBe(15);
    for (let round = 0; round < 20; round += 1) {
      await ask(congestion, 15);
      await answer(congestion, 15, 500);
    }
    expect(congestion.limit).toBeGreaterThan(25);
  });

  test('are at least four, whatever comes', async () => {
    const congestion = new Congestion(10_000);
    await ask(congestion, 1);
    await answer(congestion, 1, 10);
    for (let round = 0; round < 10; round += 1) {
      await ask(congestion, 4);
      await answer(congestion, 4, 9000);
    }
    expect(congestion.limit).toBe(4);
    expect((await ask(congestion, 6)).sent).toBe(4);
  });

  test('are not fewer at a target that always answers late', async () => {
    const congestion = new Congestion(10_000);
    for (let round = 0; round < 5; round += 1) {
      await ask(congestion, 30);
      await answer(congestion, 30, 6000);
    }
    expect(congestion.limit).toBe(32);
  });

  test('that are asked for at once are sent at once, so that they are a race', async () => {
    const congestion = new Congestion(10_000);
    await ask(congestion, 31);
    let sent = 0;
    for (let number = 0; number < 5; number += 1) void congestion.enter().then(() => (sent += 1));
    await nextTurn();
    expect(sent).toBe(5);
    for (let number = 0; number < 5; number += 1) void congestion.enter().then(() => (sent += 1));
    await nextTurn();
    expect(sent).toBe(5);
    await answer(congestion, 5, 100);
    expect(sent).toBe(10);
  });

  test('that wait are not sent when the run ends early', async () => {
    const congestion = new Congestion(10_000);
    await ask(congestion, 32);
    const ending = new AbortController();
    const waiting = congestion.enter(ending.signal);
    ending.abort(new Error('the run was interrupted'));
    await expect(waiting).rejects.toThrow('the run was interrupted');
    await answer(congestion, 32, 100);
    expect((await ask(congestion, 32)).sent).toBe(32);
  });
});
