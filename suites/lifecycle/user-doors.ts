import type { CheckContext } from '../harness/check.js';
import { assumeOffered } from '../harness/expectations.js';
import { assume, NotApplicable } from '../harness/outcomes.js';
import { outcome, written } from '../harness/target/graphql.js';
import type { Account } from '../harness/users/account.js';

/** How users are changed or removed by REST: one alone, or several, by the ways that a batch can say which. Observed: Directus 12.4.1. */
export type RestDoor = 'single' | 'list' | 'keys' | 'query';
/** The mutations that change users, or remove them: one by its id, several by their ids, several by their records. Observed: Directus 12.4.1. */
export type MutationDoor = 'item' | 'items' | 'batch';
export type UserDoor = RestDoor | MutationDoor;
export const userDoors: readonly RestDoor[] = ['single', 'list', 'keys', 'query'];
export const isMutation = (door: UserDoor): door is MutationDoor => ['item', 'items', 'batch'].includes(door);

/** True where a door takes one user alone. */
export const isForOne = (door: UserDoor): boolean => door === 'single' || door === 'item';

export const changeInWords: Readonly<Record<UserDoor, string>> = {
  single: 'by PATCH /users/:id',
  list: 'by PATCH /users with a list of records',
  keys: 'by PATCH /users with keys',
  query: 'by PATCH /users with a query',
  item: 'by update_users_item',
  items: 'by update_users_items',
  batch: 'by update_users_batch',
};

export const removalInWords: Readonly<Record<UserDoor, string>> = {
  single: 'by DELETE /users/:id',
  list: 'by DELETE /users with a list of ids',
  keys: 'by DELETE /users with keys',
  query: 'by DELETE /users with a query',
  item: 'by delete_users_item',
  items: 'by delete_users_items',
  // There is no mutation that removes users by their records.
  batch: 'by delete_users_items',
};

/** By /users/:id the last of the users alone. */
const pathOf = (door: RestDoor, ids: readonly string[]): string =>
  door === 'single' ? `/users/${ids.at(-1) ?? ''}` : '/users';

/** The members of a record as the argument of a mutation: texts, numbers, null. */
const argumentOf = (members: Readonly<Record<string, unknown>>): string =>
  `{${Object.entries(members)
    .map(([name, value]) => `${name}:${JSON.stringify(value)}`)
    .join(',')}}`;

const listOf = (ids: readonly string[]): string => `[${ids.map(written).join(',')}]`;

/**
 * Sends a mutation about users as the administrator: a precondition.
 * @throws NotApplicable where the target does not know it; Inconclusive when it is not done
 */
async function mutate({ administrator, evidence }: CheckContext, mutation: string): Promise<void> {
  const field = mutation.split('(')[0] ?? '';
  const parts = { path: '/graphql/system', body: { query: `mutation{${mutation}}` } };
  const response = await administrator.send(parts, evidence);
  if (/^GRAPHQL_VALIDATION(?:_EXCEPTION)?$/.test(response.errorCode ?? ''))
    throw new NotApplicable(`the target has no mutation ${field}`);
  const { data } = (response.json ?? {}) as { data?: Record<string, unknown> | null };
  assume(response.succeeded && data?.[field] != null, outcome(response));
}

const idsOf = (users: readonly Account[]): string[] => users.map(({ id }) => id ?? '');

/**
 * Changes users as the administrator, all alike: a precondition.
 * @throws NotApplicable when the target rejects it; Inconclusive when it fails otherwise
 */
export async function changeUsers(
  context: CheckContext,
  users: readonly Account[],
  door: UserDoor,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const ids = idsOf(users);
  if (isMutation(door)) {
    const data = argumentOf(changes);
    const records = ids.map((id) => argumentOf({ id, ...changes })).join(',');
    const mutation = {
      item: `update_users_item(id:${written(ids.at(-1) ?? '')},data:${data}){id}`,
      items: `update_users_items(ids:${listOf(ids)},data:${data}){id}`,
      batch: `update_users_batch(data:[${records}]){id}`,
    }[door];
    return mutate(context, mutation);
  }
  const { administrator, evidence } = context;
  const body = {
    single: changes,
    list: ids.map((id) => ({ id, ...changes })),
    keys: { keys: ids, data: changes },
    query: { query: { filter: { id: { _in: ids } } }, data: changes },
  }[door];
  const response = await administrator.send({ method: 'PATCH', path: pathOf(door, ids), body }, evidence);
  assumeOffered(
    response,
    `does not let an administrator change ${Object.keys(changes).join(' and ')} of users ${changeInWords[door]}`,
  );
}

/**
 * Removes users as the administrator: a precondition.
 * @throws NotApplicable when the target rejects it; Inconclusive when it fails otherwise
 */
export async function removeUsers(context: CheckContext, users: readonly Account[], door: UserDoor): Promise<void> {
  const ids = idsOf(users);
  if (isMutation(door))
    return mutate(
      context,
      door === 'item'
        ? `delete_users_item(id:${written(ids.at(-1) ?? '')}){id}`
        : `delete_users_items(ids:${listOf(ids)}){ids}`,
    );
  const { administrator, evidence } = context;
  const body = {
    single: undefined,
    list: ids,
    keys: { keys: ids },
    query: { query: { filter: { id: { _in: ids } } } },
  }[door];
  const parts = { method: 'DELETE', path: pathOf(door, ids), ...(body !== undefined && { body }) };
  const response = await administrator.send(parts, evidence);
  assumeOffered(response, `does not let an administrator remove users ${removalInWords[door]}`);
}
