import type { UserRecord } from '../../stores/store.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { userIn } from '../helpers/exchange.js';
import { servedOperation } from '../helpers/served.js';
import { replaceToken, sentToken, tokenFor } from '../helpers/tokens.js';
import { changingOwners, endingNoSessions } from '../helpers/users.js';
import { keepingResponses } from '../helpers/payloads.js';

/** Defects that requirements of the section `administrators` of the chapter `access-tokens` notice. */
export const accessTokensAdministrators = [
  {
    name: 'status-of-administrators-ignored',
    title: 'The static token of an administrator is accepted also when the user is not active.',
    wrap: changingOwners((owner) => (owner.role === null ? owner : { ...owner, status: 'active' })),
  },
  {
    name: 'new-password-of-administrator-spares-sessions',
    title: 'A new password of an administrator ends none of the sessions.',
    wrap: endingNoSessions((change, user) => 'password' in change && user !== undefined && user.role !== null),
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
  {
    name: 'responses-kept-by-token',
    title:
      'What a token has read, but for the own record, it reads for five seconds more, also when it is revoked meanwhile.',
    wrap: keepingResponses(5000, (exchange) => {
      const { request } = exchange;
      const token = sentToken(exchange)?.token;
      return request.path === '/users/me' || token === undefined ? undefined : `${token} ${request.originalUrl}`;
    }),
  },
] as const satisfies readonly Defect[];
