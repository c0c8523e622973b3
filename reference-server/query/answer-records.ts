import type { Response } from 'express';
import { identityOf } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { answer, answerPayload } from '../http/answer.js';
import { ApiError, forbidden, invalidPayload } from '../http/errors.js';
import { isUuid } from '../ids.js';
import { checkedBatch, checkedQuery, queryOf, type Query } from './checked-query.js';
import type { Collection, Item } from './collection.js';
import { askedFields, present, presentAll } from './fields.js';
import { Records } from './records.js';
import { aggregated, select } from './select.js';

/*
 * What the collections of the API have in common: lists, single records, and what a write answers. Observed: Directus 12.4.1.
 */

/**
 * Refuses all but administrators.
 * @throws ApiError 403 FORBIDDEN
 */
export function requireAdmin(response: Response, collection: string): void {
  if (!identityOf(response).admin) throw forbidden({ collection });
}

/** All records of a collection, as they are filtered and sorted: users by their secrets too. */
const recordsOf = (records: Records, collection: Collection): Promise<readonly Item[]> =>
  collection.name === 'directus_users' ? records.unconcealed() : records.all(collection);

/** Those of a collection that a query selects, as it asks for them. */
export async function listed(
  context: Context,
  response: Response,
  collection: Collection,
  query: Query,
): Promise<{ readonly data: readonly unknown[]; readonly meta?: object }> {
  const records = new Records(context.store);
  await mustBeReadable(records, response, collection, query);
  const fields = askedFields(collection, query.fields);
  const all = await recordsOf(records, collection);
  if (query.aggregate !== undefined || query.groupBy !== undefined) {
    const { items } = await select(records, collection, all, { ...query, limit: -1, sort: [] }, identityOf(response));
    return { data: aggregated(collection, items, query) };
  }
  const { items, filtered, total } = await select(records, collection, all, query, identityOf(response));
  const told = await records.named(
    collection,
    items.map(({ id }) => id),
  );
  const counts = { total_count: total, filter_count: filtered };
  const meta = Object.fromEntries((query.meta ?? []).map((name) => [name, counts[name as keyof typeof counts]]));
  return {
    data: await presentAll(records, collection, told, fields),
    ...(query.meta !== undefined && { meta }),
  };
}

/**
 * Refuses all but administrators; others are told first of a field in the filter or the order that does not exist.
 * @throws ApiError 403 FORBIDDEN
 */
async function mustBeReadable(
  records: Records,
  response: Response,
  collection: Collection,
  query: Query,
): Promise<void> {
  const identity = identityOf(response);
  if (identity.admin) return;
  try {
    await select(records, collection, [], query, identity);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 'FORBIDDEN') throw error;
  }
  throw forbidden({ collection: collection.name });
}

/** Answers a GET or SEARCH of a collection. */
export async function answerList(
  context: Context,
  response: Response,
  collection: Collection,
  query = queryOf(response),
): Promise<void> {
  const { data, meta } = await listed(context, response, collection, query);
  answerPayload(response, { data, ...(meta !== undefined && { meta }) });
}

/** Answers a SEARCH: a GET whose query is in the body. */
export async function answerSearch(
  context: Context,
  body: unknown,
  response: Response,
  collection: Collection,
): Promise<void> {
  const { query = {} } = await checkedBatch('search', body);
  await answerList(context, response, collection, await checkedQuery(query));
}

/** Answers a GET of one record. */
export async function answerOne(
  context: Context,
  id: string,
  response: Response,
  collection: Collection,
): Promise<void> {
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, collection.name);
  const fields = askedFields(collection, queryOf(response).fields);
  const records = new Records(context.store);
  const [item] = await records.named(collection, [id]);
  if (item === undefined) throw forbidden();
  answer(response, await present(records, collection, item, fields));
}

/**
 * Answers what a write has made of records: those that exist, in the order of their ids. Nothing at all where the fields that are asked
 * for may not be read: what was written stays.
 */
