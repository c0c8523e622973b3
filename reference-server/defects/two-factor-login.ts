import { ApiError, invalidCredentials, invalidOtp } from '../http/errors.js';
import type { Exchange } from '../http/interceptor.js';
import { TOTP } from 'otpauth';
import type { UserRecord } from '../stores/store.js';
import { replacing, type Defect, type Wrappers } from './defect.js';
import { bodyOf, errorsOf, isLogin, isRefresh, isTo, modeOf, payloadOf } from './helpers/exchange.js';
import { argument, isGraphql, queryOf } from './helpers/graphql.js';
import { showingByRelation } from './helpers/relations.js';
import { atLogin, otpOf, senderOf, userOf, PasswordsOfNewUsers } from './helpers/sessions/logins.js';

/** Puts the right one-time password into a login, when it may be missing or wrong. */
const forgivingOtp = (forgives: (body: Record<string, unknown>, exchange: Exchange) => boolean | Promise<boolean>) =>
  atLogin(async (exchange, body) => {
    const user = await userOf(exchange);
    if (user?.tfa_secret != null && (await forgives(body, exchange))) body['otp'] = otpOf(exchange, user);
  });

/** Puts the right one-time password into a request about two-factor login. */
const fillingOtp = (path: string, secretOf: (exchange: Exchange) => Promise<string | null>) => (): Wrappers => ({
  request: async (exchange) => {
    if (!isTo(exchange, 'POST', path)) return;
    bodyOf(exchange)['otp'] = otpOf(exchange, { tfa_secret: await secretOf(exchange) });
  },
});

/** Takes the second factor from a user with some changes. */
const endingTwoFactor = (because: (changes: Partial<UserRecord>) => boolean) => (): Wrappers => ({
  store: (store) =>
    replacing(store, {
      updateUser: async (id, changes) =>
        store.updateUser(id, because(changes) ? { ...changes, tfa_secret: null } : changes),
    }),
});

