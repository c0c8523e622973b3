import { internalError, invalidCredentials, invalidOtp } from '../../http/errors.js';
import type { Defect, Wrappers } from '../defect.js';
import { isLogin } from '../helpers/exchange.js';
import { readForm, reading } from '../helpers/requests.js';
import { atLogin, takingOtherPasswords, userOf } from '../helpers/sessions/logins.js';

/** The text as it is typed with caps lock on. */
const inOtherCase = (text: string): string =>
  text.replace(/[a-z]/gi, (one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()));

/** Defects that requirements of the section `credentials` of the chapter `logging-in` notice. */
export const loggingInCredentials = [
  {
    name: 'password-case-ignored',
    title: 'A password in another case logs in.',
    wrap: takingOtherPasswords((given, right) => right.toLowerCase() === given.toLowerCase()),
  },
  {
    name: 'password-typed-with-caps-lock',
    title: 'A password logs in with the case of each letter swapped.',
    wrap: takingOtherPasswords((given, right) => right === inOtherCase(given)),
  },
  {
    name: 'password-capitalized',
    title: 'A password logs in with its first letter in the other case.',
    wrap: takingOtherPasswords((given, right) => right === given.replace(/\p{L}/u, inOtherCase)),
  },
  {
    name: 'password-trimmed',
    title: 'Spaces around the password are ignored.',
    wrap: takingOtherPasswords((given, right) => right === given.trim()),
  },
  {
    name: 'password-truncated',
    title: 'Of a password only the first 72 characters count.',
    wrap: takingOtherPasswords((given, right) => right.length > 72 && right.slice(0, 72) === given.slice(0, 72)),
  },
  {
    name: 'password-ligatures-ignored',
    title: 'Passwords are compared by what their characters are compatible to.',
    wrap: takingOtherPasswords((given, right) => right.normalize('NFKC') === given.normalize('NFKC')),
  },
  {
    name: 'login-of-other-types-is-500',
    title: 'An email or password that is no string is an error of the server.',
    wrap: atLogin((_exchange, { email, password }) => {
      if ([email, password].some((value) => value !== undefined && typeof value !== 'string')) throw internalError();
    }),
  },
  {
    name: 'login-payload-unchecked',
    title: 'A login without email or password is answered as one with wrong ones.',
    wrap: atLogin((_exchange, { email, password }) => {
      if (typeof email !== 'string' || typeof password !== 'string') throw invalidCredentials();
    }),
  },
  {
    name: 'login-by-url',
    title: 'Email and password in the query log in.',
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
    title: 'A form with email and password logs in.',
    wrap: reading(isLogin, 'application/x-www-form-urlencoded', readForm),
  },
  {
    name: 'login-by-plain-text',
    title: 'JSON that says it is plain text logs in.',
    wrap: reading(isLogin, 'text/plain', (text) => JSON.parse(text) as object),
  },
  {
    name: 'email-case-matters',
    title: 'An email in capitals is another one.',
    wrap: atLogin((_exchange, { email }) => {
      if (typeof email === 'string' && email !== email.toLowerCase()) throw invalidCredentials();
    }),
  },
  {
    name: 'superfluous-otp-refused',
    title: 'A one-time password is rejected for a user without two-factor login.',
    wrap: atLogin(async (exchange, { otp }) => {
      if (otp !== undefined && (await userOf(exchange))?.tfa_secret === null) throw invalidOtp();
    }),
  },
] as const satisfies readonly Defect[];
