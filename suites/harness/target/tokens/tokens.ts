/** How long a credential lives, as far as the target has said. Times are on the clock of TargetTime.now(), in ms. */
export class Lifetime {
  #underTest = false;

  constructor(
    /** When the response that issued the credential was asked for. */
    readonly issuedAt: number,
    /** How long it lives by its claims, the response or its cookie, in ms; undefined when nothing says so. */
    readonly ms: number | undefined,
    /** Until when it can be relied on: its lifetime, less what rounding may cost. */
    readonly reliableUntil: number = Infinity,
  ) {}

  /**
   * Says that a check is about the end of this lifetime: that the credential is rejected is judged then, and never excused by its age.
   */
  putUnderTest(): void {
    this.#underTest = true;
  }

  /**
   * True when a response that rejects the credential shows nothing, because it may have expired by then.
   * @param when the response came
   */
  excusesRejectionAt(when: number): boolean {
    return !this.#underTest && when >= this.reliableUntil;
  }
}

/** What every token has. */
interface Token {
  readonly value: string;
  readonly lifetime: Lifetime;
}

/** A standard access token. */
export interface AccessToken extends Token {
  readonly type: 'standard';
}

/** A refresh token. */
export interface RefreshToken extends Token {
  readonly type: 'refresh';
}

/** A session token: access and refresh token in one. */
export interface SessionToken extends Token {
  readonly type: 'session';
}

/** A static token. */
export interface StaticToken extends Token {
  readonly type: 'static';
}

/** A token that authenticates requests. */
export type AnyAccessToken = AccessToken | SessionToken | StaticToken;

/** What a login or refresh in mode json issues. */
export interface StandardTokens {
  readonly access: AccessToken;
  readonly refresh: RefreshToken;
}

/** A static token of a value that was set or given: it does not expire (seed, Static Tokens). */
export function staticToken(value: string): StaticToken {
  return { type: 'static', value, lifetime: new Lifetime(-Infinity, undefined) };
}
