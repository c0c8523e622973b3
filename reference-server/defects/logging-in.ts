import express from 'express';
import { TOTP } from 'otpauth';
import {
  bodyOf,
  changeSetCookie,
  isLogin,
  isRefresh,
  isTo,
  modeOf,
  ownClaimsOf,
  payloadOf,
  sentToken,
  succeeded,
  tokenFor,
  userIn,
  type Deviation,
  type Exchange,
} from './deviation.js';
import { readCookie } from '../auth/cookies.js';
import { ApiError, forbidden, internalError, invalidCredentials, invalidOtp } from '../http/errors.js';
import type { UserRecord } from '../stores/store.js';

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
    deviation: atLogin(async (exchange) => {
      const user = await userOf(exchange);
      if (user !== undefined) await exchange.context.store.forgetAttempts(user.id);
    }),
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
  {
    name: 'old-password-logs-in',
    title: 'A password that was replaced goes on working.',
    deviation: (): Deviation => {
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
    name: 'login-remembered-by-email',
    title: 'Who has logged in can log in again for a second with any password.',
    deviation: (): Deviation => {
      const remembered = new Map<unknown, { readonly password: unknown; readonly until: number }>();
      return {
        request: (exchange) => {
          const { email, password } = bodyOf(exchange);
          const known = isLogin(exchange) ? remembered.get(email) : undefined;
          if (known === undefined || known.until < exchange.context.clock.now() || typeof password !== 'string') return;
          bodyOf(exchange)['password'] = known.password;
        },
        answer: (exchange, answer) => {
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
    deviation: (): Deviation => {
      const passwords = new Map<unknown, unknown>();
      return {
        request: (exchange) => {
          const { email, password } = bodyOf(exchange);
          if (isTo(exchange, 'POST', '/users')) passwords.set(email, password);
          if (isLogin(exchange) && passwords.has(email) && [...passwords.values()].includes(password))
            bodyOf(exchange)['password'] = passwords.get(email);
        },
      };
    },
  },
  {
    name: 'login-for-sender',
    title: 'A login that is sent with a standard token logs in the user of the token.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const id = await senderOf(exchange);
        const sender = isLogin(exchange) && succeeded(answer) ? await exchange.context.store.user(id) : undefined;
        if (sender !== undefined && 'access_token' in payloadOf(answer))
          payloadOf(answer)['access_token'] = await tokenFor(exchange, sender);
      },
    }),
  },
  {
    name: 'login-keeps-sent-session',
    title: 'A login in mode session that is sent with a session cookie gives the same token again.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        const sent = sentToken(exchange);
        const name = exchange.context.settings.SESSION_COOKIE_NAME;
        if (isLogin(exchange) && succeeded(answer) && sent?.way === 'cookie')
          changeSetCookie(exchange.response, name, (header) => header.replace(/=[^;]*/, `=${sent.token}`));
      },
    }),
  },
  {
    name: 'login-ends-other-logins',
    title: 'A login in mode json ends the logins from before.',
    deviation: atLogin(async (exchange, { mode }) => {
      const user = await userOf(exchange);
      if (user !== undefined && (mode === undefined || mode === 'json'))
        await exchange.context.store.deleteSessionsOf(user.id);
    }),
  },
  {
    name: 'login-ends-session-tokens',
    title: 'A login in mode session ends the logins from before.',
    deviation: atLogin(async (exchange, { mode }) => {
      const user = await userOf(exchange);
      if (user !== undefined && mode === 'session') await exchange.context.store.deleteSessionsOf(user.id);
    }),
  },
  {
    name: 'access-token-resets-password',
    title: 'A standard token sets a new password.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        const { token, password } = bodyOf(exchange);
        if (!isTo(exchange, 'POST', '/auth/password/reset') || typeof token !== 'string') return;
        const id = (await ownClaimsOf(exchange, token))?.['id'];
        const { passwords, store } = exchange.context;
        if (typeof id !== 'string' || typeof password !== 'string') return;
        await store.updateUser(id, { password: await passwords.hash(password) });
        exchange.response.locals['reset'] = true;
      },
      answer: ({ response }, answer) => {
        if (response.locals['reset'] !== true) return;
        answer.status = 204;
        answer.body = undefined;
      },
    }),
  },
  {
    name: 'otp-of-other-times-accepted',
    title: 'A one-time password is good for an hour.',
    deviation: forgivingOtp(async ({ otp }, exchange) => {
      const user = await userOf(exchange);
      if (typeof otp !== 'string' || user?.tfa_secret == null) return false;
      const validation = { token: otp, timestamp: exchange.context.clock.now(), window: 120 };
      return new TOTP({ secret: user.tfa_secret }).validate(validation) !== null;
    }),
  },
  {
    name: 'superfluous-otp-refused',
    title: 'A one-time password is refused to who has no two-factor login.',
    deviation: atLogin(async (exchange, { otp }) => {
      if (otp !== undefined && (await userOf(exchange))?.tfa_secret === null) throw invalidOtp();
    }),
  },
  {
    name: 'mode-in-capitals-accepted',
    title: 'The mode of a login is taken in whatever case it is written.',
    deviation: atLogin((_exchange, body) => {
      if (typeof body['mode'] === 'string') body['mode'] = body['mode'].toLowerCase();
    }),
  },
  {
    name: 'token-replaces-password',
    title: 'Who sends a good standard token logs in with any password.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        const id = isLogin(exchange) && answer.status === 401 ? await senderOf(exchange) : '';
        const sender = id === '' ? undefined : await exchange.context.store.user(id);
        if (sender === undefined) return;
        answer.status = 200;
        answer.body = { data: { expires: 1000, access_token: await tokenFor(exchange, sender) } };
      },
    }),
  },
  {
    name: 'named-json-expires-when',
    title: 'A login that names the mode json says when the token expires, not how long it lives.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        const payload = payloadOf(answer);
        if (isLogin(exchange) && bodyOf(exchange)['mode'] === 'json' && typeof payload['expires'] === 'number')
          payload['expires'] += exchange.context.clock.now();
      },
    }),
  },
  {
    name: 'session-login-is-html',
    title: 'The answer to a login in mode session says that it is HTML.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        if (isLogin(exchange) && succeeded(answer) && bodyOf(exchange)['mode'] === 'session')
          exchange.response.type('html');
      },
    }),
  },
  {
    name: 'reset-request-tells-unknown-email',
    title: 'A request for a new password says that there is no such user.',
    deviation: (): Deviation => ({
      request: async (exchange) => {
        if (isTo(exchange, 'POST', '/auth/password/request') && (await userOf(exchange)) === undefined)
          throw new ApiError(404, 'USER_NOT_FOUND', 'There is no such user.');
      },
    }),
  },
  {
    name: 'reset-url-unchecked',
    title: 'A new password may be asked for with any URL to set it at.',
    deviation: (): Deviation => ({
      request: (exchange) => {
        if (isTo(exchange, 'POST', '/auth/password/request')) delete bodyOf(exchange)['reset_url'];
      },
    }),
  },
  {
    name: 'draft-user-is-forbidden',
    title: 'A login of a user whose status is draft is answered with 403.',
    deviation: atLogin(async (exchange) => {
      if ((await userOf(exchange))?.status === 'draft') throw forbidden();
    }),
  },
  {
    name: 'otp-asked-for-first',
    title: 'A login without a one-time password is told so, whatever the password.',
    deviation: atLogin(async (exchange, { otp }) => {
      const user = await userOf(exchange);
      if (user?.tfa_secret != null && otp === undefined) throw invalidOtp();
    }),
  },
  {
    name: 'otp-with-more-digits-accepted',
    title: 'Of a one-time password the first six characters count.',
    deviation: forgivingOtp(async ({ otp }, exchange) => {
      const user = await userOf(exchange);
      return typeof otp === 'string' && user !== undefined && otp.startsWith(otpOf(exchange, user)) && otp.length > 6;
    }),
  },
  {
    name: 'tfa-secret-generated-again',
    title: 'Who has two-factor login and asks for a secret is shown the one there is.',
    deviation: (): Deviation => ({
      answer: async (exchange, answer) => {
        if (!isTo(exchange, 'POST', '/users/me/tfa/generate') || answer.status !== 400) return;
        const secret = (await exchange.context.store.user(await senderOf(exchange)))?.tfa_secret;
        if (secret == null) return;
        answer.status = 200;
        answer.body = { data: { secret } };
      },
    }),
  },
  {
    name: 'login-keeps-sent-refresh-cookie',
    title: 'A login in mode cookie that is sent with the cookie of a refresh token gives the same token again.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        const name = exchange.context.settings.REFRESH_TOKEN_COOKIE_NAME;
        const sent = readCookie(exchange.request, name);
        if (isLogin(exchange) && succeeded(answer) && sent !== undefined)
          changeSetCookie(exchange.response, name, (header) => header.replace(/=[^;]*/, `=${sent}`));
      },
    }),
  },
  {
    name: 'password-ligatures-ignored',
    title: 'Passwords are compared by what their characters are compatible to.',
    deviation: takingPasswordsLike((right, given) => right.normalize('NFKC') === given.normalize('NFKC')),
  },
] as const;

/** The id of the user who sends a request with a standard token; empty where there is none. */
async function senderOf(exchange: Exchange): Promise<string> {
  const sent = sentToken(exchange);
  const claims = sent && (await ownClaimsOf(exchange, sent.token));
  return typeof claims?.['id'] === 'string' ? claims['id'] : '';
}
