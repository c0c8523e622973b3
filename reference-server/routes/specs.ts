import type { Router } from 'express';
import { openApiDescription, type OpenApiDescription } from '../../spec/openapi-description.js';
import type { Context } from '../context.js';
import { answerPayload } from '../http/answer.js';
import { routes } from '../http/routes.js';
import type { Settings } from '../settings.js';

/** The description with the address at which it was asked for, and the names that the cookies have here. */
function describedAt(url: string, { SESSION_COOKIE_NAME, REFRESH_TOKEN_COOKIE_NAME }: Settings): OpenApiDescription {
  const { components } = openApiDescription;
  const { cookie, refreshCookie } = components.securitySchemes;
  return {
    ...openApiDescription,
    servers: [{ url, description: 'This server.' }],
    components: {
      ...components,
      securitySchemes: {
        ...components.securitySchemes,
        cookie: { ...cookie, name: SESSION_COOKIE_NAME },
        refreshCookie: { ...refreshCookie, name: REFRESH_TOKEN_COOKIE_NAME },
      },
    },
  };
}

/**
 * GET /server/specs/oas: the description of the API (spec/openapi.yaml), for everybody, in no envelope. Observed so, Directus 12.4.1;
 * that one describes the collections of the project too.
 */
export const specsRoutes = ({ settings }: Context): Router =>
  routes({
    '/server/specs/oas': {
      get: (request, response) => {
        answerPayload(response, describedAt(`${request.protocol}://${request.host}${request.baseUrl}`, settings));
      },
    },
  });
