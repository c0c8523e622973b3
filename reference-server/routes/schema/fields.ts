import type { Response } from 'express';
import type { Context } from '../../context.js';
import { answer, bodyOf } from '../../http/answer.js';
import { forbidden, invalidPayload } from '../../http/errors.js';
import type { RouteTable } from '../../http/routes.js';
import { changeField, createField, removeField } from '../../schema/change-schema.js';
import { membersOf } from '../../schema/defined-field.js';
import type { ToldField } from '../../schema/members.js';
import { mustBeChangeableTable, schemaFor } from './schema-for.js';

/** /fields: what collections are made of, for those who may read it; written by administrators. Observed: Directus 12.4.1. */
export function fieldsRoutes(context: Context): RouteTable {
  const of = async (response: Response, name: string, guard = 'directus_fields'): Promise<readonly ToldField[]> => {
    const { fields } = await schemaFor(context, response, guard, name);
    return fields.filter(({ collection }) => collection === name);
  };
  const named = async (response: Response, collection: string, name: string): Promise<ToldField> => {
    const found = (await of(response, collection, collection)).find(({ field }) => field === name);
    if (found === undefined) throw forbidden();
    // One alone tells the two in the other order. Observed: Directus 12.4.1.
    const { schema, meta, ...others } = found;
    return { ...others, meta, schema };
  };
  const mayChange = (response: Response, collection: string): Promise<void> =>
    mustBeChangeableTable(context, response, collection);
  return {
    '/fields': {
      get: async (_request, response) =>
        answer(response, (await schemaFor(context, response, 'directus_fields')).fields),
    },
    '/fields/:collection': {
      get: async ({ params }, response) => {
        const told = await of(response, params.collection);
        if (told.length === 0) throw forbidden();
        answer(response, told);
      },
      post: async (request, response) => {
        const { collection } = request.params;
        await mayChange(response, collection);
        const input = bodyOf(request);
        if (typeof input['field'] !== 'string') throw invalidPayload('"field" is required');
        // Without a type nothing is created, and nothing answered. Observed: Directus 12.4.1.
        if (input['type'] === undefined) {
          await of(response, collection);
          answer(response);
          return;
        }
        await createField(context, collection, input);
        answer(response, await named(response, collection, input['field']));
      },
      patch: async (request, response) => {
        const { collection } = request.params;
        await mayChange(response, collection);
        const body: unknown = request.body;
        if (!Array.isArray(body)) throw invalidPayload('Submitted body has to be an array');
        const told: ToldField[] = [];
        for (const input of (body as unknown[]).map(membersOf)) {
          await changeField(context, collection, String(input['field']), input);
          told.push(await named(response, collection, String(input['field'])));
        }
        answer(response, told);
      },
    },
    '/fields/:collection/:field': {
      get: async ({ params }, response) => answer(response, await named(response, params.collection, params.field)),
      patch: async (request, response) => {
        const { collection, field } = request.params;
        await mayChange(response, collection);
        await changeField(context, collection, field, bodyOf(request));
        answer(response, await named(response, collection, field));
      },
      delete: async ({ params }, response) => {
        await mayChange(response, params.collection);
        await removeField(context, params.collection, params.field);
        answer(response);
      },
    },
  };
}
