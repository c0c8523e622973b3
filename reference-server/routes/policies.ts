import type { Router } from 'express';
import type { Context } from '../context.js';
import { routes } from '../http/routes.js';
import { answerList, answerOne } from '../query/answer-records.js';
import { access, policies } from '../query/collection.js';

/**
 * /policies and /access, to be read by administrators: the policy of the administrators' role, which gives every right, and the public
 * one, which gives none. Observed: Directus 12.4.1.
 */
export function policiesRoutes(context: Context): Router {
  return routes({
    '/policies': { get: (_request, response) => answerList(context, response, policies) },
    '/policies/:id': { get: (request, response) => answerOne(context, request.params.id, response, policies) },
    '/access': { get: (_request, response) => answerList(context, response, access) },
    '/access/:id': { get: (request, response) => answerOne(context, request.params.id, response, access) },
  });
}
