import type { Request, Response } from 'express';
import {
  execute,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import { identityOf } from '../../auth/authenticate.js';
import { answerPayload } from '../../http/answer.js';
import { ApiError, internalError, invalidPayload, invalidQuery, methodNotAllowed } from '../../http/errors.js';
import { textOf } from '../../http/loose-values.js';
import { costIsBounded, MAX_TOKENS } from './graphql-limits.js';

/** How many errors are told: a query that is too large has one for each of its lists. */
const MOST_ERRORS = 100;

/** What a query is about. */
export interface Subject {
  readonly schema: GraphQLSchema;
  /** What each field of the operations does. */
  readonly root: object;
  /** Rules beside those of GraphQL. */
  readonly rules?: readonly ValidationRule[];
}

/**
 * Answers a request with a query, which is in the query of the URL or in the body. What is wrong with the query is answered with 400,
 * what goes wrong in a field with 200 and an error beside the data. Observed: Directus 12.4.1.
 * @throws ApiError when the query cannot be read, or is not valid
 */
export async function respondWith(
  { schema, root, rules = [] }: Subject,
  request: Request,
  response: Response,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { query, operationName } = given;
  if (query === undefined || query === null || query === '') throw invalidPayload('Must provide query string');
  if (typeof query !== 'string')
    throw new ApiError(400, 'GRAPHQL_VALIDATION', 'GraphQL validation error.', { errors: [{}] });
  const variables = variablesOf(request, given['variables']);
  const document = parsed(query);
  mustBeValid(schema, document, rules);
  const mutates = document.definitions.some(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION,
  );
  if (mutates && request.method === 'GET') {
    response.set('Allow', 'POST');
    throw methodNotAllowed('GET', ['POST']);
  }
  // An operation that the schema has nothing of. Observed: Directus 12.4.1.
  if (isWithoutType(schema, document)) {
    answerPayload(response, internalError().envelope);
    return;
  }
  const result = await execute({
    schema,
    document,
    rootValue: root,
    variableValues: variables,
    operationName: operationName === undefined || operationName === null ? null : textOf(operationName),
  });
  const errors = result.errors?.slice(0, MOST_ERRORS).map((error) => inEnvelope(error, identityOf(response).admin));
  // Where an error leaves nothing of the data there is no such member. Observed: Directus 12.4.1.
  const { data } = result;
  answerPayload(response, { ...(data !== null && data !== undefined && { data }), ...(errors && { errors }) });
}

/** True for a document that is one operation of a kind that the schema does not have. */
function isWithoutType(schema: GraphQLSchema, { definitions }: DocumentNode): boolean {
  const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const [first] = operations;
  return operations.length === 1 && first !== undefined && !schema.getRootType(first.operation);
}

/**
 * The values of the variables: JSON in a URL, an object in a body.
 * @throws ApiError 400 INVALID_QUERY, GRAPHQL_EXECUTION
 */
function variablesOf({ method }: Request, given: unknown): Readonly<Record<string, unknown>> | null {
  if (given === undefined || given === null) return null;
  if (typeof given === 'object') return given as Record<string, unknown>;
  if (method !== 'GET' || typeof given !== 'string') {
    const message =
      'Variables must be provided as an Object where each property is a variable value. Perhaps look to see if an unparsed JSON string was provided.';
    throw new ApiError(400, 'GRAPHQL_EXECUTION', 'GraphQL execution error.', { errors: [message] });
  }
  try {
    return JSON.parse(given) as Record<string, unknown>;
  } catch {
    throw invalidQuery('Variables are invalid JSON');
  }
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    throw validationError([error as GraphQLError]);
  }
}

function mustBeValid(schema: GraphQLSchema, document: DocumentNode, others: readonly ValidationRule[]): void {
  // First alone: what the others cost grows with the square of the fields.
  for (const rules of [[costIsBounded], [...specifiedRules, ...others]]) {
    const errors = validate(schema, document, rules);
    if (errors.length > 0) throw validationError(errors);
  }
}

function validationError(errors: readonly GraphQLError[]): ApiError {
  const told = errors.map(({ message, locations }) => ({ message, locations }));
  return new ApiError(400, 'GRAPHQL_VALIDATION', 'GraphQL validation error.', { errors: told });
}

/** The error of a field: its own where it is meant for the client, else one that tells nothing; the code first. Observed: Directus 12.4.1. */
function inEnvelope({ originalError, locations, path, message }: GraphQLError, admin: boolean): object {
  const { message: told, code, details } = originalError instanceof ApiError ? originalError : internalError();
  // What GraphQL itself says is about the query. Only administrators are told.
  const ofQuery = admin && (originalError === undefined || originalError instanceof GraphQLError);
  // Of a fault of the server others are not even told where. Observed: Directus 12.4.1.
  if (code === 'INTERNAL_SERVER_ERROR' && !admin) return { message: told, extensions: { code } };
  return { message: ofQuery ? message : told, extensions: { code, ...details }, locations, path };
}
