import { readCookie } from '../../../auth/cookies.js';
import { invalidCredentials } from '../../../http/errors.js';
import type { Exchange, OutgoingResponse } from '../../../http/interceptor.js';
import type { SessionRecord, Store } from '../../../stores/store.js';
import { replacing, type Wrappers } from '../../defect.js';
import { withoutSessionCookie } from '../cookies.js';
import { bodyOf, isLogout, modeOf, payloadOf, succeeded } from '../exchange.js';
import { claimsOf, sentToken } from '../tokens.js';

export const sessionCookieOf = ({ context, request }: Exchange): string | undefined =>
  readCookie(request, context.settings.SESSION_COOKIE_NAME);

export const refreshCookieOf = ({ context, request }: Exchange): string | undefined =>
  readCookie(request, context.settings.REFRESH_TOKEN_COOKIE_NAME);

/** The session that a session token names. */
export async function sessionOf({ context }: Exchange, token: string | undefined): Promise<SessionRecord | undefined> {
  const session = token === undefined ? undefined : claimsOf(token)?.['session'];
  return typeof session === 'string' ? context.store.session(session) : undefined;
}

/** The refresh token that a request brings, in the body or as a cookie. */
export const refreshTokenOf = (exchange: Exchange): unknown =>
  modeOf(exchange) === 'json' ? bodyOf(exchange)['refresh_token'] : refreshCookieOf(exchange);

/** The session of the refresh token that a request brings. */
export async function sessionToRefresh(exchange: Exchange): Promise<SessionRecord | undefined> {
  const token = refreshTokenOf(exchange);
  return typeof token === 'string' ? exchange.context.store.session(token) : undefined;
}

/** The session that a refresh or logout in mode session is about. */
export const isAboutSession = (exchange: Exchange): boolean => modeOf(exchange) === 'session';

/** Takes the cleared session cookie out of the response to a logout in mode session. */
export function sessionLogoutLeavesCookie(exchange: Exchange, answer: OutgoingResponse): void {
  if (isLogout(exchange) && isAboutSession(exchange) && succeeded(answer)) withoutSessionCookie(exchange);
}

/** What was found, as a list. */
export const found = (session: SessionRecord | false | undefined): SessionRecord[] => (session ? [session] : []);

/**
 * Remembers the refresh tokens that came from a refresh.
 * @param change gives the members of the store to replace; `isRefreshed` tells whether a token came from a refresh
 */
export const knowingRefreshed =
  (change: (store: Store, isRefreshed: (token: string) => boolean) => Partial<Store>) => (): Wrappers => {
    const refreshed = new Set<string>();
    return {
      store: (store) =>
        replacing(store, {
          replaceSession: async (token, by) => {
            refreshed.add(by.token);
            return store.replaceSession(token, by);
          },
          ...change(store, (token) => refreshed.has(token)),
        }),
    };
  };

/** Remembers which access token was issued with which refresh token, and rejects those of which it is told. */
export function accessTokensByRefreshToken(ended: (exchange: Exchange) => boolean): Wrappers {
  const accessTokens = new Map<unknown, string>();
  const revoked = new Set<string>();
  return {
    request: (exchange) => {
      const sent = sentToken(exchange);
      if (sent !== undefined && revoked.has(sent.token)) throw invalidCredentials();
    },
    response: (exchange, answer) => {
      const { access_token, refresh_token } = payloadOf(answer);
      if (typeof access_token === 'string' && typeof refresh_token === 'string')
        accessTokens.set(refresh_token, access_token);
      const access = accessTokens.get(bodyOf(exchange)['refresh_token']);
      if (ended(exchange) && succeeded(answer) && access !== undefined && access !== access_token) revoked.add(access);
    },
  };
}
