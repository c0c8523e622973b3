import type { Exchange } from '../../http/interceptor.js';
import { createUser } from '../../routes/users.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { bodyOf, isTo, succeeded } from '../helpers/exchange.js';
import { servedRequest } from '../helpers/served.js';
import { ownClaimsOf, signed } from '../helpers/tokens.js';

const accepts = (exchange: Exchange): boolean => isTo(exchange, 'POST', '/users/invite/accept');
const verifies = (exchange: Exchange): boolean => isTo(exchange, 'GET', '/users/register/verify-email');

/** Takes users for ones of another status, while something is asked for. */
const takingStatusFor =
  (asked: (exchange: Exchange) => boolean, from: readonly string[], to: string) => (): Wrappers => ({
    store: (store) =>
      replacing(store, {
        userByEmail: async (email) => {
          const user = await store.userByEmail(email);
          const served = servedRequest();
          const isOther = user !== undefined && served !== undefined && asked(served) && from.includes(user.status);
          return isOther ? { ...user, status: to } : user;
        },
      }),
  });

/** Signs the token of an acceptance anew, with other claims. */
const acceptingAs = (changed: (claims: Record<string, unknown>) => object) => (): Wrappers => ({
  request: async (exchange) => {
    const { token } = bodyOf(exchange);
    if (!accepts(exchange) || typeof token !== 'string') return;
    const claims = await ownClaimsOf(exchange, token);
    if (claims !== undefined) bodyOf(exchange)['token'] = await signed(exchange, { ...claims, ...changed(claims) });
  },
});

/** Defects that requirements of the section `emailed-tokens` of the chapter `logging-in` notice. */
export const loggingInEmailedTokens = [
  {
    name: 'invitation-accepted-again',
    title: 'An invitation sets a new password as often as it is accepted.',
    wrap: takingStatusFor(accepts, ['active'], 'invited'),
  },
  {
    name: 'invitation-ends-suspension',
    title: 'A user who is suspended becomes active by an invitation.',
    wrap: takingStatusFor(accepts, ['suspended'], 'invited'),
  },
  {
    name: 'expired-invitation-accepted',
    title: 'An invitation is accepted after it has expired.',
    wrap: acceptingAs(() => ({ exp: 4_102_444_800 })),
  },
  {
    name: 'invitation-of-any-purpose',
    title: 'A token of another purpose is accepted as an invitation.',
    wrap: acceptingAs(({ id }) => (id === undefined ? { scope: 'invite' } : {})),
  },
  {
    name: 'verification-ends-suspension',
    title: 'A user who is suspended becomes active by a registration token.',
    wrap: takingStatusFor(verifies, ['suspended', 'archived'], 'unverified'),
  },
  {
    name: 'reset-token-of-any-password',
    title: 'A password-reset token is accepted whichever password it was made for.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { token, password } = bodyOf(exchange);
        if (!isTo(exchange, 'POST', '/auth/password/reset') || typeof token !== 'string') return;
        const { email, scope } = (await ownClaimsOf(exchange, token)) ?? {};
        const { passwords, store } = exchange.context;
        const user = typeof email === 'string' ? await store.userByEmail(email) : undefined;
        if (scope !== 'password-reset' || user === undefined || typeof password !== 'string') return;
        await store.updateUser(user.id, { password: await passwords.hash(password) });
      },
    }),
  },
  {
    name: 'acceptance-takes-role',
    title: 'Who accepts an invitation is given the role that the acceptance names.',
    wrap: (): Wrappers => {
      const named = new WeakMap<object, unknown>();
      return {
        request: (exchange) => {
          const { token, password, role } = bodyOf(exchange);
          if (!accepts(exchange)) return;
          named.set(exchange.request, role);
          exchange.request.body = { token, password };
        },
        response: async (exchange, answer) => {
          const role = named.get(exchange.request);
          const { token } = bodyOf(exchange);
          if (typeof role !== 'string' || typeof token !== 'string' || !succeeded(answer)) return;
          const { store } = exchange.context;
          const user = await store.userByEmail(String((await ownClaimsOf(exchange, token))?.['email']));
          if (user !== undefined) await store.updateUser(user.id, { role });
        },
      };
    },
  },
  {
    name: 'invitation-creates-user',
    title: 'An invitation of a user who was removed creates the user anew.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { token } = bodyOf(exchange);
        if (!accepts(exchange) || typeof token !== 'string') return;
        const { email, scope } = (await ownClaimsOf(exchange, token)) ?? {};
        const { context } = exchange;
        if (scope !== 'invite' || typeof email !== 'string' || (await context.store.userByEmail(email)) !== undefined)
          return;
        await createUser(context, { email, status: 'invited' });
      },
    }),
  },
] as const satisfies readonly Defect[];
