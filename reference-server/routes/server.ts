import type { Request, RequestHandler } from 'express';
import { answer, answerPayload } from '../http/answer.js';
import { identityOf } from '../auth/authenticate.js';
import type { Identity } from '../auth/identity.js';
import { projectSettings, type Context } from '../context.js';
import { forbidden } from '../http/errors.js';
import type { RouteTable } from '../http/routes.js';
import { requireAdmin } from '../query/answer-records.js';
import { snapshot } from '../schema/snapshot.js';

/**
 * GET /server/ping: `pong`, as text/html. It comes before authentication, so that a token that is not good does no harm.
 * Observed: Directus 12.4.1.
 */
export const ping: RequestHandler = (_request, response) => {
  response.send('pong');
};

/** The version of Directus whose answers these are. */
const VERSION = '12.4.1';

/** Settings that everybody is told. */
const PROJECT = [
  ...['project_name', 'project_descriptor', 'project_logo', 'project_color', 'default_appearance'],
  ...['default_theme_light', 'default_theme_dark', 'theme_light_overrides', 'theme_dark_overrides', 'default_language'],
  ...['public_foreground', 'public_background', 'public_favicon', 'public_note', 'custom_css'],
  ...['public_registration', 'public_registration_verify_email'],
];

/** What GET /server/info tells an identity. */
export async function serverInfo(context: Context, { admin, user }: Identity): Promise<object> {
  const settings = await projectSettings(context);
  const project = Object.fromEntries(PROJECT.map((name) => [name, settings[name] ?? null]));
  return { project, ...(user !== null && forUsers(admin)), license };
}

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
export function serverRoutes(context: Context): RouteTable {
  return {
    // There are no extensions here.
    '/extensions': {
      get: (_request, response) => {
        requireAdmin(response, 'directus_extensions');
        answer(response, []);
      },
    },
    '/schema/snapshot': {
      get: async (_request, response) => {
        if (!identityOf(response).admin) throw forbidden();
        answer(response, await snapshot(context, VERSION));
      },
    },
    '/server/info': {
      get: async (_request, response) => answer(response, await serverInfo(context, identityOf(response))),
    },
    '/server/health': {
      get: async (request, response) => {
        const { status, told } = await serverHealth(context, request, identityOf(response));
        response.status(status).type('application/health+json');
        answerPayload(response, told);
      },
    },
  };
}

/**
 * What GET /server/health tells an identity, and the HTTP status that goes with it.
 * @throws ApiError 403 FORBIDDEN where there is no user
 */
export async function serverHealth(
  { store }: Context,
  { protocol, host }: Request,
  { admin, user }: Identity,
): Promise<{ readonly status: 200 | 503; readonly told: object }> {
  if (user === null) throw forbidden();
  const start = performance.now();
  const status = await store.roles().then(
    () => 'ok',
    () => 'error',
  );
  const observedValue = Number((performance.now() - start).toFixed(3));
  const checks = { 'store:responseTime': [{ status, componentType: 'datastore', observedUnit: 'ms', observedValue }] };
  const told = { status, ...(admin && { releaseId: VERSION, serviceId: `${protocol}://${host}`, checks }) };
  return { status: status === 'ok' ? 200 : 503, told };
}
