import type { Claims } from './jwt.js';
import type { Context } from '../context.js';
import { invalidCredentials, invalidToken } from '../http/errors.js';
import { identityOfClaims, issuedClaims, type Identity } from './identity.js';
import { activeUserOf, isValid, newSession, noteAccess, startSession } from './sessions.js';
import type { SessionRecord, UserRecord } from '../stores/store.js';

/*
 * Standard tokens. Seed, section Standard Tokens: "returned when a user logs in and expire after a short period, and are provided
 * with an expiry time as well as a refresh token." The access token is a JWT that the server keeps no record of: it is valid until it
 * expires, even after the login has ended. The refresh token is the token of the session (sessions.ts), valid for one refresh.
 */

/** An access token and its refresh token. */
export interface StandardTokens {
  readonly accessToken: string;
  /** How long the access token lives, in ms. */
  readonly accessLifetimeMs: number;
  readonly refreshToken: string;
  /** How long the refresh token lives, in ms. */
  readonly refreshLifetimeMs: number;
}

/** The tokens of a user who has logged in. */
export async function startStandard(context: Context, user: UserRecord): Promise<StandardTokens> {
  return issue(context, user, await startSession(context, user.id, context.settings.REFRESH_TOKEN_TTL));
}

/**
 * Exchanges a refresh token for new tokens; the old one is invalidated (rotation: RFC 9700 section 4.14.2).
 *
 * Of several refreshes at once with the same token one returns tokens and the others are rejected: the store replaces a
 * session once. (Directus 12.4.1 returns tokens for each, of which one is valid.)
 *
 * @throws ApiError 401 INVALID_CREDENTIALS
 */
export async function refreshStandard(context: Context, given: unknown): Promise<StandardTokens> {
  const { settings, store } = context;
  const old = typeof given === 'string' ? await store.session(given) : undefined;
  if (old === undefined || !isValid(context, old)) throw invalidCredentials();
  const user = await activeUserOf(context, old);
  if (user === undefined) throw invalidCredentials();

  const session = newSession(context, user.id, settings.REFRESH_TOKEN_TTL);
  const tokens = await issue(context, user, session);
  // At once, so that a store on the disk writes both together. Of refreshes that come at the same time each may take note.
  const [replaced] = await Promise.all([store.replaceSession(old.token, session), noteAccess(context, user.id)]);
  if (!replaced) throw invalidCredentials();
  return tokens;
}

/**
 * Ends a refresh token. Seed: "Logging out will invalidate the refresh token". An unknown one is ignored.
 */
export async function endStandard(context: Context, given: unknown): Promise<void> {
  const { store } = context;
  const session = typeof given === 'string' ? await store.session(given) : undefined;
  if (session !== undefined) await store.deleteSession(session.token);
}

/**
 * The identity that a standard token gives.
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
  const { jwts, settings } = context;
  return {
    accessToken: await jwts.sign(await issuedClaims(context, user, settings.ACCESS_TOKEN_TTL)),
    accessLifetimeMs: settings.ACCESS_TOKEN_TTL,
    refreshToken: session.token,
    refreshLifetimeMs: settings.REFRESH_TOKEN_TTL,
  };
}
