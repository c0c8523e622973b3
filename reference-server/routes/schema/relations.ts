import type { Response } from 'express';
import type { Context } from '../../context.js';
import { answer, bodyOf } from '../../http/answer.js';
import { forbidden } from '../../http/errors.js';
import type { RouteTable } from '../../http/routes.js';
import { changeRelation, createRelation, endOf, removeRelation } from '../../schema/change-schema.js';
import type { ToldRelation } from '../../schema/members.js';
import { mustBeAdministrator, mustBeChangeableTable, schemaFor } from './schema-for.js';

const RELATIONS = 'directus_relations';

/** /relations: which fields lead where, for those who may read it; written by administrators. Observed: Directus 12.4.1. */
export function relationsRoutes(context: Context): RouteTable {
  const of = async (response: Response, name: string): Promise<readonly ToldRelation[]> => {
    const { relations } = await schemaFor(context, response, RELATIONS, name);
    return relations.filter(({ collection }) => collection === name);
  };
  const named = async (response: Response, collection: string, name: string): Promise<ToldRelation> => {
    const found = (await of(response, collection)).find(({ field }) => field === name);
    if (found === undefined) throw forbidden();
    // Of the system nothing more is told of one alone. Observed: Directus 12.4.1.
    return collection.startsWith('directus_') ? { ...found, meta: null } : found;
  };
  return {
    '/relations': {
      get: async (_request, response) => answer(response, (await schemaFor(context, response, RELATIONS)).relations),
      post: async (request, response) => {
        const input = bodyOf(request);
        // What is missing is told to everybody. Observed: Directus 12.4.1.
        const { collection, field } = endOf(input);
        mustBeAdministrator(response);
        await createRelation(context, input);
        answer(response, await named(response, collection, field));
      },
    },
    '/relations/:collection': {
      get: async ({ params }, response) => answer(response, await of(response, params.collection)),
    },
    '/relations/:collection/:field': {
      get: async ({ params }, response) => answer(response, await named(response, params.collection, params.field)),
      patch: async (request, response) => {
        const { collection, field } = request.params;
        await mustBeChangeableTable(context, response, collection);
        await changeRelation(context, collection, field, bodyOf(request));
        answer(response, await named(response, collection, field));
      },
      delete: async ({ params }, response) => {
        await mustBeChangeableTable(context, response, params.collection);
        await removeRelation(context, params.collection, params.field);
        answer(response);
      },
    },
  };
}
