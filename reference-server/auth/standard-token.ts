import type { Claims } from './jwt.js';
import type { Context } from '../context.js';
import { invalidCredentials, invalidToken } from '../http/errors.js';
import { identityOfClaims, isAdminRole, type Identity } from './identity.js';
import { ISSUER, issuedNow } from './jwt.js';
import { activeUserOf, isAlive, newSession, noteAccess, startSession } from './sessions.js';
import type { SessionRecord, UserRecord } from '../stores/store.js';

/*
 * Standard tokens. Seed, section Standard Tokens: "returned when a user logs in and expire after a short period, and are provided
 * with an expiry time as well as a refresh token." The access token is a JWT that the server keeps no record of: it works until it
 * expires, whatever becomes of the login. The refresh token is the token of the session (sessions.ts), good for one refresh.
 */

/** An access token and its refresh token. */
export interface StandardTokens {
  readonly accessToken: string;
  /** How long the access token lives, in ms. */
  readonly accessLifeMs: number;
  readonly refreshToken: string;
  /** How long the refresh token lives, in ms. */
  readonly refreshLifeMs: number;
}

/** The tokens of a user who has logged in. */
export async function startStandard(context: Context, user: UserRecord): Promise<StandardTokens> {
  return issue(context, user, await startSession(context, user.id, context.settings.REFRESH_TOKEN_TTL));
}

/**
 * Exchanges a refresh token for new tokens; the old one is good for nothing any more (rotation: RFC 9700 section 4.14.2).
 *
 * Of several refreshes at once with the same token one is answered with tokens and the others are refused: the store puts a session in
 * the place of another once. (A Directus 12.4.1 answers each with tokens, of which one works.)
 *
 * @throws ApiError 401 INVALID_CREDENTIALS
 */
export async function refreshStandard(context: Context, given: unknown): Promise<StandardTokens> {
  const { settings, store } = context;
  const old = typeof given === 'string' ? await store.session(given) : undefined;
  if (old === undefined || !isAlive(context, old)) throw invalidCredentials();
  const user = await activeUserOf(context, old);
  if (user === undefined) throw invalidCredentials();

  const session = newSession(context, user.id, settings.REFRESH_TOKEN_TTL);
  const tokens = await issue(context, user, session);
  // At once, so that a store on the disk writes both together. Of refreshes that come at the same time each may take note.
  const [replaced] = await Promise.all([store.replaceSession(old.token, session), noteAccess(context, user)]);
  if (!replaced) throw invalidCredentials();
  return tokens;
}

/**
 * Ends a refresh token. Seed: "Logging out will invalidate the refresh token". One that is not known is not told so.
 */
export async function endStandard(context: Context, given: unknown): Promise<void> {
  const { store } = context;
  const session = typeof given === 'string' ? await store.session(given) : undefined;
  if (session !== undefined) await store.deleteSession(session.token);
}

/**
 * Whom a standard token identifies.
 *
 * @param claims those of the token, not verified yet
 * @throws ApiError 403 INVALID_TOKEN for a wrong signature or missing claims, 401 TOKEN_EXPIRED
 */
export async function identifyByStandardToken(context: Context, token: string, claims: Claims): Promise<Identity> {
  const { clock, jwts } = context;
  if (!(await jwts.signatureIsRight(token))) throw invalidToken();
  jwts.checkTimes(claims, clock.now());
  return identityOfClaims(context, claims);
}

async function issue(context: Context, user: UserRecord, session: SessionRecord): Promise<StandardTokens> {
  const { clock, jwts, settings } = context;
  const admin = await isAdminRole(context, user.role);
  const claims = {
    id: user.id,
    role: user.role,
    app_access: admin,
    admin_access: admin,
    ...issuedNow(clock.now(), settings.ACCESS_TOKEN_TTL),
    iss: ISSUER,
  } as const;
  return {
    accessToken: await jwts.sign(claims),
    accessLifeMs: settings.ACCESS_TOKEN_TTL,
    refreshToken: session.token,
    refreshLifeMs: settings.REFRESH_TOKEN_TTL,
  };
}
