import { identityOf } from '../../auth/authenticate.js';
import type { Exchange, OutgoingResponse } from '../../http/interceptor.js';
import type { Store, UserRecord } from '../../stores/store.js';
import { type Wrappers, replacing } from '../defect.js';
import { userIn } from './exchange.js';
import { servedOperation, servedRequest } from './served.js';

/** Finds a user by the static token only where the token passes the test. */
export const acceptingStaticTokens =
  (test: (token: string) => boolean): NonNullable<Wrappers['store']> =>
  (store) =>
    replacing(store, {
      userByStaticToken: async (token) => {
        const user = await store.userByStaticToken(token);
        return user !== undefined && test(token) ? user : undefined;
      },
    });

/** Leaves the static token of a user as it is, where a change of the user would set it to one of these. */
export const keepingStaticToken = (keeps: (next: string | null) => boolean) => (): Wrappers => ({
  store: (store) =>
    replacing(store, {
      updateUser: async (id, changes) => {
        const { token, ...others } = changes;
        return store.updateUser(id, token === undefined || keeps(token) ? others : changes);
      },
    }),
});

/** Clears the static token of a user who logs in or refreshes: that is when the store learns of the last access. */
export const clearingStaticTokenAt = (operation: 'login' | 'refresh') => (): Wrappers => ({
  store: (store) =>
    replacing(store, {
      updateUser: async (id, changes) => {
        const clears = changes.last_access !== undefined && servedOperation()?.operation === operation;
        return store.updateUser(id, clears ? { ...changes, token: null } : changes);
      },
    }),
});

/** Shows the static tokens of users in the payload of a response, where it would show asterisks. */
export async function showStaticTokens(exchange: Exchange, { body }: OutgoingResponse): Promise<void> {
  const { context, request, response } = exchange;
  const { data } = (body ?? {}) as { data?: unknown };
  const ofOne = userIn(exchange, request.method) ?? (isAboutOwn(exchange) ? identityOf(response).user : undefined);
  for (const record of [data].flat() as ({ id?: string; token?: string | null } | undefined)[]) {
    if (record?.token === undefined) continue;
    record.token = (await context.store.user(record.id ?? ofOne ?? ''))?.token ?? null;
  }
}

/** True for a request about the own record of the user who sends it. */
export const isAboutOwn = ({ request }: Exchange): boolean => /^\/users\/me\/?$/i.test(request.path);

/** Shows static tokens in the responses to these requests. */
export const showingStaticTokens = (methods: readonly string[], path: RegExp) => (): Wrappers => ({
  response: async (exchange, answer) => {
    const { request } = exchange;
    if (methods.includes(request.method) && path.test(request.path)) await showStaticTokens(exchange, answer);
  },
});

/** Finds the user of a static token in another way, where the right way finds none. */
export const alsoFinding =
  (find: (token: string, store: Store) => Promise<UserRecord | undefined>) => (): Wrappers => ({
    store: (store) =>
      replacing(store, {
        userByStaticToken: async (token) => (await store.userByStaticToken(token)) ?? (await find(token, store)),
      }),
  });

/** Tells of each static token that a user is given. */
export const notingStaticTokens = (
  store: Store,
  note: (user: UserRecord, before: UserRecord | undefined) => void,
): Pick<Store, 'insertUser' | 'updateUser'> => ({
  insertUser: async (user) => {
    await store.insertUser(user);
    note(user, undefined);
  },
  updateUser: async (id, changes) => {
    const before = await store.user(id);
    const after = await store.updateUser(id, changes);
    if (after !== undefined && after.token !== before?.token) note(after, before);
    return after;
  },
});

/**
 * Accepts static tokens that were taken away.
 * @param isBack whether one is accepted, by when it was taken away (ms since 1970) and the path of the request that did so
 */
export const formerStaticTokens =
  (isBack: (former: { at: number; path: string }, now: number) => boolean) => (): Wrappers => ({
    store: (store, { clock }) => {
      const former = new Map<string, { user: string; at: number; path: string }>();
      return replacing(store, {
        updateUser: async (id, changes) => {
          const before = await store.user(id);
          const after = await store.updateUser(id, changes);
          if (before?.token != null && after?.token !== before.token)
            former.set(before.token, {
              user: id,
              at: clock.now(),
              path: servedRequest()?.request.path ?? '',
            });
          return after;
        },
        userByStaticToken: async (token): Promise<UserRecord | undefined> => {
          const owner = await store.userByStaticToken(token);
          const before = former.get(token);
          if (owner !== undefined || before === undefined || !isBack(before, clock.now())) return owner;
          return store.user(before.user);
        },
      });
    },
  });
