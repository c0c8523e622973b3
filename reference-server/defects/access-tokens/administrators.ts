import type { UserRecord } from '../../stores/store.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { userIn } from '../helpers/exchange.js';
import { servedOperation, servedRequest } from '../helpers/served.js';
import { replaceToken, sentToken, tokenFor } from '../helpers/tokens.js';

/** Ends no session of a user who has a role, because of such a request. */
const sparingSessionsOfRoles = (
  because: (body: Record<string, unknown>, method: string) => boolean,
): (() => Wrappers) => {
  const isSpared = (user: UserRecord | undefined): boolean => {
    const request = servedRequest()?.request;
    const body = request?.body as Record<string, unknown> | undefined;
    return user != null && user.role !== null && because(body ?? {}, request?.method ?? '');
  };
  return () => ({
    store: (store) =>
      replacing(store, {
        deleteSessionsOf: async (id, except) => {
          if (!isSpared(await store.user(id))) await store.deleteSessionsOf(id, except);
        },
      }),
  });
};

/** Defects that requirements of the section `administrators` of the chapter `access-tokens` notice. */
export const accessTokensAdministrators = [
  {
    name: 'status-of-administrators-passed-over',
    title: 'The static token of an administrator is accepted whatever the status of the user.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          userByStaticToken: async (token) => {
            const owner = await store.userByStaticToken(token);
            return owner && owner.role !== null ? { ...owner, status: 'active' } : owner;
          },
        }),
    }),
  },
  {
    name: 'new-password-of-administrator-spares-sessions',
    title: 'A new password of an administrator ends none of the sessions.',
    wrap: sparingSessionsOfRoles((body, method) => method === 'PATCH' && 'password' in body),
  },
  {
    name: 'removed-administrator-keeps-static-token',
    title: 'The static token of an administrator who was deleted stays valid.',
    wrap: (): Wrappers => {
      const orphans = new Map<string, UserRecord>();
      return {
        request: async (exchange) => {
          const id = userIn(exchange, 'DELETE');
          const removed = id === undefined ? undefined : await exchange.context.store.user(id);
          if (removed?.role != null && typeof removed.token === 'string') orphans.set(removed.token, removed);
          const owner = orphans.get(sentToken(exchange)?.token ?? '');
          if (owner !== undefined) replaceToken(exchange, await tokenFor(exchange, owner));
        },
      };
    },
  },
  {
    name: 'logout-spares-administrators',
    title: 'A logout of an administrator ends nothing.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          deleteSession: async (token) => {
            const session = await store.session(token);
            const user = session && (await store.user(session.user));
            if (servedOperation()?.operation === 'logout' && user?.role != null) return;
            await store.deleteSession(token);
          },
        }),
    }),
  },
] as const satisfies readonly Defect[];
