import { readCookie } from '../../auth/cookies.js';
import type { Handshake } from '../../http/interceptor.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { setCookie } from '../helpers/cookies.js';
import { setQuery } from '../helpers/exchange.js';
import { servedMessage } from '../helpers/served.js';
import { claimsOf, ownClaimsOf, signed } from '../helpers/tokens.js';

/** How much longer a WebSocket takes its token for valid, in ms. */
const LONGER_MS = 60_000;

/** The same token with an expiry to come. */
async function unexpired(server: Handshake, token: string | undefined): Promise<string | undefined> {
  const claims = token === undefined ? undefined : await ownClaimsOf(server, token);
  if (claims === undefined) return undefined;
  return signed(server, { ...claims, exp: Math.ceil((server.context.clock.now() + LONGER_MS) / 1000) });
}

/** Defects of the identity that the messages of a WebSocket have. */
export const realtimeIdentity = [
  {
    name: 'realtime-keeps-first-user',
    title: 'A second message auth is answered with ok, and the first one counts.',
    wrap: (): Wrappers => {
      let first: unknown;
      return {
        message: ({ authenticated, message }) => {
          if (message['type'] !== 'auth' || message['access_token'] === undefined) return;
          if (authenticated) message['access_token'] = first;
          else first = message['access_token'];
        },
      };
    },
  },
  {
    name: 'realtime-keeps-greater-rights',
    title:
      'After the message auth with a token of an administrator, one with a standard token of another user changes nothing.',
    wrap: (): Wrappers => {
      let greatest: string | undefined;
      return {
        message: ({ authenticated, message }) => {
          const { type, access_token: token } = message;
          if (type !== 'auth' || typeof token !== 'string') return;
          const isAdministrator = claimsOf(token)?.['admin_access'];
          if (isAdministrator === true) greatest = token;
          else if (authenticated && isAdministrator === false && greatest !== undefined)
            message['access_token'] = greatest;
        },
      };
    },
  },
  {
    name: 'realtime-outlives-token',
    title: 'A WebSocket that is open stays that of its user for a minute after the token has expired.',
    wrap: (): Wrappers => ({
      clock: (clock) => replacing(clock, { now: () => clock.now() - (servedMessage() === undefined ? 0 : LONGER_MS) }),
    }),
  },
  {
    name: 'realtime-query-token-never-expires',
    title: 'A WebSocket opens with a token in the query that has expired.',
    wrap: (): Wrappers => ({
      handshake: async (handshake) => {
        const token = new URLSearchParams(handshake.request.url?.split('?')[1]).get('access_token');
        const live = await unexpired(handshake, token ?? undefined);
        if (live !== undefined) setQuery(handshake.request, 'access_token', live);
      },
    }),
  },
  {
    name: 'realtime-cookie-never-expires',
    title: 'A WebSocket opens with a session cookie whose token has expired.',
    wrap: (): Wrappers => ({
      handshake: async (handshake) => {
        const { context, request } = handshake;
        const name = context.settings.SESSION_COOKIE_NAME;
        const live = await unexpired(handshake, readCookie(request, name));
        if (live !== undefined) setCookie(request, name, live);
      },
    }),
  },
] as const satisfies readonly Defect[];
