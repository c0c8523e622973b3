import { servesSession } from '../helpers/served.js';
import { invalidCredentials } from '../../http/errors.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { sessionCookieOf, isAboutSession, sessionLogoutLeavesCookie, sessionOf } from '../helpers/sessions/sessions.js';
import { judgingUse } from '../helpers/sessions/tokens-in-use.js';
import type { Store } from '../../stores/store.js';
import { isLogout } from '../helpers/exchange.js';

/** A store in which a logout in mode session does something else than to end the session. */
const atSessionLogout = (store: Store, instead: (token: string) => void = () => undefined): Store =>
  replacing(store, {
    deleteSession: async (token) => (servesSession('logout') ? instead(token) : store.deleteSession(token)),
  });

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
] as const satisfies readonly Defect[];
