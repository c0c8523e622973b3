import express from 'express';
import { TOTP } from 'otpauth';
import {
  bodyOf,
  isLogin,
  isRefresh,
  isTo,
  modeOf,
  ownClaimsOf,
  payloadOf,
  sentToken,
  type Deviation,
  type Exchange,
} from '../deviation.js';
import { ApiError, internalError, invalidCredentials } from '../errors.js';
import type { UserRecord } from '../store.js';

/** The user who tries to log in. */
async function userOf(exchange: Exchange): Promise<UserRecord | undefined> {
  const { email } = bodyOf(exchange);
  return typeof email === 'string' ? exchange.context.store.userByEmail(email) : undefined;
}

/** Changes the body of a login. */
const atLogin =
  (change: (exchange: Exchange, body: Record<string, unknown>) => Promise<void> | void) => (): Deviation => ({
    request: async (exchange) => {
      if (isLogin(exchange)) await change(exchange, bodyOf(exchange));
    },
  });

/** Remembers passwords as they are set, and takes others that are like them. */
const takingPasswordsLike = (alike: (right: string, given: string) => boolean) => (): Deviation => {
  const passwords = new Map<string, string>();
  return {
    request: async (exchange) => {
      const { email, password } = bodyOf(exchange);
      if (typeof password !== 'string' || typeof email !== 'string') return;
      if (isTo(exchange, 'POST', '/users')) passwords.set(email, password);
      const right = passwords.get(email);
      if (isLogin(exchange) && right !== undefined && alike(right, password)) bodyOf(exchange)['password'] = right;
      return Promise.resolve();
    },
  };
};

/** Reads a body that the server does not read. */
const reading = (type: string, read: (text: string) => object) => (): Deviation => ({
  request: async (exchange) => {
    const { request, response } = exchange;
    if (!isLogin(exchange) || request.is(type) !== type) return;
    await new Promise<void>((resolve) => express.text({ type })(request, response, () => resolve()));
    try {
      request.body = read(String(request.body));
    } catch {
      request.body = {};
    }
  },
});

const otpOf = (exchange: Exchange, { tfa_secret }: Pick<UserRecord, 'tfa_secret'>): string =>
  tfa_secret === null ? '' : new TOTP({ secret: tfa_secret }).generate({ timestamp: exchange.context.clock.now() });

/** Puts the right one-time password into a login, when it may be missing or wrong. */
const forgivingOtp = (forgives: (body: Record<string, unknown>, exchange: Exchange) => boolean | Promise<boolean>) =>
  atLogin(async (exchange, body) => {
    const user = await userOf(exchange);
    if (user?.tfa_secret != null && (await forgives(body, exchange))) body['otp'] = otpOf(exchange, user);
  });

/** Puts the right one-time password into a request about two-factor login. */
const fillingOtp = (path: string, secretOf: (exchange: Exchange) => Promise<string | null>) => (): Deviation => ({
  request: async (exchange) => {
    if (!isTo(exchange, 'POST', path)) return;
    bodyOf(exchange)['otp'] = otpOf(exchange, { tfa_secret: await secretOf(exchange) });
  },
});

