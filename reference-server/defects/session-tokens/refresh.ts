import { servedOperation, type ServedOperation } from '../helpers/served.js';
import { forgivingSessionExpiry } from '../helpers/expiry.js';
import { invalidCredentials } from '../../http/errors.js';
import { setSessionCookie } from '../../auth/cookies.js';
import type { SessionRecord } from '../../stores/store.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { setCookieValue, withoutSessionCookie, changeSetCookie, setCookie } from '../helpers/cookies.js';
import { changingSessionRefresh } from '../helpers/payloads.js';
import { sessionCookieOf, found, isAboutSession, sessionOf } from '../helpers/sessions/sessions.js';
import { claimsOf, sentToken, signed } from '../helpers/tokens.js';
import { randomString } from '../../random.js';
import { bodyOf, isRefresh, succeeded } from '../helpers/exchange.js';
import { keepingSessions } from '../helpers/sessions/keeping-sessions.js';

/** True while a refresh or logout by REST is served. */
const isExchange = (served: ServedOperation | undefined): boolean =>
  served?.by === 'rest' && served.operation !== 'login';

/** Defects that requirements of the section `refresh` of the chapter `session-tokens` notice. */
export const sessionTokensRefresh = [
  {
    name: 'session-refresh-refused',
    title: 'A refresh in mode session is rejected.',
    wrap: (): Wrappers => ({
      store: (store) => replacing(store, { succeedSession: () => Promise.resolve(undefined) }),
    }),
  },
  {
    name: 'session-refresh-returns-dead-token',
    title: 'The session token out of a refresh belongs to no session.',
    wrap: (): Wrappers => ({
      store: (store, { random }) =>
        replacing(store, {
          succeedSession: async (...given) => {
            const session = await store.succeedSession(...given);
            return session && { ...session, token: randomString(random, 64) };
          },
        }),
    }),
  },
  {
    name: 'session-refresh-sets-no-cookie',
    title: 'A refresh in mode session sets no cookie.',
    wrap: changingSessionRefresh((_payload, exchange) => withoutSessionCookie(exchange)),
  },
  {
    name: 'session-refresh-keeps-old-expiry',
    title: 'The session token out of a refresh expires when the one before it does.',
    wrap: changingSessionRefresh(async (payload, exchange) => {
      const { context, response } = exchange;
      const { exp } = claimsOf(sessionCookieOf(exchange) ?? '') ?? {};
      const renewed = setCookieValue(response, context.settings.SESSION_COOKIE_NAME);
      if (exp === undefined || renewed === undefined) return;
      const lifetimeMs = exp * 1000 - context.clock.now();
      payload['expires'] = lifetimeMs;
      withoutSessionCookie(exchange);
      setSessionCookie(context, response, await signed(exchange, { ...claimsOf(renewed), exp }), lifetimeMs);
    }),
  },
  {
    name: 'expired-session-token-refreshable',
    title: 'A session token can be refreshed after it has expired.',
    wrap: forgivingSessionExpiry(() => isExchange(servedOperation())),
  },
  {
    name: 'session-refresh-ignores-signature',
    title: 'A refresh in mode session does not verify the session token.',
    wrap: (): Wrappers => ({
      jwts: (jwts) =>
        replacing(jwts, {
          signatureIsRight: async (token) =>
            (isExchange(servedOperation()) && claimsOf(token)?.['session'] !== undefined) ||
            jwts.signatureIsRight(token),
        }),
    }),
  },
  {
    name: 'session-refresh-takes-access-token',
    title: 'A standard token in the session cookie is exchanged for a session token.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { context, request } = exchange;
        const token = sessionCookieOf(exchange);
        const claims = token === undefined ? undefined : claimsOf(token);
        if (!isRefresh(exchange) || claims === undefined || claims['session'] !== undefined) return;
        const session = { token: context.random.uuid(), user: String(claims['id']), successor: null };
        await context.store.insertSession({ ...session, expires: context.clock.now() + 60_000 });
        const changed = await signed(exchange, { ...claims, session: session.token });
        setCookie(request, context.settings.SESSION_COOKIE_NAME, changed);
      },
    }),
  },
  // Session tokens
  {
    name: 'concurrent-session-refresh-refused',
    title: 'A session token is rejected at its second refresh, even a concurrent one.',
    wrap: (): Wrappers => {
      const seen = new Set<string>();
      return {
        request: (exchange) => {
          const token = sessionCookieOf(exchange);
          if (!isRefresh(exchange) || !isAboutSession(exchange) || token === undefined) return;
          if (seen.has(token)) throw invalidCredentials();
          seen.add(token);
        },
      };
    },
  },
  {
    name: 'concurrent-session-refresh-forks',
    title: 'Each of several refreshes of one session token begins a session of its own.',
    wrap: (): Wrappers => {
      const seen = new Set<string>();
      return {
        request: async (exchange) => {
          const { context, request } = exchange;
          const token = sessionCookieOf(exchange);
          if (!isRefresh(exchange) || !isAboutSession(exchange) || token === undefined) return;
          const session = await sessionOf(exchange, token);
          if (seen.has(token) && session !== undefined) {
            const fork = { ...session, token: context.random.uuid(), successor: null };
            await context.store.insertSession(fork);
            setCookie(
              request,
              context.settings.SESSION_COOKIE_NAME,
              await signed(exchange, { ...claimsOf(token), session: fork.token }),
            );
          }
          seen.add(token);
        },
      };
    },
  },
  {
    name: 'old-session-token-survives',
    title: 'A session token stays valid after its refresh.',
    wrap: keepingSessions(async (exchange) =>
      found(isRefresh(exchange) && isAboutSession(exchange) && (await sessionOf(exchange, sessionCookieOf(exchange)))),
    ),
  },
  {
    name: 'session-refresh-takes-body',
    title: 'A session token in the body can be refreshed.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const { refresh_token } = bodyOf(exchange);
        if (isRefresh(exchange) && isAboutSession(exchange) && typeof refresh_token === 'string')
          setCookie(exchange.request, exchange.context.settings.SESSION_COOKIE_NAME, refresh_token);
      },
    }),
  },
  {
    name: 'session-refresh-takes-header',
    title: 'A session token in the header can be refreshed.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const sent = sentToken(exchange);
        if (isRefresh(exchange) && isAboutSession(exchange) && sent?.method === 'header')
          setCookie(exchange.request, exchange.context.settings.SESSION_COOKIE_NAME, sent.token);
      },
    }),
  },
  {
    name: 'session-refresh-keeps-session',
    title: 'A refresh in mode session leaves the session its identifier.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const { context, response } = exchange;
        const old = claimsOf(sessionCookieOf(exchange) ?? '')?.['session'];
        const name = context.settings.SESSION_COOKIE_NAME;
        const renewed = setCookieValue(response, name);
        if (!isRefresh(exchange) || !succeeded(answer) || renewed === undefined || typeof old !== 'string') return;
        const claims = claimsOf(renewed);
        const session = await context.store.session(String(claims?.['session']));
        if (session !== undefined) await context.store.replaceSession(session.token, { ...session, token: old });
        const kept = await signed(exchange, { ...claims, session: old });
        changeSetCookie(response, name, (header) => header.replace(/=[^;]*/, `=${kept}`));
      },
    }),
  },
  {
    name: 'session-refresh-without-grace',
    title: 'A refreshed session token is rejected at once.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        if (!isRefresh(exchange) || !isAboutSession(exchange) || !succeeded(answer)) return;
        const old = await sessionOf(exchange, sessionCookieOf(exchange));
        if (old !== undefined) await exchange.context.store.deleteSession(old.token);
      },
    }),
  },
  {
    name: 'second-session-refresh-ends-session',
    title:
      'A session token that is refreshed for the second time, as by two tabs of a browser, is rejected and its session ended.',
    wrap: (): Wrappers => {
      const successors = new Map<string, string>();
      return {
        store: (store) =>
          replacing(store, {
            succeedSession: async (old, next, graceUntil) => {
              const successor = successors.get(old);
              if (successor !== undefined) {
                await store.deleteSession(successor);
                return undefined;
              }
              const session = await store.succeedSession(old, next, graceUntil);
              if (session !== undefined) successors.set(old, session.token);
              return session;
            },
          }),
      };
    },
  },
  {
    name: 'grace-begins-anew-with-each-use',
    title: 'The grace of a refreshed session token begins anew each time that it is used.',
    wrap: (): Wrappers => ({
      store: (store, { clock, settings }) => {
        const refreshed = new Map<string, SessionRecord>();
        return replacing(store, {
          succeedSession: async (token, by, graceEnds) => {
            const session = await store.session(token);
            if (session !== undefined) refreshed.set(token, { ...session, expires: graceEnds });
            return store.succeedSession(token, by, graceEnds);
          },
          session: async (token) => {
            const old = refreshed.get(token);
            if (old === undefined || old.expires <= clock.now()) return store.session(token);
            const used = {
              ...((await store.session(token)) ?? old),
              expires: clock.now() + settings.SESSION_REFRESH_GRACE_PERIOD,
            };
            refreshed.set(token, used);
            return used;
          },
          deleteSessionsOf: async (user, except) => {
            for (const [token, session] of refreshed) if (session.user === user) refreshed.delete(token);
            await store.deleteSessionsOf(user, except);
          },
        });
      },
    }),
  },
  {
    name: 'session-extended-three-times',
    title: 'From the fourth refresh of a session on its new token expires when the one before it does.',
    wrap: (): Wrappers => {
      const refreshes = new Map<string, number>();
      return changingSessionRefresh(async (_payload, exchange) => {
        const { context, response } = exchange;
        const old = sessionCookieOf(exchange) ?? '';
        const { exp } = claimsOf(old) ?? {};
        const renewed = setCookieValue(response, context.settings.SESSION_COOKIE_NAME);
        if (exp === undefined || renewed === undefined) return;
        const number = (refreshes.get(old) ?? 0) + 1;
        const token = number > 3 ? await signed(exchange, { ...claimsOf(renewed), exp }) : renewed;
        refreshes.set(token, number);
        changeSetCookie(response, context.settings.SESSION_COOKIE_NAME, (header) => header.replace(renewed, token));
      })();
    },
  },
] as const satisfies readonly Defect[];
