import { readCookie } from '../../auth/cookies.js';
import { invalidCredentials } from '../../http/errors.js';
import type { Defect, Wrappers } from '../defect.js';
import { keepingSessions } from '../helpers/sessions/keeping-sessions.js';
import { bodyOf, isLogin, payloadOf } from '../helpers/exchange.js';
import { claimsOf } from '../helpers/tokens.js';
import { rejecting, atQuery, expiringInSeconds, isGraphql, queryOf, argument } from '../helpers/graphql.js';

/** Restores the session that a mutation ends. */
const keepingSessionOf = (mutation: string): (() => Wrappers) =>
  keepingSessions(async (exchange) => {
    const query = queryOf(exchange);
    const token = isGraphql(exchange) && query.includes(mutation) ? argument(query, 'refresh_token') : undefined;
    const session = token === undefined ? undefined : await exchange.context.store.session(token);
    return session === undefined ? [] : [session];
  });

/** Takes a refresh token that POST /auth/login has issued for another, in a mutation. */
const atTokensOfRest = (mutation: string) => (): Wrappers => {
  const ofRest = new Set<unknown>();
  return {
    request: (exchange) => {
      const query = isGraphql(exchange) ? queryOf(exchange) : '';
      const token = query.includes(mutation) ? argument(query, 'refresh_token') : undefined;
      if (token !== undefined && ofRest.has(token)) bodyOf(exchange)['query'] = query.replace(token, 'another');
    },
    response: (exchange, answer) => {
      if (isLogin(exchange)) ofRest.add(payloadOf(answer)['refresh_token'] ?? 'none');
    },
  };
};

/** Defects that requirements of the section `sessions` of the chapter `graphql` notice. */
export const graphqlSessions = [
  { name: 'graphql-refresh-refused', title: 'auth_refresh is rejected.', wrap: rejecting('auth_refresh') },
  {
    name: 'graphql-refresh-does-not-rotate',
    title: 'A refresh token stays valid after auth_refresh.',
    wrap: keepingSessionOf('auth_refresh'),
  },
  {
    name: 'graphql-session-refresh-refused',
    title: 'auth_refresh in mode session is rejected.',
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
    title: 'auth_logout in mode session clears the cookie and leaves the session valid.',
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
    name: 'auth-refresh-knows-its-own-logins-alone',
    title: 'auth_refresh rejects the refresh tokens of POST /auth/login.',
    wrap: atTokensOfRest('auth_refresh'),
  },
  {
    name: 'auth-logout-ends-its-own-logins-alone',
    title: 'auth_logout leaves the logins of POST /auth/login as they are.',
    wrap: atTokensOfRest('auth_logout'),
  },
  {
    name: 'graphql-refresh-expires-in-seconds',
    title: 'The `expires` of auth_refresh counts seconds.',
    wrap: expiringInSeconds('auth_refresh'),
  },
] as const satisfies readonly Defect[];
