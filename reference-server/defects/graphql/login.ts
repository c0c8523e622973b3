import { TOTP } from 'otpauth';
import type { Defect, Wrappers } from '../defect.js';
import { changeSetCookie, setCookieValue } from '../helpers/cookies.js';
import { bodyOf } from '../helpers/exchange.js';
import { readForm, reading } from '../helpers/requests.js';
import { PasswordsOfNewUsers } from '../helpers/sessions/logins.js';
import { rejecting, atAnswer, expiringInSeconds, atQuery, argument, queryOf, isGraphql } from '../helpers/graphql.js';

/** Defects that requirements of the section `login` of the chapter `graphql` notice. */
export const graphqlLogin = [
  { name: 'graphql-login-refused', title: 'auth_login is rejected.', wrap: rejecting('auth_login') },
  {
    name: 'graphql-login-returns-session-token',
    title: 'auth_login in mode session returns the session token in the payload too.',
    wrap: atAnswer(({ context, response }, { auth_login: tokens }) => {
      const token = setCookieValue(response, context.settings.SESSION_COOKIE_NAME);
      if (token !== undefined && tokens != null) tokens['access_token'] = token;
    }),
  },
  {
    name: 'graphql-session-cookie-not-http-only',
    title: 'auth_login sets the session cookie without HttpOnly.',
    wrap: atAnswer(({ context, response }) =>
      changeSetCookie(response, context.settings.SESSION_COOKIE_NAME, (header) => header.replace('; HttpOnly', '')),
    ),
  },
  {
    name: 'graphql-expires-in-seconds',
    title: 'The `expires` of auth_login counts seconds.',
    wrap: expiringInSeconds('auth_login'),
  },
  {
    name: 'graphql-ignores-variables',
    title: 'Variables are ignored.',
    wrap: atQuery((exchange) => {
      delete bodyOf(exchange)['variables'];
    }),
  },
  {
    name: 'graphql-login-ignores-password',
    title: 'auth_login takes any password.',
    wrap: (): Wrappers => {
      const passwords = new PasswordsOfNewUsers();
      return {
        request: (exchange) => {
          passwords.note(exchange);
          const right = passwords.of(argument(queryOf(exchange), 'email'));
          if (isGraphql(exchange) && right !== undefined)
            bodyOf(exchange)['query'] = queryOf(exchange).replace(
              /password:"[^"]*"/,
              `password:${JSON.stringify(right)}`,
            );
        },
      };
    },
  },
  {
    name: 'graphql-takes-old-password',
    title: 'auth_login accepts the password that a user was created with, even after it was changed.',
    wrap: (): Wrappers => {
      const passwords = new PasswordsOfNewUsers();
      return {
        request: async (exchange) => {
          passwords.note(exchange);
          const { passwords: hashes, store } = exchange.context;
          const query = isGraphql(exchange) ? queryOf(exchange) : '';
          const address = argument(query, 'email') ?? '';
          const given = argument(query, 'password');
          const user = await store.userByEmail(address);
          if (user === undefined || given === undefined || passwords.of(address) !== given) return;
          if (user.status === 'active') await store.updateUser(user.id, { password: await hashes.hash(given) });
        },
      };
    },
  },
  {
    name: 'graphql-batched-logins',
    title: 'auth_login may stand more than once in a request: each is tried.',
    wrap: atQuery((_exchange, query) => {
      const attempts = query.match(/(?<!\w)\w+:auth_login\([^()]*\)\{[^{}]*\}/g) ?? [];
      return attempts.length > 1 ? `mutation{${attempts.at(-1) ?? ''}}` : undefined;
    }),
  },
  {
    name: 'graphql-lists-of-queries',
    title: 'A list of queries is answered, as far as its last one.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const { body } = exchange.request as { body?: unknown };
        if (isGraphql(exchange) && Array.isArray(body)) exchange.request.body = (body as unknown[]).at(-1);
      },
    }),
  },
  {
    name: 'graphql-ignores-otp',
    title: 'auth_login needs no one-time password.',
    wrap: atQuery(async ({ context }, query) => {
      const user = await context.store.userByEmail(argument(query, 'email') ?? '');
      if (user?.tfa_secret == null) return undefined;
      const otp = new TOTP({ secret: user.tfa_secret }).generate({ timestamp: context.clock.now() });
      return query.replace(/,otp:"[^"]*"/, '').replace(/(password:"[^"]*")/, `$1,otp:"${otp}"`);
    }),
  },
  {
    name: 'graphql-mutates-by-get-beside-query',
    title: 'A mutation in the URL is done where a query stands before it.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const { query, operationName } = exchange.request.query;
        if (!isGraphql(exchange) || typeof query !== 'string' || !query.startsWith('query')) return;
        exchange.request.method = 'POST';
        exchange.request.body = { query, operationName };
      },
    }),
  },
  {
    name: 'graphql-mutates-by-get',
    title: 'A mutation in the URL is done.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const { query } = exchange.request.query;
        if (!isGraphql(exchange) || exchange.request.method !== 'GET' || typeof query !== 'string') return;
        exchange.request.method = 'POST';
        exchange.request.body = { query };
      },
    }),
  },
  {
    name: 'graphql-reads-forms',
    title: 'A mutation that is sent as a form is done.',
    wrap: reading(isGraphql, 'application/x-www-form-urlencoded', readForm),
  },
  {
    name: 'auth-login-sets-cookie-without-mode',
    title: 'auth_login without a mode sets the refresh cookie too.',
    wrap: atAnswer(({ context, response }, { auth_login: tokens }) => {
      const token = tokens?.['refresh_token'];
      if (typeof token === 'string')
        response.append('Set-Cookie', `${context.settings.REFRESH_TOKEN_COOKIE_NAME}=${token}; Path=/; HttpOnly`);
    }),
  },
] as const satisfies readonly Defect[];
