import {
  bodyOf,
  claimsOf,
  isLogin,
  isTo,
  keepingSessions,
  payloadOf,
  replaceToken,
  sentToken,
  signed,
  tokenFor,
  userIn,
  type Deviation,
  type Exchange,
} from './deviation.js';
import { invalidCredentials } from '../http/errors.js';
import { ISSUER, issuedNow } from '../auth/jwt.js';
import type { SessionRecord, UserRecord } from '../stores/store.js';

/** Spares sessions of a user that a change of the user would end. */
const sparingSessions = (
  spares: (body: Record<string, unknown>) => boolean,
  which: (sessions: readonly SessionRecord[]) => readonly SessionRecord[] = (sessions) => sessions,
): (() => Deviation) =>
  keepingSessions(async (exchange) => {
    const id = userIn(exchange, 'PATCH');
    if (id === undefined || !spares(bodyOf(exchange))) return [];
    return which((await exchange.context.store.sessions()).filter(({ user }) => user === id));
  });

const allButTheNewest = (sessions: readonly SessionRecord[]): readonly SessionRecord[] => sessions.slice(0, -1);

const suspends = ({ status }: Record<string, unknown>): boolean => status !== undefined && status !== 'active';

async function userToRemove(exchange: Exchange): Promise<UserRecord | undefined> {
  const id = userIn(exchange, 'DELETE');
  return id === undefined ? undefined : exchange.context.store.user(id);
}

