import type { Request, Response } from 'express';
import type { Context } from '../context.js';
import type { SameSite } from '../settings.js';

/** The value of a cookie that was sent; the first of that name (RFC 6265 section 5.4). Undefined when there is none. */
export function readCookie(request: Pick<Request, 'headers'>, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    const value = pair
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    try {
      return decodeURIComponent(value);
    } catch {
      return value;
    }
  }
  return undefined;
}

/** Sets the cookie of a refresh token. Its attributes and their order: observed, Directus 12.4.1. */
export function setRefreshCookie(context: Context, response: Response, value: string, lifetimeMs: number): void {
  const { clock, settings } = context;
  setCookie(response, clock.now(), {
    name: settings.REFRESH_TOKEN_COOKIE_NAME,
    value,
    lifetimeMs,
    domain: settings.REFRESH_TOKEN_COOKIE_DOMAIN,
    path: '/',
    httpOnly: true,
    secure: settings.REFRESH_TOKEN_COOKIE_SECURE,
    sameSite: settings.REFRESH_TOKEN_COOKIE_SAME_SITE,
  });
}

/**
 * Sets the session cookie (its name, by default: seed, section Storing Tokens, "a directus_session_token cookie"), which lasts as long as the token in it (seed, section Storing Tokens: "until it expires or is
 * overwritten. As a httpOnly cookie …"). Its attributes and their order: observed, Directus 12.4.1.
 */
export function setSessionCookie(context: Context, response: Response, value: string, lifetimeMs: number): void {
  const { clock, settings } = context;
  setCookie(response, clock.now(), {
    name: settings.SESSION_COOKIE_NAME,
    value,
    lifetimeMs,
    domain: settings.SESSION_COOKIE_DOMAIN,
    path: '/',
    httpOnly: true,
    secure: settings.SESSION_COOKIE_SECURE,
    sameSite: settings.SESSION_COOKIE_SAME_SITE,
  });
}

/** Overwrites the session cookie with an empty one. Observed: Directus 12.4.1 (which lets it last as long as a full one). */
export function clearSessionCookie(context: Context, response: Response): void {
  setSessionCookie(context, response, '', context.settings.SESSION_COOKIE_TTL);
}

/** Overwrites the cookie of the refresh token with an empty one. Observed: Directus 12.4.1. */
export function clearRefreshCookie(context: Context, response: Response): void {
  setRefreshCookie(context, response, '', context.settings.REFRESH_TOKEN_TTL);
}

interface CookieToSet {
  readonly name: string;
  /** URL-safe by itself. */
  readonly value: string;
  readonly lifetimeMs: number;
  readonly domain: string | undefined;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: SameSite | undefined;
}

function setCookie(response: Response, now: number, cookie: CookieToSet): void {
  const attributes = [
    `${cookie.name}=${cookie.value}`,
    `Max-Age=${Math.floor(cookie.lifetimeMs / 1000)}`,
    ...(cookie.domain === undefined ? [] : [`Domain=${cookie.domain}`]),
    `Path=${cookie.path}`,
    `Expires=${new Date(now + cookie.lifetimeMs).toUTCString()}`,
    ...(cookie.httpOnly ? ['HttpOnly'] : []),
    ...(cookie.secure ? ['Secure'] : []),
    ...(cookie.sameSite === undefined
      ? []
      : [`SameSite=${{ lax: 'Lax', strict: 'Strict', none: 'None' }[cookie.sameSite]}`]),
  ];
  response.append('Set-Cookie', attributes.join('; '));
}
