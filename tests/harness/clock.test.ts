import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { Semaphore } from 'async-mutex';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { clockChannelName, type AdvanceOrder, type AdvanceOutcome } from '../../suites/harness/run/clock-channel.js';
import { AdvancedClock } from '../../suites/harness/run/clock.js';
import { TargetTime } from '../../suites/harness/target/time.js';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

let count = 0;

/** A clock with two slots, advanced by `advance`, which may tell a problem. */
function clockOf(advance: (ms: number) => string | undefined, limitMs?: number): Advanced {
  count += 1;
  const runId = `clock-test-${count}`;
  const channel = new BroadcastChannel(clockChannelName(runId));
  channel.onmessage = (event): void => {
    const { data } = event as { data: AdvanceOrder | AdvanceOutcome };
    if (data.type !== 'advance') return;
    const problem = advance(data.ms);
    channel.postMessage({ type: 'advanced', ...(problem !== undefined && { problem }) } satisfies AdvanceOutcome);
  };
  const slots = new Semaphore(2);
  const time = new TargetTime({ time: Date.now(), readAt: Date.now() });
  const interruption = new AbortController();
  const clock = new AdvancedClock(
    {
      runId,
      concurrency: 2,
      clock: { time: Date.now(), readAt: Date.now(), ...(limitMs !== undefined && { limitMs }) },
    },
    { time, slots, interrupted: interruption.signal },
  );
  closing.push(() => {
    clock.close();
    channel.close();
  });
  const check = async (body: (wait: (ms: number) => Promise<void>) => Promise<void>): Promise<void> => {
    await slots.acquire();
    try {
      await body(async (ms) => {
        const waiting = clock.wait(ms);
        slots.release();
        try {
          await waiting;
        } finally {
          await slots.acquire(1, 1);
        }
      });
    } finally {
      slots.release();
    }
  };
  return { check, time, interruption };
}

interface Advanced {
  /** Runs a check, which waits with its slot released. */
  readonly check: (body: (wait: (ms: number) => Promise<void>) => Promise<void>) => Promise<void>;
  readonly time: TargetTime;
  readonly interruption: AbortController;
}

describe('a clock that is advanced', () => {
  test('is advanced once for all that wait as long, the shortest first', async () => {
    const advances: number[] = [];
    const woken: string[] = [];
    const { check, time } = clockOf((ms) => void advances.push(ms));
    const waits = [900_000, 1000, 900_000, 604_800_000, 1000];
    await Promise.all(
      waits.map(async (ms, i) =>
        check(async (wait) => {
          await wait(ms);
          woken.push(`${i}: ${time.advancedMs}`);
        }),
      ),
    );
    expect(advances).toEqual([1000, 899_000, 603_900_000]);
    expect(woken.sort()).toEqual(['0: 900000', '1: 1000', '2: 900000', '3: 604800000', '4: 1000']);
  });

  test('is advanced once for all that wait for about as long', async () => {
    const advances: number[] = [];
    const { check } = clockOf((ms) => void advances.push(ms));
    await Promise.all([910, 1000, 955, 1100].map(async (ms) => check(async (wait) => wait(ms))));
    expect(advances).toEqual([1000, 250]);
  });

  test('is advanced while nothing else is under way, not even what another check has just let go on', async () => {
    let underWay = 0;
    const seen: number[] = [];
    const { check } = clockOf(() => void seen.push(underWay));
    const lock = new Semaphore(1);
    const work = async (): Promise<void> => {
      underWay += 1;
      await sleep(5);
      underWay -= 1;
    };
    await Promise.all([
      check(async (wait) => {
        await work();
        await wait(1000);
        await work();
        await wait(1000);
      }),
      ...[1, 2, 3, 4, 5].map(async () =>
        check(async () => {
          await work();
          await lock.runExclusive(work);
        }),
      ),
    ]);
    expect(seen).toEqual([0, 0]);
  });

  test('that fails fails all that wait, and what would wait later', async () => {
    const advance = vi.fn(() => 'the clock is broken');
    const { check } = clockOf(advance);
    const wait = async (): Promise<void> => check(async (waiting) => waiting(1000));
    const outcomes = await Promise.allSettled([wait(), wait()]);
    expect(outcomes.map((one) => one.status === 'rejected' && (one.reason as Error).message)).toEqual([
      'the clock is broken',
      'the clock is broken',
    ]);
    await expect(wait()).rejects.toThrow('the clock is broken');
    expect(advance).toHaveBeenCalledTimes(1);
  });

  test('is not advanced further than it may be', async () => {
    const advances: number[] = [];
    const { check } = clockOf((ms) => void advances.push(ms), 60_000);
    await check(async (wait) => wait(59_000));
    await expect(check(async (wait) => wait(2000))).rejects.toThrow(/--admin-token expires before that/);
    expect(advances).toEqual([59_000]);
  });

  test('is not waited for when the run is to end', async () => {
    const { check, interruption } = clockOf(() => void interruption.abort(new Error('the run was interrupted')));
    await expect(check(async (wait) => wait(1000))).rejects.toThrow('the run was interrupted');
  });
});

