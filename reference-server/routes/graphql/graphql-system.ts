import type { Request, Response } from 'express';
import { buildSchema, GraphQLError, Kind, OperationTypeNode, type ASTVisitor, type ValidationContext } from 'graphql';
import { logIn, tokenRequired, type Credentials, type Mode } from '../auth.js';
import { identityOf } from '../../auth/authenticate.js';
import type { Context } from '../../context.js';
import {
  clearRefreshCookie,
  clearSessionCookie,
  readCookie,
  setRefreshCookie,
  setSessionCookie,
} from '../../auth/cookies.js';
import { respondWith } from './graphql-request.js';
import { endSessionToken, refreshSessionToken, sessionClaims, startSessionToken } from '../../auth/session-token.js';
import { stalled, takingAsLong } from '../../http/login-delay.js';
import { resetPassword, sendReset } from '../by-email/passwords.js';
import { endStandard, refreshStandard, startStandard, type StandardTokens } from '../../auth/standard-token.js';
import { readable } from './graphql-records.js';

/*
 * The system API by GraphQL, as far as authentication goes. What is wrong with a query is answered with 400, what goes wrong in a
 * field with 200 and an error beside the data. Observed: Directus 12.4.1.
 */

const forEverybody = `
  enum auth_mode { json cookie session }
  type auth_tokens { access_token: String expires: String refresh_token: String }
  type Mutation {
    auth_login(email: String!, password: String!, mode: auth_mode, otp: String): auth_tokens
    auth_refresh(refresh_token: String, mode: auth_mode): auth_tokens
    auth_logout(refresh_token: String, mode: auth_mode): Boolean
    auth_password_request(email: String!, reset_url: String): Boolean
    auth_password_reset(token: String!, password: String!): Boolean
  }
`;
const withoutUsers = buildSchema(`type Query { server_ping: String } ${forEverybody}`);
/** What a list may be narrowed by. */
const narrowed = '(filter: JSON, sort: [String], limit: Int, offset: Int, page: Int, search: String)';
/** What administrators see. Users without rights do not even see that there are users. */
const withUsers = buildSchema(`
  scalar JSON
  scalar Date
  type directus_users {
    id: ID! first_name: String last_name: String email: String password: String location: String title: String
    description: String tags: JSON language: String tfa_secret: String status: String role: directus_roles token: String
    last_access: Date last_page: String provider: String external_identifier: String auth_data: JSON
    email_notifications: Boolean appearance: String theme_dark: String theme_light: String theme_light_overrides: JSON
    theme_dark_overrides: JSON text_direction: String policies: [directus_access]
  }
  type directus_roles {
    id: ID! name: String! icon: String description: String parent: directus_roles children: [directus_roles]
    policies: [directus_access] users: [directus_users]
  }
  type directus_access { id: ID! role: directus_roles user: directus_users sort: Int }
  type Query {
    server_ping: String
    users_me: directus_users users_by_id(id: ID!): directus_users users${narrowed}: [directus_users!]!
    roles_me: [directus_roles!]! roles_by_id(id: ID!): directus_roles roles${narrowed}: [directus_roles!]!
  }
  ${forEverybody}
`);

interface Tokens {
  readonly access_token: string | null;
  readonly refresh_token: string | null;
  readonly expires: string;
}

/**
 * Answers a request with a query about the system.
 * @throws ApiError when the query cannot be read, or is not valid
 */
export async function respond(
  context: Context,
  request: Request,
  response: Response,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const schema = identityOf(response).admin ? withUsers : withoutUsers;
  await respondWith(
    { schema, root: fields(context, request, response), rules: [mutationsOnce] },
    request,
    response,
    given,
  );
}

