import type { Exchange } from '../../http/interceptor.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { bodyOf, isTo, userIn } from '../helpers/exchange.js';
import { isGraphql, queryOf } from '../helpers/graphql.js';
import { atRequest } from '../helpers/requests.js';
import { servedRequest } from '../helpers/served.js';
import { showingByRelation } from '../helpers/relations.js';
import { actAsFirstUser } from '../helpers/first-user.js';
import { answeringSharedValueAsDone } from '../helpers/users.js';

/** Does what a request with a token asks for as the first user, an administrator. */
const actingAsFirstUser = (when: (exchange: Exchange) => boolean): (() => Wrappers) =>
  atRequest(async (exchange) => {
    if (when(exchange)) await actAsFirstUser(exchange);
  });

/** Defects that requirements of the sections `other-doors`, `permissions` and `user-changes` of the chapter `access-tokens` notice. */
export const accessTokensOtherDoors = [
  {
    name: 'subscription-shows-users',
    title: 'A WebSocket that subscribes to users is shown all of them, with or without permission.',
    wrap: (): Wrappers => ({
      reply: async ({ context, message, authenticated }, reply) => {
        const { type, collection } = message;
        if (!authenticated || type !== 'subscribe' || collection !== 'directus_users') return;
        const data = (await context.store.users()).map(({ id, email }) => ({ id, email }));
        reply.closes = false;
        reply.body = { type: 'subscription', event: 'init', data };
      },
    }),
  },
  {
    name: 'own-password-by-graphql-leaves-sessions',
    title: 'A new password that a user sets by update_users_me ends no session.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          deleteSessionsOf: async (user, except) => {
            const served = servedRequest();
            const isByMutation = served !== undefined && isGraphql(served) && /update_users_me/.test(queryOf(served));
            if (!isByMutation) await store.deleteSessionsOf(user, except);
          },
        }),
    }),
  },
  {
    name: 'policies-given-by-everyone',
    title: 'POST /access needs no permission.',
    wrap: actingAsFirstUser((exchange) => isTo(exchange, 'POST', '/access')),
  },
  {
    name: 'invitations-by-everyone',
    title: 'POST /users/invite needs no permission.',
    wrap: actingAsFirstUser((exchange) => isTo(exchange, 'POST', '/users/invite')),
  },
  {
    name: 'message-items-changes-users',
    title: 'The message items changes every user, with or without permission.',
    wrap: (): Wrappers => ({
      message: async ({ context, message, authenticated }) => {
        const { type, collection, action, id, data } = message;
        if (!authenticated || type !== 'items' || collection !== 'directus_users' || action !== 'update') return;
        const { first_name } = (data ?? {}) as { first_name?: unknown };
        if (typeof id === 'string') await context.store.updateUser(id, { first_name });
      },
    }),
  },
  {
    name: 'id-in-capitals-unguarded',
    title: 'GET /users/:id with the id in capitals needs no permission.',
    wrap: atRequest(async (exchange) => {
      const id = userIn(exchange, 'GET');
      if (id === undefined || id === id.toLowerCase()) return;
      await actAsFirstUser(exchange);
      exchange.request.url = exchange.request.url.replace(id, id.toLowerCase());
    }),
  },
  {
    name: 'null-password-ignored',
    title: 'A password that is set to null stays as it was.',
    wrap: atRequest((exchange) => {
      const body = bodyOf(exchange);
      if (userIn(exchange, 'PATCH') !== undefined && body['password'] === null) delete body['password'];
    }),
  },
  {
    name: 'email-shared-by-batch',
    title: 'One email that a batch gives to two users is answered as if both had it.',
    wrap: answeringSharedValueAsDone('email'),
  },
  {
    name: 'relation-shows-password-hash',
    title: 'The hash of the password is not concealed where a user is asked for by way of a role.',
    wrap: showingByRelation('password'),
  },
] as const satisfies readonly Defect[];