/** Deviations in who may log in. */
export const loggingIn = [
  {
    name: 'password-case-ignored',
    title: 'A password in another case logs in.',
    deviation: takingPasswordsLike((right, given) => right.toLowerCase() === given.toLowerCase()),
  },
  {
    name: 'password-trimmed',
    title: 'Spaces around the password are passed over.',
    deviation: takingPasswordsLike((right, given) => right === given.trim()),
  },
  {
    name: 'password-truncated',
    title: 'Of a password only the first 72 characters count.',
    deviation: takingPasswordsLike((right, given) => right.length > 72 && right.slice(0, 72) === given.slice(0, 72)),
  },
  {
    name: 'login-of-other-types-is-500',
    title: 'An e-mail or password that is no string is an error of the server.',
    deviation: atLogin((_exchange, { email, password }) => {
      if ([email, password].some((value) => value !== undefined && typeof value !== 'string')) throw internalError();
    }),
  },
  {
    name: 'login-payload-unchecked',
    title: 'A login without e-mail or password is answered as one with wrong ones.',
    deviation: atLogin((_exchange, { email, password }) => {
      if (typeof email !== 'string' || typeof password !== 'string') throw invalidCredentials();
    }),
  },
  {
    name: 'login-by-url',
    title: 'E-mail and password in the query log in.',
    deviation: (): Deviation => ({
      request: ({ request }) => {
        const { email, password, mode } = request.query;
        if (request.path !== '/auth/login' || email === undefined) return;
        request.method = 'POST';
        request.body = { email, password, ...(mode !== undefined && { mode }) };
      },
    }),
  },
  {
    name: 'login-by-form',
    title: 'A form with e-mail and password logs in.',
    deviation: reading('application/x-www-form-urlencoded', (text) => Object.fromEntries(new URLSearchParams(text))),
  },
  {
    name: 'login-by-plain-text',
    title: 'JSON that says it is plain text logs in.',
    deviation: reading('text/plain', (text) => JSON.parse(text) as object),
  },
  {
    name: 'email-case-matters',
    title: 'An e-mail in capitals is another one.',
    deviation: atLogin((_exchange, { email }) => {
      if (typeof email === 'string' && email !== email.toLowerCase()) throw invalidCredentials();
    }),
  },
  {
    name: 'login-attempts-unlimited',
    title: 'Passwords can be guessed without end.',
    deviation: atLogin(({ context }) => context.memory.attempts.clear()),
  },
  {
    name: 'unknown-email-refused-at-once',
    title: 'An unknown e-mail is refused sooner than a wrong password.',
    deviation: atLogin(async (exchange, { email }) => {
      if (typeof email === 'string' && (await userOf(exchange)) === undefined) throw invalidCredentials();
    }),
  },
  {
    name: 'login-tells-suspended-user',
    title: 'A login says that the user is suspended.',
    deviation: atLogin(async (exchange) => {
      const user = await userOf(exchange);
      if (user !== undefined && user.status !== 'active') throw new ApiError(401, 'USER_SUSPENDED', 'User suspended.');
    }),
  },
  {
    name: 'login-answers-201',
    title: 'A login answers with 201.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        if (isLogin(exchange) && answer.status === 200) answer.status = 201;
      },
    }),
  },

  // Two-Factor Login
  {
    name: 'otp-not-required',
    title: 'A login without a one-time password is let through.',
    deviation: forgivingOtp(({ otp }) => otp === undefined),
  },
  {
    name: 'any-otp-accepted',
    title: 'A login with any one-time password is let through.',
    deviation: forgivingOtp(({ otp }) => otp !== undefined && otp !== ''),
  },
  {
    name: 'otp-not-required-in-session-mode',
    title: 'A login in mode session needs no one-time password.',
    deviation: forgivingOtp(({ mode }) => mode === 'session'),
  },
  {
    name: 'otp-of-any-user-accepted',
    title: 'The one-time password of another user is accepted.',
    deviation: forgivingOtp(async ({ otp }, exchange) =>
      (await exchange.context.store.users()).some((user) => user.tfa_secret !== null && otpOf(exchange, user) === otp),
    ),
  },
  {
    name: 'otp-replaces-password',
    title: 'With the right one-time password any password logs in.',
    deviation: (): Deviation => {
      const passwords = new Map<unknown, unknown>();
      return {
        request: async (exchange) => {
          const body = bodyOf(exchange);
          if (isTo(exchange, 'POST', '/users')) passwords.set(body['email'], body['password']);
          const user = isLogin(exchange) ? await userOf(exchange) : undefined;
          if (user?.tfa_secret != null && body['otp'] === otpOf(exchange, user))
            body['password'] = passwords.get(body['email']) ?? body['password'];
        },
      };
    },
  },
  {
    name: 'right-otp-refused',
    title: 'Nobody with two-factor login can log in.',
    deviation: atLogin(async (exchange, { otp }) => {
      if (otp !== undefined && (await userOf(exchange))?.tfa_secret != null)
        throw new ApiError(401, 'INVALID_OTP', 'Invalid user OTP.');
    }),
  },
  {
    name: 'wrong-otp-is-invalid-credentials',
    title: 'A wrong one-time password is answered as a wrong password is.',
    deviation: (): Deviation => ({
      answer: (_exchange, answer) => {
        const { errors } = (answer.body ?? {}) as { errors?: { extensions: { code: string } }[] };
        if (errors?.[0]?.extensions.code === 'INVALID_OTP') answer.body = invalidCredentials().envelope;
      },
    }),
  },
  {
    name: 'refresh-refused-with-tfa',
    title: 'Who has two-factor login cannot refresh.',
    deviation: (): Deviation => ({
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
    deviation: (): Deviation => ({
      answer: async ({ context, request }, answer) => {
        const payload = payloadOf(answer);
        const id = /^\/users\/([0-9a-f-]{36})$/.exec(request.path)?.[1];
        if (request.method !== 'GET' || id === undefined || typeof payload['tfa_secret'] !== 'string') return;
        payload['tfa_secret'] = (await context.store.user(id))?.tfa_secret;
      },
    }),
  },
  {
    name: 'tfa-generated-without-password',
    title: 'Two-factor login is set up for whoever has an access token.',
    deviation: (): Deviation => {
      const passwords = new Map<unknown, unknown>();
      return {
        request: async (exchange) => {
          const body = bodyOf(exchange);
          if (isTo(exchange, 'POST', '/users')) passwords.set(body['email'], body['password']);
          if (!isTo(exchange, 'POST', '/users/me/tfa/generate')) return;
          const user = await exchange.context.store.user(await senderOf(exchange));
          body['password'] = passwords.get(user?.email) ?? body['password'];
        },
      };
    },
  },
  {
    name: 'tfa-enabled-without-otp',
    title: 'Two-factor login is set up without a right one-time password.',
    deviation: fillingOtp('/users/me/tfa/enable', async (exchange) =>
      Promise.resolve(String(bodyOf(exchange)['secret'])),
    ),
  },
  {
    name: 'tfa-disabled-without-otp',
    title: 'Two-factor login is ended without a right one-time password.',
    deviation: fillingOtp(
      '/users/me/tfa/disable',
      async (exchange) => (await exchange.context.store.user(await senderOf(exchange)))?.tfa_secret ?? null,
    ),
  },
] as const;

/** The id of the user who sends a request with a standard token; empty where there is none. */
async function senderOf(exchange: Exchange): Promise<string> {
  const sent = sentToken(exchange);
  const claims = sent && (await ownClaimsOf(exchange, sent.token));
  return typeof claims?.['id'] === 'string' ? claims['id'] : '';
}
