import { readCookie } from '../auth/cookies.js';
import type { Conversation, Handshake, OutgoingMessage } from '../http/interceptor.js';
import { replacing, type Defect, type Wrappers } from './defect.js';
import { setCookie } from './helpers/cookies.js';
import { setHeader, setQuery } from './helpers/exchange.js';
import { otpOf } from './helpers/sessions/logins.js';
import { servedMessage } from './helpers/served.js';
import { claimsOf, ownClaimsOf, signed, tokenFor } from './helpers/tokens.js';

/** Changes messages of the type `auth`. */
const atAuth = (change: (conversation: Conversation) => Promise<void> | void) => (): Wrappers => ({
  message: async (conversation) => {
    if (conversation.message['type'] === 'auth') await change(conversation);
  },
});

/** Changes the replies to messages of the type `auth`. */
const atReply = (change: (conversation: Conversation, reply: OutgoingMessage) => void) => (): Wrappers => ({
  reply: (conversation, reply) => {
    if (conversation.message['type'] === 'auth') change(conversation, reply);
  },
});

/** Sends another token in place of the one in the query or the session cookie; none where there was none. */
function replaceTokenOf({ context, request }: Handshake, token: string): void {
  const cookie = context.settings.SESSION_COOKIE_NAME;
  if (request.url?.includes('access_token=') === true) setQuery(request, 'access_token', token);
  if (readCookie(request, cookie) !== undefined) setCookie(request, cookie, token);
}

const isOk = ({ body }: OutgoingMessage): boolean => body['status'] === 'ok';

/** Passes over the Origin of a handshake. */
const trustingOrigin = (trusts: (origin: string, host: string) => boolean) => (): Wrappers => ({
  handshake: ({ request }) => {
    const { origin, host = '' } = request.headers;
    if (origin !== undefined && trusts(origin, host)) setHeader(request, 'origin', undefined);
  },
});