describe('the time of a target', () => {
  const at = Date.UTC(2026, 0, 1);
  afterEach(() => vi.useRealTimers());

  test('is that of the machine, where its clock cannot be advanced', () => {
    vi.useFakeTimers({ now: at, toFake: ['Date', 'performance'] });
    const time = new TargetTime();
    time.noteIssue(at / 1000 - 5000);
    vi.advanceTimersByTime(3000);
    expect(time.sinceEpoch()).toBe(at + 3000);
  });

  test('runs and is advanced', () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date', 'performance'] });
    const time = new TargetTime({ time: at, readAt: Date.now() });
    vi.advanceTimersByTime(3000);
    time.noteAdvance(60_000);
    expect(time.sinceEpoch()).toBe(at + 63_000);
  });

  test('has run on between its reading and the begin of the suites, however long they take to begin', () => {
    vi.useFakeTimers({ now: at + 8000, toFake: ['Date', 'performance'] });
    const time = new TargetTime({ time: at, readAt: at });
    expect(time.sinceEpoch()).toBe(at + 8000);
    vi.advanceTimersByTime(1000);
    time.noteIssue(at / 1000 + 9);
    expect(Math.abs(time.sinceEpoch() - (at + 9000))).toBeLessThanOrEqual(1000);
  });

  test('stands still in between, where the tokens that it issues say so', () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date', 'performance'] });
    const time = new TargetTime({ time: at, readAt: Date.now() });
    vi.advanceTimersByTime(40_000);
    time.noteAdvance(60_000);
    time.noteIssue(at / 1000 + 60);
    expect(Math.abs(time.sinceEpoch() - (at + 60_000))).toBeLessThanOrEqual(1000);
  });

  test('is not told by a token that no clock can have issued', () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date', 'performance'] });
    const time = new TargetTime({ time: at, readAt: Date.now() });
    vi.advanceTimersByTime(3000);
    for (const iat of [at / 1000 - 60, at / 1000 + 900, 'now', undefined]) time.noteIssue(iat);
    expect(time.sinceEpoch()).toBe(at + 3000);
  });

  test('is not told by a token from before that is returned once more, and is told by the next one', () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date', 'performance'] });
    const time = new TargetTime({ time: at, readAt: Date.now() });
    vi.advanceTimersByTime(20_000);
    time.noteIssue(at / 1000 + 20);
    vi.advanceTimersByTime(4000);
    time.noteIssue(at / 1000 + 15);
    expect(Math.abs(time.sinceEpoch() - (at + 24_000))).toBeLessThanOrEqual(1000);
    time.noteIssue(at / 1000 + 24);
    expect(Math.abs(time.sinceEpoch() - (at + 24_000))).toBeLessThanOrEqual(1000);
  });
});
