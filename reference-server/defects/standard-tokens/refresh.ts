import { invalidCredentials } from '../../http/errors.js';
import { returnsTokens } from '../helpers/payloads.js';
import { servedMessage, servedOperation, servesStandard } from '../helpers/served.js';
import { type Defect, replacing, type Wrappers, type Ports } from '../defect.js';
import { bodyOf, modeOf, payloadOf, isRefresh } from '../helpers/exchange.js';
import { claimsOf, sentToken, signed } from '../helpers/tokens.js';
import { changeSetCookie, setCookie, setCookieValue, withAttribute } from '../helpers/cookies.js';
import {
  accessTokensByRefreshToken,
  sessionToRefresh,
  refreshCookieOf,
  refreshTokenOf,
  knowingRefreshed,
} from '../helpers/sessions/sessions.js';
import { refreshesAtOnceSucceed, sharedRefreshTokenOf } from '../helpers/sessions/refreshes-at-once.js';
import { randomString } from '../../random.js';
import { jwtsSignedWith } from '../../auth/jwt.js';
import type { SessionRecord } from '../../stores/store.js';

/** Takes strings for refresh tokens that are none: `find` gives the session that they are taken for. */
const takingAsRefreshToken =
  (find: (token: string, ports: Ports) => Promise<SessionRecord | undefined>) => (): Wrappers => ({
    store: (store, ports) =>
      replacing(store, {
        session: async (token) =>
          (await store.session(token)) ?? (servesStandard('refresh') ? find(token, ports) : undefined),
      }),
  });

/** A session that begins when its refresh token is first sent. */
async function begun({ clock, store }: Ports, token: string, user: string): Promise<SessionRecord> {
  const session = { token, user, expires: clock.now() + 60_000, successor: null };
  await store.insertSession(session);
  return session;
}

