import type { Claims } from './jwt.js';
import type { Context } from '../context.js';
import { invalidCredentials, invalidToken } from '../http/errors.js';
import { identityOfClaims, issuedClaims, type Identity } from './identity.js';
import { claimsIfIssuedHere } from './jwt.js';
import { activeUserOf, isValid, newSession, noteAccess, startSession } from './sessions.js';
import type { SessionRecord, UserRecord } from '../stores/store.js';

/*
 * Session tokens. Seed, section Session Tokens: they "combine both an access and refresh token in a single token. They can only be
 * refreshed before they expire, and must be stored as a cookie." A JWT whose claim `session` names a session of the store: it works
 * for as long as both do.
 */

export interface IssuedSessionToken {
  /** The JWT. */
  readonly token: string;
  /** How long it lives, in ms. */
  readonly lifetimeMs: number;
}

/** The session token of a user who has logged in. */
export async function startSessionToken(context: Context, user: UserRecord): Promise<IssuedSessionToken> {
  const session = await startSession(context, user.id, context.settings.SESSION_COOKIE_TTL);
  return issue(context, user, session.token);
}

/**
 * The claims of a string that is a session token, not verified yet; undefined for everything else, a standard token too.
 */
export function sessionClaims(token: string | undefined): Claims | undefined {
  const claims = token === undefined ? undefined : claimsIfIssuedHere(token);
  return claims?.session === undefined ? undefined : claims;
}

/**
 * The identity that a session token gives.
 *
 * @param claims those of the token, not verified yet
 * @throws ApiError 403 INVALID_TOKEN, 401 TOKEN_EXPIRED, 401 INVALID_CREDENTIALS when its session has ended
 */
export async function identifyBySessionToken(context: Context, token: string, claims: Claims): Promise<Identity> {
  await verifiedSession(context, token, claims);
  return identityOfClaims(context, claims);
}

/**
 * Exchanges a session token for a new one. The old one works for a grace, and is exchanged for the same session again.
 * Several refreshes at once get tokens of one and the same session. Observed: Directus 12.4.1.
 *
 * @throws ApiError as identifyBySessionToken
 */
export async function refreshSessionToken(
  context: Context,
  token: string,
  claims: Claims,
): Promise<IssuedSessionToken> {
  const { clock, settings, store } = context;
  const old = await verifiedSession(context, token, claims);
  const user = await activeUserOf(context, old);
  if (user === undefined) throw invalidCredentials();
  const next = newSession(context, user.id, settings.SESSION_COOKIE_TTL);
  const session = await store.succeedSession(old.token, next, clock.now() + settings.SESSION_REFRESH_GRACE_PERIOD);
  if (session === undefined) throw invalidCredentials();
  await noteAccess(context, user.id);
  return issue(context, user, session.token);
}

/**
 * Ends the session of a session token.
 * @throws ApiError as identifyBySessionToken
 */
export async function endSessionToken(context: Context, token: string, claims: Claims): Promise<void> {
  const session = await verifiedSession(context, token, claims);
  await context.store.deleteSession(session.token);
}

async function verifiedSession(context: Context, token: string, claims: Claims): Promise<SessionRecord> {
  const { clock, jwts, store } = context;
  if (!(await jwts.signatureIsRight(token))) throw invalidToken();
  jwts.checkTimes(claims, clock.now());
  const session = typeof claims.session === 'string' ? await store.session(claims.session) : undefined;
  if (session === undefined || !isValid(context, session)) throw invalidCredentials();
  return session;
}

async function issue(context: Context, user: UserRecord, session: string): Promise<IssuedSessionToken> {
  const { jwts, settings } = context;
  const claims = await issuedClaims(context, user, settings.SESSION_COOKIE_TTL, { session });
  return { token: await jwts.sign(claims), lifetimeMs: settings.SESSION_COOKIE_TTL };
}
