import type { Request, Response } from 'express';
import { TOTP } from 'otpauth';
import { answer, answerPayload, bodyOf } from '../http/answer.js';
import { projectSettings, type Context } from '../context.js';
import {
  clearRefreshCookie,
  clearSessionCookie,
  readCookie,
  setRefreshCookie,
  setSessionCookie,
} from '../auth/cookies.js';
import { invalidCredentials, invalidOtp, invalidPayload } from '../http/errors.js';
import { noteExchange } from '../events/record-events.js';
import { checkedBody } from '../http/checked-body.js';
import type { RouteTable } from '../http/routes.js';
import { endSessionToken, refreshSessionToken, sessionClaims, startSessionToken } from '../auth/session-token.js';
import { noteAccess } from '../auth/sessions.js';
import { endStandard, refreshStandard, startStandard, type StandardTokens } from '../auth/standard-token.js';
import { stalled } from '../http/login-delay.js';
import type { UserRecord } from '../stores/store.js';

/** How tokens are returned: both in the payload, the refresh token as a cookie, or one token as a cookie. */
export type Mode = 'json' | 'cookie' | 'session';

/** /auth: login, refresh, logout, and the list of other ways to log in, which is empty. */
export function authRoutes(context: Context): RouteTable {
  return {
    '/auth': { get: (_request, response) => answerPayload(response, { data: [], disableDefault: false }) },
    '/auth/login': { post: (request, response) => stalled(context, () => login(context, request, response)) },
    '/auth/refresh': { post: (request, response) => refresh(context, request, response) },
    '/auth/logout': { post: (request, response) => logout(context, request, response) },
  };
}

/**
 * Judges an attempt to log in, and takes note of the login.
 * @param request that asks for it; undefined for a message of a WebSocket
 * @throws ApiError 401 INVALID_CREDENTIALS, INVALID_OTP
 */
export async function logIn(context: Context, credentials: Credentials, request?: Request): Promise<UserRecord> {
  const user = await userWithCredentials(context, credentials);
  await noteAccess(context, user.id);
  await context.store.forgetAttempts(user.id);
  context.activityLog.addLogin(user.id, context.clock.now(), request);
  return user;
}

/** @returns what sends the answer */
async function login(context: Context, request: Request, response: Response): Promise<() => void> {
  const credentials = await checkedBody<Credentials>('login', request.body);
  const mode = credentials.mode ?? 'json';
  const user = await logIn(context, credentials, request);

  if (mode !== 'session') {
    const tokens = await startStandard(context, user);
    return () => sendStandardTokens(context, response, tokens, mode);
  }
  const { token, lifetimeMs } = await startSessionToken(context, user);
  setSessionCookie(context, response, token, lifetimeMs);
  return () => answer(response, { expires: lifetimeMs });
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly otp?: string;
  readonly mode?: Mode;
}

/**
 * The user who logs in. A failed attempt beyond the limit suspends the account (observed: Directus 12.4.1); one that succeeds never
 * does, however many are made at once.
 *
 * @throws ApiError 401 INVALID_CREDENTIALS, whatever is wrong; 401 INVALID_OTP when only the one-time password is
 */
async function userWithCredentials(context: Context, credentials: Credentials): Promise<UserRecord> {
  const { passwords, store } = context;
  const user = await store.userByEmail(credentials.email);
  if (user?.status !== 'active') {
    // As long as it takes to compare a password.
    await passwords.verify(null, credentials.password);
    throw invalidCredentials();
  }
  const isRight = await passwords.verify(user.password, credentials.password);
  if (isRight && (user.tfa_secret === null || otpIsRight(context, user.tfa_secret, credentials.otp))) {
    // Of guesses made at once, those that are compared after the account was suspended do not count, be one of them right.
    if ((await store.user(user.id))?.status !== 'active') throw invalidCredentials();
    return user;
  }
  await countFailure(context, user);
  throw isRight ? invalidOtp() : invalidCredentials();
}

