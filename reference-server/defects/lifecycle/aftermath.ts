import type { Exchange } from '../../http/interceptor.js';
import type { SessionRecord } from '../../stores/store.js';
import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, isTo, payloadOf, succeeded, userIn } from '../helpers/exchange.js';
import { senderOf } from '../helpers/sessions/logins.js';

/** Lets the sessions that a new value has ended begin again when the value that they began with is set again. */
const revivedBy = (member: 'email' | 'password') => (): Wrappers => {
  const ended = new Map<string, { readonly value: unknown; readonly sessions: readonly SessionRecord[] }[]>();
  const values = new Map<string, unknown>();
  const idIn = (exchange: Exchange): string | undefined =>
    bodyOf(exchange)[member] === undefined ? undefined : userIn(exchange, 'PATCH');
  return {
    request: async (exchange) => {
      const id = idIn(exchange);
      if (id === undefined) return;
      const { store } = exchange.context;
      const value = values.get(id) ?? (member === 'email' ? (await store.user(id))?.email : undefined);
      const sessions = (await store.sessions()).filter(({ user }) => user === id);
      ended.set(id, [...(ended.get(id) ?? []), { value, sessions }]);
    },
    response: async (exchange, answer) => {
      const { id: created } = payloadOf(answer);
      if (isTo(exchange, 'POST', '/users') && typeof created === 'string')
        values.set(created, bodyOf(exchange)[member]);
      const id = idIn(exchange);
      if (id === undefined || !succeeded(answer)) return;
      const value = bodyOf(exchange)[member];
      values.set(id, value);
      const revived = (ended.get(id) ?? []).filter((one) => one.value === value);
      for (const session of revived.flatMap(({ sessions }) => sessions))
        await exchange.context.store.insertSession(session);
    },
  };
};

/** Defects that requirements of the section `aftermath` of the chapter `lifecycle` notice. */
export const lifecycleAftermath = [
  {
    name: 'former-password-revives-sessions',
    title: 'When a former password is set again, the sessions from its time are valid again.',
    wrap: revivedBy('password'),
  },
  {
    name: 'former-email-revives-sessions',
    title: 'When a former email is set again, the sessions from its time are valid again.',
    wrap: revivedBy('email'),
  },
  {
    name: 'removal-ends-logins-of-remover',
    title: 'An administrator who removes another user is logged out.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        if (userIn(exchange, 'DELETE') !== undefined && succeeded(answer))
          await exchange.context.store.deleteSessionsOf(await senderOf(exchange));
      },
    }),
  },
  {
    name: 'two-factor-login-clears-static-token',
    title: 'A user who sets up two-factor login loses the static token.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        if (isTo(exchange, 'POST', '/users/me/tfa/enable') && succeeded(answer))
          await exchange.context.store.updateUser(await senderOf(exchange), { token: null });
      },
    }),
  },
] as const satisfies readonly Defect[];