/** What each field does. */
const fields = (context: Context, request: Request, response: Response): object => ({
  server_ping: 'pong',
  auth_login: async (given: Credentials) => login(context, response, given),
  auth_refresh: async (given: Exchanged) => refresh(context, request, response, given),
  auth_logout: async (given: Exchanged) => logout(context, request, response, given),
  auth_password_request: async ({ email, reset_url }: { email: string; reset_url?: string }) => {
    await takingAsLong(context, () => sendReset(context, email, reset_url));
    return true;
  },
  auth_password_reset: async ({ token, password }: { token: string; password: string }) => {
    await resetPassword(context, token, password);
    return true;
  },
  ...readable(context, identityOf(response), response),
});

async function login(context: Context, response: Response, credentials: Credentials): Promise<Tokens> {
  let tokens: Tokens | undefined;
  await stalled(context, async () => {
    const mode = credentials.mode ?? 'json';
    const user = await logIn(context, credentials);
    if (mode === 'session') {
      const { token, lifetimeMs } = await startSessionToken(context, user);
      setSessionCookie(context, response, token, lifetimeMs);
      tokens = { access_token: null, refresh_token: null, expires: String(lifetimeMs) };
    } else tokens = handedOut(context, response, await startStandard(context, user), mode);
    return () => undefined;
  });
  return tokens as Tokens;
}

interface Exchanged {
  readonly refresh_token?: string;
  readonly mode?: Mode;
}

/** The token that a refresh or logout is about: without a mode that of the argument. Observed: Directus 12.4.1. */
function tokenToExchange({ settings }: Context, request: Request, { mode = 'json', refresh_token }: Exchanged): string {
  const token = {
    json: refresh_token,
    cookie: readCookie(request, settings.REFRESH_TOKEN_COOKIE_NAME),
    session: readCookie(request, settings.SESSION_COOKIE_NAME),
  }[mode];
  if (!token) throw tokenRequired();
  return token;
}

async function refresh(context: Context, request: Request, response: Response, given: Exchanged): Promise<Tokens> {
  const token = tokenToExchange(context, request, given);
  if (given.mode !== 'session')
    return handedOut(context, response, await refreshStandard(context, token), given.mode ?? 'json');
  const claims = sessionClaims(token);
  if (claims === undefined) throw tokenRequired();
  const renewed = await refreshSessionToken(context, token, claims);
  setSessionCookie(context, response, renewed.token, renewed.lifetimeMs);
  return { access_token: null, refresh_token: null, expires: String(renewed.lifetimeMs) };
}

async function logout(context: Context, request: Request, response: Response, given: Exchanged): Promise<boolean> {
  const token = tokenToExchange(context, request, given);
  const claims = given.mode === 'session' ? sessionClaims(token) : undefined;
  if (given.mode === 'session' && claims === undefined) throw tokenRequired();
  if (claims === undefined) await endStandard(context, token);
  else await endSessionToken(context, token, claims);
  // Whichever of the two cookies was sent is overwritten, in every mode. Observed: Directus 12.4.1.
  if (readCookie(request, context.settings.REFRESH_TOKEN_COOKIE_NAME)) clearRefreshCookie(context, response);
  if (readCookie(request, context.settings.SESSION_COOKIE_NAME)) clearSessionCookie(context, response);
  return true;
}

function handedOut(context: Context, response: Response, tokens: StandardTokens, mode: 'json' | 'cookie'): Tokens {
  if (mode === 'cookie') setRefreshCookie(context, response, tokens.refreshToken, tokens.refreshLifetimeMs);
  return {
    access_token: tokens.accessToken,
    refresh_token: mode === 'json' ? tokens.refreshToken : null,
    expires: String(tokens.accessLifetimeMs),
  };
}

/** No list of passwords can be tried in one request: each mutation stands once, whatever its alias. Observed: Directus 12.4.1. */
function mutationsOnce(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition: ({ operation, selectionSet }) => {
      const seen = new Set<string>();
      for (const node of operation === OperationTypeNode.MUTATION ? selectionSet.selections : []) {
        if (node.kind !== Kind.FIELD) continue;
        const name = node.name.value;
        if (seen.has(name))
          context.reportError(new GraphQLError(`"${name}" can only be used once per request`, { nodes: node }));
        seen.add(name);
      }
    },
  };
}
