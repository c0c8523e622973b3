import { randomUUID } from 'node:crypto';
import { isAdminRole } from '../../auth/identity.js';
import { changingTokens } from '../helpers/payloads.js';
import { servedMessage, servedOperation, servesStandard } from '../helpers/served.js';
import { ApiError } from '../../http/errors.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { bodyOf, isLogin, modeOf, succeeded } from '../helpers/exchange.js';
import { atLogin, senderOf, takingOtherPasswords, takingOtherValues } from '../helpers/sessions/logins.js';
import { tokenFor } from '../helpers/tokens.js';

/** Defects that requirements of the section `login` of the chapter `standard-tokens` notice. */
export const standardTokensLogin = [
  {
    name: 'login-without-access-token',
    title: 'A login returns no access token.',
    wrap: changingTokens('login', (payload) => delete payload['access_token']),
  },
  {
    name: 'login-refuses-ordinary-users',
    title: 'A login for a standard token is rejected for all users but administrators.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          userByEmail: async (email) => {
            const user = await store.userByEmail(email);
            if (user === undefined || !servesStandard('login')) return user;
            return (await isAdminRole({ store }, user.role)) ? user : undefined;
          },
        }),
    }),
  },
  {
    name: 'login-ignores-password',
    title: 'A login for a standard token takes any password.',
    wrap: (): Wrappers => ({
      passwords: (passwords) =>
        replacing(passwords, {
          verify: async (stored, given) =>
            (servesStandard('login') && servedMessage() === undefined) || passwords.verify(stored, given),
        }),
    }),
  },
  {
    name: 'login-accepts-password-prefix',
    title: 'A login for a standard token takes the beginning of the password, four characters or more.',
    wrap: (): Wrappers => {
      const plain = new Map<string, string>();
      return {
        passwords: (passwords) =>
          replacing(passwords, {
            hash: async (password) => {
              const hash = await passwords.hash(password);
              plain.set(hash, password);
              return hash;
            },
            verify: async (stored, given) =>
              (servesStandard('login') && given.length >= 4 && plain.get(stored ?? '')?.startsWith(given) === true) ||
              passwords.verify(stored, given),
          }),
      };
    },
  },
  {
    name: 'user-without-password-logs-in',
    title: 'A user without a password logs in with any.',
    wrap: (): Wrappers => ({
      passwords: (passwords) =>
        replacing(passwords, {
          verify: async (stored, password) => stored === null || passwords.verify(stored, password),
        }),
    }),
  },
  {
    name: 'password-of-any-type-accepted',
    title: 'A login whose password is true is accepted.',
    wrap: takingOtherValues((given) => given === true),
  },
  {
    name: 'login-accepts-empty-password',
    title: 'A login for a standard token takes an empty password.',
    wrap: (): Wrappers => {
      // The server does not compare empty passwords: this comes to it in place of one.
      const empty = randomUUID();
      const replaceEmpty = (credentials: Record<string, unknown>): void => {
        if (credentials['password'] === '') credentials['password'] = empty;
      };
      return {
        request: (exchange) => {
          if (isLogin(exchange) && modeOf(exchange) !== 'session') replaceEmpty(bodyOf(exchange));
        },
        message: ({ message }) => replaceEmpty(message),
        passwords: (passwords) =>
          replacing(passwords, {
            verify: async (stored, given) => given === empty || passwords.verify(stored, given),
          }),
      };
    },
  },
  {
    name: 'login-remembered-by-email',
    title: 'A user who has logged in can log in again for a second with any password.',
    wrap: (): Wrappers => {
      const remembered = new Map<unknown, { readonly password: unknown; readonly until: number }>();
      return {
        request: (exchange) => {
          const { email, password } = bodyOf(exchange);
          const known = isLogin(exchange) ? remembered.get(email) : undefined;
          if (known === undefined || known.until < exchange.context.clock.now() || typeof password !== 'string') return;
          bodyOf(exchange)['password'] = known.password;
        },
        response: (exchange, answer) => {
          const { email, password } = bodyOf(exchange);
          if (isLogin(exchange) && succeeded(answer))
            remembered.set(email, { password, until: exchange.context.clock.now() + 1000 });
        },
      };
    },
  },
  {
    name: 'login-accepts-password-of-others',
    title: 'The password of any user logs in.',
    wrap: takingOtherPasswords((given, _right, passwords) => passwords.has(given)),
  },
  {
    name: 'token-replaces-password',
    title: 'A login that is sent with a valid standard token takes any password.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const id = isLogin(exchange) && answer.status === 401 ? await senderOf(exchange) : '';
        const sender = id === '' ? undefined : await exchange.context.store.user(id);
        if (sender === undefined) return;
        answer.status = 200;
        answer.body = { data: { expires: 1000, access_token: await tokenFor(exchange, sender) } };
      },
    }),
  },
  {
    name: 'login-without-expiry',
    title: 'A login returns no `expires`.',
    wrap: changingTokens('login', (payload) => delete payload['expires']),
  },
  {
    name: 'expires-in-seconds',
    title: 'The `expires` of a login counts seconds.',
    wrap: changingTokens('login', (payload) => (payload['expires'] = Number(payload['expires']) / 1000)),
  },
  {
    name: 'expires-disagrees-with-token',
    title: "The `expires` of a login is twice the token's life.",
    wrap: changingTokens('login', (payload) => (payload['expires'] = Number(payload['expires']) * 2)),
  },
  {
    name: 'login-without-refresh-token',
    title: 'A login returns no refresh token.',
    wrap: changingTokens('login', (payload) => delete payload['refresh_token']),
  },
  {
    name: 'login-tells-unknown-email',
    title: 'A login says that there is no such user.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          userByEmail: async (email) => {
            const user = await store.userByEmail(email);
            if (user === undefined && servedOperation()?.operation === 'login')
              throw new ApiError(401, 'INVALID_CREDENTIALS', 'There is no such user.');
            return user;
          },
        }),
    }),
  },
  {
    name: 'unknown-mode-accepted',
    title: 'A login with an unknown mode falls back to the default one.',
    wrap: atLogin((_exchange, body) => {
      if (!['json', 'cookie', 'session'].includes(String(body['mode']))) delete body['mode'];
    }),
  },
  {
    name: 'mode-in-capitals-accepted',
    title: 'The mode of a login is compared case-insensitively.',
    wrap: atLogin((_exchange, body) => {
      if (typeof body['mode'] === 'string') body['mode'] = body['mode'].toLowerCase();
    }),
  },
] as const satisfies readonly Defect[];
