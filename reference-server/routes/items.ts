import type { Request, Response } from 'express';
import { contentOf, type ContentCollection } from '../content/content-model.js';
import { removeItems } from '../content/remove-items.js';
import { changeItems, createItems } from '../content/write-items.js';
import type { Context } from '../context.js';
import { answer, bodyOf } from '../http/answer.js';
import { forbidden, routeNotFound } from '../http/errors.js';
import type { PathParameters, RouteTable } from '../http/routes.js';
import {
  answerList,
  answerOne,
  answerSearch,
  answerWritten,
  authorOf,
  changeOne,
  changeSeveral,
  keysToRemove,
  viewOf,
  type Update,
} from '../query/answer-records.js';
import { creatable, mustBeRemovable } from '../query/authorized.js';
import type { Item } from '../query/collection.js';
import { mustBeKey } from '../query/keys.js';
import { answerSingleton, changeSingleton } from './singleton.js';

type Handler = (
  context: Context,
  collection: ContentCollection,
  request: Request<PathParameters>,
  response: Response,
) => Promise<void>;

/**
 * /items: the collections of content. Those of the system are rejected, and one that does not exist reads as one that may
 * not be read. Observed: Directus 12.4.1, and 11.17.4 for permissions with a filter.
 */
export function itemsRoutes(context: Context): RouteTable {
  return itemRoutes(context, '/items/:collection', ({ params }) => collectionNamed(context, params.collection));
}

/**
 * Routes by which the items of a collection are read and written.
 * @param path below which they are
 * @param find the collection that a request is about
 */
export function itemRoutes(
  context: Context,
  path: string,
  find: (request: Request<PathParameters>) => ContentCollection | Promise<ContentCollection>,
): RouteTable {
  const with_ =
    (handle: Handler) =>
    async (request: Request<PathParameters>, response: Response): Promise<void> =>
      handle(context, await find(request), request, response);
  return {
    [path]: {
      post: with_((...[, collection, request, response]) => {
        if (collection.singleton === true) throw routeNotFound(`/${collection.name}`);
        return create(context, collection, request, response);
      }),
      search: with_((...[, collection, request, response]) =>
        collection.singleton === true
          ? answerSingleton(context, response, collection)
          : answerSearch(context, request.body, response, collection),
      ),
      get: with_((...[, collection, , response]) =>
        collection.singleton === true
          ? answerSingleton(context, response, collection)
          : answerList(context, response, collection),
      ),
      patch: with_((...[, collection, request, response]) =>
        collection.singleton === true
          ? changeSingleton(context, bodyOf(request), response, collection)
          : changeSeveral(context, request.body, response, collection, updates(context, collection, response)),
      ),
      delete: with_(removeSeveral),
    },
    [`${path}/:id`]: {
      get: with_((...[, collection, request, response]) => answerOne(context, request.params.id, response, collection)),
      patch: with_((...[, collection, request, response]) => {
        const { id } = request.params;
        if (collection.singleton === true) throw routeNotFound(`/${collection.name}/${id}`);
        return changeOne(context, id, bodyOf(request), response, collection, updates(context, collection, response));
      }),
      delete: with_(remove),
    },
  };
}

/** @throws ApiError 403 FORBIDDEN where there is none of the name */
async function collectionNamed({ store }: Context, name: string): Promise<ContentCollection> {
  if (name.startsWith('directus_')) throw forbidden();
  const collection = (await contentOf(store)).get(name);
  if (collection === undefined) throw forbidden({ collection: name });
  return collection;
}

/** Creates an item, or all those of a list: one that cannot be created takes the others along. */
const create: Handler = async (context, collection, request, response) => {
  const body: unknown = request.body;
  const given = Array.isArray(body) ? (body as unknown[]) : [body];
  const view = await viewOf(context, response);
  const inputs = given.map((input) => creatable(view, collection, asMembers(input)));
  const keys = await createItems(context, [{ collection, inputs }], view.who, view);
  await answerWritten(context, keys, response, collection, Array.isArray(body));
};

const asMembers = (input: unknown): Item => (typeof input === 'object' && input !== null ? (input as Item) : {});

const updates =
  (context: Context, collection: ContentCollection, response: Response): Update =>
  async (changes) => {
    const view = await viewOf(context, response);
    await changeItems(context, collection, changes, view.who, view);
  };

const removeSeveral: Handler = async (context, collection, request, response) => {
  const keys = await keysToRemove(context, request.body, response, collection);
  await removeItems(context, collection, keys, authorOf(response));
  answer(response);
};

const remove: Handler = async (context, collection, request, response) => {
  const key = mustBeKey(collection, request.params.id);
  await mustBeRemovable(await viewOf(context, response), collection, [key]);
  await removeItems(context, collection, [key], authorOf(response), [request.params.id]);
  answer(response);
};
