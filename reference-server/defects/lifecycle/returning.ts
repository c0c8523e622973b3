import { setTimeout as sleep } from 'node:timers/promises';
import { isAdminRole } from '../../auth/identity.js';
import { invalidCredentials } from '../../http/errors.js';
import type { Exchange } from '../../http/interceptor.js';
import { otpIsRight } from '../../routes/auth.js';
import { NotUnique, type SessionRecord, type UserRecord } from '../../stores/store.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { withoutSessionCookie } from '../helpers/cookies.js';
import { endedSessionsThatReturn } from '../helpers/sessions/ended-sessions.js';
import { bodyOf, isLogin, isTo } from '../helpers/exchange.js';
import { otpOf, userOf } from '../helpers/sessions/logins.js';
import { servedMessage, servedOperation, servedRequest } from '../helpers/served.js';
import { refreshCookieOf } from '../helpers/sessions/sessions.js';

/** Counts no attempts to log in. */
const uncountedAttempts = (when: () => boolean) => (): Wrappers => ({
  store: (store) => replacing(store, { countAttempt: async (user) => (when() ? 0 : store.countAttempt(user)) }),
});

/** How long after the first of several refreshes the others count as coming at once, in ms. */
const AT_ONCE_MS = 100;

/** Lets each of several refreshes of one refresh cookie at once leave a session of its own. */
function cookieRefreshesAtOnceSucceed(): Wrappers {
  const races = new Map<string, Promise<SessionRecord | undefined>>();
  return {
    request: async (exchange) => {
      const { store, random } = exchange.context;
      const token = refreshCookieOf(exchange);
      if (!isTo(exchange, 'POST', '/auth/refresh') || bodyOf(exchange)['mode'] !== 'cookie' || token === undefined)
        return;
      const isFirst = !races.has(token);
      const race = races.get(token) ?? store.session(token);
      races.set(token, race);
      const session = await race;
      // All of them have come before the first is answered.
      await sleep(AT_ONCE_MS);
      races.delete(token);
      if (isFirst || session === undefined) return;
      const own = { ...session, token: random.uuid() };
      await store.insertSession(own);
      const { headers } = exchange.request;
      headers.cookie = (headers.cookie ?? '').replace(token, own.token);
    },
  };
}

/** Sends no headers about caches with what it says by GraphQL. */
const cacheable = (exchange: Exchange): void => {
  if (exchange.request.path === '/graphql/system') exchange.response.removeHeader('Cache-Control');
};

/** Defects of the chapter `lifecycle` that show when something comes back, or at another door than the first. */
/** True while a login with a one-time password is served. */
function bringsOtp(): boolean {
  const body = servedRequest()?.request.body as { otp?: unknown } | undefined;
  return body?.otp !== undefined;
}

