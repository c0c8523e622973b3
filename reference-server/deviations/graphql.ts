import { TOTP } from 'otpauth';
import {
  bodyOf,
  changeSetCookie,
  isGood,
  isTo,
  keepingSessions,
  replaceToken,
  sentToken,
  setCookieValue,
  setHeader,
  setQuery,
  tokenFor,
  type Deviation,
  type Exchange,
  type OutgoingAnswer,
} from '../deviation.js';
import { invalidCredentials } from '../errors.js';

const isGraphql = ({ request }: Exchange): boolean => request.path === '/graphql/system';

/** The query of a request, and a way to change it. */
const queryOf = (exchange: Exchange): string => {
  const { query } = bodyOf(exchange);
  return typeof query === 'string' ? query : '';
};

const atQuery =
  (change: (exchange: Exchange, query: string) => Promise<string | void> | string | void) => (): Deviation => ({
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
      answer: OutgoingAnswer,
    ) => Promise<void> | void,
  ) =>
  (): Deviation => ({
    answer: async (exchange, answer) => {
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
const keepingSessionOf = (mutation: string): (() => Deviation) =>
  keepingSessions(async (exchange) => {
    const query = queryOf(exchange);
    const token = isGraphql(exchange) && query.includes(mutation) ? argument(query, 'refresh_token') : undefined;
    const session = token === undefined ? undefined : await exchange.context.store.session(token);
    return session === undefined ? [] : [session];
  });

/** Deviations of the GraphQL API alone. */
export const graphql = [
  { name: 'graphql-login-refused', title: 'auth_login is refused.', deviation: refusing('auth_login') },
  { name: 'graphql-refresh-refused', title: 'auth_refresh is refused.', deviation: refusing('auth_refresh') },
  {
    name: 'graphql-login-returns-session-token',
    title: 'auth_login in mode session answers with the session token too.',
    deviation: atAnswer(({ context, response }, { auth_login: tokens }) => {
      const token = setCookieValue(response, context.settings.SESSION_COOKIE_NAME);
      if (token !== undefined && tokens != null) tokens['access_token'] = token;
    }),
  },
  {
    name: 'graphql-session-cookie-not-http-only',
    title: 'auth_login sets the session cookie without HttpOnly.',
    deviation: atAnswer(({ context, response }) =>
      changeSetCookie(response, context.settings.SESSION_COOKIE_NAME, (header) => header.replace('; HttpOnly', '')),
    ),
  },
  {
    name: 'graphql-login-ignores-password',
    title: 'auth_login takes any password.',
    deviation: (): Deviation => {
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
    name: 'graphql-ignores-otp',
    title: 'auth_login needs no one-time password.',
    deviation: atQuery(async ({ context }, query) => {
      const user = await context.store.userByEmail(argument(query, 'email') ?? '');
      if (user?.tfa_secret == null) return undefined;
      const otp = new TOTP({ secret: user.tfa_secret }).generate({ timestamp: context.clock.now() });
      return query.replace(/,otp:"[^"]*"/, '').replace(/(password:"[^"]*")/, `$1,otp:"${otp}"`);
    }),
  },
  {
    name: 'graphql-batched-logins',
    title: 'auth_login may stand more than once in a request: each is tried.',
    deviation: atQuery((_exchange, query) => {
      const attempts = query.match(/\w+:auth_login\([^)]*\)\{[^}]*\}/g) ?? [];
      return attempts.length > 1 ? `mutation{${attempts.at(-1) ?? ''}}` : undefined;
    }),
  },
  {
    name: 'graphql-ignores-header-token',
    title: 'GraphQL does not see the token in the header.',
    deviation: atQuery(({ request }) => setHeader(request, 'authorization', undefined)),
  },
  {
    name: 'graphql-query-token-ignored',
    title: 'GraphQL does not see the token in the query.',
    deviation: atQuery(({ request }) => setQuery(request, 'access_token', undefined)),
  },
  {
    name: 'graphql-bad-token-is-first-user',
    title: "GraphQL takes a bad token for the first user's.",
    deviation: atQuery(async (exchange) => {
      const sent = sentToken(exchange);
      const [first] = await exchange.context.store.users();
      const bad = sent !== undefined && !(await isGood(exchange, sent.token));
      if (bad && first !== undefined) replaceToken(exchange, await tokenFor(exchange, first));
    }),
  },
  {
    name: 'graphql-refresh-does-not-rotate',
    title: 'A refresh token goes on working after auth_refresh.',
    deviation: keepingSessionOf('auth_refresh'),
  },
  {
    name: 'graphql-logout-does-nothing',
    title: 'auth_logout ends nothing.',
    deviation: keepingSessionOf('auth_logout'),
  },
  {
    name: 'graphql-shows-static-token',
    title: 'GraphQL shows static tokens.',
    deviation: atAnswer(async ({ context }, { users_by_id: user }) => {
      if (user == null) return;
      user['token'] = (await context.store.user(String(user['id'])))?.token;
    }),
  },
] as const;
