import type { InitialData, InitialUser } from '../spec/generated/initial-data.js';
import type { Context } from './context.js';
import { applyInitialContent } from './content/initial-content.js';
import { ApiError } from './http/errors.js';
import { InitialDataError } from './initial-data-error.js';
import { newRole } from './routes/roles.js';
import { createUser } from './routes/users.js';

export { InitialDataError } from './initial-data-error.js';

/**
 * What initial data says of the administrator of the settings.
 * @param email ADMIN_EMAIL
 * @throws InitialDataError when it has another role there
 */
export function administratorIn(data: InitialData | undefined, email: string): InitialUser | undefined {
  const user = data?.users?.find((one) => one.email.toLowerCase() === email.toLowerCase());
  if (user?.role !== undefined && user.role !== 'Administrator')
    throw new InitialDataError(`the user ${user.email} is the one of ADMIN_EMAIL, whose role is Administrator`);
  return user;
}

/**
 * Makes the roles, users, collections, items and permissions that a server is to have from the start. Those that are in its store already, by name or email, are left
 * as they are: they may have changed since.
 *
 * @throws InitialDataError when a user names a role that there is not, or shares the email or static token of another
 */
export async function applyInitialData(context: Context, data: InitialData): Promise<void> {
  const { store } = context;
  const { roles = [], users = [] } = data;
  const ids = new Map((await store.roles()).map(({ id, name }) => [name, id]));
  for (const { id, name, description = null } of roles) {
    if (ids.has(name)) continue;
    const role = newRole(context, { ...(id !== undefined && { id }), name, icon: 'badge', description });
    ids.set(name, role.id);
    await store.saveRole(role);
  }
  const before = new Set((await store.users()).map(({ email }) => email?.toLowerCase()));
  const listed = new Set<string>();
  for (const { role, ...user } of users) {
    if (role !== undefined && !ids.has(role))
      throw new InitialDataError(
        `the user ${user.email} has the role "${role}", which is none of ${[...ids.keys()].join(', ')}`,
      );
    const email = user.email.toLowerCase();
    if (listed.has(email)) throw new InitialDataError(`the user ${user.email} is there twice`);
    listed.add(email);
    if (before.has(email)) continue;
    try {
      await createUser(context, { ...user, ...(role !== undefined && { role: ids.get(role) }) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What a client is told names the value, which can be a static token.
      const { field } = error.details;
      // Another server that shares the store has come first.
      if (field === 'email' && error.code === 'RECORD_NOT_UNIQUE') continue;
      const why = error.code === 'RECORD_NOT_UNIQUE' ? `another user has the same ${String(field)}` : error.message;
      throw new InitialDataError(`the user ${user.email}: ${why}`);
    }
  }
  await applyInitialContent(context, data, ids);
}
