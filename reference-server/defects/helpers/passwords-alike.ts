import type { Wrappers } from '../defect.js';
import { bodyOf, isLogin } from './exchange.js';
import { PasswordsOfNewUsers } from './logins.js';

/** Remembers passwords as they are set, and takes others that are like them. */
export const takingPasswordsLike = (alike: (right: string, given: string) => boolean) => (): Wrappers => {
  const passwords = new PasswordsOfNewUsers();
  return {
    request: (exchange) => {
      const { email, password } = bodyOf(exchange);
      passwords.note(exchange);
      const right = passwords.of(email);
      if (isLogin(exchange) && right !== undefined && typeof password === 'string' && alike(right, password))
        bodyOf(exchange)['password'] = right;
    },
  };
};

/** Takes passwords for the same which are the same once something was done to both. */
export const comparingPasswordsBy = (folded: (password: string) => string) =>
  takingPasswordsLike((right, given) => folded(right) === folded(given));
