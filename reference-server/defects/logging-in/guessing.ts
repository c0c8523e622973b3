import { ApiError, forbidden, invalidCredentials } from '../../http/errors.js';
import type { Defect } from '../defect.js';
import { atLogin, userOf } from '../helpers/sessions/logins.js';

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
] as const satisfies readonly Defect[];
