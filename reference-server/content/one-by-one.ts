import { Mutex } from 'async-mutex';
import type { Store } from '../stores/store.js';

/** What is checked before a write has to hold when it is made. */
const mutexes = new WeakMap<Store, Mutex>();

/** One after the other, in this process: what was checked before a write then still holds. */
export function oneByOne<Result>(store: Store, work: () => Promise<Result>): Promise<Result> {
  const mutex = mutexes.get(store) ?? new Mutex();
  mutexes.set(store, mutex);
  return mutex.runExclusive(work);
}
