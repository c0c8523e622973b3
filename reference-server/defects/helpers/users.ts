import type { Exchange } from '../../http/interceptor.js';
import type { SessionRecord, Store, UserRecord } from '../../stores/store.js';
import { replacing, type Wrappers } from '../defect.js';
import { bodyOf, isTo, succeeded, userIn } from './exchange.js';
import { keepingSessions } from './sessions/keeping-sessions.js';
import { servedRequest } from './served.js';

/** Takes the owner of each static token for another user. */
export const changingOwners =
  (change: (owner: UserRecord, store: Store) => Promise<UserRecord> | UserRecord) => (): Wrappers => ({
    store: (store) =>
      replacing(store, {
        userByStaticToken: async (token) => {
          const owner = await store.userByStaticToken(token);
          return owner && change(owner, store);
        },
      }),
  });

/** What a request changes about users: about one, about several alike, or about each in a list. */
function changesOfUsers({ request }: Exchange): readonly Record<string, unknown>[] {
  if (request.method !== 'PATCH' || !/^\/users(?:\/|$)/i.test(request.path)) return [];
  const body = request.body as Record<string, unknown> | Record<string, unknown>[];
  return Array.isArray(body) ? body : [body, (body['data'] ?? {}) as Record<string, unknown>];
}

/** Ends no session of a user because of such a change. */
export const endingNoSessions =
  (because: (change: Record<string, unknown>, user: UserRecord | undefined) => boolean) => (): Wrappers => ({
    store: (store) =>
      replacing(store, {
        deleteSessionsOf: async (id, except) => {
          const served = servedRequest();
          const user = await store.user(id);
          const isSpared = served !== undefined && changesOfUsers(served).some((change) => because(change, user));
          if (!isSpared) await store.deleteSessionsOf(id, except);
        },
      }),
  });

/** Answers a batch that would give several users the same value of a member as if each had got it. */
export const answeringSharedValueAsDone = (member: 'email' | 'token') => (): Wrappers => ({
  response: (exchange, answer) => {
    const { keys, data } = bodyOf(exchange) as { keys?: unknown; data?: Record<string, unknown> };
    if (!isTo(exchange, 'PATCH', '/users') || succeeded(answer) || data?.[member] === undefined) return;
    answer.status = 200;
    answer.body = { data: Array.isArray(keys) ? keys.map((id: unknown) => ({ id })) : [] };
  },
});

/** Spares sessions of a user that a change of the user would end. */
export const sparingSessions = (
  spares: (body: Record<string, unknown>) => boolean,
  which: (sessions: readonly SessionRecord[]) => readonly SessionRecord[] = (sessions) => sessions,
): (() => Wrappers) =>
  keepingSessions(async (exchange) => {
    const id = userIn(exchange, 'PATCH');
    if (id === undefined || !spares(bodyOf(exchange))) return [];
    return which((await exchange.context.store.sessions()).filter(({ user }) => user === id));
  });

export const allButTheNewest = (sessions: readonly SessionRecord[]): readonly SessionRecord[] => sessions.slice(0, -1);
