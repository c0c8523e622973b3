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
import { askedFields, presentAll, Problems } from './fields.js';
import type { Author, Who } from './filter/operands.js';
import { mustBeKey } from './keys.js';
import { narrowed } from './narrowed.js';
import { rolesUpFrom } from './policies/policies-of.js';
import { aggregated, mustExistOf } from './aggregated.js';
import { QueriedFields, type Aliases, type FieldTree } from './queried-fields.js';
import { Records, type Source } from './records.js';
import { metaOf, select } from './select.js';

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
  const { admin, role } = identity;
  const roles = admin ? await rolesUpFrom(store, role) : access.roles;
  const who = { ...authorOf(response), role, roles, now: clock.now() };
  return { access, records: new Records(source, access, who), who };
}

/**
 * Those of a collection that a query selects, as it asks for them.
 * @param keys of the records that it is about; of all of them unless told
 */
export async function listed(
  context: Context,
  response: Asking,
  collection: Collection,
  given: Query,
  keys?: readonly unknown[],
): Promise<{ readonly data: readonly unknown[]; readonly meta?: object }> {
  const { access, records, who } = await viewOf(context, response);
  if (!access.may('read', collection.name)) throw unreadable(collection, given);
  const seen = narrowed(collection, access);
  const alias = aliasesFor(collection, given);
  const query = withAliasedSort(given, alias);
  const key = keyFieldOf(collection);
  const wanted = keys && new Set(keys);
  const selectable = async (): Promise<readonly Item[]> =>
    (await records.selectable(collection)).filter((item) => wanted === undefined || wanted.has(item[key]));
  if (query.aggregate !== undefined || query.groupBy !== undefined) {
    mustExistOf(seen, query);
    const { filter, search } = query;
    const asked = { limit: -1, ...(filter !== undefined && { filter }), ...(search !== undefined && { search }) };
    const selection = await select(records, seen, await selectable(), asked, who);
    return { data: aggregated(seen, selection.items, query), ...metaOf(query, selection) };
  }
  const deep = query.deep && new Deep(query.deep, who);
  const fields = await checkedFields(records, seen, query, alias, deep, who);
  const selection = await select(records, seen, await selectable(), query, who);
  const told = await records.named(
    collection,
    selection.items.map((item) => item[key]),
  );
  return {
    data: isOfVersion(collection, given) ? [] : await presentAll(records, seen, told, fields, deep, alias),
    ...metaOf(query, selection),
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
  const problems = new Problems();
  const fields = askedFields(seen, query.fields, alias, problems);
  new QueriedFields().addDeep(seen, fields, deep, alias).addQuery(seen, query).mustExist(problems.fields);
  await select(records, seen, [], query, who);
  problems.throwOthers();
  return fields;
}

/** Why a collection may not be read: a field that does not exist is named first, but for those that are asked for. */
function unreadable(collection: Collection, query: Query): ApiError {
  try {
    mustExistOf(collection, query);
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
  // Of content the counts are told first. Observed: Directus 12.4.1.
  const isOfContent = systemCollection(collection.name) === undefined;
  const payload = isOfContent ? { meta, data } : { data, meta };
  answerAs(context, response, collection, query, meta === undefined ? { data } : payload);
}

/** Answers with what was read, or sends its data as a file where the query asks for that. */
function answerAs(
  { clock }: Context,
  response: Response,
  { name }: Collection,
  { export: format }: Query,
  payload: { readonly data: unknown },
): void {
  if (format === undefined) answerPayload(response, payload);
  else sendExport(response, name, format, payload.data, clock.now());
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
  const data = await several(context, wanted, response, collection, read);
  answerAs(context, response, collection, read, { ...(await counted(context, response, collection, read)), data });
}

/** Answers a GET of one record. */
export async function answerOne(
  context: Context,
  id: string,
  response: Response,
  collection: Collection,
): Promise<void> {
  const data = await found(context, mustBeKey(collection, id), response, collection);
  answerAs(context, response, collection, queryOf(response), { data });
}

/**
 * One record, as the query of the request asks for it: one that it would not list is not found. Observed: Directus 12.4.1.
 * @throws ApiError 403 FORBIDDEN when it does not exist or may not be read
 */
export async function found(
  context: Context,
  key: Key,
  response: Asking,
  collection: Collection,
  query = queryOf(response),
): Promise<unknown> {
  // Of its key nothing else can be asked.
  const field = keyFieldOf(collection);
  const filter = Object.fromEntries(Object.entries(query.filter ?? {}).filter(([name]) => name !== field));
  const { data } = await listed(context, response, collection, { ...query, filter }, [key]);
  if (data.length === 0) throw forbidden();
  return data[0];
}

/** The records of these keys, as a query asks for them: all that it would list, unless it sets a limit. Observed: Directus 12.4.1. */
export async function several(
  context: Context,
  keys: readonly Key[],
  response: Asking,
  collection: Collection,
  { meta: _, ...query }: Query,
): Promise<readonly unknown[]> {
  const limit = query.limit === undefined || query.limit === 0 ? Math.max(1, keys.length) : query.limit;
  return (await listed(context, response, collection, { ...query, limit }, keys)).data;
}

/** The counts that a query asks for by `meta`: of all records that it selects, also where the request has keys. Observed: Directus 12.4.1. */
export async function counted(
  context: Context,
  response: Asking,
  collection: Collection,
  query: Query,
): Promise<{ readonly meta?: object }> {
  if (query.meta === undefined) return {};
  const { meta } = await listed(context, response, collection, { ...query, limit: 0 });
  return meta === undefined ? {} : { meta };
}

/**
 * Answers what a write has made of records: those that exist and may be read, as the query asks for them. Nothing at all where what is
 * asked for may not be read: what was written stays.
 */
export async function answerWritten(
  context: Context,
  keys: readonly Key[],
  response: Response,
  collection: Collection,
  asList: boolean,
): Promise<void> {
  const [key] = keys;
  const query = queryOf(response);
  try {
    if (!asList && key === undefined) throw forbidden();
    const data = asList
      ? await several(context, keys, response, collection, query)
      : await found(context, key as Key, response, collection);
    answerAs(context, response, collection, query, { data });
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
export async function changesIn(
  context: Context,
  body: unknown,
  response: Asking,
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
  response: Asking,
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
  response: Asking,
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
