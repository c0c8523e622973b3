import type { Request, Response, Router } from 'express';
import { bodyOf } from '../http/answer.js';
import type { Context } from '../context.js';
import { routes } from '../http/routes.js';

/** POST /graphql/system, and GET with the query in the URL. GraphQL is loaded by the first query: most who start a server ask none. */
export function graphqlRoutes(context: Context): Router {
  const respond = async (
    request: Request,
    response: Response,
    given: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    const system = await import('./graphql-system.js');
    await system.respond(context, request, response, given);
  };
  return routes({
    '/graphql/system': {
      get: (request, response) => respond(request, response, request.query),
      post: (request, response) => respond(request, response, bodyOf(request)),
    },
  });
}
