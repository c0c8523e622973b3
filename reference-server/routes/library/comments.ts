import type { Request, Response } from 'express';
import { identityOf } from '../../auth/authenticate.js';
import { contentOf } from '../../content/content-model.js';
import { knownCollection, writableComments } from '../../content/writable-collections.js';
import { createItems } from '../../content/write-items.js';
import type { Context } from '../../context.js';
import { bodyOf } from '../../http/answer.js';
import { forbidden, invalidPayload } from '../../http/errors.js';
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
