import type { Request } from 'express';
import { ApiError, forbidden, invalidCredentials } from '../../http/errors.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { isLogin } from '../helpers/exchange.js';
import { servedRequest } from '../helpers/served.js';
import { atLogin, userOf } from '../helpers/sessions/logins.js';

/** Whether what is served is a login by REST, however its path is written. */
const servesLogin = (): boolean => /^\/auth\/login\/?$/i.test(servedRequest()?.request.path ?? '');

const userSuspended = (): ApiError => new ApiError(401, 'USER_SUSPENDED', 'User suspended.');

/** Counts no attempts by logins that it is told. */
const uncountedAttempts = (when: (body: Record<string, unknown>, request: Request) => boolean) => (): Wrappers => ({
  store: (store) =>
    replacing(store, {
      countAttempt: async (user) => {
        const served = servedRequest();
        const isUncounted =
          served !== undefined &&
          /^\/auth\/login\/?$/i.test(served.request.path) &&
          when(served.request.body as Record<string, unknown>, served.request);
        return isUncounted ? 0 : store.countAttempt(user);
      },
    }),
});

/** Defects that requirements of the section `guessing` of the chapter `logging-in` notice. */
export const loggingInGuessing = [
  {
    name: 'login-attempts-unlimited',
    title: 'Passwords can be guessed without end.',
    wrap: atLogin(async (exchange) => {
      const user = await userOf(exchange);
      if (user !== undefined) await exchange.context.store.forgetAttempts(user.id);
    }),
  },
  {
    name: 'unknown-email-refused-at-once',
    title: 'An unknown email is rejected sooner than a wrong password.',
    wrap: atLogin(async (exchange, { email }) => {
      if (typeof email === 'string' && (await userOf(exchange)) === undefined) throw invalidCredentials();
    }),
  },
  {
    name: 'suspended-user-refused-at-once',
    title: 'A login of a suspended user is rejected sooner than a wrong password.',
    wrap: atLogin(async (exchange) => {
      if ((await userOf(exchange))?.status === 'suspended') throw invalidCredentials();
    }),
  },
  {
    name: 'login-tells-suspended-user',
    title: 'A login says that the user is suspended.',
    wrap: atLogin(async (exchange) => {
      const user = await userOf(exchange);
      if (user !== undefined && user.status !== 'active') throw userSuspended();
    }),
  },
  {
    name: 'locked-user-is-told',
    title: 'A login says that wrong passwords have locked the account.',
    wrap: (): Wrappers => {
      const locked = new Set<string>();
      return {
        store: (store) =>
          replacing(store, {
            updateUser: async (id, changes) => {
              if (changes.status !== undefined && servesLogin()) locked.add(id);
              return store.updateUser(id, changes);
            },
          }),
        ...atLogin(async (exchange) => {
          const user = await userOf(exchange);
          if (user?.status === 'suspended' && locked.has(user.id)) throw userSuspended();
        })(),
      };
    },
  },
  {
    name: 'draft-user-is-forbidden',
    title: 'A login of a user whose status is draft is answered with 403.',
    wrap: atLogin(async (exchange) => {
      if ((await userOf(exchange))?.status === 'draft') throw forbidden();
    }),
  },
  {
    name: 'attempts-in-mode-session-uncounted',
    title: 'Wrong passwords in mode session are not counted.',
    wrap: uncountedAttempts((body) => body['mode'] === 'session'),
  },
  {
    name: 'attempts-by-other-spelling-uncounted',
    title: 'Wrong passwords for an email in another spelling than the stored one are not counted.',
    wrap: uncountedAttempts(({ email }) => typeof email === 'string' && email !== email.toLowerCase()),
  },
  {
    name: 'attempts-from-each-address-counted-apart',
    title: 'Wrong passwords are counted by the address that X-Forwarded-For names.',
    wrap: uncountedAttempts((_body, { headers }) => headers['x-forwarded-for'] !== undefined),
  },
  {
    name: 'any-login-ends-count-of-attempts',
    title: 'A login of any user begins the count of wrong passwords of every user anew.',
    wrap: (): Wrappers => ({
      response: async (exchange, { status }) => {
        const { store } = exchange.context;
        if (!isLogin(exchange) || status !== 200) return;
        for (const { id } of await store.users()) await store.forgetAttempts(id);
      },
    }),
  },
  {
    name: 'attempts-at-other-path-uncounted',
    title: 'Wrong passwords are not counted at a path with a slash at its end.',
    wrap: uncountedAttempts((_body, { path }) => path.endsWith('/')),
  },
  {
    name: 'right-login-leaves-count-of-attempts',
    title: 'A right login leaves the count of wrong passwords as it is.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          forgetAttempts: async (user) => {
            const isLocked = (await store.user(user))?.status !== 'active';
            if (!servesLogin() || isLocked) await store.forgetAttempts(user);
          },
        }),
    }),
  },
  {
    name: 'refresh-ends-count-of-attempts',
    title: 'A refresh of a user begins the count of wrong passwords for the user anew.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          replaceSession: async (token, by) => {
            await store.forgetAttempts(by.user);
            return store.replaceSession(token, by);
          },
        }),
    }),
  },
  {
    name: 'lock-of-one-rejects-others',
    title: 'For three seconds after an account was locked the logins of all other users are rejected.',
    wrap: (): Wrappers => {
      let until = 0;
      return {
        request: ({ request, context }) => {
          if (request.path === '/auth/login' && context.clock.now() < until) throw invalidCredentials();
        },
        store: (store, { clock }) =>
          replacing(store, {
            updateUser: async (id, changes) => {
              if (changes.status === 'suspended' && servesLogin()) until = clock.now() + 3000;
              return store.updateUser(id, changes);
            },
          }),
      };
    },
  },
  {
    name: 'unlocked-account-stays-locked',
    title: 'The next login of an account that was locked and is active again locks it again.',
    wrap: (): Wrappers => {
      const locked = new Set<string>();
      return {
        request: async (exchange) => {
          const user = isLogin(exchange) ? await userOf(exchange) : undefined;
          if (user?.status === 'active' && locked.has(user.id)) throw invalidCredentials();
        },
        store: (store) =>
          replacing(store, {
            updateUser: async (id, changes) => {
              if (changes.status === 'suspended' && servesLogin()) locked.add(id);
              return store.updateUser(id, changes);
            },
          }),
      };
    },
  },
] as const satisfies readonly Defect[];
