import { setTimeout as sleep } from 'node:timers/promises';
import { servesSession } from '../helpers/served.js';
import { invalidCredentials } from '../../http/errors.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { sessionCookieOf, isAboutSession, sessionLogoutLeavesCookie, sessionOf } from '../helpers/sessions/sessions.js';
import { judgingUse } from '../helpers/sessions/tokens-in-use.js';
import type { SessionRecord, Store } from '../../stores/store.js';
import { isLogout, isTo } from '../helpers/exchange.js';
import { setCookieValue } from '../helpers/cookies.js';
import { readCookie } from '../../auth/cookies.js';

/** A store in which a logout in mode session does something else than to end the session. */
const atSessionLogout = (store: Store, instead: (token: string) => void = () => undefined): Store =>
  replacing(store, {
    deleteSession: async (token) => (servesSession('logout') ? instead(token) : store.deleteSession(token)),
  });

/** How long a request is under way, in ms. */
const UNDER_WAY_MS = 30;

/** Defects that requirements of the section `logout` of the chapter `session-tokens` notice. */
export const sessionTokensLogout = [
  {
    name: 'session-logout-does-nothing',
    title: 'A logout in mode session neither ends the session nor clears the cookie.',
    wrap: (): Wrappers => ({
      store: (store) => atSessionLogout(store),
      response: sessionLogoutLeavesCookie,
    }),
  },
  {
    name: 'session-logout-only-clears-cookie',
    title: 'A logout in mode session clears the cookie and leaves the session valid.',
    wrap: (): Wrappers => ({ store: (store) => atSessionLogout(store) }),
  },
  {
    name: 'session-logout-leaves-refresh',
    title: 'After a logout in mode session the session token can still be refreshed.',
    wrap: (): Wrappers => {
      const loggedOut = new Set<unknown>();
      return {
        store: (store) => atSessionLogout(store, (token) => loggedOut.add(token)),
        jwts: judgingUse(({ session }) => {
          if (loggedOut.has(session)) throw invalidCredentials();
        }),
      };
    },
  },
  {
    name: 'session-logout-ends-every-login',
    title: 'A logout in mode session ends all logins of the user.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const session =
          isLogout(exchange) && isAboutSession(exchange)
            ? await sessionOf(exchange, sessionCookieOf(exchange))
            : undefined;
        if (session !== undefined) await exchange.context.store.deleteSessionsOf(session.user, session.token);
      },
    }),
  },
  {
    name: 'session-saved-by-request-under-way',
    title: 'A request that is under way while a session is logged out saves the session again.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (!isTo(exchange, 'GET', '/users/me')) return;
        exchange.response.locals['found'] = await sessionOf(exchange, sessionCookieOf(exchange));
        // A store that is far away.
        await sleep(UNDER_WAY_MS);
      },
      response: async ({ context, response }) => {
        const found = response.locals['found'] as SessionRecord | undefined;
        if (found !== undefined && (await context.store.session(found.token)) === undefined)
          await context.store.insertSession(found);
      },
    }),
  },
  {
    name: 'session-kept-in-second-cookie',
    title: 'A second cookie keeps a session for some minutes, whatever becomes of it.',
    wrap: (): Wrappers => {
      const kept = new Map<string, SessionRecord>();
      return {
        request: async (exchange) => {
          const value = readCookie(exchange.request, 'session_data') ?? '';
          const session = kept.get(value);
          if (session === undefined || !isTo(exchange, 'GET', '/users/me')) return;
          const { store } = exchange.context;
          if ((await store.session(session.token)) !== undefined) return;
          await store.insertSession(session);
          exchange.response.locals['revived'] = session.token;
        },
        response: async (exchange) => {
          const { context, response } = exchange;
          const revived: unknown = response.locals['revived'];
          if (typeof revived === 'string') await context.store.deleteSession(revived);
          const token = setCookieValue(response, context.settings.SESSION_COOKIE_NAME);
          const session = await sessionOf(exchange, token);
          if (session === undefined) return;
          const value = `${kept.size + 1}`;
          kept.set(value, session);
          response.append('Set-Cookie', `session_data=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=300`);
        },
      };
    },
  },
] as const satisfies readonly Defect[];
