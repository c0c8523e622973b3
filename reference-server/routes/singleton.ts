import type { Response } from 'express';
import type { ContentCollection } from '../content/content-model.js';
import { changeItems, createItems } from '../content/write-items.js';
import type { Context } from '../context.js';
import { answer, answerPayload } from '../http/answer.js';
import { forbidden } from '../http/errors.js';
import { listed, viewOf, type Asking } from '../query/answer-records.js';
import { creatable, mustBeChangeable } from '../query/authorized.js';
import { queryOf, type Query } from '../query/checked-query.js';
import { keyFieldOf, type Item, type Key } from '../query/collection.js';
import { askedFields } from '../query/fields.js';
import { narrowed } from '../query/narrowed.js';

/*
 * A collection of one item, which GET and PATCH /items/NAME are about. Observed: Directus 12.4.1.
 */

/**
 * The item; where there is none yet its key, which is null, and what its fields hold by default.
 * @throws ApiError 403 FORBIDDEN
 */
export async function singleton(
  context: Context,
  response: Asking,
  collection: ContentCollection,
  query: Query,
): Promise<{ readonly data: unknown; readonly meta?: object }> {
  const { data, meta } = await listed(context, response, collection, { ...query, limit: 1 });
  const told = meta !== undefined && { meta };
  if (data.length > 0) return { ...told, data: data[0] };
  const { access } = await viewOf(context, response);
  const asked = askedFields(narrowed(collection, access), query.fields);
  const presets = collection.fields.flatMap(({ name, default: preset }) =>
    preset === undefined || preset === null ? [] : [[name, preset] as const],
  );
  const blank = new Map<string, unknown>([[keyFieldOf(collection), null], ...presets]);
  const asBlank = Object.fromEntries(
    [...asked.keys()].flatMap((field) => (blank.has(field) ? [[field, blank.get(field)]] : [])),
  );
  return { ...told, data: asBlank };
}

/** Answers a GET. */
export async function answerSingleton(
  context: Context,
  response: Response,
  collection: ContentCollection,
): Promise<void> {
  answerPayload(response, await singleton(context, response, collection, queryOf(response)));
}

/** Answers a PATCH: the item is created where there is none yet. */
export async function changeSingleton(
  context: Context,
  input: Item,
  response: Response,
  collection: ContentCollection,
): Promise<void> {
  await writeSingleton(context, input, response, collection);
  // What may not be read is rejected, unlike after other writes. Observed: Directus 12.4.1.
  answer(response, (await singleton(context, response, collection, queryOf(response))).data);
}

/**
 * Changes the item, or creates it.
 * @returns its key
 * @throws ApiError
 */
export async function writeSingleton(
  context: Context,
  input: Item,
  response: Asking,
  collection: ContentCollection,
): Promise<Key> {
  const view = await viewOf(context, response);
  const [first] = await context.store.items(collection.name);
  if (first !== undefined) {
    const key = first.members[keyFieldOf(collection)] as Key;
    await mustBeChangeable(view, collection, [{ key, input }]);
    await changeItems(context, collection, [{ key, input }], view.who, view);
    return key;
  }
  const inputs = [creatable(view, collection, input)];
  const [key] = await createItems(context, [{ collection, inputs }], view.who, view);
  if (key === undefined) throw forbidden({ collection: collection.name });
  return key;
}
