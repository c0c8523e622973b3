import type { Defect, Wrappers } from '../defect.js';
import { setCookieValue } from '../helpers/cookies.js';
import { bodyOf, isLogout, modeOf, userIn } from '../helpers/exchange.js';
import { sessionOf, sessionToRefresh } from '../helpers/sessions/sessions.js';
import { replaceToken, sentToken, tokenFor } from '../helpers/tokens.js';
import { allButTheNewest, sparingSessions } from '../helpers/users.js';

/** Defects that requirements of the section `sequences` of the chapter `access-tokens` notice. */
export const accessTokensSequences = [
  {
    name: 'json-logout-ends-session-tokens',
    title: 'A logout in mode json ends the logins in mode session too.',
    wrap: (): Wrappers => {
      const ofSessions = new Map<string, string[]>();
      return {
        request: async (exchange) => {
          if (!isLogout(exchange) || modeOf(exchange) !== 'json') return;
          const { store } = exchange.context;
          const user = (await sessionToRefresh(exchange))?.user ?? '';
          for (const token of ofSessions.get(user) ?? []) await store.deleteSession(token);
        },
        response: async (exchange) => {
          const { context, response } = exchange;
          const session = await sessionOf(exchange, setCookieValue(response, context.settings.SESSION_COOKIE_NAME));
          if (session === undefined) return;
          ofSessions.set(session.user, [...(ofSessions.get(session.user) ?? []), session.token]);
        },
      };
    },
  },
  {
    name: 'third-static-token-revives-first',
    title: 'With the third static token of a user the first one works again.',
    wrap: (): Wrappers => {
      const given = new Map<string, string[]>();
      return {
        request: async (exchange) => {
          const { token } = bodyOf(exchange);
          const id = userIn(exchange, 'PATCH');
          if (id !== undefined && typeof token === 'string') given.set(id, [...(given.get(id) ?? []), token]);
          if (id !== undefined && token === null) given.delete(id);
          const sent = sentToken(exchange)?.token;
          const owner = [...given].find(([, all]) => all.length > 2 && all[0] === sent)?.[0];
          const user = owner === undefined ? undefined : await exchange.context.store.user(owner);
          if (user !== undefined) replaceToken(exchange, await tokenFor(exchange, user));
        },
      };
    },
  },
  {
    name: 'password-change-spares-older-sessions',
    title: 'A new password ends only the newest session of its user.',
    wrap: sparingSessions(({ password }) => password !== undefined, allButTheNewest),
  },
] as const satisfies readonly Defect[];
