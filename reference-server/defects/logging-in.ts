import express from 'express';
import { readCookie } from '../auth/cookies.js';
import { ApiError, forbidden, internalError, invalidCredentials, invalidOtp } from '../http/errors.js';
import type { Defect, Wrappers } from './defect.js';
import { changeSetCookie } from './helpers/cookies.js';
import { bodyOf, isLogin, isTo, payloadOf, succeeded } from './helpers/exchange.js';
import { atLogin, senderOf, userOf } from './helpers/logins.js';
import { ownClaimsOf, sentToken, tokenFor } from './helpers/tokens.js';

/** Remembers passwords as they are set, and takes others that are like them. */
const takingPasswordsLike = (alike: (right: string, given: string) => boolean) => (): Wrappers => {
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
const reading = (type: string, read: (text: string) => object) => (): Wrappers => ({
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

/** Defects that requirements of the chapter `logging-in` notice. */
export const loggingIn = [
  {
    name: 'password-case-ignored',
    title: 'A password in another case logs in.',
    wrap: takingPasswordsLike((right, given) => right.toLowerCase() === given.toLowerCase()),
  },
  {
    name: 'password-trimmed',
    title: 'Spaces around the password are passed over.',
    wrap: takingPasswordsLike((right, given) => right === given.trim()),
  },
  {
    name: 'password-truncated',
    title: 'Of a password only the first 72 characters count.',
    wrap: takingPasswordsLike((right, given) => right.length > 72 && right.slice(0, 72) === given.slice(0, 72)),
  },
  {
    name: 'password-ligatures-ignored',
    title: 'Passwords are compared by what their characters are compatible to.',
    wrap: takingPasswordsLike((right, given) => right.normalize('NFKC') === given.normalize('NFKC')),
  },
  {
    name: 'login-of-other-types-is-500',
    title: 'An e-mail or password that is no string is an error of the server.',
    wrap: atLogin((_exchange, { email, password }) => {
      if ([email, password].some((value) => value !== undefined && typeof value !== 'string')) throw internalError();
    }),
  },
  {
    name: 'login-payload-unchecked',
    title: 'A login without e-mail or password is answered as one with wrong ones.',
    wrap: atLogin((_exchange, { email, password }) => {
      if (typeof email !== 'string' || typeof password !== 'string') throw invalidCredentials();
    }),
  },
  {
    name: 'login-by-url',
    title: 'E-mail and password in the query log in.',
    wrap: (): Wrappers => ({
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
    wrap: reading('application/x-www-form-urlencoded', (text) => Object.fromEntries(new URLSearchParams(text))),
  },
  {
    name: 'login-by-plain-text',
    title: 'JSON that says it is plain text logs in.',
    wrap: reading('text/plain', (text) => JSON.parse(text) as object),
  },
  {
    name: 'email-case-matters',
    title: 'An e-mail in capitals is another one.',
    wrap: atLogin((_exchange, { email }) => {
      if (typeof email === 'string' && email !== email.toLowerCase()) throw invalidCredentials();
    }),
  },
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
    title: 'An unknown e-mail is refused sooner than a wrong password.',
    wrap: atLogin(async (exchange, { email }) => {
      if (typeof email === 'string' && (await userOf(exchange)) === undefined) throw invalidCredentials();
    }),
  },
  {
    name: 'login-tells-suspended-user',
    title: 'A login says that the user is suspended.',
    wrap: atLogin(async (exchange) => {
      const user = await userOf(exchange);
      if (user !== undefined && user.status !== 'active') throw new ApiError(401, 'USER_SUSPENDED', 'User suspended.');
    }),
  },
  {
    name: 'draft-user-is-forbidden',
    title: 'A login of a user whose status is draft is answered with 403.',
    wrap: atLogin(async (exchange) => {
      if ((await userOf(exchange))?.status === 'draft') throw forbidden();
    }),
  },
  {
    name: 'login-for-sender',
    title: 'A login that is sent with a standard token logs in the user of the token.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
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
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const sent = sentToken(exchange);
        const name = exchange.context.settings.SESSION_COOKIE_NAME;
        if (isLogin(exchange) && succeeded(answer) && sent?.way === 'cookie')
          changeSetCookie(exchange.response, name, (header) => header.replace(/=[^;]*/, `=${sent.token}`));
      },
    }),
  },
  {
    name: 'login-keeps-sent-refresh-cookie',
    title: 'A login in mode cookie that is sent with the cookie of a refresh token gives the same token again.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const name = exchange.context.settings.REFRESH_TOKEN_COOKIE_NAME;
        const sent = readCookie(exchange.request, name);
        if (isLogin(exchange) && succeeded(answer) && sent !== undefined)
          changeSetCookie(exchange.response, name, (header) => header.replace(/=[^;]*/, `=${sent}`));
      },
    }),
  },
  {
    name: 'login-ends-other-logins',
    title: 'A login in mode json ends the logins from before.',
    wrap: atLogin(async (exchange, { mode }) => {
      const user = await userOf(exchange);
      if (user !== undefined && (mode === undefined || mode === 'json'))
        await exchange.context.store.deleteSessionsOf(user.id);
    }),
  },
  {
    name: 'login-ends-session-tokens',
    title: 'A login in mode session ends the logins from before.',
    wrap: atLogin(async (exchange, { mode }) => {
      const user = await userOf(exchange);
      if (user !== undefined && mode === 'session') await exchange.context.store.deleteSessionsOf(user.id);
    }),
  },
  {
    name: 'access-token-resets-password',
    title: 'A standard token sets a new password.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { token, password } = bodyOf(exchange);
        if (!isTo(exchange, 'POST', '/auth/password/reset') || typeof token !== 'string') return;
        const id = (await ownClaimsOf(exchange, token))?.['id'];
        const { passwords, store } = exchange.context;
        if (typeof id !== 'string' || typeof password !== 'string') return;
        await store.updateUser(id, { password: await passwords.hash(password) });
        exchange.response.locals['reset'] = true;
      },
      response: ({ response }, answer) => {
        if (response.locals['reset'] !== true) return;
        answer.status = 204;
        answer.body = undefined;
      },
    }),
  },
  {
    name: 'superfluous-otp-refused',
    title: 'A one-time password is refused to who has no two-factor login.',
    wrap: atLogin(async (exchange, { otp }) => {
      if (otp !== undefined && (await userOf(exchange))?.tfa_secret === null) throw invalidOtp();
    }),
  },
  {
    name: 'reset-request-tells-unknown-email',
    title: 'A request for a new password says that there is no such user.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (isTo(exchange, 'POST', '/auth/password/request') && (await userOf(exchange)) === undefined)
          throw new ApiError(404, 'USER_NOT_FOUND', 'There is no such user.');
      },
    }),
  },
  {
    name: 'reset-url-unchecked',
    title: 'A new password may be asked for with any URL to set it at.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        if (isTo(exchange, 'POST', '/auth/password/request')) delete bodyOf(exchange)['reset_url'];
      },
    }),
  },
] as const satisfies readonly Defect[];
