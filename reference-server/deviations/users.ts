import {
  bodyOf,
  isLogin,
  isTo,
  keepingSessions,
  replaceToken,
  sentToken,
  signed,
  tokenFor,
  userIn,
  type Deviation,
  type Exchange,
} from '../deviation.js';
import { ISSUER, issuedNow } from '../jwt.js';
import type { SessionRecord, UserRecord } from '../store.js';

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
] as const;
