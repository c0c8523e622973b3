import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Silence } from '../../../suites/harness/target/pace/silence.js';

/* How long a target that now and then does not answer is waited for. */

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A request that is not answered in time, after one that is. */
function round(silence: Silence, endpoint: string, limitMs: number): void {
  vi.advanceTimersByTime(1);
  silence.answered('GET /');
  vi.advanceTimersByTime(1);
  const start = performance.now();
  vi.advanceTimersByTime(limitMs);
  silence.timedOut(endpoint, start, limitMs);
}

/** How often a target leaves a request alone, each time another one, until it is not asked any more. */
function roundsUntilClosed(limitMs: number): number {
  const silence = new Silence();
  for (let rounds = 0; ; rounds += 1) {
    if (silence.verdictOn('GET /') !== undefined) return rounds;
    round(silence, `GET /${'x'.repeat(rounds)}`, limitMs);
  }
}

describe('a target that answers most of the time', () => {
  test.each([
    [2_000, 8],
    [10_000, 4],
    [20_000, 3],
    [120_000, 3],
  ])('and leaves requests alone for %i ms each is not asked any more after %i of them', (limitMs, rounds) => {
    expect(roundsUntilClosed(limitMs)).toBe(rounds);
  });

  test('counts as silent once for what is left alone at the same time', () => {
    const silence = new Silence();
    for (let i = 0; i < 100; i += 1) silence.timedOut(`GET /${i}`, performance.now(), 10_000);
    expect(silence.verdictOn('GET /')).toBeUndefined();
  });
});

test('an endpoint that leaves requests alone three times over is not asked any more, the others are', () => {
  const notes: string[] = [];
  const silence = new Silence((note) => notes.push(note));
  for (let i = 0; i < 3; i += 1) round(silence, 'POST /x', 2_000);
  expect(silence.verdictOn('POST /x')).toMatch(/^POST \/x gave no answer within 2 s, 3 times over/);
  expect([silence.verdictOn('GET /'), notes.length]).toEqual([undefined, 1]);
});
