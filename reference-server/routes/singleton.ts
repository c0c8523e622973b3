import type { Response } from 'express';
import type { ContentCollection } from '../content/content-model.js';
import { changeItems, createItems } from '../content/write-items.js';
import type { Context } from '../context.js';
import { answer } from '../http/answer.js';
import { forbidden } from '../http/errors.js';
import { answerWritten, listed, viewOf, type Asking } from '../query/answer-records.js';
import { creatable, mustBeChangeable } from '../query/authorized.js';
import { queryOf, type Query } from '../query/checked-query.js';
import { fieldsOf, keyFieldOf, type Item, type Key } from '../query/collection.js';
import { askedFields, pick } from '../query/fields.js';
import { narrowed } from '../query/narrowed.js';

/*
 * A collection of one item, which GET and PATCH /items/NAME are about. Observed: Directus 12.4.1.
 */

/**
 * The item; what a new one would hold where there is none yet.
 * @throws ApiError 403 FORBIDDEN
 */
export async function singleton(
  context: Context,
  response: Asking,
  collection: ContentCollection,
  query: Query,
): Promise<unknown> {
  const { data } = await listed(context, response, collection, { ...query, limit: 1 });
  if (data.length > 0) return data[0];
  const { access } = await viewOf(context, response);
  const asked = askedFields(narrowed(collection, access), query.fields);
  const presets = new Map(collection.fields.map((field) => [field.name, field.default ?? null]));
  const blank = Object.fromEntries(fieldsOf(collection).map((field) => [field, presets.get(field) ?? null]));
  return pick(blank, [...asked.keys()]);
}

/** Answers a GET. */
export async function answerSingleton(
  context: Context,
  response: Response,
  collection: ContentCollection,
): Promise<void> {
  answer(response, await singleton(context, response, collection, queryOf(response)));
}

/** Answers a PATCH: the item is created where there is none yet. */
export async function changeSingleton(
  context: Context,
  input: Item,
  response: Response,
  collection: ContentCollection,
): Promise<void> {
  await answerWritten(
    context,
    [await writeSingleton(context, input, response, collection)],
    response,
    collection,
    false,
  );
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
