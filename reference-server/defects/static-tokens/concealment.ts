import { identityOf } from '../../auth/authenticate.js';
import type { UserRecord } from '../../stores/store.js';
import type { Defect, Wrappers } from '../defect.js';
import { isTo, payloadOf, succeeded, userIn } from '../helpers/exchange.js';
import { showingByRelation } from '../helpers/relations.js';
import { isAboutOwn, showingStaticTokens, showStaticTokens } from '../helpers/static-tokens.js';
import { replaceToken, sentToken, tokenFor } from '../helpers/tokens.js';

/** Defects that requirements of the section `concealment` of the chapter `static-tokens` notice. */
export const staticTokensConcealment = [
  {
    name: 'static-token-readable',
    title: 'GET /users/:id shows the static token.',
    wrap: showingStaticTokens(['GET'], /^\/users\/[0-9a-f-]{36}\/?$/i),
  },
  {
    name: 'static-token-echoed-on-create',
    title: 'The answer to POST /users shows the static token.',
    wrap: showingStaticTokens(['POST'], /^\/users\/?$/i),
  },
  {
    name: 'static-token-echoed-on-update',
    title: 'The answer to PATCH /users/:id shows the static token.',
    wrap: showingStaticTokens(['PATCH'], /^\/users(?:\/[^/]+)?\/?$/i),
  },
  {
    name: 'static-token-readable-by-owner',
    title: 'GET /users/me shows the static token.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        if (exchange.request.method !== 'GET' || !isAboutOwn(exchange) || !succeeded(answer)) return;
        // Who may not read the own record is told the id alone.
        if (!identityOf(exchange.response).admin) payloadOf(answer)['token'] = null;
        await showStaticTokens(exchange, answer);
      },
    }),
  },
  {
    name: 'static-token-readable-in-list',
    title: 'GET /users shows the static tokens.',
    wrap: showingStaticTokens(['GET', 'SEARCH'], /^\/users\/?$/i),
  },
  {
    name: 'mask-is-a-token',
    title: 'The mask shown in place of a static token authenticates the user whose token was read last.',
    wrap: (): Wrappers => {
      let last: UserRecord | undefined;
      return {
        request: async (exchange) => {
          if (last !== undefined && sentToken(exchange)?.token === '**********')
            replaceToken(exchange, await tokenFor(exchange, last));
        },
        response: async ({ context }, answer) => {
          const { id, token } = payloadOf(answer);
          if (token === '**********' && typeof id === 'string') last = await context.store.user(id);
        },
      };
    },
  },
  {
    name: 'static-token-partly-readable',
    title: 'The record of a user shows the last four characters of the static token.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const id = userIn(exchange, 'GET');
        const token = id === undefined ? undefined : (await exchange.context.store.user(id))?.token;
        if (typeof token === 'string' && 'token' in payloadOf(answer))
          payloadOf(answer)['token'] = `******${token.slice(-4)}`;
      },
    }),
  },
  {
    name: 'static-token-searchable',
    title: 'GET /users finds a user by the static token.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { request, context } = exchange;
        const { filter } = request.query as { filter?: { token?: { _eq?: string } } };
        const token = filter?.token?._eq;
        if (!isTo(exchange, 'GET', '/users') || token === undefined) return;
        const owner = await context.store.userByStaticToken(token);
        request.url = `/users?fields=id&filter[id][_eq]=${owner?.id ?? 'nobody'}`;
      },
    }),
  },
  {
    name: 'static-token-aggregated',
    title: 'GET /users tells the first and the last of the static tokens.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const { request, context } = exchange;
        const { aggregate, filter } = request.query as {
          aggregate?: { max?: string };
          filter?: { id?: { _eq?: string } };
        };
        if (!isTo(exchange, 'GET', '/users') || aggregate?.max !== 'token') return;
        const users = (await context.store.users()).filter(({ id }) => [undefined, id].includes(filter?.id?._eq));
        const tokens = users.flatMap(({ token }) => token ?? []).sort();
        answer.status = 200;
        answer.body = { data: [{ min: { token: tokens[0] }, max: { token: tokens.at(-1) } }] };
      },
    }),
  },
  {
    name: 'static-token-searchable-by-relation',
    title: 'GET /roles finds the role of a user by how the static token begins.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { request, context } = exchange;
        const { filter } = request.query as { filter?: { users?: { token?: { _starts_with?: string } } } };
        const begins = filter?.users?.token?._starts_with;
        if (!isTo(exchange, 'GET', '/roles') || begins === undefined) return;
        const owner = (await context.store.users()).find(({ token }) => token?.startsWith(begins));
        request.url = `/roles?fields=id&filter[id][_eq]=${owner?.role ?? 'unknown'}`;
      },
    }),
  },
  {
    name: 'alias-shows-static-token',
    title: 'A field that is asked for by an alias is not concealed.',
    wrap: (): Wrappers => ({
      response: async ({ context, request }, answer) => {
        const shown: unknown = (request.query['alias'] as Record<string, unknown> | undefined)?.['shown'];
        const id = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.exec(request.originalUrl)?.[1];
        const user = id === undefined ? undefined : await context.store.user(id);
        if (request.method === 'GET' && shown === 'token' && user !== undefined)
          answer.body = { data: { id, shown: user.token } };
      },
    }),
  },
  {
    name: 'relation-shows-static-token',
    title: 'The static token is not concealed where a user is asked for by way of a role.',
    wrap: showingByRelation('token'),
  },
] as const satisfies readonly Defect[];