/** Deviations in what becomes of tokens when their user changes. */
export const users = [
  {
    name: 'email-change-leaves-sessions',
    title: 'Refresh and session tokens survive a new e-mail.',
    deviation: sparingSessions(({ email }) => email !== undefined),
  },
  {
    name: 'suspension-spares-older-sessions',
    title: 'When a user is suspended, only the newest session ends.',
    deviation: sparingSessions(suspends, allButTheNewest),
  },
  {
    name: 'password-change-spares-older-sessions',
    title: 'A new password ends only the newest session of its user.',
    deviation: sparingSessions(({ password }) => password !== undefined, allButTheNewest),
  },
  {
    name: 'reactivation-revives-sessions',
    title: 'When a user is made active again, the sessions from before are alive again.',
    deviation: (): Deviation => {
      const ended = new Map<string, SessionRecord[]>();
      return {
        request: async (exchange) => {
          const id = userIn(exchange, 'PATCH');
          if (id === undefined || !suspends(bodyOf(exchange))) return;
          const sessions = (await exchange.context.store.sessions()).filter(({ user }) => user === id);
          ended.set(id, [...(ended.get(id) ?? []), ...sessions]);
        },
        answer: async (exchange) => {
          const id = userIn(exchange, 'PATCH');
          if (id === undefined || bodyOf(exchange)['status'] !== 'active') return;
          for (const session of ended.get(id) ?? []) await exchange.context.store.insertSession(session);
        },
      };
    },
  },
  {
    name: 'static-token-dies-with-status',
    title: 'A user who is suspended loses the static token for good.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        if (userIn(exchange, 'PATCH') !== undefined && suspends(bodyOf(exchange))) bodyOf(exchange)['token'] = null;
      },
    }),
  },
  {
    name: 'static-token-outlives-user',
    title: 'The static token of a user who was deleted goes on working.',
    deviation: (): Deviation => {
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
    deviation: (): Deviation => {
      const deleted = new Map<unknown, UserRecord>();
      return {
        request: async (exchange) => {
          const removed = await userToRemove(exchange);
          if (removed !== undefined) deleted.set(removed.email, removed);
        },
        answer: async (exchange, answer) => {
          const { context } = exchange;
          const user = isLogin(exchange) && answer.status === 401 ? deleted.get(bodyOf(exchange)['email']) : undefined;
          if (user === undefined) return;
          const times = issuedNow(context.clock.now(), context.settings.ACCESS_TOKEN_TTL);
          const access_token = await signed(exchange, {
            id: user.id,
            role: user.role,
            app_access: false,
            admin_access: false,
            ...times,
            iss: ISSUER,
          });
          answer.status = 200;
          answer.body = {
            data: { expires: context.settings.ACCESS_TOKEN_TTL, refresh_token: context.random.uuid(), access_token },
          };
        },
      };
    },
  },
  {
    name: 'third-static-token-revives-first',
    title: 'With the third static token of a user the first one works again.',
    deviation: (): Deviation => {
      const given = new Map<string, string[]>();
      return {
        request: async (exchange) => {
          const { token } = bodyOf(exchange);
          const id = userIn(exchange, 'PATCH');
          if (id !== undefined && typeof token === 'string') given.set(id, [...(given.get(id) ?? []), token]);
          if (id !== undefined && token === null) given.delete(id);
          const sent = sentToken(exchange)?.token;
          const owner = [...given].find(([, all]) => all.length > 2 && all[0] === sent)?.[0];
          const user = owner === undefined ? undefined : await exchange.context.store.user(owner);
          if (user !== undefined) replaceToken(exchange, await tokenFor(exchange, user));
        },
      };
    },
  },
  {
    name: 'static-token-not-unique',
    title: 'A static token of another user can be taken over.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        const { token } = bodyOf(exchange);
        const { store } = exchange.context;
        if (userIn(exchange, 'PATCH') === undefined || typeof token !== 'string') return;
        const owner = await store.userByStaticToken(token);
        if (owner !== undefined) await store.updateUser(owner.id, { token: null });
      },
    }),
  },
  {
    name: 'static-token-searchable',
    title: 'GET /users finds a user by the static token.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        const { request, context } = exchange;
        const { filter } = request.query as { filter?: { token?: { _eq?: string } } };
        const token = filter?.token?._eq;
        if (!isTo(exchange, 'GET', '/users') || token === undefined) return;
        const owner = await context.store.userByStaticToken(token);
        request.url = `/users?fields=id&filter[id][_eq]=${owner?.id ?? 'nobody'}`;
      },
    }),
  },
  {
    name: 'archived-user-keeps-sessions',
    title: 'A user who is archived keeps the sessions.',
    deviation: sparingSessions(({ status }) => status === 'archived'),
  },
  {
    name: 'unverified-user-logs-in',
    title: 'A user whose status is unverified can log in.',
    deviation: (): Deviation => {
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
        answer: async ({ context, response }) => {
          const id: unknown = response.locals['unverified'];
          if (typeof id === 'string') await context.store.updateUser(id, { status: 'unverified' });
        },
      };
    },
  },
  {
    name: 'own-password-change-leaves-sessions',
    title: 'The sessions of a user who sets a new password for the own account go on.',
    deviation: keepingSessions(async (exchange) => {
      if (!isTo(exchange, 'PATCH', '/users/me') || bodyOf(exchange)['password'] === undefined) return [];
      const id = claimsOf(sentToken(exchange)?.token ?? '')?.['id'];
      return (await exchange.context.store.sessions()).filter(({ user }) => user === id);
    }),
  },
  {
    name: 'password-hash-readable',
    title: 'The record of a user shows the hash of the password.',
    deviation: (): Deviation => ({
      answer: async ({ context }, answer) => {
        const record = payloadOf(answer);
        const user = typeof record['id'] === 'string' ? await context.store.user(record['id']) : undefined;
        if (user !== undefined && 'password' in record) record['password'] = user.password;
      },
    }),
  },
  {
    name: 'permissions-of-static-token-remembered',
    title: 'A static token keeps the role that its user had when it was used first.',
    deviation: (): Deviation => {
      const roles = new Map<string, string | null>();
      return {
        request: async (exchange) => {
          const token = sentToken(exchange)?.token ?? '';
          const user = await exchange.context.store.userByStaticToken(token);
          if (user === undefined) return;
          const role = roles.get(token) ?? user.role;
          roles.set(token, role);
          if (role !== user.role) replaceToken(exchange, await tokenFor(exchange, { id: user.id, role }));
        },
      };
    },
  },
  {
    name: 'new-email-does-not-log-in',
    title: 'Only the e-mail that a user was created with logs in.',
    deviation: (): Deviation => {
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
    name: 'anybody-creates-users',
    title: 'POST /users needs no permission.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        if (!isTo(exchange, 'POST', '/users') || sentToken(exchange) === undefined) return;
        const [administrator] = await exchange.context.store.users();
        if (administrator !== undefined) replaceToken(exchange, await tokenFor(exchange, administrator));
      },
    }),
  },
  {
    name: 'static-token-not-unique-on-creation',
    title: 'A new user can take the static token of another over.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        const { token } = bodyOf(exchange);
        const { store } = exchange.context;
        if (!isTo(exchange, 'POST', '/users') || typeof token !== 'string') return;
        const owner = await store.userByStaticToken(token);
        if (owner !== undefined) await store.updateUser(owner.id, { token: null });
      },
    }),
  },
  {
    name: 'own-static-token-ignored',
    title: 'The static token in PATCH /users/me is passed over.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        if (isTo(exchange, 'PATCH', '/users/me')) delete bodyOf(exchange)['token'];
      },
    }),
  },
  {
    name: 'random-text-repeats',
    title: 'The text that static tokens are made of is always the same.',
    deviation: (): Deviation => {
      let first: unknown;
      return {
        answer: (exchange, answer) => {
          if (!isTo(exchange, 'GET', '/utils/random/string')) return;
          first ??= answer.body;
          answer.body = first;
        },
      };
    },
  },
  {
    name: 'static-token-dies-after-seconds',
    title: 'A static token is good for eight seconds.',
    deviation: (): Deviation => {
      const setAt = new Map<string, number>();
      return {
        request: (exchange) => {
          const { token } = bodyOf(exchange);
          const now = exchange.context.clock.now();
          if (exchange.request.path.startsWith('/users') && typeof token === 'string') setAt.set(token, now);
          const since = setAt.get(sentToken(exchange)?.token ?? '') ?? now;
          if (now - since > 8000) throw invalidCredentials();
        },
      };
    },
  },
  {
    name: 'mask-is-a-token',
    title: 'What is shown in place of a static token lets in whose token was read last.',
    deviation: (): Deviation => {
      let last: UserRecord | undefined;
      return {
        request: async (exchange) => {
          if (last !== undefined && sentToken(exchange)?.token === '**********')
            replaceToken(exchange, await tokenFor(exchange, last));
        },
        answer: async ({ context }, answer) => {
          const { id, token } = payloadOf(answer);
          if (token === '**********' && typeof id === 'string') last = await context.store.user(id);
        },
      };
    },
  },
  {
    name: 'password-change-spares-refreshed',
    title: 'Refresh tokens that came of a refresh survive a new password.',
    deviation: (): Deviation => {
      const renewed = new Set<unknown>();
      const sparing = sparingSessions(
        ({ password }) => password !== undefined,
        (sessions) => sessions.filter(({ token }) => renewed.has(token)),
      )();
      return {
        ...sparing,
        answer: async (exchange, answer) => {
          if (isTo(exchange, 'POST', '/auth/refresh')) renewed.add(payloadOf(answer)['refresh_token']);
          await sparing.answer?.(exchange, answer);
        },
      };
    },
  },
  {
    name: 'password-change-ends-logins-of-others',
    title: 'A new password of a user ends the logins of all other users, too.',
    deviation: (): Deviation => ({
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
    name: 'deleted-user-is-archived',
    title: 'The removal of a user ends the tokens and leaves the record.',
    deviation: (): Deviation => {
      const removed = new Map<string, UserRecord>();
      return {
        request: async (exchange) => {
          const user = await userToRemove(exchange);
          if (user !== undefined) removed.set(user.id, user);
        },
        answer: (exchange, answer) => {
          const user = removed.get(userIn(exchange, 'GET') ?? '');
          if (user === undefined || answer.status !== 403) return;
          answer.status = 200;
          answer.body = { data: { id: user.id, email: user.email, status: 'archived' } };
        },
      };
    },
  },
  {
    name: 'email-taken-twice',
    title: 'A user whose e-mail another has is answered as if there were a new one.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        if (!isTo(exchange, 'POST', '/users') || answer.status !== 400 || bodyOf(exchange)['token'] !== undefined)
          return;
        answer.status = 200;
        answer.body = { data: { id: exchange.context.random.uuid(), email: bodyOf(exchange)['email'] } };
      },
    }),
  },
  {
    name: 'static-token-partly-readable',
    title: 'The record of a user shows the last four characters of the static token.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const id = userIn(exchange, 'GET');
        const token = id === undefined ? undefined : (await exchange.context.store.user(id))?.token;
        if (typeof token === 'string' && 'token' in payloadOf(answer))
          payloadOf(answer)['token'] = `******${token.slice(-4)}`;
      },
    }),
  },
] as const;