async function countFailure(context: Context, user: UserRecord): Promise<void> {
  const { store } = context;
  const failures = await store.countAttempt(user.id);
  const { auth_login_attempts: limit } = await projectSettings(context);
  if (limit === null || failures <= limit) return;
  await store.forgetAttempts(user.id);
  await store.updateUser(user.id, { status: 'suspended' });
  await store.deleteSessionsOf(user.id);
}

/**
 * True for the one-time password of this very half minute (RFC 6238, SHA-1, 6 digits). Observed: Directus 12.4.1.
 * @param secret in base32
 */
export function otpIsRight({ clock }: Context, secret: string, otp: unknown): boolean {
  if (typeof otp !== 'string') return false;
  try {
    return new TOTP({ secret }).validate({ token: otp, timestamp: clock.now(), window: 0 }) !== null;
  } catch {
    return false;
  }
}

/** The payload of modes json and cookie. Seed, section Storing Tokens, JSON; the order of the members is observed. */
function sendStandardTokens(
  context: Context,
  response: Response,
  tokens: StandardTokens,
  mode: 'json' | 'cookie',
): void {
  if (mode === 'cookie') setRefreshCookie(context, response, tokens.refreshToken, tokens.refreshLifetimeMs);
  answer(response, {
    expires: tokens.accessLifetimeMs,
    ...(mode === 'json' && { refresh_token: tokens.refreshToken }),
    access_token: tokens.accessToken,
  });
}

/** 400: a refresh or logout without a token where it has to be. */
export const tokenRequired = (): Error =>
  invalidPayload('The refresh token is required in either the payload or cookie');

/**
 * The mode of a refresh or logout, and the token it is about: in mode json in the payload, else in the cookie of the mode. Without a
 * mode, or with one that is falsy, the payload decides: with a refresh token json, else cookie. Observed: Directus 12.4.1.
 *
 * @throws ApiError 400 INVALID_PAYLOAD when there is no token where it has to be
 */
function tokenToExchange(context: Context, request: Request): { mode: Mode; token: unknown } {
  const { settings } = context;
  const { mode: asked, refresh_token: inPayload } = bodyOf(request);
  const mode = asked || (inPayload ? 'json' : 'cookie');
  const tokens: Record<string, unknown> = {
    json: inPayload,
    cookie: readCookie(request, settings.REFRESH_TOKEN_COOKIE_NAME),
    session: readCookie(request, settings.SESSION_COOKIE_NAME),
  };
  const token = typeof mode === 'string' && Object.hasOwn(tokens, mode) ? tokens[mode] : undefined;
  if (!token) throw tokenRequired();
  return { mode: mode as Mode, token };
}

async function refresh(context: Context, request: Request, response: Response): Promise<void> {
  const { mode, token } = tokenToExchange(context, request);
  await noteExchange(context, response, mode, token);
  if (mode !== 'session') {
    sendStandardTokens(context, response, await refreshStandard(context, token), mode);
    return;
  }
  const claims = sessionClaims(token as string);
  if (claims === undefined) throw tokenRequired();
  const renewed = await refreshSessionToken(context, token as string, claims);
  setSessionCookie(context, response, renewed.token, renewed.lifetimeMs);
  answer(response, { expires: renewed.lifetimeMs });
}

async function logout(context: Context, request: Request, response: Response): Promise<void> {
  const { settings } = context;
  const { mode, token } = tokenToExchange(context, request);
  await noteExchange(context, response, mode, token);
  if (mode === 'session') {
    const claims = sessionClaims(token as string);
    if (claims === undefined) throw tokenRequired();
    await endSessionToken(context, token as string, claims);
  } else {
    await endStandard(context, token);
  }
  // Whichever of the two cookies was sent is overwritten, in every mode. Observed: Directus 12.4.1.
  if (readCookie(request, settings.REFRESH_TOKEN_COOKIE_NAME)) clearRefreshCookie(context, response);
  if (readCookie(request, settings.SESSION_COOKIE_NAME)) clearSessionCookie(context, response);
  answer(response);
}
