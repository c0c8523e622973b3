import type { Store, UserRecord } from '../../stores/store.js';
import { replacing, type Wrappers } from '../defect.js';

/** Finds the user of a static token in another way, where the right way finds none. */
export const alsoFinding =
  (find: (token: string, store: Store) => Promise<UserRecord | undefined>) => (): Wrappers => ({
    store: (store) =>
      replacing(store, {
        userByStaticToken: async (token) => (await store.userByStaticToken(token)) ?? (await find(token, store)),
      }),
  });
