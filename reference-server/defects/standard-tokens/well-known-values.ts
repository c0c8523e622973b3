import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, isRefresh } from '../helpers/exchange.js';
import { takingOtherPasswords } from '../helpers/sessions/logins.js';

/** Defects that show with values that attackers try first. */
export const standardTokensWellKnownValues = [
  {
    name: 'password-is-a-piece-of-sql',
    title: 'A password that ends a string of SQL and goes on with what is true logs in.',
    wrap: takingOtherPasswords((given) => given.includes("' OR ")),
  },
  {
    name: 'default-password-accepted',
    title: 'The password changeme logs in as everyone.',
    wrap: takingOtherPasswords((given) => given === 'changeme'),
  },
  {
    name: 'refresh-token-is-a-piece-of-sql',
    title: 'A refresh token that ends a string of SQL and goes on with what is true is exchanged.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const body = bodyOf(exchange);
        const token = body['refresh_token'];
        if (!isRefresh(exchange) || typeof token !== 'string' || !token.includes("' OR ")) return;
        body['refresh_token'] = (await exchange.context.store.sessions()).at(-1)?.token;
      },
    }),
  },
] as const satisfies readonly Defect[];
