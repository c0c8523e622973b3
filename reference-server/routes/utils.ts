import { identityOf } from '../auth/authenticate.js';
import { contentOf } from '../content/content-model.js';
import type { Context } from '../context.js';
import { answer, bodyOf } from '../http/answer.js';
import { forbidden, invalidQuery } from '../http/errors.js';
import { randomString } from '../random.js';
import { numberOf } from '../http/loose-values.js';
import type { RouteTable } from '../http/routes.js';
import { systemCollection } from '../query/collection.js';
import { exportItems } from './files/export.js';
import { importFile } from './files/import.js';
import { sortItems } from './sorting.js';

/**
 * /utils: GET random/string?length=32, for everybody, what the Data Studio makes static tokens with; POST sort, export and import of
 * the items of a collection. Observed: Directus 12.4.1.
 */
export function utilsRoutes(context: Context): RouteTable {
  const { random } = context;
  return {
    '/utils/sort/:collection': {
      post: async (request, response) => {
        const { collection } = request.params;
        // By GraphQL it is rejected as one that is not sorted. Observed: Directus 12.4.1.
        if (systemCollection(collection) === undefined && !(await contentOf(context.store)).has(collection))
          throw forbidden({ collection });
        await sortItems(context, collection, bodyOf(request), response);
        response.end();
      },
    },
    '/utils/export/:collection': {
      post: async (request, response) => {
        await exportItems(context, request.params.collection, bodyOf(request), response);
        answer(response);
      },
    },
    '/utils/import/:collection': {
      post: async (request, response) => {
        const { collection: name } = request.params;
        // Of the system nothing is imported here.
        if (name.startsWith('directus_')) throw forbidden();
        const collection = (await contentOf(context.store)).get(name);
        if (collection === undefined) throw forbidden({ collection: name });
        await importFile(context, collection, request, response);
        response.end();
      },
    },
    '/utils/random/string': {
      get: (request, response) => {
        response.json({ data: randomString(random, readLength(request.query['length'])) });
      },
    },
    // There is no cache here. Observed: Directus 12.4.1 answers with an empty body.
    '/utils/cache/clear': {
      post: (_request, response) => {
        if (!identityOf(response).admin) throw forbidden();
        response.end();
      },
    },
  };
}

/**
 * How long a random string is to be.
 * @throws ApiError 400 INVALID_QUERY
 */
export function readLength(given: unknown): number {
  const length = given === undefined ? 32 : numberOf(given);
  const problem = Number.isNaN(length)
    ? 'Invalid input: expected number, received NaN'
    : !Number.isInteger(length)
      ? 'Invalid input: expected int, received number'
      : length < 1
        ? 'Too small: expected number to be >=1'
        : length > 500
          ? 'Too big: expected number to be <=500'
          : undefined;
  if (problem !== undefined) throw invalidQuery(`Validation error: ${problem} at "length"`);
  return length;
}
