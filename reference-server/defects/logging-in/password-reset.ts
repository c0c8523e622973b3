import { ApiError } from '../../http/errors.js';
import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, isTo } from '../helpers/exchange.js';
import { userOf } from '../helpers/sessions/logins.js';
import { ownClaimsOf } from '../helpers/tokens.js';

/** Defects that requirements of the section `password-reset` of the chapter `logging-in` notice. */
export const loggingInPasswordReset = [
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
  {
    name: 'reset-request-takes-list',
    title: 'A new password may be asked for with a list of emails, of which each is sent the link.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const body = bodyOf(exchange);
        if (isTo(exchange, 'POST', '/auth/password/request') && Array.isArray(body['email']))
          body['email'] = (body['email'] as unknown[])[0];
      },
    }),
  },
] as const satisfies readonly Defect[];
