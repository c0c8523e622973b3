import type { Claims } from './jwt.js';
import type { Context } from '../context.js';
import { invalidCredentials, invalidToken } from '../http/errors.js';
import { identityOfClaims, isAdminRole, type Identity } from './identity.js';
import { claimsIfIssuedHere, ISSUER, issuedNow } from './jwt.js';
import { activeUserOf, isAlive, newSession, noteAccess, startSession } from './sessions.js';
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
  readonly lifeMs: number;
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
 * Whom a session token identifies.
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
  await noteAccess(context, user);
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
  if (session === undefined || !isAlive(context, session)) throw invalidCredentials();
  return session;
}

async function issue(context: Context, user: UserRecord, session: string): Promise<IssuedSessionToken> {
  const { clock, jwts, settings } = context;
  const admin = await isAdminRole(context, user.role);
  const claims = {
    id: user.id,
    role: user.role,
    app_access: admin,
    admin_access: admin,
    session,
    ...issuedNow(clock.now(), settings.SESSION_COOKIE_TTL),
    iss: ISSUER,
  } as const;
  return { token: await jwts.sign(claims), lifeMs: settings.SESSION_COOKIE_TTL };
}
