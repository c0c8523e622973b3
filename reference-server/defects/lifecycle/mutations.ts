import { replacing, type Defect, type Wrappers } from '../defect.js';
import { queryIn } from '../helpers/graphql.js';
import { endedSessionsThatReturn, type EndedSession } from '../helpers/sessions/ended-sessions.js';
import { formerStaticTokens } from '../helpers/static-tokens.js';
import { servedRequest } from '../helpers/served.js';

/** True for a session that a mutation has ended, or one that sets a member of the record. */
function isBy({ request }: Pick<EndedSession, 'request'>, mutation: string, member = ''): boolean {
  const query = queryIn(request?.body);
  return query.includes(`${mutation}(`) && query.includes(member);
}

/** Sessions go on that a mutation has ended, or one that sets a member of the record. */
const sparedBy = (mutation: string, member?: string): (() => Wrappers) =>
  endedSessionsThatReturn((one) => one.because !== 'logout' && isBy(one, mutation, member && `${member}:`));

/** Defects of the mutations that change and remove users. */
export const lifecycleMutations = [
  {
    name: 'password-by-mutation-spares-sessions',
    title: 'A password set by update_users_item leaves the sessions valid.',
    wrap: sparedBy('update_users_item', 'password'),
  },
  {
    name: 'password-by-batch-mutation-spares-sessions',
    title: 'Passwords set by update_users_batch leave the sessions valid.',
    wrap: sparedBy('update_users_batch', 'password'),
  },
  {
    name: 'suspension-by-mutation-spares-sessions',
    title: 'Users who are suspended by update_users_items keep their sessions.',
    wrap: sparedBy('update_users_items', 'status'),
  },
  {
    name: 'email-by-mutation-spares-sessions',
    title: 'An email set by update_users_item leaves the sessions valid.',
    wrap: sparedBy('update_users_item', 'email'),
  },
  {
    name: 'reactivation-by-mutation-revives-sessions',
    title: 'Users who are made active again by update_users_batch have their sessions from before.',
    wrap: endedSessionsThatReturn(
      async (one, { store }) =>
        isBy(one, 'update_users_batch', 'status:') && (await store.user(one.session.user))?.status === 'active',
    ),
  },
  {
    name: 'deletion-by-mutation-spares-sessions',
    title: 'The session tokens of users who are removed by delete_users_items are still accepted.',
    wrap: sparedBy('delete_users_items'),
  },
  {
    name: 'deletion-by-mutation-keeps-static-token',
    title: 'A user who is removed by delete_users_item is still known by the static token.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          deleteUser: async (id) => {
            if (!queryIn(servedRequest()?.request.body).includes('delete_users_item(')) return store.deleteUser(id);
            await store.deleteSessionsOf(id);
            await store.updateUser(id, { email: null, password: null });
          },
        }),
    }),
  },
  {
    name: 'static-token-by-mutation-survives',
    title: 'A static token that a mutation has taken away is still accepted.',
    wrap: formerStaticTokens(({ path }) => path === '/graphql/system'),
  },
  {
    name: 'update-by-mutation-ends-logins',
    title: 'A new name set by a mutation ends the logins of a user.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          updateUser: async (id, changes) => {
            if (changes.first_name !== undefined && servedRequest()?.request.path === '/graphql/system')
              await store.deleteSessionsOf(id);
            return store.updateUser(id, changes);
          },
        }),
    }),
  },
] as const satisfies readonly Defect[];
