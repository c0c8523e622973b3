import type { Response } from 'express';
import type { GraphQLResolveInfo } from 'graphql';
import type { Content, ContentCollection } from '../../content/content-model.js';
import type { Context } from '../../context.js';
import { forbidden } from '../../http/errors.js';
import { found, listed, several, viewOf } from '../../query/answer-records.js';
import { groupName } from '../../query/aggregated.js';
import { checkedQuery } from '../../query/checked-query.js';
import { keyFieldOf, type Collection, type Item, type Key } from '../../query/collection.js';
import { mustBeKey } from '../../query/keys.js';
import { narrowed } from '../../query/narrowed.js';
import type { Change } from '../../query/authorized.js';
import { writerOf, type Writer } from '../writer.js';
import { withFunctions } from './filter-types.js';
import { linked } from './graphql-records.js';
import { selectedIn } from './selection.js';
import { singleton, writeSingleton } from '../singleton.js';

export type Resolvers = Record<string, (given: never, context: never, info: GraphQLResolveInfo) => unknown>;

const everything = { fields: ['*'] };

/**
 * What the queries and mutations of a collection do.
 * @param name by which they are asked for: articles, and users of directus_users
 */
export function resolversOf(
  context: Context,
  response: Response,
  content: Content,
  collection: Collection,
  name: string,
): Resolvers {
  const withLinks = async (items: readonly unknown[]): Promise<readonly Item[]> => {
    const { access, records, who } = await viewOf(context, response);
    return items.map((item) => linked(records, narrowed(collection, access), item as Item, who));
  };
  const one = async (key: Key): Promise<Item | undefined> => {
    const [item] = await withLinks([await found(context, key, response, collection, everything)]);
    return item;
  };
  /** What a write has made, as far as it may be read and a query selects it; true where nothing of the collection may be. */
  const written = async (keys: readonly Key[], given: Item = {}): Promise<readonly Item[] | true> => {
    const { access } = await viewOf(context, response);
    if (!access.may('read', collection.name)) return true;
    const query = { ...(await checkedQuery(asked(given))), ...everything };
    return withLinks(await several(context, keys, response, collection, query));
  };
  const first = (items: readonly Item[] | true): Item | true | null => (items === true ? true : (items[0] ?? null));
  const keyOf = (id: unknown): Key => mustBeKey(collection, id);
  const writer = (): Writer => writerOf(context, response, content, collection);
  // Arguments have no prototype.
  const create = async (given: readonly Item[], query?: Item): Promise<readonly Item[] | true> =>
    written(await writer().create(given.map(plain)), query);
  const change = async (changes: readonly Change[], query?: Item): Promise<readonly Item[] | true> => {
    await writer().change(changes);
    return written(
      changes.map(({ key }) => key),
      query,
    );
  };
  const changeAll = (ids: readonly unknown[], data: Item, query?: Item): Promise<readonly Item[] | true> => {
    const input = plain(data);
    return change(
      ids.map((id) => ({ key: keyOf(id), input })),
      query,
    );
  };
  if (isSingleton(collection))
    return {
      [name]: async () => {
        const [item] = await withLinks([(await singleton(context, response, collection, everything)).data]);
        return item;
      },
      [`update_${name}`]: async ({ data }: { data: Item }) =>
        first(await written([await writeSingleton(context, plain(data), response, collection)])),
    };
  return {
    [name]: async (given: Item) =>
      withLinks(
        (await listed(context, response, collection, { ...(await checkedQuery(asked(given))), ...everything })).data,
      ),
    [`${name}_by_id`]: ({ id }: { id: string }) => one(keyOf(id)),
    [`${name}_aggregated`]: (given: Item, _: unknown, info: GraphQLResolveInfo) =>
      aggregates(context, response, collection, asked(given), info),
    [`create_${name}_item`]: async ({ data }: { data: Item }) => first(await create([data])),
    [`create_${name}_items`]: ({ data, ...query }: Listed) => create(data ?? [], query),
    [`update_${name}_item`]: async ({ id, data }: { id: string; data: Item }) => {
      const changed = await changeAll([id], data);
      // One that does not exist is rejected here alone. Observed: Directus 12.4.1.
      if (changed !== true && changed.length === 0) throw forbidden();
      return first(changed);
    },
    [`update_${name}_items`]: ({ ids, data, ...query }: Item & { ids: readonly string[]; data: Item }) =>
      changeAll(ids, data, query),
    [`update_${name}_batch`]: ({ data, ...query }: Listed) =>
      change(
        (data ?? []).map((input) => {
          const { [keyFieldOf(collection)]: id, ...members } = plain(input);
          return { key: keyOf(id), input: members };
        }),
        query,
      ),
    [`delete_${name}_item`]: async ({ id }: { id: string }) => {
      await writer().remove([keyOf(id)]);
      return { id };
    },
    [`delete_${name}_items`]: async ({ ids }: { ids: readonly string[] }) => {
      await writer().remove(ids.map(keyOf));
      return { ids };
    },
  };
}

/** Records that are to be written, and what selects those that are told then. */
type Listed = Item & { readonly data: readonly Item[] | null };

const isSingleton = (collection: Collection): collection is ContentCollection =>
  'singleton' in collection && collection.singleton === true;

/** Members and theirs as objects of the usual kind, which the arguments of a query are not. */
const plain = (given: Item): Item => structuredClone(given);

/** The arguments of a list, as a query has them. */
const asked = (given: Item): Item => {
  const { filter, ...others } = plain(given);
  return filter === undefined ? others : { ...others, filter: withFunctions(filter) };
};

/** How many there are, sums and averages, of all or by groups: those that the query selects. */
async function aggregates(
  context: Context,
  response: Response,
  collection: Collection,
  { groupBy, ...given }: Item,
  info: GraphQLResolveInfo,
): Promise<readonly Item[]> {
  const named = Array.isArray(groupBy) ? (groupBy as string[]) : [];
  const selected = selectedIn(info);
  const aggregate = Object.fromEntries(
    Object.entries(selected).flatMap(([name, fields]): [string, string][] => {
      const isOther = name === 'countAll' || name === 'group' || name.startsWith('__');
      return isOther ? [] : [[name, fields.filter((field) => !field.startsWith('__')).join(',')]];
    }),
  );
  const rowsOf = async (asked: Item, others: Item): Promise<readonly Item[]> => {
    const query = { ...others, aggregate: asked, ...(named.length > 0 && { groupBy: named }) };
    return (await listed(context, response, collection, await checkedQuery(query))).data as readonly Item[];
  };
  const groupOf = (row: Item): Item => Object.fromEntries(named.map(groupName).map((member) => [member, row[member]]));
  const nameOf = (row: Item): string => JSON.stringify(groupOf(row));
  const { filter, search } = given;
  const all = await rowsOf({ count: '*' }, { filter, search, limit: -1 });
  const counts = new Map(all.map((row) => [nameOf(row), row['count']]));
  const rows = await rowsOf(aggregate, given);
  return rows.map((row) => ({ ...row, countAll: counts.get(nameOf(row)), group: groupOf(row) }));
}
