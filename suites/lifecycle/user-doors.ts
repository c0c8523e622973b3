import type { CheckContext } from '../harness/check.js';
import { assumeSuccess } from '../harness/expectations.js';
import type { Account } from '../harness/users/account.js';

/** How users are changed or removed: one alone, or several, by the ways that a batch can say which. Observed: Directus 12.4.1. */
export type UserDoor = 'single' | 'list' | 'keys' | 'query';
export const userDoors: readonly UserDoor[] = ['single', 'list', 'keys', 'query'];

export const changeInWords: Readonly<Record<UserDoor, string>> = {
  single: 'by PATCH /users/:id',
  list: 'by PATCH /users with a list of records',
  keys: 'by PATCH /users with keys',
  query: 'by PATCH /users with a query',
};

export const removalInWords: Readonly<Record<UserDoor, string>> = {
  single: 'by DELETE /users/:id',
  list: 'by DELETE /users with a list of ids',
  keys: 'by DELETE /users with keys',
  query: 'by DELETE /users with a query',
};

/** By /users/:id the last of the users alone. */
const pathOf = (door: UserDoor, ids: readonly string[]): string =>
  door === 'single' ? `/users/${ids.at(-1) ?? ''}` : '/users';

const idsOf = (users: readonly Account[]): string[] => users.map(({ id }) => id ?? '');

/**
 * Changes users as the administrator, all alike: a precondition.
 * @throws Inconclusive when the target does not
 */
export async function changeUsers(
  { administrator, evidence }: CheckContext,
  users: readonly Account[],
  door: UserDoor,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const ids = idsOf(users);
  const body = {
    single: changes,
    list: ids.map((id) => ({ id, ...changes })),
    keys: { keys: ids, data: changes },
    query: { query: { filter: { id: { _in: ids } } }, data: changes },
  }[door];
  const response = await administrator.send({ method: 'PATCH', path: pathOf(door, ids), body }, evidence);
  assumeSuccess(response);
}

/**
 * Removes users as the administrator: a precondition.
 * @throws Inconclusive when the target does not
 */
export async function removeUsers(
  { administrator, evidence }: CheckContext,
  users: readonly Account[],
  door: UserDoor,
): Promise<void> {
  const ids = idsOf(users);
  const body = {
    single: undefined,
    list: ids,
    keys: { keys: ids },
    query: { query: { filter: { id: { _in: ids } } } },
  }[door];
  const parts = { method: 'DELETE', path: pathOf(door, ids), hasSideEffect: true, ...(body !== undefined && { body }) };
  const response = await administrator.send(parts, evidence);
  assumeSuccess(response);
}
