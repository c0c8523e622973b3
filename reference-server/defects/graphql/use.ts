import type { Defect, Wrappers } from '../defect.js';
import { setHeader, setQuery } from '../helpers/exchange.js';
import { renewExpired } from '../helpers/resigning.js';
import { claimsOf, isGood, ownClaimsOf, replaceToken, sentToken, signed, tokenFor } from '../helpers/tokens.js';
import { atQuery, isGraphql, queryOf, argument } from '../helpers/graphql.js';

/** Defects that requirements of the section `use` of the chapter `graphql` notice. */
export const graphqlUse = [
  {
    name: 'graphql-ignores-header-token',
    title: 'GraphQL does not see the token in the header.',
    wrap: atQuery(({ request }) => setHeader(request, 'authorization', undefined)),
  },
  {
    name: 'graphql-query-token-ignored',
    title: 'GraphQL does not see the token in the query.',
    wrap: atQuery(({ request }) => setQuery(request, 'access_token', undefined)),
  },
  {
    name: 'graphql-ignores-static-token',
    title: 'GraphQL does not see a static token.',
    wrap: atQuery((exchange) => {
      const sent = sentToken(exchange);
      if (sent !== undefined && claimsOf(sent.token) === undefined && /^[0-9a-f]{32}$/.test(sent.token))
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'graphql-bad-token-is-first-user',
    title: "GraphQL takes a bad token for the first user's.",
    wrap: atQuery(async (exchange) => {
      const sent = sentToken(exchange);
      const [first] = await exchange.context.store.users();
      const bad = sent !== undefined && !(await isGood(exchange, sent.token));
      if (bad && first !== undefined) replaceToken(exchange, await tokenFor(exchange, first));
    }),
  },
  {
    name: 'graphql-accepts-logged-out-session',
    title: 'GraphQL looks at the signature of a session token alone.',
    wrap: atQuery(async (exchange, query) => {
      const sent = sentToken(exchange);
      const claims =
        sent === undefined || query.includes('mutation') ? undefined : await ownClaimsOf(exchange, sent.token);
      if (claims?.['session'] === undefined) return;
      replaceToken(exchange, await signed(exchange, { ...claims, session: undefined }));
    }),
  },
  {
    name: 'graphql-accepts-expired-token',
    title: 'GraphQL lets an expired token in.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (exchange.request.path === '/graphql/system') await renewExpired(exchange);
      },
    }),
  },
  {
    name: 'graphql-answers-cached',
    title: 'The answer to a query is kept for a second, for whoever asks the same.',
    wrap: (): Wrappers => {
      const kept = new Map<string, { readonly body: unknown; readonly until: number }>();
      return {
        response: (exchange, answer) => {
          const query = isGraphql(exchange) ? queryOf(exchange) : '';
          if (!query.startsWith('{users_me{id email')) return;
          const now = exchange.context.clock.now();
          const known = kept.get(query);
          if (known !== undefined && known.until > now) {
            answer.status = 200;
            answer.body = known.body;
          } else if (answer.status === 200) kept.set(query, { body: answer.body, until: now + 1000 });
        },
      };
    },
  },
  {
    name: 'graphql-logs-suspended-user-in',
    title: 'auth_login takes a user who is suspended.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { store } = exchange.context;
        const email = isGraphql(exchange) ? argument(queryOf(exchange), 'email') : undefined;
        const user = email === undefined ? undefined : await store.userByEmail(email);
        if (user?.status !== 'suspended') return;
        exchange.response.locals['suspended'] = user.id;
        await store.updateUser(user.id, { status: 'active' });
      },
      response: async ({ context, response }) => {
        const id: unknown = response.locals['suspended'];
        if (typeof id === 'string') await context.store.updateUser(id, { status: 'suspended' });
      },
    }),
  },
] as const satisfies readonly Defect[];
