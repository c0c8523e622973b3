import type { Exchange } from '../../http/interceptor.js';
import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, setQuery, succeeded } from '../helpers/exchange.js';
import { atQuery, isGraphql, queryOf } from '../helpers/graphql.js';
import { actAsFirstUser } from '../helpers/first-user.js';
import { isGood, sentToken } from '../helpers/tokens.js';

/** Gives queries that are written so the rights of the first user, an administrator, where they come with a token. */
const withRightsOfFirst = (when: (exchange: Exchange, query: string) => boolean): (() => Wrappers) =>
  atQuery(async (exchange, query) => {
    if (when(exchange, query)) await actAsFirstUser(exchange);
  });

/** Keeps answers, and gives them where nothing is asked for. */
const answeringEmptyQueries = (): Wrappers => {
  let last: unknown;
  return {
    response: (exchange, answer) => {
      if (!isGraphql(exchange) || exchange.request.method !== 'POST') return;
      const isPersisted = bodyOf(exchange)['extensions'] !== undefined && queryOf(exchange) === '';
      if (isPersisted && last !== undefined) {
        answer.status = 200;
        answer.body = last;
      } else if (succeeded(answer) && queryOf(exchange).includes('users_me')) last = answer.body;
    },
  };
};

/** Defects that requirements of the section `forms` of the chapter `graphql` notice. */
export const graphqlForms = [
  {
    name: 'graphql-fragment-unguarded',
    title: 'A query that is written in fragments has all rights.',
    wrap: withRightsOfFirst((_exchange, query) => query.includes('fragment ') && !query.includes('users_me')),
  },
  {
    name: 'graphql-second-operation-unguarded',
    title: 'A query that stands behind another in one document has all rights.',
    wrap: withRightsOfFirst((_exchange, query) => /^query Ping.*users_by_id/.test(query)),
  },
  {
    name: 'graphql-get-takes-revoked-token',
    title: 'A query by GET with an invalid token is taken for one of the first user.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (!isGraphql(exchange) || exchange.request.method !== 'GET') return;
        const sent = sentToken(exchange);
        if (sent !== undefined && !(await isGood(exchange, sent.token))) await actAsFirstUser(exchange);
      },
    }),
  },
  {
    name: 'graphql-get-ignores-query-token',
    title: 'A query by GET is read without the token in the query.',
    wrap: atQuery(({ request }) => {
      if (request.method === 'GET') setQuery(request, 'access_token', undefined);
    }),
  },
  {
    name: 'graphql-operation-name-ignored',
    title: 'Of the operations in one document the first one is carried out, whichever is named.',
    wrap: atQuery(({ request }, query) => {
      const [first] = /^query Ping\{server_ping\}/.exec(query) ?? [];
      if (first === undefined || request.method !== 'POST') return undefined;
      delete bodyOf({ request } as Exchange)['operationName'];
      return first;
    }),
  },
  {
    name: 'graphql-persisted-query-of-others',
    title: 'A query that is named by its digest is answered with what was answered last.',
    wrap: answeringEmptyQueries,
  },
  {
    name: 'auth-login-in-fragment-refused',
    title: 'auth_login in a fragment is not carried out.',
    wrap: atQuery((_exchange, query) => (/fragment \w+ on Mutation/.test(query) ? 'mutation{__typename}' : undefined)),
  },
] as const satisfies readonly Defect[];
