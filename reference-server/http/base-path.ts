import express, { type Express } from 'express';
import { routeNotFound } from './errors.js';

/**
 * The API below a path, as behind a gateway; nothing is beside it.
 * @param basePath as /api, empty for none
 */
export function underBasePath(api: Express, basePath: string): Express {
  if (basePath === '') return api;
  const app = express();
  app.disable('x-powered-by');
  app.use(basePath, api);
  app.use((request, response) => {
    const { status, envelope } = routeNotFound(request.path);
    response.status(status).json(envelope);
  });
  return app;
}
