import type { UserRecord } from '../../stores/store.js';
import type { Exchange } from '../../http/interceptor.js';
import type { Defect, Wrappers } from '../defect.js';
import { atQuery, isGraphql, queryOf } from '../helpers/graphql.js';
import { replaceToken, sentToken, tokenFor } from '../helpers/tokens.js';

/** Acts with the role that the user of a static token had when it was used first, for the requests that it is told. */
const withFormerRole = (when: (exchange: Exchange) => boolean) => (): Wrappers => {
  const roles = new Map<string, string | null>();
  return {
    request: async (exchange) => {
      const token = sentToken(exchange)?.token ?? '';
      const user: UserRecord | undefined = when(exchange)
        ? await exchange.context.store.userByStaticToken(token)
        : undefined;
      if (user === undefined) return;
      const role = roles.get(token) ?? user.role;
      roles.set(token, role);
      if (role !== user.role) replaceToken(exchange, await tokenFor(exchange, { id: user.id, role }));
    },
  };
};

/** Defects of permissions and identities that show by GraphQL. */
export const graphqlPermissions = [
  {
    name: 'graphql-shows-users-to-everyone',
    title: 'By GraphQL everyone with a token reads all users.',
    wrap: atQuery(async (exchange, query) => {
      const [first] = await exchange.context.store.users();
      const reads = /\busers(?:_by_id)?\s*[({]/.test(query) && sentToken(exchange) !== undefined;
      if (reads && first !== undefined) replaceToken(exchange, await tokenFor(exchange, first));
    }),
  },
  {
    name: 'graphql-remembers-role',
    title: 'By GraphQL a static token keeps the role that its user had when it was used first.',
    wrap: withFormerRole(isGraphql),
  },
  {
    name: 'changes-remember-role',
    title: 'For changes a static token keeps the role that its user had when it was used first.',
    wrap: withFormerRole(({ request }) => request.method === 'PATCH'),
  },
  {
    name: 'graphql-responses-shared-by-users',
    title: 'The response to a query with a token is cached for ten seconds by the query alone.',
    wrap: (): Wrappers => {
      const kept = new Map<string, { readonly body: unknown; readonly until: number }>();
      return {
        response: (exchange, answer) => {
          const query = isGraphql(exchange) && exchange.request.method === 'POST' ? queryOf(exchange) : '';
          if (query !== '{users_me{id}}' || sentToken(exchange) === undefined || answer.status !== 200) return;
          const now = exchange.context.clock.now();
          const known = kept.get(query);
          if (known !== undefined && known.until > now) answer.body = known.body;
          else kept.set(query, { body: answer.body, until: now + 10_000 });
        },
      };
    },
  },
] as const satisfies readonly Defect[];
