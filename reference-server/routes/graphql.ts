import { Router, type Request, type Response } from 'express';
import { bodyOf } from '../http/answer.js';
import type { Context } from '../context.js';
import { methodNotAllowed } from '../http/errors.js';
import { onlyBelow } from '../http/routes.js';
import { onFirstUse } from '../on-first-use.js';

const graphqlSystem = onFirstUse(() => import('./graphql-system.js'));

/** POST /graphql/system, and GET with the query in the URL. GraphQL is loaded by the first query: most who start a server ask none. */
export function graphqlRoutes(context: Context): Router {
  const respond = async (
    request: Request,
    response: Response,
    given: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    const system = await graphqlSystem();
    await system.respond(context, request, response, given);
  };
  const router = Router();
  router.use(onlyBelow(['/graphql']));
  router
    .route('/graphql/system')
    .get((request, response) => respond(request, response, request.query))
    .post((request, response) => respond(request, response, bodyOf(request)))
    .all(({ method }, response) => {
      response.set('Allow', 'GET, POST');
      throw methodNotAllowed(method, ['GET', 'POST']);
    });
  return router;
}
