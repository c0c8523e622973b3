import type { Request, Response } from 'express';
import {
  buildSchema,
  execute,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationContext,
} from 'graphql';
import { answerPayload } from '../http/answer.js';
import { logIn, readCredentials, tokenRequired, type Mode } from './auth.js';
import { identityOf } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import {
  clearRefreshCookie,
  clearSessionCookie,
  readCookie,
  setRefreshCookie,
  setSessionCookie,
} from '../auth/cookies.js';
import { ApiError, internalError, invalidPayload } from '../http/errors.js';
import { costIsBounded, MAX_TOKENS } from './graphql-limits.js';
import { endSessionToken, refreshSessionToken, sessionClaims, startSessionToken } from '../auth/session-token.js';
import { stalled } from '../http/login-delay.js';
import { endStandard, refreshStandard, startStandard, type StandardTokens } from '../auth/standard-token.js';
import { concealed } from './users.js';

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
  }
`;
const withoutUsers = buildSchema(`type Query { server_ping: String } ${forEverybody}`);
/** What administrators see. Users without rights do not even see that there are users. */
const withUsers = buildSchema(`
  type directus_users {
    id: ID first_name: String last_name: String email: String password: String status: String token: String
    tfa_secret: String last_access: String provider: String
  }
  type Query { server_ping: String users_me: directus_users users_by_id(id: ID!): directus_users users: [directus_users] }
  ${forEverybody}
`);

interface Tokens {
  readonly access_token: string | null;
  readonly refresh_token: string | null;
  readonly expires: string;
}

/**
 * Answers a request with a query, which stands in the query of the URL or in the body.
 * @throws ApiError when the query cannot be read, or is not valid
 */
export async function respond(
  context: Context,
  request: Request,
  response: Response,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { query, variables, operationName } = given;
  if (typeof query !== 'string' || query === '') throw invalidPayload('Must provide query string');
  const schema = identityOf(response).admin ? withUsers : withoutUsers;
  const document = parsed(query);
  mustBeValid(schema, document);
  const mutates = document.definitions.some(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION,
  );
  if (mutates && request.method === 'GET') throw invalidPayload('Only POST is allowed for mutations');
  const result = await execute({
    schema,
    document,
    rootValue: fields(context, request, response),
    variableValues: typeof variables === 'object' ? (variables as Record<string, unknown> | null) : null,
    operationName: typeof operationName === 'string' ? operationName : null,
  });
  const errors = result.errors?.map((error) => inEnvelope(error));
  answerPayload(response, { data: result.data, ...(errors && { errors }) });
}

/** What each field does. */
const fields = (context: Context, request: Request, response: Response): object => ({
  server_ping: 'pong',
  auth_login: async (given: object) => login(context, response, given),
  auth_refresh: async (given: Exchanged) => refresh(context, request, response, given),
  auth_logout: async (given: Exchanged) => logout(context, request, response, given),
  users_me: async () => userById(context, identityOf(response).user ?? ''),
  users_by_id: async ({ id }: { id: string }) => userById(context, id),
  users: async () => (await context.store.users()).map((user) => concealed(user)),
});

async function userById({ store }: Context, id: string): Promise<unknown> {
  const user = await store.user(id);
  return user === undefined ? null : concealed(user);
}

async function login(context: Context, response: Response, given: object): Promise<Tokens> {
  let tokens: Tokens | undefined;
  await stalled(context, async () => {
    const credentials = readCredentials(given);
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
  if (given.mode === 'cookie') clearRefreshCookie(context, response);
  if (given.mode === 'session') clearSessionCookie(context, response);
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

function parsed(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    throw validationError([error as GraphQLError]);
  }
}

function mustBeValid(schema: GraphQLSchema, document: DocumentNode): void {
  // First alone: what the others cost grows with the square of the fields.
  for (const rules of [[costIsBounded], [...specifiedRules, mutationsOnce]]) {
    const errors = validate(schema, document, rules);
    if (errors.length > 0) throw validationError(errors);
  }
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

function validationError(errors: readonly GraphQLError[]): ApiError {
  const told = errors.map(({ message, locations }) => ({ message, locations }));
  return new ApiError(400, 'GRAPHQL_VALIDATION', 'GraphQL validation error.', { errors: told });
}

/** The error of a field: its own where it is meant for the client, else one that tells nothing; the code first. Observed: Directus 12.4.1. */
function inEnvelope({ originalError, locations, path, message }: GraphQLError): object {
  const { message: told, code, details } = originalError instanceof ApiError ? originalError : internalError();
  // What GraphQL itself says is about the query.
  const ofQuery = originalError === undefined || originalError instanceof GraphQLError;
  return { message: ofQuery ? message : told, extensions: { code, ...details }, locations, path };
}
