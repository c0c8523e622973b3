import type { Request, Response } from 'express';
import { openApiDescription, type OpenApiDescription } from '../../spec/openapi-description.js';
import type { Context } from '../context.js';
import { answerPayload } from '../http/answer.js';
import type { RouteTable } from '../http/routes.js';
import { onFirstUse } from '../on-first-use.js';
import type { Settings } from '../settings.js';

const sdl = onFirstUse(() => import('./graphql/graphql-sdl.js'));

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

/** The description as a request is told it. */
export const description = ({ settings }: Context, { baseUrl, host, protocol }: Request): OpenApiDescription =>
  describedAt(`${protocol}://${host}${baseUrl}`, settings);

async function sendSdl(context: Context, response: Response, scope: 'items' | 'system'): Promise<void> {
  const text = await (await sdl()).graphqlSdl(context, response, scope);
  response.set('Content-Type', 'application/octet-stream; charset=utf-8').send(Buffer.from(text));
}

/**
 * GET /server/specs/oas: the description of the API (spec/openapi.yaml), for everybody, in no envelope. Observed so, Directus 12.4.1;
 * that one describes the collections of the project too. GET /server/specs/graphql: the schemas of GraphQL, as far as the request sees
 * them.
 */
export const specsRoutes = (context: Context): RouteTable => ({
  '/server/specs/oas': {
    get: (request, response) => {
      answerPayload(response, description(context, request));
    },
  },
  '/server/specs/graphql': { get: (_request, response) => sendSdl(context, response, 'items') },
  '/server/specs/graphql/system': { get: (_request, response) => sendSdl(context, response, 'system') },
});
