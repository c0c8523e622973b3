import type { Response } from 'express';
import { identityOf } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { answer, answerPayload } from '../http/answer.js';
import { ApiError, forbidden, invalidPayload } from '../http/errors.js';
import { sendExport } from '../http/exported.js';
import { accessOf, type Access } from './access.js';
import { mustBeChangeable, mustBeRemovable, type Change } from './authorized.js';
import { checkedBatch, checkedQuery, queryOf, type Query } from './checked-query.js';
import { keyFieldOf, roles, systemCollection, users, type Collection, type Item, type Key } from './collection.js';
import { Deep } from './deep.js';
import { askedFields, present, presentAll, Problems } from './fields.js';
import { compared, type Author, type Who } from './filter/operands.js';
import { mustBeKey } from './keys.js';
import { narrowed } from './narrowed.js';
import { aggregated, mustExistOf } from './aggregated.js';
import { QueriedFields, type Aliases, type FieldTree } from './queried-fields.js';
import { Records, type Source } from './records.js';
import { select } from './select.js';

/*
 * What the collections of the API have in common: lists, single records, and what a write answers. Observed: Directus 12.4.1.
 */

/**
 * Rejects all but administrators.
 * @throws ApiError 403 FORBIDDEN
 */
export function requireAdmin(response: Response, collection: string): void {
  if (!identityOf(response).admin) throw forbidden({ collection });
}

/** What asks for records: a request, or a message of a WebSocket, with the identity it has and the query as checkedQuery gives it. */
export type Asking = Pick<Response, 'locals'> & Partial<Pick<Response, 'req'>>;

/** What a request may do, and the records as it sees them. */
export interface View {
  readonly access: Access;
  readonly records: Records;
  readonly who: Who;
}

/** Who has something written by a request, or by a message of a WebSocket. */
export function authorOf(response: Asking): Author {
  const { admin, user } = identityOf(response);
  return { user, request: response.req, isAdministrator: admin };
}

/** The view of the identity that a request has. */
export async function viewOf({ activityLog, clock, store }: Context, response: Asking): Promise<View> {
  const identity = identityOf(response);
  const source: Source = {
    users: () => store.users(),
    roles: () => store.roles(),
    items: async (name) => activityLog.items(name) ?? store.items(name),
  };
  const access = await accessOf(store, identity);
  const who = { ...authorOf(response), role: identity.role, roles: access.roles, now: clock.now() };
  return { access, records: new Records(source, access, who), who };
}

/** Those of a collection that a query selects, as it asks for them. */
export async function listed(
  context: Context,
  response: Asking,
  collection: Collection,
  given: Query,
): Promise<{ readonly data: readonly unknown[]; readonly meta?: object }> {
  const { access, records, who } = await viewOf(context, response);
  if (!access.may('read', collection.name)) throw unreadable(collection, given);
  const seen = narrowed(collection, access);
  const alias = aliasesFor(collection, given);
  const query = withAliasedSort(given, alias);
  if (query.aggregate !== undefined || query.groupBy !== undefined) {
    mustExistOf(seen, query);
    const { filter, search } = query;
    const asked = { limit: -1, ...(filter !== undefined && { filter }), ...(search !== undefined && { search }) };
    const { items } = await select(records, seen, await records.selectable(collection), asked, who);
    return { data: aggregated(seen, items, query) };
  }
  const deep = query.deep && new Deep(query.deep, who);
  const fields = await checkedFields(records, seen, query, alias, deep, who);
  const all = await records.selectable(collection);
  const { items, filtered, total } = await select(records, seen, all, query, who);
  const key = keyFieldOf(collection);
  const told = await records.named(
    collection,
    items.map((item) => item[key]),
  );
  const counts = { total_count: total, filter_count: filtered };
  const meta = Object.fromEntries((query.meta ?? []).map((name) => [name, counts[name as keyof typeof counts]]));
  return {
    data: isOfVersion(collection, given) ? [] : await presentAll(records, seen, told, fields, deep, alias),
    ...(query.meta !== undefined && { meta }),
  };
}

/** Whether a query asks for a version of items: there is none here but the main one. Observed: Directus 12.4.1. */
const isOfVersion = ({ name }: Collection, { version = 'main' }: Query): boolean =>
  systemCollection(name) === undefined && !['main', 'published'].includes(version);

/** The aliases of a query; of the collections of the system they are ignored. Observed: Directus 12.4.1. */
function aliasesFor({ name }: Collection, { alias = {} }: Query): Aliases {
  if (systemCollection(name) === undefined) return alias;
  return Object.fromEntries(Object.keys(alias).map((each) => [each, undefined]));
}

