import { internalError } from '../../http/errors.js';
import type { Defect } from '../defect.js';
import { bodyOf, isLogin, isRefresh } from '../helpers/exchange.js';
import { atQuery } from '../helpers/graphql.js';
import { atRequest } from '../helpers/requests.js';

/** Defects that show when a text holds what a database, a hash function or a template takes amiss. */
export const makingRequestsMalformed = [
  {
    name: 'nul-in-refresh-token-is-500',
    title: 'A NUL in a refresh token is an error of the server.',
    wrap: atRequest((exchange) => {
      const token = bodyOf(exchange)['refresh_token'];
      if (isRefresh(exchange) && typeof token === 'string' && token.includes('\0')) throw internalError();
    }),
  },
  {
    name: 'long-wrong-password-is-500',
    title: 'A wrong password of more than 4,000 characters is an error of the server.',
    wrap: atRequest((exchange) => {
      const { password } = bodyOf(exchange);
      if (isLogin(exchange) && typeof password === 'string' && password.length > 4000) throw internalError();
    }),
  },
  {
    name: 'lone-surrogate-in-auth-login-is-500',
    title: 'A lone surrogate that is given to auth_login is an error of the server.',
    wrap: atQuery((_exchange, query) => {
      if (query.includes('auth_login') && /\\ud[89a-f]/i.test(query)) throw internalError();
    }),
  },
] as const satisfies readonly Defect[];
