import type { RequestHandler, Router } from 'express';
import { answer, answerPayload } from '../http/answer.js';
import { identityOf } from '../auth/authenticate.js';
import { projectSettings, type Context } from '../context.js';
import { forbidden } from '../http/errors.js';
import { routes } from '../http/routes.js';

/**
 * GET /server/ping: `pong`, as text/html. It comes before authentication, so that a token that is not good does no harm.
 * Observed: Directus 12.4.1.
 */
export const ping: RequestHandler = (_request, response) => {
  response.send('pong');
};

/** The version of Directus whose answers these are. */
const VERSION = '12.4.1';

const project = {
  project_name: 'Directus',
  project_descriptor: null,
  project_logo: null,
  project_color: '#6644FF',
  default_appearance: 'auto',
  default_theme_light: null,
  default_theme_dark: null,
  theme_light_overrides: null,
  theme_dark_overrides: null,
  default_language: 'en-US',
  public_foreground: null,
  public_background: null,
  public_favicon: null,
  public_note: null,
  custom_css: null,
};

/** What is never told, and the levels of the logs that administrators are told. */
const forUsers = (admin: boolean): object => ({
  project_owner_enabled: true,
  mcp_enabled: true,
  ai_enabled: true,
  mcp_oauth_enabled: false,
  mcp_oauth_dcr_enabled: false,
  mcp_oauth_cimd_enabled: false,
  autoSave: { revisionInterval: 300 },
  ai_providers: [],
  files: { mimeTypeAllowList: ['*/*'] },
  rateLimit: false,
  rateLimitGlobal: false,
  extensions: { limit: null },
  queryLimit: { default: 100, max: -1 },
  websocket: {
    rest: { authentication: 'handshake', path: '/websocket' },
    graphql: { authentication: 'handshake', path: '/graphql' },
    heartbeat: 30,
    collaborativeEditing: true,
    logs: admin ? { allowedLogLevels: { info: 30, warn: 40, error: 50, fatal: 60 } } : false,
  },
  version: VERSION,
});

const license = {
  source: null,
  entitlements: { production_enabled: true, ai_translations_enabled: false, display_powered_by: 'DIRECTUS' },
};

/**
 * GET /server/info, for everybody; more for who has logged in. GET /server/health, for who has logged in; more for administrators.
 * Names and values: observed, Directus 12.4.1.
 */
export function serverRoutes(context: Context): Router {
  const { store } = context;
  return routes({
    '/server/info': {
      get: async (_request, response) => {
        const { admin, user } = identityOf(response);
        const { public_registration, public_registration_verify_email } = await projectSettings(context);
        const told = { ...project, public_registration, public_registration_verify_email };
        answer(response, { project: told, ...(user !== null && forUsers(admin)), license });
      },
    },
    '/server/health': {
      get: async (request, response) => {
        const { admin, user } = identityOf(response);
        if (user === null) throw forbidden();
        const start = performance.now();
        const status = await store.roles().then(
          () => 'ok',
          () => 'error',
        );
        const observedValue = Number((performance.now() - start).toFixed(3));
        const checks = {
          'store:responseTime': [{ status, componentType: 'datastore', observedUnit: 'ms', observedValue }],
        };
        const serviceId = `${request.protocol}://${request.host}`;
        response.status(status === 'ok' ? 200 : 503).type('application/health+json');
        answerPayload(response, { status, ...(admin && { releaseId: VERSION, serviceId, checks }) });
      },
    },
  });
}