/** The query with fields in place of their other names in the order. Observed: Directus 12.4.1. */
function withAliasedSort(query: Query, alias: Aliases): Query {
  if (query.sort === undefined) return query;
  const fieldOf = (name: string): string => (Object.hasOwn(alias, name) ? (alias[name] ?? name) : name);
  const sort = query.sort.map((name) => (name.startsWith('-') ? `-${fieldOf(name.slice(1))}` : fieldOf(name)));
  return { ...query, sort };
}

/**
 * Reads the fields that are asked for. What is wrong is named in the order of Directus 12.4.1 (observed): fields that do not exist, of
 * `deep`, of the filter and the order, then those that are asked for; then what is wrong otherwise.
 */
async function checkedFields(
  records: Records,
  seen: Collection,
  query: Query,
  alias: Aliases,
  deep: Deep | undefined,
  who: Who,
): Promise<FieldTree> {
  deep?.mustBeReadable();
  const problems = new Problems();
  const fields = askedFields(seen, query.fields, alias, problems);
  new QueriedFields().addDeep(seen, fields, deep, alias).addQuery(seen, query).mustExist();
  problems.fields.mustExist();
  await select(records, seen, [], query, who);
  problems.throwOthers();
  return fields;
}

/** Why a collection may not be read: a field in the filter or the order that does not exist is named first. */
function unreadable(collection: Collection, query: Query): ApiError {
  try {
    new QueriedFields().addQuery(collection, query).mustExist();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  return forbidden({ collection: collection.name });
}

/** Answers a GET or SEARCH of a collection. */
export async function answerList(
  context: Context,
  response: Response,
  collection: Collection,
  query = queryOf(response),
): Promise<void> {
  const { data, meta } = await listed(context, response, collection, query);
  if (query.export !== undefined) {
    sendExport(response, collection.name, query.export, data, context.clock.now());
    return;
  }
  // Of content the counts are told first. Observed: Directus 12.4.1.
  const isOfContent = systemCollection(collection.name) === undefined;
  answerPayload(response, meta === undefined ? { data } : isOfContent ? { meta, data } : { data, meta });
}

/** Answers a SEARCH: a GET whose query is in the body. */
export async function answerSearch(
  context: Context,
  body: unknown,
  response: Response,
  collection: Collection,
): Promise<void> {
  const { keys, query } = await checkedBatch('search', body);
  // Without one in the body it is that of the URL. Observed: Directus 12.4.1.
  const read = query === undefined ? queryOf(response) : await checkedQuery(query);
  // The collections of the system ignore keys. Observed: Directus 12.4.1.
  if (keys === undefined || systemCollection(collection.name) !== undefined)
    return answerList(context, response, collection, read);
  const wanted = keys.map((key) => mustBeKey(collection, key));
  const named = { [keyFieldOf(collection)]: { _in: wanted } };
  const filter = read.filter === undefined ? named : { _and: [named, read.filter] };
  await answerList(context, response, collection, wanted.length === 0 ? { ...read, limit: 0 } : { ...read, filter });
}

/** Answers a GET of one record. */
export async function answerOne(
  context: Context,
  id: string,
  response: Response,
  collection: Collection,
): Promise<void> {
  const data = await found(context, mustBeKey(collection, id), response, collection);
  const { export: format } = queryOf(response);
  if (format === undefined) answer(response, data);
  else sendExport(response, collection.name, format, data, context.clock.now());
}

/**
 * One record, as the query of the request asks for it.
 * @throws ApiError 403 FORBIDDEN when it does not exist or may not be read
 */
export async function found(
  context: Context,
  key: Key,
  response: Asking,
  collection: Collection,
  query = queryOf(response),
): Promise<unknown> {
  const { access, records, who } = await viewOf(context, response);
  if (!access.may('read', collection.name)) throw forbidden({ collection: collection.name });
  const seen = narrowed(collection, access);
  const alias = aliasesFor(collection, query);
  const deep = query.deep && new Deep(query.deep, who);
  // Of one record neither a filter nor an order is asked for.
  const asked = { ...(query.fields !== undefined && { fields: query.fields }) };
  const fields = await checkedFields(records, seen, asked, alias, deep, who);
  const [item] = await records.named(collection, [key]);
  if (item === undefined || isOfVersion(collection, query)) throw forbidden();
  return present(records, seen, item, fields, deep, alias);
}

/**
 * Answers what a write has made of records: those that exist and may be read, in the order of their keys. Nothing at all where the fields
 * that are asked for may not be read: what was written stays.
 */
export async function answerWritten(
  context: Context,
  keys: readonly Key[],
  response: Response,
  collection: Collection,
  asList: boolean,
): Promise<void> {
  try {
    const { access, records } = await viewOf(context, response);
    if (!access.may('read', collection.name)) throw forbidden({ collection: collection.name });
    const seen = narrowed(collection, access);
    const fields = askedFields(seen, queryOf(response).fields);
    const items = await records.named(collection, [...new Set(keys)].sort(compared));
    const told = await presentAll(records, seen, items, fields);
    if (asList) answer(response, told);
    else answer(response, told[0]);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'FORBIDDEN') throw error;
    answer(response);
  }
}