/** Defects that requirements of the section `refresh` of the chapter `standard-tokens` notice. */
export const standardTokensRefresh = [
  {
    name: 'refresh-cookie-case-ignored',
    title: 'The refresh token in a cookie is compared without regard to case.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const token = refreshCookieOf(exchange);
        if (!isRefresh(exchange) || token === undefined) return;
        const { settings, store } = exchange.context;
        const same = (await store.sessions()).find((one) => one.token.toLowerCase() === token.toLowerCase());
        if (same !== undefined) setCookie(exchange.request, settings.REFRESH_TOKEN_COOKIE_NAME, same.token);
      },
    }),
  },
  {
    name: 'refresh-accepts-any-type',
    title: 'A refresh token that is an object is a condition, which some session meets.',
    wrap: (): Wrappers => {
      let latest: string | undefined;
      return {
        request: (exchange) => {
          const { refresh_token } = bodyOf(exchange);
          const isObject = typeof refresh_token === 'object' && refresh_token !== null;
          if (isRefresh(exchange) && isObject && latest !== undefined) bodyOf(exchange)['refresh_token'] = latest;
        },
        response: (_exchange, answer) => {
          const { refresh_token } = payloadOf(answer);
          if (typeof refresh_token === 'string') latest = refresh_token;
        },
      };
    },
  },
  {
    name: 'refresh-token-expires-with-access-token',
    title: 'A refresh token lives no longer than the access token beside it.',
    wrap: (): Wrappers => ({
      store: (store, { clock, settings }) => {
        const shortened = (session: SessionRecord): SessionRecord =>
          servesStandard('login') || servesStandard('refresh')
            ? { ...session, expires: clock.now() + settings.ACCESS_TOKEN_TTL }
            : session;
        return replacing(store, {
          insertSession: async (session) => store.insertSession(shortened(session)),
          replaceSession: async (token, by) => store.replaceSession(token, shortened(by)),
        });
      },
    }),
  },
  {
    name: 'refresh-refuses-everyone',
    title: 'A refresh of a standard token is rejected with every refresh token.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          user: async (id) => (servesStandard('refresh') ? undefined : store.user(id)),
        }),
    }),
  },
  {
    name: 'refresh-returns-dead-token',
    title: 'The access token out of a refresh is signed with a key that is thrown away.',
    wrap: (): Wrappers => ({
      jwts: (jwts, { random }) =>
        replacing(jwts, {
          sign: async (claims) => {
            const isRefreshed = servedOperation()?.operation === 'refresh' && claims.session === undefined;
            return (isRefreshed ? jwtsSignedWith(randomString(random, 64)) : jwts).sign(claims);
          },
        }),
    }),
  },
  {
    name: 'refresh-keeps-old-expiry',
    title: 'The access token out of a refresh expires when the one before it does.',
    wrap: (): Wrappers => {
      const expiries = new Map<unknown, number>();
      return {
        response: async (exchange, answer) => {
          const payload = payloadOf(answer);
          const claims = claimsOf(String(payload['access_token']));
          if (claims?.exp === undefined || !returnsTokens(exchange, answer, 'both')) return;
          const { clock, settings } = exchange.context;
          const old = isRefresh(exchange) ? expiries.get(refreshTokenOf(exchange)) : undefined;
          const exp = old ?? claims.exp;
          if (old !== undefined) {
            payload['access_token'] = await signed(exchange, { ...claims, exp });
            payload['expires'] = Math.max(0, exp * 1000 - clock.now());
          }
          const inCookie = setCookieValue(exchange.response, settings.REFRESH_TOKEN_COOKIE_NAME);
          expiries.set(payload['refresh_token'] ?? inCookie, exp);
        },
      };
    },
  },
  {
    name: 'refresh-works-once-per-login',
    title: 'A refresh token that a refresh issued is rejected.',
    wrap: knowingRefreshed((store, isRefreshed) => ({
      session: async (token) => (servesStandard('refresh') && isRefreshed(token) ? undefined : store.session(token)),
    })),
  },
  {
    name: 'refresh-accepts-access-token',
    title: 'A standard access token can be used as refresh token.',
    wrap: takingAsRefreshToken(async (token, ports) => {
      const claims = claimsOf(token);
      if (typeof claims?.['id'] !== 'string' || claims['session'] !== undefined) return undefined;
      if (!(await ports.jwts.signatureIsRight(token))) return undefined;
      ports.jwts.checkTimes(claims, ports.clock.now());
      return begun(ports, token, claims['id']);
    }),
  },
  {
    name: 'refresh-accepts-prefix',
    title: 'A refresh token that is cut short, to eight characters or more, is accepted.',
    wrap: takingAsRefreshToken(async (start, { store }) =>
      start.length < 8 ? undefined : (await store.sessions()).find(({ token }) => token.startsWith(start)),
    ),
  },
  {
    name: 'refresh-accepts-static-token',
    title: 'A static token can be used as refresh token.',
    wrap: takingAsRefreshToken(async (token, ports) => {
      const owner = await ports.store.userByStaticToken(token);
      return owner && begun(ports, token, owner.id);
    }),
  },
  {
    name: 'refresh-token-survives-refresh',
    title: 'A refresh token stays valid after it was used.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          replaceSession: async (token, by) => {
            if (servedMessage() !== undefined) return store.replaceSession(token, by);
            await store.insertSession(by);
            return true;
          },
        }),
    }),
  },
  {
    name: 'used-token-taken-as-cookie',
    title: 'A refresh token that was used in the body is accepted once more as cookie.',
    wrap: (): Wrappers => {
      const used = new Map<string, SessionRecord>();
      return {
        request: async (exchange) => {
          const session = isRefresh(exchange) ? await sessionToRefresh(exchange) : undefined;
          if (session !== undefined && modeOf(exchange) === 'json') used.set(session.token, session);
          const again = modeOf(exchange) === 'cookie' ? used.get(refreshCookieOf(exchange) ?? '') : undefined;
          if (isRefresh(exchange) && again !== undefined) await exchange.context.store.insertSession(again);
        },
      };
    },
  },
  // Standard tokens
  {
    name: 'refresh-ends-access-token',
    title: 'A refresh ends the access token from before.',
    wrap: (): Wrappers => accessTokensByRefreshToken(isRefresh),
  },
  {
    name: 'concurrent-refreshes-all-live',
    title: 'Of several concurrent refreshes of one token, each issues a valid refresh token.',
    wrap: (): Wrappers => ({ request: refreshesAtOnceSucceed() }),
  },
  {
    name: 'concurrent-refreshes-none-lives',
    title: 'Several refreshes of one token at once end all that come of them.',
    wrap: (): Wrappers => {
      const renewed = new Map<string, string[]>();
      return {
        request: refreshesAtOnceSucceed(),
        response: async (exchange, answer) => {
          const { refresh_token: token } = payloadOf(answer);
          const shared = sharedRefreshTokenOf(exchange);
          if (shared === undefined || typeof token !== 'string') return;
          const all = [...(renewed.get(shared) ?? []), token];
          renewed.set(shared, all);
          if (all.length > 1) for (const one of all) await exchange.context.store.deleteSession(one);
        },
      };
    },
  },
  {
    name: 'refresh-for-sender',
    title: 'A refresh returns tokens of the user who sends it.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const id = claimsOf(sentToken(exchange)?.token ?? '')?.['id'];
        const session = isRefresh(exchange) ? await sessionToRefresh(exchange) : undefined;
        if (session === undefined || typeof id !== 'string') return;
        await exchange.context.store.insertSession({ ...session, user: id });
      },
    }),
  },
  {
    name: 'refresh-cookie-before-body',
    title: 'A refresh token in the body is ignored where a cookie holds another one.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const cookie = refreshCookieOf(exchange);
        if (isRefresh(exchange) && cookie !== undefined && bodyOf(exchange)['refresh_token'] !== undefined)
          bodyOf(exchange)['refresh_token'] = cookie;
      },
    }),
  },
  {
    name: 'refresh-mode-ignored',
    title: 'A refresh token in the body is taken in every mode.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        if (isRefresh(exchange) && bodyOf(exchange)['refresh_token'] !== undefined) bodyOf(exchange)['mode'] = 'json';
      },
    }),
  },
  {
    name: 'cookie-taken-in-mode-json',
    title: 'In mode json the refresh token of the cookie is taken where the body has none.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const body = bodyOf(exchange);
        if (isRefresh(exchange) && body['mode'] === 'json') body['refresh_token'] ??= refreshCookieOf(exchange);
      },
    }),
  },
  {
    name: 'refresh-token-in-url',
    title: 'A refresh token in the query is taken.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const { refresh_token } = exchange.request.query;
        if (isRefresh(exchange) && refresh_token !== undefined) bodyOf(exchange)['refresh_token'] = refresh_token;
      },
    }),
  },
  {
    name: 'refresh-token-never-expires',
    title: 'A refresh token never expires.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const { context } = exchange;
        const session = isRefresh(exchange) ? await sessionToRefresh(exchange) : undefined;
        if (session !== undefined && session.successor === null)
          await context.store.insertSession({
            ...session,
            expires: Math.max(session.expires, context.clock.now() + 1000),
          });
      },
    }),
  },
  {
    name: 'refresh-token-guessable',
    title: 'Refresh tokens are counted.',
    wrap: (): Wrappers => {
      let count = 0;
      return {
        response: async (exchange, answer) => {
          const { store } = exchange.context;
          const { refresh_token: token } = payloadOf(answer);
          const session = typeof token === 'string' ? await store.session(token) : undefined;
          if (session === undefined) return;
          count += 1;
          const counted = { ...session, token: `refresh-token-number-${String(count).padStart(8, '0')}` };
          await store.replaceSession(session.token, counted);
          payloadOf(answer)['refresh_token'] = counted.token;
        },
      };
    },
  },
  {
    name: 'refreshed-token-tells-user',
    title: 'A refresh token out of a refresh begins with the id of its user.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const { store } = exchange.context;
        const { refresh_token: token } = payloadOf(answer);
        const session = isRefresh(exchange) && typeof token === 'string' ? await store.session(token) : undefined;
        if (session === undefined) return;
        const telling = { ...session, token: `${session.user}.${session.token}` };
        await store.replaceSession(session.token, telling);
        payloadOf(answer)['refresh_token'] = telling.token;
      },
    }),
  },
  {
    name: 'refreshed-cookie-expires-with-access-token',
    title: 'The refresh cookie that a refresh sets expires with the access token.',
    wrap: (): Wrappers => ({
      response: (exchange) => {
        const { context, response } = exchange;
        if (!isRefresh(exchange)) return;
        const lifeMs = context.settings.ACCESS_TOKEN_TTL;
        const expires = new Date(context.clock.now() + lifeMs).toUTCString();
        changeSetCookie(response, context.settings.REFRESH_TOKEN_COOKIE_NAME, (header) =>
          withAttribute(withAttribute(header, 'Max-Age', String(lifeMs / 1000)), 'Expires', expires),
        );
      },
    }),
  },
  {
    name: 'refresh-token-bound-to-mode',
    title: 'A refresh token that was issued as a cookie is rejected in the body.',
    wrap: (): Wrappers => {
      const issued = new Set<string>();
      return {
        request: (exchange) => {
          const { refresh_token: token } = bodyOf(exchange);
          if (isRefresh(exchange) && typeof token === 'string' && issued.has(token)) throw invalidCredentials();
        },
        response: ({ context, response }) => {
          const token = setCookieValue(response, context.settings.REFRESH_TOKEN_COOKIE_NAME);
          if (token !== undefined) issued.add(token);
        },
      };
    },
  },
] as const satisfies readonly Defect[];