export const lifecycleReturning = [
  {
    name: 'tokens-follow-the-email',
    title: 'The sessions of a user who was removed go on as those of the next user with the same email.',
    wrap: (): Wrappers => ({
      store: (store) => {
        const orphans = new Map<string, { session: SessionRecord; email: string }>();
        const owner = async ({ email }: { email: string }): Promise<UserRecord | undefined> => store.userByEmail(email);
        return replacing(store, {
          deleteUser: async (id) => {
            const email = (await store.user(id))?.email;
            if (email != null)
              for (const session of (await store.sessions()).filter(({ user }) => user === id))
                orphans.set(session.token, { session, email });
            await store.deleteUser(id);
          },
          session: async (token) => {
            const orphan = orphans.get(token);
            const next = orphan && (await owner(orphan));
            return (await store.session(token)) ?? (next && orphan && { ...orphan.session, user: next.id });
          },
        });
      },
    }),
  },
  {
    name: 'unknown-static-tokens-remembered',
    title: 'A static token that was unknown once stays unknown.',
    wrap: (): Wrappers => ({
      store: (store) => {
        const unknown = new Set<string>();
        return replacing(store, {
          userByStaticToken: async (token) => {
            if (unknown.has(token)) return undefined;
            const owner = await store.userByStaticToken(token);
            if (owner === undefined) unknown.add(token);
            return owner;
          },
        });
      },
    }),
  },
  {
    name: 'rejected-passwords-remembered',
    title: 'A password that was wrong once stays wrong for its email.',
    wrap: (): Wrappers => {
      const wrong = new Set<string>();
      const pairOf = (exchange: Exchange): string =>
        JSON.stringify([bodyOf(exchange)['email'], bodyOf(exchange)['password']]);
      return {
        request: (exchange) => {
          if (isLogin(exchange) && wrong.has(pairOf(exchange))) throw invalidCredentials();
        },
        response: (exchange, { status }) => {
          if (isLogin(exchange) && status === 401) wrong.add(pairOf(exchange));
        },
      };
    },
  },
  {
    name: 'ended-refresh-cookie-refused-at-login',
    title: 'A login that brings the refresh cookie of a login that has ended is rejected.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const token = isLogin(exchange) ? refreshCookieOf(exchange) : undefined;
        if (token !== undefined && (await exchange.context.store.session(token)) === undefined)
          throw invalidCredentials();
      },
    }),
  },
  {
    name: 'login-leaves-ended-session-cookie',
    title: 'A login that is rejected for the session cookie that it brings does not clear it.',
    wrap: (): Wrappers => ({
      response: (exchange, { status }) => {
        if (isLogin(exchange) && status === 401) withoutSessionCookie(exchange);
      },
    }),
  },
  {
    name: 'former-totp-secret-accepted',
    title: 'One-time passwords of a former secret log in.',
    wrap: (): Wrappers => {
      const former = new Map<string, string[]>();
      return {
        store: (store) =>
          replacing(store, {
            updateUser: async (id, changes) => {
              const before = (await store.user(id))?.tfa_secret;
              if (before != null && changes.tfa_secret !== undefined)
                former.set(id, [...(former.get(id) ?? []), before]);
              return store.updateUser(id, changes);
            },
          }),
        request: async (exchange) => {
          const user = isLogin(exchange) ? await userOf(exchange) : undefined;
          const body = bodyOf(exchange);
          if (user?.tfa_secret == null) return;
          const isFormer = (former.get(user.id) ?? []).some((secret) =>
            otpIsRight(exchange.context, secret, body['otp']),
          );
          if (isFormer) body['otp'] = otpOf(exchange, user);
        },
      };
    },
  },
  {
    name: 'refresh-keeps-role',
    title: 'A refresh issues tokens with the role that the user had at the login.',
    wrap: (): Wrappers => {
      const roles = new Map<string, string | null>();
      return {
        store: (store) =>
          replacing(store, {
            updateUser: async (id, changes) => {
              const before = await store.user(id);
              if (before !== undefined && changes.role !== undefined && !roles.has(id)) roles.set(id, before.role);
              return store.updateUser(id, changes);
            },
            user: async (id) => {
              const user = await store.user(id);
              const role = roles.get(id);
              const isRefresh = servedOperation()?.operation === 'refresh';
              return user && isRefresh && role !== undefined ? { ...user, role } : user;
            },
          }),
      };
    },
  },
  {
    name: 'auth-login-attempts-unlimited',
    title: 'Wrong passwords that are given to auth_login are not counted.',
    wrap: uncountedAttempts(() => servedOperation()?.by === 'graphql'),
  },
  {
    name: 'message-attempts-unlimited',
    title: 'Wrong passwords that are given to the message auth are not counted.',
    wrap: uncountedAttempts(() => servedMessage() !== undefined),
  },
  {
    name: 'one-time-passwords-unlimited',
    title: 'Wrong one-time passwords are not counted.',
    wrap: uncountedAttempts(bringsOtp),
  },
  {
    name: 'one-time-passwords-counted-apart',
    title: 'Wrong one-time passwords are counted apart from wrong passwords.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          countAttempt: async (user) => store.countAttempt(bringsOtp() ? `${user} otp` : user),
        }),
    }),
  },
  {
    name: 'right-password-ends-count-of-attempts',
    title: 'A right password with a wrong one-time password begins the count of attempts anew.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          countAttempt: async (user) => {
            if (bringsOtp()) await store.forgetAttempts(user);
            return store.countAttempt(user);
          },
        }),
    }),
  },
  {
    name: 'wrong-passwords-of-administrators-uncounted',
    title: 'Wrong passwords of an administrator are not counted.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          countAttempt: async (id) => {
            const isAdministrator = await isAdminRole({ store }, (await store.user(id))?.role ?? null);
            return isAdministrator && !bringsOtp() ? 0 : store.countAttempt(id);
          },
        }),
    }),
  },
  {
    name: 'graphql-cacheable',
    title: 'Responses of GraphQL do not tell caches to keep them to themselves.',
    wrap: (): Wrappers => ({ response: cacheable }),
  },
  {
    name: 'own-password-change-spares-mode-cookie',
    title: 'When users set a new password for themselves, the logins in mode cookie go on.',
    wrap: endedSessionsThatReturn(
      ({ because, issuedIn, request }) =>
        because === 'change' && issuedIn === 'cookie' && request?.path === '/users/me',
    ),
  },
  {
    name: 'concurrent-cookie-refreshes-live',
    title: 'Each of several refreshes of one refresh cookie at once leaves a valid refresh token.',
    wrap: cookieRefreshesAtOnceSucceed,
  },
  {
    name: 'static-tokens-of-removed-users-reserved',
    title: 'The static token of a user who was removed cannot be set for another.',
    wrap: (): Wrappers => ({
      store: (store) => {
        const reserved = new Set<string>();
        return replacing(store, {
          deleteUser: async (id) => {
            const token = (await store.user(id))?.token;
            if (token != null) reserved.add(token);
            await store.deleteUser(id);
          },
          updateUser: async (id, changes) => {
            if (typeof changes.token === 'string' && reserved.has(changes.token))
              throw new NotUnique('token', changes.token);
            return store.updateUser(id, changes);
          },
        });
      },
    }),
  },
] as const satisfies readonly Defect[];
