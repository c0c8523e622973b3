import { invalidCredentials } from '../../http/errors.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { bodyOf, isTo, payloadOf, userIn, isLogin } from '../helpers/exchange.js';
import { servedOperation } from '../helpers/served.js';
import { claimsOf, replaceToken, sentToken, tokenFor } from '../helpers/tokens.js';
import { allButTheNewest, changingOwners, sparingSessions, endingNoSessions } from '../helpers/users.js';
import type { Exchange } from '../../http/interceptor.js';
import type { SessionRecord, UserRecord } from '../../stores/store.js';
import { keepingSessions } from '../helpers/sessions/keeping-sessions.js';

const suspends = ({ status }: Record<string, unknown>): boolean => status !== undefined && status !== 'active';

async function userToRemove(exchange: Exchange): Promise<UserRecord | undefined> {
  const id = userIn(exchange, 'DELETE');
  return id === undefined ? undefined : exchange.context.store.user(id);
}

/** Defects that requirements of the section `user-changes` of the chapter `access-tokens` notice. */
export const accessTokensUserChanges = [
  {
    name: 'email-taken-twice',
    title: 'A user whose email another has is answered as if there were a new one.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if (!isTo(exchange, 'POST', '/users') || answer.status !== 400 || bodyOf(exchange)['token'] !== undefined)
          return;
        answer.status = 200;
        answer.body = { data: { id: exchange.context.random.uuid(), email: bodyOf(exchange)['email'] } };
      },
    }),
  },
  {
    name: 'static-token-of-suspended-user',
    title: 'The static token of a user who is suspended stays valid.',
    wrap: changingOwners((owner) => ({ ...owner, status: 'active' })),
  },
  {
    name: 'sessions-of-suspended-user',
    title: 'The session tokens of a user who is suspended stay valid.',
    wrap: endingNoSessions(suspends),
  },
  {
    name: 'suspended-user-logs-in',
    title: 'A user who is suspended can log in.',
    wrap: (): Wrappers => {
      const taken = (user: UserRecord | undefined): UserRecord | undefined =>
        user && servedOperation()?.operation === 'login' ? { ...user, status: 'active' } : user;
      return {
        store: (store) =>
          replacing(store, {
            user: async (id) => taken(await store.user(id)),
            userByEmail: async (email) => taken(await store.userByEmail(email)),
          }),
      };
    },
  },
  {
    name: 'archived-user-keeps-sessions',
    title: 'A user who is archived keeps the sessions.',
    wrap: sparingSessions(({ status }) => status === 'archived'),
  },
  {
    name: 'unverified-user-logs-in',
    title: 'A user whose status is unverified can log in.',
    wrap: (): Wrappers => {
      const unverified = async ({ context }: Exchange, email: unknown): Promise<UserRecord | undefined> => {
        const user = typeof email === 'string' ? await context.store.userByEmail(email) : undefined;
        return user?.status === 'unverified' ? user : undefined;
      };
      return {
        request: async (exchange) => {
          const user = isLogin(exchange) ? await unverified(exchange, bodyOf(exchange)['email']) : undefined;
          if (user === undefined) return;
          exchange.response.locals['unverified'] = user.id;
          await exchange.context.store.updateUser(user.id, { status: 'active' });
        },
        response: async ({ context, response }) => {
          const id: unknown = response.locals['unverified'];
          if (typeof id === 'string') await context.store.updateUser(id, { status: 'unverified' });
        },
      };
    },
  },
  {
    name: 'password-change-leaves-sessions',
    title: 'Refresh and session tokens survive a new password.',
    wrap: endingNoSessions(({ password }) => password !== undefined),
  },
  {
    name: 'old-password-logs-in',
    title: 'A password that was replaced stays valid.',
    wrap: (): Wrappers => {
      const former = new Map<string, Set<string>>();
      const current = new Map<string, string>();
      return {
        request: async (exchange) => {
          const { email, password } = bodyOf(exchange);
          if (typeof password !== 'string') return;
          if (isTo(exchange, 'POST', '/users') && typeof email === 'string') current.set(email, password);
          const id = userIn(exchange, 'PATCH');
          const changed = id === undefined ? undefined : await exchange.context.store.user(id);
          if (changed?.email != null) {
            const before = current.get(changed.email);
            if (before !== undefined)
              former.set(changed.email, new Set([...(former.get(changed.email) ?? []), before]));
            current.set(changed.email, password);
          }
          if (isLogin(exchange) && typeof email === 'string' && former.get(email)?.has(password) === true)
            bodyOf(exchange)['password'] = current.get(email);
        },
      };
    },
  },
  {
    name: 'password-change-spares-refreshed',
    title: 'Refresh tokens that came of a refresh survive a new password.',
    wrap: (): Wrappers => {
      const renewed = new Set<unknown>();
      const sparing = sparingSessions(
        ({ password }) => password !== undefined,
        (sessions) => sessions.filter(({ token }) => renewed.has(token)),
      )();
      return {
        ...sparing,
        response: async (exchange, answer) => {
          if (isTo(exchange, 'POST', '/auth/refresh')) renewed.add(payloadOf(answer)['refresh_token']);
          await sparing.response?.(exchange, answer);
        },
      };
    },
  },
  {
    name: 'password-change-ends-logins-of-others',
    title: 'A new password of a user ends the logins of all other users, too.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const id = userIn(exchange, 'PATCH');
        const { store } = exchange.context;
        if (id === undefined || bodyOf(exchange)['password'] === undefined) return;
        for (const user of (await store.users()).filter((one) => one.id !== id && !one.email?.startsWith('admin@')))
          await store.deleteSessionsOf(user.id);
      },
    }),
  },
  {
    name: 'static-token-outlives-user',
    title: 'The static token of a user who was deleted stays valid.',
    wrap: (): Wrappers => {
      const orphans = new Map<string, UserRecord>();
      return {
        request: async (exchange) => {
          const removed = await userToRemove(exchange);
          if (typeof removed?.token === 'string') orphans.set(removed.token, removed);
          const owner = orphans.get(sentToken(exchange)?.token ?? '');
          if (owner !== undefined) replaceToken(exchange, await tokenFor(exchange, owner));
        },
      };
    },
  },
  {
    name: 'deleted-user-logs-in',
    title: 'A user who was deleted can log in.',
    wrap: (): Wrappers => {
      const deleted = new Map<unknown, UserRecord>();
      return {
        request: async (exchange) => {
          const removed = await userToRemove(exchange);
          if (removed !== undefined) deleted.set(removed.email, removed);
        },
        response: async (exchange, answer) => {
          const { context } = exchange;
          const user = isLogin(exchange) && answer.status === 401 ? deleted.get(bodyOf(exchange)['email']) : undefined;
          if (user === undefined) return;
          const access_token = await tokenFor(exchange, user);
          answer.status = 200;
          answer.body = {
            data: { expires: context.settings.ACCESS_TOKEN_TTL, refresh_token: context.random.uuid(), access_token },
          };
        },
      };
    },
  },
  {
    name: 'deleted-user-is-archived',
    title: 'The removal of a user ends the tokens and leaves the record.',
    wrap: (): Wrappers => {
      const removed = new Map<string, UserRecord>();
      return {
        request: async (exchange) => {
          const user = await userToRemove(exchange);
          if (user !== undefined) removed.set(user.id, user);
        },
        response: (exchange, answer) => {
          const user = removed.get(userIn(exchange, 'GET') ?? '');
          if (user === undefined || answer.status !== 403) return;
          answer.status = 200;
          answer.body = { data: { id: user.id, email: user.email, status: 'archived' } };
        },
      };
    },
  },
  {
    name: 'email-change-leaves-sessions',
    title: 'Refresh and session tokens survive a new email.',
    wrap: sparingSessions(({ email }) => email !== undefined),
  },
  {
    name: 'new-email-does-not-log-in',
    title: 'Only the email that a user was created with logs in.',
    wrap: (): Wrappers => {
      const changed = new Set<unknown>();
      return {
        request: (exchange) => {
          const { email } = bodyOf(exchange);
          if (userIn(exchange, 'PATCH') !== undefined && email !== undefined) changed.add(email);
          if (isLogin(exchange) && changed.has(email)) throw invalidCredentials();
        },
      };
    },
  },
  {
    name: 'reactivation-revives-sessions',
    title: 'When a user is reactivated, the earlier sessions are valid again.',
    wrap: (): Wrappers => {
      const ended = new Map<string, SessionRecord[]>();
      return {
        request: async (exchange) => {
          const id = userIn(exchange, 'PATCH');
          if (id === undefined || !suspends(bodyOf(exchange))) return;
          const sessions = (await exchange.context.store.sessions()).filter(({ user }) => user === id);
          ended.set(id, [...(ended.get(id) ?? []), ...sessions]);
        },
        response: async (exchange) => {
          const id = userIn(exchange, 'PATCH');
          if (id === undefined || bodyOf(exchange)['status'] !== 'active') return;
          for (const session of ended.get(id) ?? []) await exchange.context.store.insertSession(session);
        },
      };
    },
  },
  {
    name: 'suspension-spares-older-sessions',
    title: 'When a user is suspended, only the newest session ends.',
    wrap: sparingSessions(suspends, allButTheNewest),
  },
  {
    name: 'static-token-dies-with-status',
    title: 'A user who is suspended loses the static token permanently.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        if (userIn(exchange, 'PATCH') !== undefined && suspends(bodyOf(exchange))) bodyOf(exchange)['token'] = null;
      },
    }),
  },
  {
    name: 'identities-cached',
    title: 'A token that was accepted once is accepted for another minute, even if it is revoked.',
    wrap: (): Wrappers => {
      const known = new Map<string, { id: string; until: number }>();
      return {
        request: async (exchange) => {
          const { context } = exchange;
          const sent = sentToken(exchange);
          const cached = known.get(sent?.token ?? '');
          const user = cached && (await context.store.user(cached.id));
          if (user === undefined || cached === undefined || cached.until < context.clock.now()) return;
          if (/^\/auth\//.test(exchange.request.path)) return;
          exchange.response.locals['cached'] = sent?.token;
          replaceToken(exchange, await tokenFor(exchange, user));
        },
        response: (exchange, answer) => {
          const sent = sentToken(exchange);
          const { id } = payloadOf(answer);
          const isStandard =
            claimsOf(sent?.token ?? '')?.['session'] === undefined && claimsOf(sent?.token ?? '') !== undefined;
          if (sent === undefined || isStandard || exchange.request.path !== '/users/me' || typeof id !== 'string')
            return;
          known.set(sent.token, { id, until: exchange.context.clock.now() + 60_000 });
        },
      };
    },
  },
  {
    name: 'own-password-change-leaves-sessions',
    title: 'The sessions of a user who sets a new password for the own account go on.',
    wrap: keepingSessions(async (exchange) => {
      if (!isTo(exchange, 'PATCH', '/users/me') || bodyOf(exchange)['password'] === undefined) return [];
      const id = claimsOf(sentToken(exchange)?.token ?? '')?.['id'];
      return (await exchange.context.store.sessions()).filter(({ user }) => user === id);
    }),
  },
  {
    name: 'created-inactive-user-is-active',
    title: 'A user who is created with a status other than active is taken for active until changed.',
    wrap: (): Wrappers => ({
      store: (store) => {
        const created = new Set<string>();
        const seen = <User extends UserRecord | undefined>(user: User): User =>
          user !== undefined && created.has(user.id) ? { ...user, status: 'active' } : user;
        return replacing(store, {
          insertUser: async (user) => {
            if (user.status !== 'active') created.add(user.id);
            await store.insertUser(user);
          },
          updateUser: async (id, changes) => {
            if (changes.status !== undefined) created.delete(id);
            return store.updateUser(id, changes);
          },
          user: async (id) => seen(await store.user(id)),
          userByEmail: async (email) => seen(await store.userByEmail(email)),
          userByStaticToken: async (token) => seen(await store.userByStaticToken(token)),
        });
      },
    }),
  },
  {
    name: 'login-in-second-of-change-ends',
    title: 'The refresh token of a login in the second after a new password or email is rejected.',
    wrap: (): Wrappers => ({
      store: (store, { clock }) => {
        const changed = new Map<string, number>();
        const young = new Set<string>();
        return replacing(store, {
          updateUser: async (id, changes) => {
            if (changes.password !== undefined || changes.email !== undefined) changed.set(id, clock.now());
            return store.updateUser(id, changes);
          },
          insertSession: async (session) => {
            if (clock.now() - (changed.get(session.user) ?? -Infinity) < 1000) young.add(session.token);
            await store.insertSession(session);
          },
          session: async (token) => (young.has(token) ? undefined : store.session(token)),
        });
      },
    }),
  },
] as const satisfies readonly Defect[];
