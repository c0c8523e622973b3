import { TOTP } from 'otpauth';
import { readCookie } from '../auth/cookies.js';
import { invalidCredentials } from '../http/errors.js';
import type { Exchange, OutgoingResponse } from '../http/interceptor.js';
import type { Defect, Wrappers } from './defect.js';
import { changeSetCookie, setCookieValue } from './helpers/cookies.js';
import { bodyOf, isTo, setHeader, setQuery } from './helpers/exchange.js';
import { keepingSessions } from './helpers/keeping-sessions.js';
import { renewExpired } from './helpers/resigning.js';
import { claimsOf, isGood, ownClaimsOf, replaceToken, sentToken, signed, tokenFor } from './helpers/tokens.js';

const isGraphql = ({ request }: Exchange): boolean => request.path === '/graphql/system';

/** The query of a request, and a way to change it. */
const queryOf = (exchange: Exchange): string => {
  const { query } = bodyOf(exchange);
  return typeof query === 'string' ? query : '';
};

const atQuery =
  (change: (exchange: Exchange, query: string) => Promise<string | void> | string | void) => (): Wrappers => ({
    request: async (exchange) => {
      if (!isGraphql(exchange)) return;
      const changed = await change(exchange, queryOf(exchange));
      if (typeof changed === 'string') bodyOf(exchange)['query'] = changed;
    },
  });

const atAnswer =
  (
    change: (
      exchange: Exchange,
      data: Record<string, Record<string, unknown> | null>,
      response: OutgoingResponse,
    ) => Promise<void> | void,
  ) =>
  (): Wrappers => ({
    response: async (exchange, answer) => {
      const { data } = (answer.body ?? {}) as { data?: Record<string, Record<string, unknown> | null> };
      if (isGraphql(exchange) && data !== undefined) await change(exchange, data, answer);
    },
  });

const argument = (query: string, name: string): string | undefined => new RegExp(`${name}:"([^"]*)"`).exec(query)?.[1];

/** Refuses a mutation. */
const refusing = (mutation: string) =>
  atAnswer((_exchange, data, answer) => {
    if (data[mutation] == null) return;
    answer.body = { data: { [mutation]: null }, errors: invalidCredentials().envelope.errors };
  });

/** Keeps the session alive that a mutation ends. */
const keepingSessionOf = (mutation: string): (() => Wrappers) =>
  keepingSessions(async (exchange) => {
    const query = queryOf(exchange);
    const token = isGraphql(exchange) && query.includes(mutation) ? argument(query, 'refresh_token') : undefined;
    const session = token === undefined ? undefined : await exchange.context.store.session(token);
    return session === undefined ? [] : [session];
  });

/** Defects that requirements of the chapter `graphql` notice. */
export const graphql = [
  { name: 'graphql-login-refused', title: 'auth_login is refused.', wrap: refusing('auth_login') },
  {
    name: 'graphql-login-returns-session-token',
    title: 'auth_login in mode session answers with the session token too.',
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
    wrap: atAnswer((_exchange, { auth_login: tokens }) => {
      if (tokens != null) tokens['expires'] = String(Number(tokens['expires']) / 1000);
    }),
  },
  {
    name: 'graphql-ignores-variables',
    title: 'Variables are passed over.',
    wrap: atQuery((exchange) => {
      delete bodyOf(exchange)['variables'];
    }),
  },
  {
    name: 'graphql-login-ignores-password',
    title: 'auth_login takes any password.',
    wrap: (): Wrappers => {
      const passwords = new Map<unknown, unknown>();
      return {
        request: (exchange) => {
          const { email, password } = bodyOf(exchange);
          if (isTo(exchange, 'POST', '/users')) passwords.set(email, password);
          const right = passwords.get(argument(queryOf(exchange), 'email'));
          if (isGraphql(exchange) && typeof right === 'string')
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
    title: 'auth_login takes the password that a user was created with, whatever became of it.',
    wrap: (): Wrappers => {
      const passwords = new Map<unknown, unknown>();
      return {
        request: async (exchange) => {
          const { email, password } = bodyOf(exchange);
          if (isTo(exchange, 'POST', '/users')) passwords.set(email, password);
          const { passwords: hashes, store } = exchange.context;
          const query = isGraphql(exchange) ? queryOf(exchange) : '';
          const address = argument(query, 'email') ?? '';
          const given = argument(query, 'password');
          const user = await store.userByEmail(address);
          if (user === undefined || given === undefined || passwords.get(address) !== given) return;
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
  { name: 'graphql-refresh-refused', title: 'auth_refresh is refused.', wrap: refusing('auth_refresh') },
  {
    name: 'graphql-refresh-does-not-rotate',
    title: 'A refresh token goes on working after auth_refresh.',
    wrap: keepingSessionOf('auth_refresh'),
  },
  {
    name: 'graphql-session-refresh-refused',
    title: 'auth_refresh in mode session is refused.',
    wrap: atQuery((_exchange, query) => {
      if (/auth_refresh\([^()]*mode:session/.test(query)) throw invalidCredentials();
    }),
  },
  {
    name: 'graphql-refresh-needs-no-mode',
    title: 'auth_refresh without a mode takes the cookie of the refresh token.',
    wrap: atQuery(({ context, request }, query) => {
      const cookie = readCookie(request, context.settings.REFRESH_TOKEN_COOKIE_NAME);
      return cookie === undefined ? undefined : query.replace('auth_refresh{', 'auth_refresh(mode:cookie){');
    }),
  },
  {
    name: 'graphql-logout-does-nothing',
    title: 'auth_logout ends nothing.',
    wrap: keepingSessionOf('auth_logout'),
  },
  {
    name: 'graphql-session-logout-does-nothing',
    title: 'auth_logout in mode session clears the cookie and leaves the session alive.',
    wrap: keepingSessions(async (exchange) => {
      const name = exchange.context.settings.SESSION_COOKIE_NAME;
      const token =
        isGraphql(exchange) && /auth_logout/.test(queryOf(exchange)) ? readCookie(exchange.request, name) : undefined;
      const id = token === undefined ? undefined : claimsOf(token)?.['session'];
      const session = typeof id === 'string' ? await exchange.context.store.session(id) : undefined;
      return session === undefined ? [] : [session];
    }),
  },
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
] as const satisfies readonly Defect[];
