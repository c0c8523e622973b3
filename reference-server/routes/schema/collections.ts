import type { Response } from 'express';
import type { Context } from '../../context.js';
import { answer, bodyOf } from '../../http/answer.js';
import { forbidden, invalidPayload } from '../../http/errors.js';
import type { RouteTable } from '../../http/routes.js';
import { authorOf, viewOf } from '../../query/answer-records.js';
import type { Item } from '../../query/collection.js';
import { changeCollection, createCollection, removeCollection } from '../../schema/change-schema.js';
import { membersOf } from '../../schema/defined-field.js';
import type { ToldCollection } from '../../schema/members.js';
import { mustBeAdministrator, schemaFor } from './schema-for.js';

const COLLECTIONS = 'directus_collections';

/** /collections: what there is, for those who may read it; written by administrators. Observed: Directus 12.4.1. */
export function collectionsRoutes(context: Context): RouteTable {
  const named = async (response: Response, name: string): Promise<ToldCollection> => {
    const { collections } = await schemaFor(context, response, name);
    const found = collections.find(({ collection }) => collection === name);
    if (found === undefined) throw forbidden();
    return found;
  };
  const change = async (name: string, input: Item): Promise<void> => {
    if (name.startsWith('directus_')) throw invalidPayload('Collections of the system cannot be changed here');
    await changeCollection(context, name, input);
  };
  return {
    '/collections': {
      post: async ({ body }: { body?: unknown }, response) => {
        mustBeAdministrator(response);
        const names: string[] = [];
        for (const input of Array.isArray(body) ? (body as unknown[]) : [body])
          names.push(await createCollection(context, membersOf(input)));
        const told: ToldCollection[] = [];
        for (const name of names) told.push(await named(response, name));
        answer(response, Array.isArray(body) ? told : told[0]);
      },
      get: async (_request, response) => {
        const { access } = await viewOf(context, response);
        if (!access.may('read', COLLECTIONS)) throw forbidden({ collection: COLLECTIONS });
        answer(response, (await schemaFor(context, response, COLLECTIONS)).collections);
      },
      patch: async ({ body }: { body?: unknown }, response) => {
        mustBeAdministrator(response);
        const inputs = (Array.isArray(body) ? (body as unknown[]) : []).map(membersOf);
        for (const input of inputs) await change(String(input['collection']), input);
        const told: ToldCollection[] = [];
        for (const input of inputs) told.push(await named(response, String(input['collection'])));
        answer(response, told);
      },
    },
    '/collections/:collection': {
      get: async ({ params }, response) => answer(response, await named(response, params.collection)),
      patch: async (request, response) => {
        mustBeAdministrator(response);
        await change(request.params.collection, bodyOf(request));
        answer(response, await named(response, request.params.collection));
      },
      delete: async ({ params }, response) => {
        mustBeAdministrator(response);
        await removeCollection(context, params.collection, authorOf(response));
        answer(response);
      },
    },
  };
}
