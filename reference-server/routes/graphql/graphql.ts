import { Router, type Request, type RequestHandler, type Response } from 'express';
import { bodyOf } from '../../http/answer.js';
import type { Context } from '../../context.js';
import { methodNotAllowed } from '../../http/errors.js';
import { onlyBelow } from '../../http/routes.js';
import { onFirstUse } from '../../on-first-use.js';

type Respond = (
  context: Context,
  request: Request,
  response: Response,
  given: Readonly<Record<string, unknown>>,
) => Promise<void>;

const graphqlSystem = onFirstUse(() => import('./graphql-system.js'));
const graphqlContent = onFirstUse(() => import('./graphql-content.js'));

/** POST /graphql and /graphql/system, and GET with the query in the URL. GraphQL is loaded by the first query: most who start a server ask none. */
export function graphqlRoutes(context: Context): RequestHandler {
  const router = Router();
  const serve = (path: string, responder: () => Promise<Respond>): void => {
    router
      .route(path)
      .get(async (request, response) => (await responder())(context, request, response, request.query))
      .post(async (request, response) => (await responder())(context, request, response, bodyOf(request)))
      .all(({ method }, response) => {
        response.set('Allow', 'GET, POST');
        throw methodNotAllowed(method, ['GET', 'POST']);
      });
  };
  serve('/graphql/system', async () => (await graphqlSystem()).respond);
  serve('/graphql', async () => (await graphqlContent()).respondAboutContent);
  return onlyBelow('/graphql', router);
}
