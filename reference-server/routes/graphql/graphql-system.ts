import type { Request, Response } from 'express';
import { GraphQLError, Kind, OperationTypeNode, type ASTVisitor, type ValidationContext } from 'graphql';
import { logIn, tokenRequired, type Credentials, type Mode } from '../auth.js';
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
import { identityOf } from '../../auth/authenticate.js';
import { viewOf } from '../../query/answer-records.js';
import { systemFields } from './system-fields.js';
import { systemGraphqlSchema } from './system-schema.js';

/*
 * The system API by GraphQL, as far as authentication goes. What is wrong with a query is answered with 400, what goes wrong in a
 * field with 200 and an error beside the data. Observed: Directus 12.4.1.
 */

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
  const { access } = await viewOf(context, response);
  const root = { ...(await systemFields(context, request, response)), ...authentication(context, request, response) };
  const schema = systemGraphqlSchema(access, identityOf(response).user !== null);
  await respondWith({ schema, root, rules: [mutationsOnce] }, request, response, given);
}

/** What the fields do that are about tokens and passwords. */
const authentication = (context: Context, request: Request, response: Response): object => ({
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
});

async function login(context: Context, response: Response, credentials: Credentials): Promise<Tokens> {
  let tokens: Tokens | undefined;
  await stalled(context, async () => {
    const mode = credentials.mode ?? 'json';
    const user = await logIn(context, credentials, response.req);
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
