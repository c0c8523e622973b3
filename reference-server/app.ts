import express, { type ErrorRequestHandler, type Express } from 'express';
import { authRoutes } from './routes/auth.js';
import { assetsRoutes } from './routes/files/assets.js';
import { authenticate, findToken } from './auth/authenticate.js';
import type { Context } from './context.js';
import { crossOrigin } from './http/cross-origin.js';
import { filesRoutes } from './routes/files/files.js';
import { libraryRoutes } from './routes/library/library.js';
import { interceptRequests, interceptResponses, type Interceptor } from './http/interceptor.js';
import { ApiError, internalError, invalidPayload, routeNotFound } from './http/errors.js';
import { invitationRoutes } from './routes/by-email/invitations.js';
import { itemsRoutes } from './routes/items.js';
import { passwordRoutes } from './routes/by-email/passwords.js';
import { policiesRoutes } from './routes/policies.js';
import { collectionsRoutes } from './routes/schema/collections.js';
import { fieldsRoutes } from './routes/schema/fields.js';
import { relationsRoutes } from './routes/schema/relations.js';
import { checkQuery } from './query/checked-query.js';
import { BODY_BYTES } from './http/guard/limits.js';
import { rejectDeepBody, rejectDeepText } from './http/guard/nesting.js';
import { protectiveHeaders } from './http/protective-headers.js';
import { routes } from './http/routes.js';
import { graphqlRoutes } from './routes/graphql/graphql.js';
import { recordEvents } from './events/record-events.js';
import { registrationRoutes } from './routes/by-email/registration.js';
import { rolesRoutes } from './routes/roles.js';
import { ping, serverRoutes } from './routes/server.js';
import { specsRoutes } from './routes/specs.js';
import { settingsRoutes } from './routes/settings.js';
import { studioRoutes } from './studio/studio-routes.js';
import { tfaRoutes } from './routes/two-factor.js';
import { usersRoutes } from './routes/users.js';
import { utilsRoutes } from './routes/utils.js';

/**
 * The server as an Express application. The order is that of the answers observed with Directus 12.4.1: a body that cannot be read is
 * rejected first, then two tokens, then an invalid token, then a query that cannot be read, and only then a route that does not exist.
 *
 * @param interceptors what stands between the server and its clients
 */
export function createApp(context: Context, interceptors: readonly Interceptor[]): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'extended');
  app.use(recordEvents(context));
  app.use(studioRoutes(context));
  app.use(interceptResponses(context, interceptors));
  app.use(protectiveHeaders);
  app.use(crossOrigin(context.settings, context.onCrossOriginRejection));
  app.use(express.json({ limit: BODY_BYTES, verify: rejectDeepText }));
  app.use(rejectDeepBody);
  app.use(interceptRequests(context, interceptors));
  app.use(findToken(context));
  app.get('/server/ping', ping);
  app.get('/', (request, response, next) =>
    request.originalUrl.startsWith('//') ? next() : response.redirect('./admin'),
  );
  app.use(authenticate(context));
  app.use(checkQuery);
  app.use(
    routes({
      ...authRoutes(context),
      ...passwordRoutes(context),
      ...tfaRoutes(context),
      ...registrationRoutes(context),
      ...invitationRoutes(context),
      ...usersRoutes(context),
      ...rolesRoutes(context),
      ...policiesRoutes(context),
      ...itemsRoutes(context),
      ...filesRoutes(context),
      ...assetsRoutes(context),
      ...libraryRoutes(context),
      ...collectionsRoutes(context),
      ...fieldsRoutes(context),
      ...relationsRoutes(context),
      ...serverRoutes(context),
      ...specsRoutes(context),
      ...utilsRoutes(context),
      ...settingsRoutes(context),
    }),
  );
  app.use(graphqlRoutes(context));
  app.use((request) => {
    throw routeNotFound(request.path);
  });
  app.use(sendError);
  return app;
}

/** Answers with the envelope of an error. One that is not meant for the client tells nothing. */
const sendError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const apiError = asApiError(error);
  response.locals['errorCode'] = apiError.code;
  if (response.headersSent) {
    next(error);
    return;
  }
  const { status, envelope } = apiError;
  response.status(status).json(envelope);
};

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // What Express says about a request that it cannot read: a body that is no JSON, too large, of an unknown charset.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500)
    return invalidPayload(error.message);
  return internalError();
}
