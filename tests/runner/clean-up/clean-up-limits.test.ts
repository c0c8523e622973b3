import { expect, test } from 'vitest';
import { carriedOut, stillThere, type Task } from '../../../runner/clean-up/carry-out.js';
import { TransportError } from '../../../suites/harness/target/http/transport-error.js';

/* How long a clean-up goes on at a target that never answers a DELETE. */

const limits = { patienceMs: 60, betweenMs: 1, lookUpMs: 60 };

/** A task that ends as told, after so long in ms. */
const task = (name: string, remove: () => Promise<void>, isUrgent = false): Task => ({
  leftover: { kind: 'user', id: name, name },
  isUrgent,
  remove,
  isThere: async () => Promise.resolve(undefined),
});

const unanswered = async (): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 25));
  throw new TransportError('DELETE /users gave no response', 'timeout');
};

test('where nothing is ever removed it ends, and those that wait for their turn are not each tried', async () => {
  let tries = 0;
  const tasks = Array.from({ length: 200 }, (_, n) =>
    task(`user ${n}`, async () => {
      tries += 1;
      await unanswered();
    }),
  );
  const failed = await carriedOut(tasks, () => undefined, limits);
  expect(failed.size).toBe(200);
  expect(tries).toBeLessThan(100);
  expect([...failed.values()].map(({ message }) => message)).toContain('nothing could be removed for 0.06 s');
});

test('for as long as something is removed it goes on, also beyond its patience', async () => {
  let done = 0;
  let removed = 0;
  // One is removed every 25 ms: never as long as its patience without one, and ten times as long together.
  const tasks = Array.from({ length: 160 }, (_, n) =>
    task(`user ${n}`, async () => {
      if (n % 8 !== 0) return unanswered();
      await new Promise((resolve) => setTimeout(resolve, 25));
      removed += 1;
    }),
  );
  await carriedOut(tasks, () => (done += 1), limits);
  expect([done, removed]).toEqual([20, 20]);
});

test('what is lost now and then is tried again, and what was rejected is not', async () => {
  let tries = 0;
  const later = task('later', async () => {
    tries += 1;
    if (tries < 3) return unanswered();
  });
  let rejections = 0;
  const rejected = task('refused', async () => {
    rejections += 1;
    return Promise.reject(new Error('DELETE answered 403'));
  });
  const failed = await carriedOut([later, rejected], () => undefined, { ...limits, patienceMs: 5000 });
  expect([...failed.keys()]).toEqual([rejected]);
  expect([tries, rejections]).toEqual([3, 1]);
});

test('privileged users go first', async () => {
  const order: string[] = [];
  const named = (name: string, isUrgent: boolean): Task =>
    task(name, async () => Promise.resolve(void order.push(name)), isUrgent);
  await carriedOut([named('a', false), named('b', true), named('c', false)], () => undefined, limits);
  expect(order).toEqual(['b', 'a', 'c']);
});

test('what is left is looked up for so long, several at once', async () => {
  let looks = 0;
  const tasks = Array.from({ length: 200 }, (_, n) => ({
    ...task(`user ${n}`, unanswered),
    isThere: async (): Promise<boolean> => {
      looks += 1;
      await new Promise((resolve) => setTimeout(resolve, 25));
      return true;
    },
  }));
  const there = await stillThere(tasks, limits);
  expect(there).toHaveLength(200);
  expect(there.filter((one) => one === true)).toHaveLength(looks);
  expect(looks).toBeGreaterThan(7);
  expect(looks).toBeLessThan(100);
});
