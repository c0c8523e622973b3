import type { Defect, Wrappers } from '../defect.js';
import { atAnswer, isGraphql, queryOf } from '../helpers/graphql.js';

/** Defects that requirements of the section `responses` of the chapter `graphql` notice. */
export const graphqlResponses = [
  {
    name: 'graphql-shows-static-token',
    title: 'GraphQL shows static tokens.',
    wrap: atAnswer(async ({ context }, { users_by_id: user }) => {
      if (user == null) return;
      user['token'] = (await context.store.user(String(user['id'])))?.token;
    }),
  },
  {
    name: 'graphql-shows-own-static-token',
    title: 'users_me shows the static token.',
    wrap: atAnswer(async ({ context }, { users_me: me }) => {
      const user = typeof me?.['id'] === 'string' ? await context.store.user(me['id']) : undefined;
      if (me != null && 'token' in me && user !== undefined) me['token'] = user.token;
    }),
  },
  {
    name: 'graphql-errors-without-code',
    title: 'The errors of GraphQL have a message and nothing else.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const { errors } = (answer.body ?? {}) as { errors?: { extensions?: object }[] };
        if (isGraphql(exchange)) for (const error of errors ?? []) delete error.extensions;
      },
    }),
  },
  {
    name: 'graphql-alias-shows-static-token',
    title: 'By an alias GraphQL shows the static token.',
    wrap: atAnswer(async ({ context }, { users_by_id: user }) => {
      if (user != null && 'shown' in user) user['shown'] = (await context.store.user(String(user['id'])))?.token;
    }),
  },
  {
    name: 'graphql-filter-finds-static-token',
    title: 'A filter of GraphQL finds a user by the static token.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const token = isGraphql(exchange) ? /token:\{_eq:"([^"]+)"/.exec(queryOf(exchange))?.[1] : undefined;
        const owner = token === undefined ? undefined : await exchange.context.store.userByStaticToken(token);
        if (token !== undefined) answer.body = { data: { users: owner === undefined ? [] : [{ id: owner.id }] } };
      },
    }),
  },
] as const satisfies readonly Defect[];
