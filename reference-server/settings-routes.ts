import type { Request, Response, Router } from 'express';
import { answer, bodyOf } from './answer.js';
import { loginAttempts, type Context } from './context.js';
import { askedFields, pick, type Collection } from './query.js';
import { routes } from './routes.js';
import { requireAdmin } from './users-routes.js';

const settings: Collection = { name: 'directus_settings', fields: ['auth_login_attempts'], concealed: [] };

/** /settings, of which there is only how many attempts to log in an account has. Observed: Directus 12.4.1. */
export function settingsRoutes(context: Context): Router {
  return routes({
    '/settings': {
      get: (request, response) => read(context, request, response),
      patch: (request, response) => change(context, request, response),
    },
  });
}

async function read(context: Context, request: Request, response: Response): Promise<void> {
  requireAdmin(response, settings.name);
  const fields = askedFields(settings, request.query['fields']);
  answer(response, pick({ auth_login_attempts: await loginAttempts(context) }, fields));
}

async function change(context: Context, request: Request, response: Response): Promise<void> {
  requireAdmin(response, settings.name);
  const { auth_login_attempts: attempts } = bodyOf(request);
  if (attempts === null || typeof attempts === 'number') await context.store.setLoginAttempts(attempts);
  await read(context, request, response);
}
