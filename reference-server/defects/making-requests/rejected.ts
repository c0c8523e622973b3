import { blankUser } from '../../stores/blank-user.js';
import type { Exchange, OutgoingResponse } from '../../http/interceptor.js';
import type { Defect, Wrappers } from '../defect.js';
import { readCookie } from '../../auth/cookies.js';
import { bodyOf, isLogout, isRefresh, isTo, succeeded, userIn } from '../helpers/exchange.js';
import { ownClaimsOf } from '../helpers/tokens.js';

/** Does something all the same where a response says that it was not done. */
const afterRejection =
  (when: (exchange: Exchange) => boolean, effect: (exchange: Exchange, answer: OutgoingResponse) => Promise<void>) =>
  (): Wrappers => ({
    response: async (exchange, answer) => {
      if (when(exchange) && !succeeded(answer)) await effect(exchange, answer);
    },
  });

/** Ends the logins whose refresh or session token a request brings. */
async function endLogins(exchange: Exchange): Promise<void> {
  const { context, request } = exchange;
  const { store, settings } = context;
  const { refresh_token } = bodyOf(exchange);
  const session = readCookie(request, settings.SESSION_COOKIE_NAME);
  const claims = session === undefined ? undefined : await ownClaimsOf(exchange, session);
  for (const token of [refresh_token, readCookie(request, settings.REFRESH_TOKEN_COOKIE_NAME), claims?.['session']])
    if (typeof token === 'string') await store.deleteSession(token);
}

const isChange = (exchange: Exchange): boolean => userIn(exchange, 'PATCH') !== undefined;

/** Defects that requirements of the section `rejected` of the chapter `making-requests` notice. */
export const makingRequestsRejected = [
  {
    name: 'rejected-refresh-spends-token',
    title: 'A refresh that is rejected spends its refresh token.',
    wrap: afterRejection(isRefresh, endLogins),
  },
  {
    name: 'rejected-logout-ends-login',
    title: 'A logout that is rejected ends its login.',
    wrap: afterRejection(isLogout, endLogins),
  },
  {
    name: 'logout-by-other-method',
    title: 'PUT and DELETE /auth/logout are answered with 404, and log out.',
    wrap: afterRejection(
      (exchange) => isTo(exchange, 'PUT', '/auth/logout') || isTo(exchange, 'DELETE', '/auth/logout'),
      endLogins,
    ),
  },
  {
    name: 'rejected-change-sets-password',
    title: 'A change of a user that is rejected sets the password.',
    wrap: afterRejection(isChange, async (exchange) => {
      const { passwords, store } = exchange.context;
      const { password } = bodyOf(exchange);
      if (typeof password === 'string')
        await store.updateUser(userIn(exchange, 'PATCH') ?? '', { password: await passwords.hash(password) });
    }),
  },
  {
    name: 'rejected-change-ends-sessions',
    title: 'A change of a user that is rejected ends the sessions.',
    wrap: afterRejection(isChange, async (exchange) =>
      exchange.context.store.deleteSessionsOf(userIn(exchange, 'PATCH') ?? ''),
    ),
  },
  {
    name: 'rejected-batch-sets-static-token',
    title: 'A change by PATCH /users that is rejected sets the static token.',
    wrap: afterRejection(
      (exchange) => isTo(exchange, 'PATCH', '/users'),
      async (exchange) => {
        const { keys, data } = bodyOf(exchange) as { keys?: unknown[]; data?: { token?: unknown } };
        const [id] = keys ?? [];
        if (typeof id === 'string' && typeof data?.token === 'string')
          await exchange.context.store.updateUser(id, { token: data.token });
      },
    ),
  },
  {
    name: 'rejected-creation-creates-user',
    title: 'A creation of a user that is rejected creates the user.',
    wrap: afterRejection(
      (exchange) => isTo(exchange, 'POST', '/users'),
      async (exchange) => {
        const { store, passwords, random } = exchange.context;
        const { email, password } = bodyOf(exchange);
        if (typeof email !== 'string' || typeof password !== 'string') return;
        await store.insertUser({ ...blankUser, id: random.uuid(), email, password: await passwords.hash(password) });
      },
    ),
  },
] as const satisfies readonly Defect[];