/** Defects that requirements of the chapter `realtime` notice. */
export const realtime = [
  {
    name: 'realtime-refuses-tokens',
    title: 'The message auth rejects every access token.',
    wrap: (): Wrappers => ({
      ...atAuth(({ message }) => {
        if ('access_token' in message) message['access_token'] = 'refused';
      })(),
      handshake: (handshake) => replaceTokenOf(handshake, 'refused'),
    }),
  },
  {
    name: 'realtime-accepts-any-token',
    title: 'The message auth accepts any string as access token.',
    wrap: atAuth(async (conversation) => {
      const { context, message } = conversation;
      const [first] = await context.store.users();
      if (typeof message['access_token'] === 'string' && first !== undefined)
        message['access_token'] = await tokenFor(conversation, first);
    }),
  },
  {
    name: 'realtime-accepts-expired-token',
    title: 'The message auth accepts an expired token.',
    wrap: (): Wrappers => ({
      // For a message with an expired standard token, the clock stands at the last second before.
      clock: (clock) =>
        replacing(clock, {
          now: () => {
            const token = servedMessage()?.message['access_token'];
            const { exp, session } = (typeof token === 'string' ? claimsOf(token) : undefined) ?? {};
            return exp === undefined || session !== undefined ? clock.now() : Math.min(clock.now(), exp * 1000 - 1000);
          },
        }),
    }),
  },
  {
    name: 'realtime-ignores-password',
    title: 'The message auth takes any password.',
    wrap: (): Wrappers => ({
      passwords: (passwords) =>
        replacing(passwords, {
          verify: async (stored, given) => servedMessage() !== undefined || passwords.verify(stored, given),
        }),
    }),
  },
  {
    name: 'realtime-open-without-auth',
    title: 'Messages are answered before the message auth.',
    wrap: (): Wrappers => ({
      reply: ({ authenticated, message }, reply) => {
        if (authenticated || message['type'] === 'auth') return;
        const { uid } = message;
        reply.closes = false;
        reply.body =
          message['type'] === 'ping'
            ? { type: 'pong', ...(uid !== undefined && { uid }) }
            : { status: 'error', error: { code: 'INVALID_PAYLOAD', message: 'Invalid payload.' } };
      },
    }),
  },
  {
    name: 'realtime-query-token-unchecked',
    title: 'A WebSocket opens with any token in the query.',
    wrap: (): Wrappers => ({
      handshake: async (handshake) => {
        const [first] = await handshake.context.store.users();
        if (first !== undefined) replaceTokenOf(handshake, await tokenFor(handshake, first));
      },
    }),
  },
  {
    name: 'realtime-refresh-token-survives',
    title: 'A refresh token in the message auth stays valid.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          replaceSession: async (token, by) => {
            if (servedMessage() === undefined) return store.replaceSession(token, by);
            await store.insertSession(by);
            return true;
          },
        }),
    }),
  },
  {
    name: 'realtime-accepts-logged-out-session',
    title: 'The message auth accepts a session token after its logout.',
    wrap: atAuth(async (conversation) => {
      const { access_token: token } = conversation.message;
      const claims = typeof token === 'string' ? await ownClaimsOf(conversation, token) : undefined;
      if (claims?.['session'] !== undefined)
        conversation.message['access_token'] = await signed(conversation, { ...claims, session: undefined });
    }),
  },
  {
    name: 'realtime-ignores-otp',
    title: 'The message auth with email and password needs no one-time password.',
    wrap: atAuth(async (conversation) => {
      const { context, message } = conversation;
      const user = typeof message['email'] === 'string' ? await context.store.userByEmail(message['email']) : undefined;
      if (user?.tfa_secret != null) message['otp'] = otpOf(conversation, user);
    }),
  },
  {
    name: 'realtime-stays-open',
    title: 'A WebSocket stays open when its message auth is rejected.',
    wrap: (): Wrappers => ({
      reply: ({ authenticated }, reply) => {
        if (!authenticated) reply.closes = false;
      },
    }),
  },
  {
    name: 'realtime-ignores-cookie',
    title: 'A WebSocket does not see the session cookie.',
    wrap: (): Wrappers => ({
      handshake: ({ request }) => {
        Reflect.deleteProperty(request.headers, 'cookie');
      },
    }),
  },
  {
    name: 'realtime-second-auth-ignored',
    title: 'Once authenticated, a WebSocket accepts every message auth.',
    wrap: atReply(({ authenticated }, reply) => {
      if (!authenticated || isOk(reply)) return;
      reply.body = { type: 'auth', status: 'ok' };
      reply.closes = false;
    }),
  },
  {
    name: 'realtime-tells-why',
    title: 'The message auth with a wrong password is rejected with another code.',
    wrap: atReply(({ message }, reply) => {
      const error = reply.body['error'];
      if (typeof error === 'object' && 'email' in message)
        reply.body = { ...reply.body, error: { ...error, code: 'INVALID_CREDENTIALS' } };
    }),
  },
  {
    name: 'realtime-credentials-give-no-token',
    title: 'The message auth with email and password is answered without a refresh token.',
    wrap: atReply(({ message }, reply) => {
      if ('email' in message) reply.body = { ...reply.body, refresh_token: undefined };
    }),
  },
  {
    name: 'realtime-repeats-token',
    title: 'The answer to the message auth repeats the access token.',
    wrap: atReply(({ message }, reply) => {
      if (isOk(reply)) reply.body = { ...reply.body, access_token: message['access_token'] };
    }),
  },
  {
    name: 'realtime-refuses-own-origin',
    title: 'A WebSocket is not opened where the handshake names an Origin.',
    wrap: (): Wrappers => ({
      handshake: ({ request }) => {
        if (request.headers.origin !== undefined) request.headers.origin = 'null';
      },
    }),
  },
  {
    name: 'realtime-trusts-any-origin',
    title: 'A WebSocket is opened for pages of every origin.',
    wrap: trustingOrigin(() => true),
  },
  {
    name: 'realtime-trusts-origin-by-beginning',
    title: "A WebSocket is opened for pages of an origin that begins as the server's own does.",
    wrap: trustingOrigin((origin, host) => origin.startsWith(`http://${host}`)),
  },
  {
    name: 'realtime-trusts-host-without-port',
    title: "A WebSocket is opened for pages of any port of the server's host.",
    wrap: trustingOrigin((origin, host) => URL.canParse(origin) && new URL(origin).hostname === host.split(':')[0]),
  },
] as const satisfies readonly Defect[];
