import type { Request, Response } from 'express';
import { contentOf, type ContentCollection } from '../../content/content-model.js';
import { changeItems, createItems, removeItems } from '../../content/write-items.js';
import type { Context } from '../../context.js';
import { ApiError } from '../../http/errors.js';
import { found, listed, viewOf } from '../../query/answer-records.js';
import { creatable, mustBeChangeable, mustBeRemovable } from '../../query/authorized.js';
import { checkedQuery } from '../../query/checked-query.js';
import type { Item, Key } from '../../query/collection.js';
import { mustBeKey } from '../../query/keys.js';
import { narrowed } from '../../query/narrowed.js';
import { contentSchema } from './graphql-content-schema.js';
import { linked } from './graphql-records.js';
import { respondWith } from './graphql-request.js';

type Resolvers = Record<string, (given: never) => Promise<unknown>>;

/**
 * Answers a request to /graphql: the collections of content. Observed: Directus 12.4.1.
 * @throws ApiError when the query cannot be read, or is not valid
 */
export async function respondAboutContent(
  context: Context,
  request: Request,
  response: Response,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const content = await contentOf(context.store);
  const { access } = await viewOf(context, response);
  const schema = contentSchema(content, access);
  const root: Resolvers = {};
  for (const collection of content.values()) Object.assign(root, resolversOf(context, response, collection));
  await respondWith({ schema, root }, request, response, given);
}

const everything = { fields: ['*'] };

function resolversOf(context: Context, response: Response, collection: ContentCollection): Resolvers {
  const { name } = collection;
  const withLinks = async (items: readonly unknown[]): Promise<readonly Item[]> => {
    const { access, records } = await viewOf(context, response);
    return items.map((item) => linked(records, narrowed(collection, access), item as Item));
  };
  const one = async (key: Key): Promise<Item | undefined> => {
    const [item] = await withLinks([await found(context, key, response, collection, everything)]);
    return item;
  };
  /** What a write has made, as far as it may be read; true where nothing of the collection may be. */
  const written = async (keys: readonly Key[]): Promise<readonly Item[] | true> => {
    const { access } = await viewOf(context, response);
    if (!access.may('read', name)) return true;
    const told: Item[] = [];
    for (const key of keys) {
      const item = await one(key).catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'FORBIDDEN') return undefined;
        throw error;
      });
      if (item !== undefined) told.push(item);
    }
    return told;
  };
  const first = (items: readonly Item[] | true): Item | true | null => (items === true ? true : (items[0] ?? null));
  const keysOf = (ids: readonly unknown[]): readonly Key[] => ids.map((id) => mustBeKey(collection, id));

  const create = async (given: readonly Item[]): Promise<readonly Item[] | true> => {
    const view = await viewOf(context, response);
    const inputs = given.map((input) => creatable(view, collection, { ...input }));
    return written(await createItems(context, [{ collection, inputs }], view.who, view));
  };
  const change = async (ids: readonly unknown[], data: Item): Promise<readonly Item[] | true> => {
    const view = await viewOf(context, response);
    const changes = keysOf(ids).map((key) => ({ key, input: { ...data } }));
    await mustBeChangeable(view, collection, changes, { ...data });
    await changeItems(context, collection, changes, view.who, view);
    return written(changes.map(({ key }) => key));
  };
  const remove = async (ids: readonly unknown[]): Promise<void> => {
    const keys = keysOf(ids);
    await mustBeRemovable(await viewOf(context, response), collection, keys);
    await removeItems(context, collection, keys);
  };
  return {
    [name]: async (given: Item) =>
      withLinks((await listed(context, response, collection, { ...(await checkedQuery(given)), ...everything })).data),
    [`${name}_by_id`]: ({ id }: { id: string }) => one(mustBeKey(collection, id)),
    [`create_${name}_item`]: async ({ data }: { data: Item }) => first(await create([data])),
    [`create_${name}_items`]: ({ data }: { data: readonly Item[] | null }) => create(data ?? []),
    [`update_${name}_item`]: async ({ id, data }: { id: string; data: Item }) => first(await change([id], data)),
    [`update_${name}_items`]: ({ ids, data }: { ids: readonly string[]; data: Item }) => change(ids, data),
    [`delete_${name}_item`]: async ({ id }: { id: string }) => {
      await remove([id]);
      return { id };
    },
    [`delete_${name}_items`]: async ({ ids }: { ids: readonly string[] }) => {
      await remove(ids);
      return { ids };
    },
  };
}
