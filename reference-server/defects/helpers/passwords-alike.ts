import type { Wrappers } from '../defect.js';
import { bodyOf, isLogin, isTo } from './exchange.js';

/** Remembers passwords as they are set, and takes others that are like them. */
export const takingPasswordsLike = (alike: (right: string, given: string) => boolean) => (): Wrappers => {
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

/** Takes passwords for the same which are the same once something was done to both. */
export const comparingPasswordsBy = (folded: (password: string) => string) =>
  takingPasswordsLike((right, given) => folded(right) === folded(given));
