import { Passwords } from './passwords.js';
import type { Store, UserRecord } from './stores/store.js';

/**
 * The administrator of a store who can log in with a password that others know. It is compared with the hash that is stored: what the
 * settings say only counts for a store that is new.
 *
 * @returns the first one; undefined when there is none
 */
export async function administratorWithPassword(store: Store, password: string): Promise<UserRecord | undefined> {
  const roles = new Set((await store.roles()).filter(({ admin }) => admin).map(({ id }) => id));
  const passwords = new Passwords();
  for (const user of await store.users()) {
    if (user.status !== 'active' || user.role === null || !roles.has(user.role) || user.password === null) continue;
    if (await passwords.verify(user.password, password)) return user;
  }
  return undefined;
}
