import type { Response } from 'express';
import type { Identity } from '../../auth/identity.js';
import type { Context } from '../../context.js';
import { forbidden } from '../../http/errors.js';
import { listed } from '../../query/answer-records.js';
import { checkedQuery } from '../../query/checked-query.js';
import { fieldsOf, relationOf, roles, users, type Collection, type Item } from '../../query/collection.js';
import { Records } from '../../query/records.js';

/** What a record by GraphQL costs, in look-ups: each of its fields is resolved by itself. */
const COST = 10;

type Resolvers = Readonly<Record<string, unknown>>;

/** What administrators may read by GraphQL: users, roles, and what those refer to. Observed: Directus 12.4.1. */
export function readable(context: Context, { role, user }: Identity, response: Response): Resolvers {
  const records = new Records(context.store);
  const byId = async (collection: Collection, id: string | null): Promise<Item | undefined> => {
    const [item] = await records.named(collection, [id]);
    return item === undefined ? undefined : linked(records, collection, item);
  };
  const mustBeThere = async (collection: Collection, id: string): Promise<Item> => {
    const item = await byId(collection, id);
    if (item === undefined) throw forbidden();
    return item;
  };
  const list = async (collection: Collection, given: Item): Promise<readonly Item[]> => {
    const { data } = await listed(context, response, collection, { ...(await checkedQuery(given)), fields: ['*'] });
    return (data as readonly Item[]).map((item) => linked(records, collection, item));
  };
  return {
    users_me: () => byId(users, user),
    users_by_id: ({ id }: { id: string }) => mustBeThere(users, id),
    users: (given: Item) => list(users, given),
    roles_me: async () => [await byId(roles, role)].filter((item) => item !== undefined),
    roles_by_id: ({ id }: { id: string }) => mustBeThere(roles, id),
    roles: (given: Item) => list(roles, given),
  };
}

/** A record in which the fields that refer to others lead to them. */
export function linked(records: Records, collection: Collection, item: Item): Item {
  const links = fieldsOf(collection).flatMap((field): [string, unknown][] => {
    const relation = relationOf(collection, field);
    if (relation === undefined || relation.to.seen === 'none') return [];
    const value = item[field];
    const follow = async (): Promise<unknown> => {
      const found = await records.named(relation.to, Array.isArray(value) ? value : [value], COST);
      const told = found.map((one) => linked(records, relation.to, one));
      return relation.many ? told : (told[0] ?? null);
    };
    return [[field, follow]];
  });
  return { ...item, ...Object.fromEntries(links) };
}
