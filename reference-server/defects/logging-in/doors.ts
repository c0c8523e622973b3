import { invalidCredentials } from '../../http/errors.js';
import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, isLogin, userIn } from '../helpers/exchange.js';
import { argument, atQuery, isGraphql, queryOf } from '../helpers/graphql.js';
import { PasswordsOfNewUsers } from '../helpers/sessions/logins.js';

/** Takes another password for the right one at auth_login. */
const atMutation = (takes: (given: string, right: string) => boolean) => (): Wrappers => {
  const passwords = new PasswordsOfNewUsers();
  return {
    request: (exchange) => {
      passwords.note(exchange);
      if (!isGraphql(exchange)) return;
      const query = queryOf(exchange);
      const given = argument(query, 'password');
      const right = passwords.of(argument(query, 'email'));
      if (given !== undefined && right !== undefined && takes(given, right))
        bodyOf(exchange)['query'] = query.replace(/password:"[^"]*"/, () => `password:${JSON.stringify(right)}`);
    },
  };
};

/** Defects that show when a login comes by another door, or when email and password were set by an update. */
export const loggingInDoors = [
  {
    name: 'auth-login-ignores-case-of-password',
    title: 'auth_login takes a password in another case.',
    wrap: atMutation((given, right) => given.toLowerCase() === right.toLowerCase()),
  },
  {
    name: 'message-password-trimmed',
    title: 'Spaces round a password are ignored by the message auth.',
    wrap: (): Wrappers => {
      const passwords = new PasswordsOfNewUsers();
      return {
        request: (exchange) => passwords.note(exchange),
        message: ({ message }) => {
          const right = passwords.of(message['email']);
          if (right !== undefined && message['password'] === right.trim()) message['password'] = right;
        },
      };
    },
  },
  {
    name: 'auth-login-email-case-matters',
    title: 'For auth_login an email in capitals is another one.',
    wrap: atQuery((_exchange, query) => {
      const email = argument(query, 'email');
      return email === undefined || email === email.toLowerCase() ? undefined : query.replace(email, `x${email}`);
    }),
  },
  {
    name: 'message-email-case-matters',
    title: 'For the message auth an email in capitals is another one.',
    wrap: (): Wrappers => ({
      message: ({ message }) => {
        const { email } = message;
        if (typeof email === 'string' && email !== email.toLowerCase()) message['email'] = `x${email}`;
      },
    }),
  },
  {
    name: 'updated-password-trimmed',
    title: 'Spaces round a password that an update has set are ignored.',
    wrap: (): Wrappers => {
      const set = new Map<string, string>();
      return {
        request: async (exchange) => {
          const body = bodyOf(exchange);
          const { email, password } = body;
          if (typeof password !== 'string') return;
          const id = userIn(exchange, 'PATCH');
          if (id !== undefined) set.set(id, password);
          if (!isLogin(exchange) || typeof email !== 'string') return;
          const right = set.get((await exchange.context.store.userByEmail(email))?.id ?? '');
          if (right !== undefined && right.trim() === password.trim()) body['password'] = right;
        },
      };
    },
  },
  {
    name: 'email-with-capitals-needs-them',
    title: 'An email that was set with capitals logs in with the same capitals alone.',
    wrap: (): Wrappers => {
      const set = new Map<string, string>();
      return {
        request: (exchange) => {
          const { email } = bodyOf(exchange);
          if (typeof email !== 'string') return;
          if (userIn(exchange, 'PATCH') !== undefined) set.set(email.toLowerCase(), email);
          const stored = set.get(email.toLowerCase());
          const hasCapitals = stored !== undefined && stored !== stored.toLowerCase();
          if (isLogin(exchange) && hasCapitals && stored !== email) throw invalidCredentials();
        },
      };
    },
  },
] as const satisfies readonly Defect[];