export async function answerWritten(
  context: Context,
  ids: readonly string[],
  response: Response,
  collection: Collection,
  asList: boolean,
): Promise<void> {
  try {
    requireAdmin(response, collection.name);
    const fields = askedFields(collection, queryOf(response).fields);
    const records = new Records(context.store);
    const items = await records.named(collection, [...new Set(ids)].sort());
    const told = await presentAll(records, collection, items, fields);
    if (asList) answer(response, told);
    else answer(response, told[0]);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'FORBIDDEN') throw error;
    answer(response);
  }
}

/** One change of a record. */
export interface Change {
  readonly id: string;
  readonly input: Item;
}

/** Makes a change, where there is a record of the id. */
export type Update = (change: Change) => Promise<void>;

/**
 * Makes the change that a PATCH of one record asks for, and answers the record.
 * @throws ApiError 403 FORBIDDEN
 */
export async function changeOne(
  context: Context,
  change: Change,
  response: Response,
  collection: Collection,
  update: Update,
): Promise<void> {
  mustBeUuid(change.id);
  requireAdmin(response, collection.name);
  await update(change);
  await answerWritten(context, [change.id], response, collection, false);
}

/**
 * Makes the changes that a PATCH of a collection asks for. The answer leaves out what does not exist. Observed: Directus 12.4.1.
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN
 */
export async function changeSeveral(
  context: Context,
  body: unknown,
  response: Response,
  collection: Collection,
  update: Update,
): Promise<void> {
  const changes = await changesIn(context, body, response, collection);
  for (const each of changes) await update(each);
  await answerWritten(
    context,
    changes.map(({ id }) => id),
    response,
    collection,
    true,
  );
}

/**
 * The changes that a PATCH of a collection asks for: each record as its own entry in a list says, or all of `keys`, or of `query`, as
 * `data` says.
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN
 */
async function changesIn(
  context: Context,
  body: unknown,
  response: Response,
  collection: Collection,
): Promise<readonly Change[]> {
  if (Array.isArray(body)) {
    const changes = (body as unknown[]).map((item) => {
      const { id, ...input } = (typeof item === 'object' && item !== null ? item : {}) as Item;
      if (id === undefined) throw invalidPayload('Item in update misses primary key');
      return { id: mustBeUuid(id), input };
    });
    if (changes.length > 0) requireAdmin(response, collection.name);
    return changes;
  }
  const { keys, query, data = {} } = await checkedBatch('update', body);
  const ids = keys === undefined ? await idsOfQuery(context, query, response, collection) : keys.map(mustBeUuid);
  if (!identityOf(response).admin && ids.length === 0) throw mayNot('update', collection);
  requireAdmin(response, collection.name);
  return ids.map((id) => ({ id, input: data }));
}

/**
 * The ids that a DELETE of a collection is about: a list, `keys`, or those of a `query`.
 * @param guard the collection whose records may not be removed
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN
 */
export async function idsToRemove(
  context: Context,
  body: unknown,
  response: Response,
  collection: Collection,
  guard = collection.name,
): Promise<readonly string[]> {
  const { keys, query } = Array.isArray(body)
    ? { keys: body as unknown[], query: undefined }
    : await checkedBatch('delete', body);
  if (!identityOf(response).admin && keys?.length === 0 && guard === collection.name)
    throw mayNot('delete', collection);
  requireAdmin(response, guard);
  return keys === undefined ? idsOfQuery(context, query, response, collection) : keys.map(mustBeUuid);
}

async function idsOfQuery(
  context: Context,
  query: Item = {},
  response: Response,
  collection: Collection,
): Promise<readonly string[]> {
  requireAdmin(response, collection.name);
  // What is no number selects all. Observed: Directus 12.4.1, which does not check this query.
  const { limit, ...others } = query;
  const read = await checkedQuery({ ...others, ...(Number.isInteger(Number(limit)) && { limit }) });
  const records = new Records(context.store);
  const { items } = await select(records, collection, await recordsOf(records, collection), read, identityOf(response));
  return items.map(({ id }) => id as string);
}

function mustBeUuid(id: unknown): string {
  if (!isUuid(id)) throw forbidden();
  return id;
}

const mayNot = (action: 'update' | 'delete', { name }: Collection): ApiError => {
  const reason = `You don't have permission to perform "${action}" for collection "${name}" or it does not exist.`;
  return new ApiError(403, 'FORBIDDEN', reason, { reason });
};
