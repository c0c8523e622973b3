import { describe, expect, test } from 'vitest';
import { Pace } from '../../../suites/harness/target/pace/pace.js';

/** A pace at which one request was taken, and the next rejected; what is sent next finds out whether the limiter yields. */
async function rejectedOnce(): Promise<Pace> {
  const pace = new Pace();
  (await pace.turn()).taken();
  (await pace.turn()).rejected(429, { waitMs: 300 });
  return pace;
}

describe('a turn', () => {
  test('that is not used is given to the next', async () => {
    const pace = await rejectedOnce();
    const [trial, next] = [pace.turn(), pace.turn()];
    (await trial).lost();
    (await next).taken();
    (await pace.turn()).taken();
  });

  test('is settled once', async () => {
    const pace = await rejectedOnce();
    const turn = await pace.turn();
    turn.rejected(429, { waitMs: 300 });
    turn.lost();
    expect(pace.rejections).toBe(2);
  });

  test('that waits ends with the run', async () => {
    const pace = await rejectedOnce();
    const run = new AbortController();
    const turn = pace.turn(run.signal);
    run.abort(new Error('interrupted'));
    await expect(turn).rejects.toThrow('interrupted');
  });
});

describe('the pace', () => {
  test('is not measured where others have used up the window before the first request', async () => {
    const pace = new Pace();
    (await pace.turn()).rejected(429, { waitMs: 300 });
    (await pace.turn()).taken();
    expect(pace.learned).toEqual({});
  });

  test('that was measured in a part of the window is raised until the next rejection', async () => {
    const pace = await rejectedOnce();
    (await pace.turn()).taken();
    const { perSecond = NaN } = pace.learned;
    expect(perSecond).toBeCloseTo(0.93, 2);
    for (let requests = 0; requests < 4; requests += 1) (await pace.turn()).taken();
    expect(pace.learned.perSecond).toBeGreaterThan(1.4 * perSecond);
  });
});
