import type { Request, RequestHandler, Response } from 'express';
import { identityOf } from '../../auth/authenticate.js';
import { contentOf } from '../../content/content-model.js';
import { knownCollection, writableComments } from '../../content/writable-collections.js';
import { createItems } from '../../content/write-items.js';
import type { Context } from '../../context.js';
import { bodyOf } from '../../http/answer.js';
import { forbidden, invalidPayload } from '../../http/errors.js';
import type { PathParameters, RouteTable } from '../../http/routes.js';
import { answerWritten, viewOf, type View } from '../../query/answer-records.js';
import { creatable, mayNot } from '../../query/authorized.js';
import type { Item } from '../../query/collection.js';
import { mustBeKey } from '../../query/keys.js';

/**
 * Creates comments of a user on items that the user may read. Observed: Directus 12.4.1.
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN
 */
export async function createComments(context: Context, request: Request, response: Response): Promise<void> {
  if (identityOf(response).user === null) throw forbidden();
  const body: unknown = request.body;
  const given = (Array.isArray(body) ? body : [bodyOf(request)]) as readonly Item[];
  const view = await viewOf(context, response);
  for (const input of given) await mustBeComment(context, view, input);
  const inputs = given.map((input) => creatable(view, writableComments, input));
  const keys = await createItems(context, [{ collection: writableComments, inputs }], view.who, view);
  await answerWritten(context, keys, response, writableComments, Array.isArray(body));
}

/** Routes by which comments are changed and removed, for users alone: others are told nothing else. Observed: Directus 12.4.1. */
export const byUsers = (routes: RouteTable[string] = {}): RouteTable[string] =>
  Object.fromEntries(
    Object.entries(routes).map(([method, handlers]) => [
      method,
      ['patch', 'delete'].includes(method) ? [mustBeUser, ...[handlers].flat()] : handlers,
    ]),
  );

/** Rejects a request without a user that says by their keys which records it is about. */
const mustBeUser: RequestHandler<PathParameters> = ({ body, params }, response, next) => {
  const { keys } = (body ?? {}) as Item;
  const { id }: Partial<PathParameters> = params;
  const namesSome = id !== undefined || (Array.isArray(body) ? body.length > 0 : Array.isArray(keys));
  if (identityOf(response).user === null && namesSome) throw forbidden();
  next();
};

async function mustBeComment(context: Context, { access, records }: View, input: Item): Promise<void> {
  for (const name of ['comment', 'collection', 'item']) if (!input[name]) throw invalidPayload(`"${name}" is required`);
  const name = String(input['collection']);
  const collection = knownCollection(await contentOf(context.store), name);
  if (collection === undefined || !access.may('read', name)) throw forbidden({ collection: name });
  // That the item exists is looked at for others than administrators.
  if (access.isFull) return;
  const found = await records.named(collection, [mustBeKey(collection, input['item'])]);
  if (found.length === 0) throw mayNot('read', collection);
}
