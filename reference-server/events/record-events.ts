import type { Claims } from '../auth/jwt.js';
import type { Request, RequestHandler, Response } from 'express';
import { bodyOf } from '../http/answer.js';
import type { Context } from '../context.js';
import type { AuthenticationEvent, Credential } from './event-log.js';
import type { Identity } from '../auth/identity.js';
import { maskedPath } from './mask.js';
import { sessionClaims } from '../auth/session-token.js';
import type { SentToken } from '../auth/bearer-token.js';

/** Whom a request came from, and what it showed for it. */
export type Sender = Pick<AuthenticationEvent, 'user' | 'email' | 'credential' | 'sentIn'>;

const stranger: Sender = { user: null, email: null, credential: null, sentIn: null };

/**
 * Writes each request into the event log when it has been answered: to be used before anything can answer. What the studio page asks
 * for itself is left out, unless it changes something.
 */
export function recordEvents(context: Context): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    if (/^\/admin(?:\/|$)/i.test(path) && (method === 'GET' || method === 'HEAD')) {
      next();
      return;
    }
    const start = performance.now();
    response.once('finish', () => {
      const action = actionOf(method, path);
      context.eventLog.add({
        time: context.clock.now(),
        ...(action === 'login' ? senderOfLogin(request) : senderOf(response)),
        action,
        method,
        path: maskedPath(path),
        status: response.statusCode,
        code: (response.locals['errorCode'] as string | undefined) ?? null,
        durationMs: Math.round(performance.now() - start),
      });
    });
    next();
  };
}

/** Notes, before a refresh or a logout ends the token that it is about, whose it is. */
export async function noteExchange(
  { store }: Context,
  response: Response,
  mode: 'json' | 'cookie' | 'session',
  token: unknown,
): Promise<void> {
  if (typeof token !== 'string') return;
  const key: unknown = mode === 'session' ? sessionClaims(token)?.['session'] : token;
  const session = typeof key === 'string' ? await store.session(key) : undefined;
  const sender: Sender = {
    user: session?.user ?? null,
    email: null,
    credential: mode === 'session' ? 'session' : 'refresh',
    sentIn: mode === 'json' ? 'body' : 'cookie',
  };
  response.locals['exchange'] = sender;
}

function actionOf(method: string, path: string): AuthenticationEvent['action'] {
  const asked = method === 'POST' ? /^\/auth\/(login|refresh|logout)\/?$/i.exec(path)?.[1] : undefined;
  return (asked?.toLowerCase() as 'login' | 'refresh' | 'logout' | undefined) ?? 'request';
}

function senderOfLogin(request: Request): Sender {
  const { email, password } = bodyOf(request);
  const credential = password === undefined ? null : 'password';
  return {
    user: null,
    email: emailToTell(email),
    credential,
    sentIn: credential === null ? null : 'body',
  };
}

/** An email that is none is not told: it might be a password in the wrong field. */
export const emailToTell = (email: unknown): string | null =>
  typeof email === 'string' && email.length <= 254 && /^[^\s@"]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(email) ? email : null;

function senderOf({ locals }: Response): Sender {
  const exchange = locals['exchange'] as Sender | undefined;
  if (exchange !== undefined) return exchange;
  const sent = locals['sentToken'] as SentToken | undefined;
  if (sent === undefined) return stranger;
  const { claims, method } = sent;
  const identity = locals['identity'] as Identity | undefined;
  // That a token has expired is found out once its signature has been verified: its claims are true.
  const expired = locals['errorCode'] === 'TOKEN_EXPIRED' && typeof claims?.['id'] === 'string' ? claims['id'] : null;
  return { user: identity?.user ?? expired, email: null, credential: credentialOf(claims), sentIn: method };
}

/**
 * What kind of access token this is, as far as it can be told without looking it up.
 * @param claims of the token, when it is a JWT of this server's form
 */
export function credentialOf(claims: Claims | undefined): Credential {
  if (claims === undefined) return 'static';
  return claims['session'] === undefined ? 'standard' : 'session';
}