/** Defects that requirements of the chapter `two-factor-login` notice. */
export const twoFactorLogin = [
  {
    name: 'right-otp-refused',
    title: 'A user with two-factor login cannot log in.',
    wrap: atLogin(async (exchange, { otp }) => {
      if (otp !== undefined && (await userOf(exchange))?.tfa_secret != null)
        throw new ApiError(401, 'INVALID_OTP', 'Invalid user OTP.');
    }),
  },
  // Two-Factor Login
  {
    name: 'otp-not-required',
    title: 'A login without a one-time password is let through.',
    wrap: forgivingOtp(({ otp }) => otp === undefined),
  },
  {
    name: 'any-otp-accepted',
    title: 'A login with any one-time password is let through.',
    wrap: forgivingOtp(({ otp }) => otp !== undefined && otp !== ''),
  },
  {
    name: 'otp-of-any-type-accepted',
    title: 'A login whose one-time password is true, a list or an object is let through.',
    wrap: forgivingOtp(({ otp }) => otp === true || (typeof otp === 'object' && otp !== null)),
  },
  {
    name: 'otp-not-required-in-session-mode',
    title: 'A login in mode session needs no one-time password.',
    wrap: forgivingOtp(({ mode }) => mode === 'session'),
  },
  {
    name: 'otp-of-other-times-accepted',
    title: 'A one-time password is valid for an hour.',
    wrap: forgivingOtp(async ({ otp }, exchange) => {
      const user = await userOf(exchange);
      if (typeof otp !== 'string' || user?.tfa_secret == null) return false;
      const validation = { token: otp, timestamp: exchange.context.clock.now(), window: 120 };
      return new TOTP({ secret: user.tfa_secret }).validate(validation) !== null;
    }),
  },
  {
    name: 'otp-with-more-digits-accepted',
    title: 'Of a one-time password the first six characters count.',
    wrap: forgivingOtp(async ({ otp }, exchange) => {
      const user = await userOf(exchange);
      return typeof otp === 'string' && user !== undefined && otp.startsWith(otpOf(exchange, user)) && otp.length > 6;
    }),
  },
  {
    name: 'otp-replaces-password',
    title: 'With the right one-time password any password logs in.',
    wrap: (): Wrappers => {
      const passwords = new PasswordsOfNewUsers();
      return {
        request: async (exchange) => {
          const body = bodyOf(exchange);
          passwords.note(exchange);
          const user = isLogin(exchange) ? await userOf(exchange) : undefined;
          if (user?.tfa_secret != null && body['otp'] === otpOf(exchange, user))
            body['password'] = passwords.of(body['email']) ?? body['password'];
        },
      };
    },
  },
  {
    name: 'otp-of-any-user-accepted',
    title: 'The one-time password of another user is accepted.',
    wrap: forgivingOtp(async ({ otp }, exchange) =>
      (await exchange.context.store.users()).some((user) => user.tfa_secret !== null && otpOf(exchange, user) === otp),
    ),
  },
  {
    name: 'wrong-otp-is-invalid-credentials',
    title: 'A wrong one-time password is answered as a wrong password is.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
        if (errorsOf(answer)[0]?.extensions.code === 'INVALID_OTP') answer.body = invalidCredentials().envelope;
      },
    }),
  },
  {
    name: 'otp-asked-for-first',
    title: 'A login without a one-time password is told so, even with a wrong password.',
    wrap: atLogin(async (exchange, { otp }) => {
      const user = await userOf(exchange);
      if (user?.tfa_secret != null && otp === undefined) throw invalidOtp();
    }),
  },
  {
    name: 'refresh-refused-with-tfa',
    title: 'A user with two-factor login cannot refresh.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { refresh_token } = bodyOf(exchange);
        if (!isRefresh(exchange) || modeOf(exchange) !== 'json' || typeof refresh_token !== 'string') return;
        const { store } = exchange.context;
        const session = await store.session(refresh_token);
        const user = session && (await store.user(session.user));
        if (user?.tfa_secret != null) throw invalidCredentials();
      },
    }),
  },
  {
    name: 'tfa-secret-readable',
    title: 'GET /users/:id shows the secret of the second factor.',
    wrap: (): Wrappers => ({
      response: async ({ context, request }, answer) => {
        const payload = payloadOf(answer);
        const id = /^\/users\/([0-9a-f-]{36})$/.exec(request.path)?.[1];
        if (request.method !== 'GET' || id === undefined || typeof payload['tfa_secret'] !== 'string') return;
        payload['tfa_secret'] = (await context.store.user(id))?.tfa_secret;
      },
    }),
  },
  {
    name: 'tfa-secret-generated-again',
    title: 'A user with two-factor login who asks for a secret is shown the one there is.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        if (!isTo(exchange, 'POST', '/users/me/tfa/generate') || answer.status !== 400) return;
        const secret = (await exchange.context.store.user(await senderOf(exchange)))?.tfa_secret;
        if (secret == null) return;
        answer.status = 200;
        answer.body = { data: { secret } };
      },
    }),
  },
  {
    name: 'tfa-generated-without-password',
    title: 'Two-factor login is set up with an access token alone.',
    wrap: (): Wrappers => {
      const passwords = new PasswordsOfNewUsers();
      return {
        request: async (exchange) => {
          const body = bodyOf(exchange);
          passwords.note(exchange);
          if (!isTo(exchange, 'POST', '/users/me/tfa/generate')) return;
          const user = await exchange.context.store.user(await senderOf(exchange));
          body['password'] = passwords.of(user?.email) ?? body['password'];
        },
      };
    },
  },
  {
    name: 'tfa-enabled-without-otp',
    title: 'Two-factor login is set up without a right one-time password.',
    wrap: fillingOtp('/users/me/tfa/enable', async (exchange) => Promise.resolve(String(bodyOf(exchange)['secret']))),
  },
  {
    name: 'tfa-disabled-without-otp',
    title: 'Two-factor login is ended without a right one-time password.',
    wrap: fillingOtp(
      '/users/me/tfa/disable',
      async (exchange) => (await exchange.context.store.user(await senderOf(exchange)))?.tfa_secret ?? null,
    ),
  },
  {
    name: 'new-password-ends-tfa',
    title: 'A new password ends two-factor login.',
    wrap: endingTwoFactor(({ password }) => password !== undefined),
  },
  {
    name: 'reactivation-ends-tfa',
    title: 'The end of a suspension ends two-factor login.',
    wrap: endingTwoFactor(({ status }) => status === 'active'),
  },
  {
    name: 'new-email-ends-tfa',
    title: 'A new email ends two-factor login.',
    wrap: endingTwoFactor(({ email }) => email !== undefined),
  },
  {
    name: 'suspended-user-logs-in-with-otp',
    title: 'A suspended user with two-factor login logs in with a one-time password.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const user = isLogin(exchange) ? await userOf(exchange) : undefined;
        if (user?.tfa_secret == null || user.status !== 'suspended' || bodyOf(exchange)['otp'] === undefined) return;
        exchange.response.locals['suspended'] = user.id;
        await exchange.context.store.updateUser(user.id, { status: 'active' });
      },
      response: async ({ context, response }) => {
        const id: unknown = response.locals['suspended'];
        if (typeof id === 'string') await context.store.updateUser(id, { status: 'suspended' });
      },
    }),
  },
  {
    name: 'auth-login-otp-replaces-password',
    title: 'For auth_login the right one-time password makes any password right.',
    wrap: (): Wrappers => {
      const passwords = new PasswordsOfNewUsers();
      return {
        request: async (exchange) => {
          passwords.note(exchange);
          const query = isGraphql(exchange) ? queryOf(exchange) : '';
          const email = argument(query, 'email') ?? '';
          const user = await exchange.context.store.userByEmail(email);
          const right = passwords.of(email);
          if (user?.tfa_secret == null || right === undefined || argument(query, 'otp') !== otpOf(exchange, user))
            return;
          bodyOf(exchange)['query'] = query.replace(/password:"[^"]*"/, `password:${JSON.stringify(right)}`);
        },
      };
    },
  },
  {
    name: 'anybody-ends-tfa-of-others',
    title: "Every user may end another's two-factor login.",
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const id = /^\/users\/([0-9a-f-]{36})\/tfa\/disable$/.exec(exchange.request.path)?.[1];
        if (id !== undefined && (await senderOf(exchange)) !== '')
          await exchange.context.store.updateUser(id, { tfa_secret: null });
      },
    }),
  },
  {
    name: 'update-clears-second-factor',
    title: 'PATCH /users/me with a tfa_secret of null ends two-factor login.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { tfa_secret } = bodyOf(exchange);
        const id = await senderOf(exchange);
        if (isTo(exchange, 'PATCH', '/users/me') && tfa_secret === null && id !== '')
          await exchange.context.store.updateUser(id, { tfa_secret });
      },
    }),
  },
  {
    name: 'second-enrolment-replaces-secret',
    title: 'A user with two-factor login enables another secret with a one-time password of that secret alone.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { secret, otp } = bodyOf(exchange);
        const id = await senderOf(exchange);
        if (!isTo(exchange, 'POST', '/users/me/tfa/enable') || typeof secret !== 'string' || id === '') return;
        const isEnrolled = (await exchange.context.store.user(id))?.tfa_secret != null;
        if (isEnrolled && otp === otpOf(exchange, { tfa_secret: secret }))
          await exchange.context.store.updateUser(id, { tfa_secret: secret });
      },
    }),
  },
  {
    name: 'relation-shows-totp-secret',
    title: 'The TOTP secret is not concealed where a user is asked for by way of a role.',
    wrap: showingByRelation('tfa_secret'),
  },
  {
    name: 'second-secret-ends-second-factor',
    title: 'Who has a second factor and asks for another secret needs none until that is enabled.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (isTo(exchange, 'POST', '/users/me/tfa/generate'))
          await exchange.context.store.updateUser(await senderOf(exchange), { tfa_secret: null });
      },
    }),
  },
] as const satisfies readonly Defect[];