/** Changes of records, each by its key. */
export type Update = (changes: readonly Change[]) => Promise<void>;

/**
 * Makes the change that a PATCH of one record asks for, and answers the record.
 * @throws ApiError 403 FORBIDDEN
 */
export async function changeOne(
  context: Context,
  id: string,
  input: Item,
  response: Response,
  collection: Collection,
  update: Update,
): Promise<void> {
  const changes = [{ key: mustBeKey(collection, id), input }];
  await mustBeChangeable(await viewOf(context, response), collection, changes);
  await update(changes);
  await answerWritten(context, keysOf(changes), response, collection, false);
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
  await update(changes);
  await answerWritten(context, keysOf(changes), response, collection, true);
}

const keysOf = (changes: readonly Change[]): readonly Key[] => changes.map(({ key }) => key);

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
  const view = await viewOf(context, response);
  const keyField = keyFieldOf(collection);
  if (Array.isArray(body)) {
    const changes = (body as unknown[]).map((item) => {
      const { [keyField]: key, ...input } = (typeof item === 'object' && item !== null ? item : {}) as Item;
      if (key === undefined) throw invalidPayload('Item in update misses primary key');
      return { key: mustBeKey(collection, key), input };
    });
    if (changes.length > 0) await mustBeChangeable(view, collection, changes);
    return changes;
  }
  const { keys, query, data = {} } = await checkedBatch('update', body);
  const named =
    keys === undefined
      ? await keysOfQuery(context, query, response, collection)
      : keys.map((key) => mustBeKey(collection, key));
  const changes = named.map((key) => ({ key, input: data }));
  // What a query selects none of is no change at all. Observed: Directus 12.4.1.
  if (keys === undefined && changes.length === 0) return changes;
  await mustBeChangeable(view, collection, changes, data);
  return changes;
}

/**
 * The keys that a DELETE of a collection is about: a list, `keys`, or those of a `query`.
 * @param guard the collection whose records may not be removed
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN
 */
export async function keysToRemove(
  context: Context,
  body: unknown,
  response: Response,
  collection: Collection,
  guard = collection,
): Promise<readonly Key[]> {
  const { keys, query } = Array.isArray(body)
    ? { keys: body as unknown[], query: undefined }
    : await checkedBatch('delete', body);
  const view = await viewOf(context, response);
  // What can be no key is rejected first, but of users and roles. Observed: Directus 12.4.1.
  if (![users.name, roles.name].includes(collection.name)) keys?.forEach((key) => mustBeKey(collection, key));
  const ofQuery = keys === undefined ? await keysOfQuery(context, query, response, collection) : undefined;
  // Of a query that selects none nothing is asked. Observed: Directus 12.4.1.
  if (ofQuery?.length === 0) return ofQuery;
  const isRejected = !view.access.may('delete', guard.name);
  // To remove none is rejected in other words, but for what is guarded by another collection.
  if (isRejected && (keys?.length !== 0 || guard !== collection)) throw forbidden({ collection: guard.name });
  const named = ofQuery ?? (keys ?? []).map((key) => mustBeKey(collection, key));
  await mustBeRemovable(view, guard, named);
  return named;
}

async function keysOfQuery(
  context: Context,
  query: Item = {},
  response: Response,
  collection: Collection,
): Promise<readonly Key[]> {
  const { access, records, who } = await viewOf(context, response);
  if (!access.may('read', collection.name)) throw forbidden({ collection: collection.name });
  // What is no number selects all. Observed: Directus 12.4.1, which does not check this query.
  const { limit, ...others } = query;
  const read = await checkedQuery({ ...others, ...(Number.isInteger(Number(limit)) && { limit }) });
  const { items } = await select(
    records,
    narrowed(collection, access),
    await records.selectable(collection),
    read,
    who,
  );
  return items.map((item) => item[keyFieldOf(collection)] as Key);
}
