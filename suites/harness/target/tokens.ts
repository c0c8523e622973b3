/** What every token has: its value and until when it can be relied on. */
interface Token {
  readonly value: string;
  /** On the clock of performance.now(), in ms; a second early, since a JWT counts in whole seconds. Infinity when not known. */
  readonly goodUntil: number;
}

/** A standard access token. */
export interface AccessToken extends Token {
  readonly type: 'standard';
  /** What the answer said of its life, in ms. */
  readonly expiresMs: number | undefined;
  /** When the answer was asked for, on the clock of performance.now(). */
  readonly obtainedAt: number;
}

/** A refresh token. */
export interface RefreshToken extends Token {
  readonly type: 'refresh';
}

/** A session token: access and refresh token in one. */
export interface SessionToken extends Token {
  readonly type: 'session';
  /** What is known of its life, in ms: from the payload, the claims or the cookie. */
  readonly expiresMs: number | undefined;
  readonly obtainedAt: number;
}

/** A static token. */
export interface StaticToken extends Token {
  readonly type: 'static';
}

/** A token that authenticates requests. */
export type AnyAccessToken = AccessToken | SessionToken | StaticToken;

/** What a login or refresh in mode json hands out. */
export interface StandardTokens {
  readonly access: AccessToken;
  readonly refresh: RefreshToken;
}

/** A static token of a value that was set or given. */
export function staticToken(value: string): StaticToken {
  return { type: 'static', value, goodUntil: Infinity };
}
