import { forbidden } from '../../http/errors.js';
import type { Exchange } from '../../http/interceptor.js';
import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, isRefresh, isTo, payloadOf, userIn } from '../helpers/exchange.js';
import { atRequest } from '../helpers/requests.js';
import { givingAllRights, withAllRights } from '../helpers/rights.js';
import { actAsFirstUser } from '../helpers/first-user.js';
import { claimsOf, replaceToken, sentToken, signed, tokenFor } from '../helpers/tokens.js';
import { changingOwners } from '../helpers/users.js';

/** Does what a request with a token asks for as the first user, an administrator. */
const actingAsFirstUser = (when: (exchange: Exchange) => boolean) => (): Wrappers => ({
  request: async (exchange) => {
    if (/^\/users\/?$/.test(exchange.request.path) && when(exchange)) await actAsFirstUser(exchange);
  },
});

/** Defects that requirements of the section `permissions` of the chapter `access-tokens` notice. */
export const accessTokensPermissions = [
  {
    name: 'every-token-is-admin',
    title: 'Every token gives all rights.',
    wrap: (): Wrappers => ({
      ...givingAllRights(() => true)(),
      ...changingOwners((owner, store) => withAllRights(store, owner))(),
    }),
  },
  {
    name: 'session-token-is-admin',
    title: 'Every session token gives all rights.',
    wrap: givingAllRights(({ session }) => session !== undefined),
  },
  {
    name: 'static-token-has-no-permissions',
    title: 'A static token names its user and gives no permissions.',
    wrap: changingOwners((owner) => ({ ...owner, role: null })),
  },
  {
    name: 'anybody-creates-users',
    title: 'POST /users needs no permission.',
    wrap: atRequest(async (exchange) => {
      if (isTo(exchange, 'POST', '/users')) await actAsFirstUser(exchange);
    }),
  },
  {
    name: 'search-takes-no-token',
    title: 'A token is not seen when the method is SEARCH.',
    wrap: atRequest((exchange) => {
      if (exchange.request.method === 'SEARCH') replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'refreshed-token-is-admin',
    title: 'An access token out of a refresh reads all users.',
    wrap: (): Wrappers => {
      const renewed = new Set<unknown>();
      return {
        request: async (exchange) => {
          const reads = isTo(exchange, 'GET', /^\/users(?!\/me)/) && renewed.has(sentToken(exchange)?.token);
          if (reads) await actAsFirstUser(exchange);
        },
        response: (exchange, answer) => {
          if (isRefresh(exchange)) renewed.add(payloadOf(answer)['access_token'] ?? 'none');
        },
      };
    },
  },
  {
    name: 'refreshed-token-has-no-permissions',
    title: 'An access token out of a refresh gives no permissions.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const claims = typeof payload['access_token'] === 'string' ? claimsOf(payload['access_token']) : undefined;
        if (isRefresh(exchange) && claims !== undefined)
          payload['access_token'] = await signed(exchange, { ...claims, role: null });
      },
    }),
  },
  {
    name: 'password-hash-readable',
    title: 'The record of a user shows the hash of the password.',
    wrap: (): Wrappers => ({
      response: async ({ context }, answer) => {
        const record = payloadOf(answer);
        const user = typeof record['id'] === 'string' ? await context.store.user(record['id']) : undefined;
        if (user !== undefined && 'password' in record) record['password'] = user.password;
      },
    }),
  },
  {
    name: 'permissions-of-static-token-remembered',
    title: 'A static token keeps the role that its user had when it was used first.',
    wrap: (): Wrappers => {
      const roles = new Map<string, string | null>();
      return {
        request: async (exchange) => {
          const token = sentToken(exchange)?.token ?? '';
          const user = await exchange.context.store.userByStaticToken(token);
          if (user === undefined) return;
          const role = roles.get(token) ?? user.role;
          roles.set(token, role);
          if (role !== user.role) replaceToken(exchange, await tokenFor(exchange, { id: user.id, role }));
        },
      };
    },
  },
  {
    name: 'cookie-refused-for-changes',
    title: 'A request that changes something is rejected with every session cookie.',
    wrap: atRequest((exchange) => {
      const { method, path } = exchange.request;
      if (method === 'PATCH' && !path.startsWith('/auth/') && sentToken(exchange)?.method === 'cookie')
        throw forbidden();
    }),
  },
  {
    name: 'anybody-sets-passwords',
    title: 'A user without permissions sets the password of any user, and is told that it is forbidden.',
    wrap: atRequest(async (exchange) => {
      const { context } = exchange;
      const { password } = bodyOf(exchange);
      const id = userIn(exchange, 'PATCH');
      if (id === undefined || typeof password !== 'string' || sentToken(exchange) === undefined) return;
      await context.store.updateUser(id, { password: await context.passwords.hash(password) });
    }),
  },
  {
    name: 'list-of-changes-needs-no-permission',
    title: 'PATCH /users with a list needs no permission.',
    wrap: actingAsFirstUser(({ request }) => request.method === 'PATCH' && Array.isArray(request.body)),
  },
  {
    name: 'removal-by-keys-needs-no-permission',
    title: 'DELETE /users with a list or keys needs no permission.',
    wrap: actingAsFirstUser((exchange) => isTo(exchange, 'DELETE', '/users')),
  },
  {
    name: 'users-readable-as-items',
    title: 'GET /items/directus_users shows all users to everyone with a token.',
    wrap: atRequest(async (exchange) => {
      const { request } = exchange;
      if (!isTo(exchange, 'GET', '/items/directus_users') || sentToken(exchange) === undefined) return;
      request.url = request.url.replace('/items/directus_users', '/users');
      await actAsFirstUser(exchange);
    }),
  },
  {
    name: 'alias-shows-password-hash',
    title: 'The password that is asked for by an alias is shown as its hash.',
    wrap: (): Wrappers => ({
      response: async ({ context, request }, answer) => {
        const shown: unknown = (request.query['alias'] as Record<string, unknown> | undefined)?.['shown'];
        const id = userIn({ context, request } as Exchange, 'GET');
        const user = id === undefined ? undefined : await context.store.user(id);
        if (shown === 'password' && user !== undefined) answer.body = { data: { id, shown: user.password } };
      },
    }),
  },
  {
    name: 'password-hash-found-by-filter',
    title: 'A filter finds users by how the hash of the password begins.',
    wrap: (): Wrappers => ({
      response: async ({ context, request }, answer) => {
        const [, begins] = /\[password\]\[_starts_with\]=([^&]*)/.exec(decodeURIComponent(request.originalUrl)) ?? [];
        if (begins === undefined) return;
        const found = (await context.store.users()).filter(({ password }) => password?.startsWith(begins));
        answer.status = 200;
        answer.body = { data: found.map(({ id }) => ({ id })) };
      },
    }),
  },
  {
    name: 'query-token-is-admin',
    title: 'A token in the query gives all rights.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (!isTo(exchange, 'GET', /^\/users\/(?!me)/) || sentToken(exchange)?.method !== 'query') return;
        const [first] = await exchange.context.store.users();
        if (first !== undefined) replaceToken(exchange, await tokenFor(exchange, first));
      },
    }),
  },
  {
    name: 'login-in-mode-cookie-shows-record',
    title: 'The response to a login in mode cookie holds the record of the user, with the hash of the password.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const { email, mode } = bodyOf(exchange);
        if (!isTo(exchange, 'POST', '/auth/login') || mode !== 'cookie' || typeof email !== 'string') return;
        const user = await exchange.context.store.userByEmail(email);
        if (payload['access_token'] !== undefined && user !== undefined)
          payload['user'] = { id: user.id, email, password: user.password };
      },
    }),
  },
] as const satisfies readonly Defect[];
