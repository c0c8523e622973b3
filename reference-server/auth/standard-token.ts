import type { JWTPayload } from 'jose';
import type { Context } from '../context.js';
import { invalidCredentials, invalidToken } from '../http/errors.js';
import { identityOfClaims, isAdminRole, type Identity, type Purpose } from './identity.js';
import { claimsIfIssuedHere, ISSUER, issuedNow } from './jwt.js';
import { activeUserOf, isAlive, newSession, noteEvent, startSession } from './sessions.js';
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
  return issue(context, user, await startSession(context, user.id, refreshLifeMs(context)));
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
  const { memory, rules, store } = context;
  if (!rules.refreshPossible || typeof given !== 'string') throw invalidCredentials();
  const old = (await sessionOf(context, given)) ?? (await sessionForOtherToken(context, given));
  if (old === undefined || !isAlive(context, old)) throw invalidCredentials();
  if (!rules.refreshedRefreshTokenWorks && memory.refreshed.has(old.token)) throw invalidCredentials();
  const user = await activeUserOf(context, old);
  if (user === undefined) throw invalidCredentials();

  const session = newSession(context, user.id, refreshLifeMs(context));
  const exp = rules.refreshKeepsOldExpiry ? memory.accessExpiry.get(old.token) : undefined;
  const tokens = await issue(context, user, session, exp);
  if (!(await store.replaceSession(old.token, session))) throw invalidCredentials();
  memory.refreshed.add(session.token);
  memory.refreshed.delete(old.token);
  await noteEvent(context, 'refresh', user.id);
  return tokens;
}

/**
 * Ends a refresh token. Seed: "Logging out will invalidate the refresh token". One that is not known is not told so.
 */
export async function endStandard(context: Context, given: unknown): Promise<void> {
  const { memory, rules, store } = context;
  const session = typeof given === 'string' ? await store.session(given) : undefined;
  if (session === undefined) return;
  const spared = rules.logoutEnds === 'refresh-tokens-of-logins' && memory.refreshed.has(session.token);
  if (rules.logoutEnds !== 'nothing' && !spared) await store.deleteSession(session.token);
  if (!rules.logoutLeavesOthers) await store.deleteSessionsOf(session.user);
  await noteEvent(context, 'logout', session.user);
}

/**
 * Whom a standard token identifies.
 *
 * @param claims those of the token, not verified yet
 * @throws ApiError 403 INVALID_TOKEN for a wrong signature or missing claims, 401 TOKEN_EXPIRED
 */
export async function identifyByStandardToken(
  context: Context,
  token: string,
  claims: JWTPayload,
  purpose: Purpose = 'use',
): Promise<Identity> {
  const { clock, jwts, memory, rules } = context;
  if (!(await jwts.signatureIsRight(token))) throw invalidToken();
  jwts.checkTimes(claims, clock.now());
  const identity = await identityOfClaims(context, claims);
  if (purpose === 'use') {
    if (!rules.standardTokenAccepted) throw invalidCredentials();
    if (!rules.standardTokenReusable && !identity.admin) {
      if (memory.usedTokens.has(token)) throw invalidCredentials();
      memory.usedTokens.add(token);
    }
  }
  return identity;
}

async function issue(
  context: Context,
  user: UserRecord,
  session: SessionRecord,
  exp?: number,
): Promise<StandardTokens> {
  const { clock, jwts, memory, rules, settings } = context;
  const now = clock.now();
  const times = issuedNow(now, settings.ACCESS_TOKEN_TTL);
  const admin = await isAdminRole(context, user.role);
  const claims = {
    id: user.id,
    role: user.role,
    app_access: admin,
    admin_access: admin,
    ...(rules.accessTokenSaysWhenIssued ? times : { exp: times.exp }),
    ...(exp !== undefined && { exp }),
    iss: ISSUER,
  } as const;
  if (rules.refreshKeepsOldExpiry) memory.accessExpiry.set(session.token, claims.exp);
  return {
    accessToken: await jwts.sign(claims),
    accessLifeMs: exp === undefined ? settings.ACCESS_TOKEN_TTL : Math.max(0, exp * 1000 - now),
    refreshToken: session.token,
    refreshLifeMs: refreshLifeMs(context),
  };
}

const refreshLifeMs = ({ rules, settings }: Context): number =>
  rules.refreshTokenLives === 'its-own-time' ? settings.REFRESH_TOKEN_TTL : settings.ACCESS_TOKEN_TTL;

async function sessionOf({ rules, store }: Context, given: string): Promise<SessionRecord | undefined> {
  const session = await store.session(given);
  if (session !== undefined || !rules.refreshAcceptsPrefix || given.length < 8) return session;
  return (await store.sessions()).find(({ token }) => token.startsWith(given));
}

/** The session that a token of another kind buys, where a rule is broken: a new one. */
async function sessionForOtherToken(context: Context, given: string): Promise<SessionRecord | undefined> {
  const { rules, store } = context;
  let user: string | null | undefined;
  const claims = rules.refreshAcceptsAccessToken ? claimsIfIssuedHere(given) : undefined;
  if (claims !== undefined && claims.session === undefined)
    ({ user } = await identifyByStandardToken(context, given, claims, 'exchange'));
  if (rules.refreshAcceptsStaticToken) user ??= (await store.userByStaticToken(given))?.id;
  return user === undefined || user === null ? undefined : startSession(context, user, refreshLifeMs(context));
}
