/**
 * Every promise of the specification that the server can be told to break, by name. `keptRules` keeps them all; a defect
 * (defects.ts) is a few of them with other values. The source of each promise is the seed's section or quote in its comment.
 */
export interface Rules {
  // ── Making Requests: "a valid token must be included in the request" ──

  /** A request without a token is nobody's, not the first user's. */
  readonly noTokenIsNobody: boolean;
  /** A string that is nobody's token is refused in the header, not taken as the first user's. */
  readonly unknownHeaderTokenRefused: boolean;
  /** The same in the query. */
  readonly unknownQueryTokenRefused: boolean;
  /** The same in the session cookie. */
  readonly unknownCookieTokenRefused: boolean;
  /** A refresh token authenticates a request. */
  readonly refreshTokenAuthenticates: boolean;
  /** "You do not need to set anything": the session cookie counts without the header X-Requested-With. */
  readonly cookieAloneSeen: boolean;

  // ── Session Tokens ──

  /** "combine both an access and refresh token": a session token authenticates. */
  readonly sessionTokenAccepted: boolean;
  /** A session token authenticates more than once. */
  readonly sessionTokenReusable: boolean;
  /** A session token buys a new one. */
  readonly sessionRefreshPossible: boolean;
  /** The session token out of a refresh is one that is accepted. */
  readonly refreshedSessionTokenWorks: boolean;
  /** The refresh in mode session sets the cookie. */
  readonly sessionRefreshSetsCookie: boolean;
  /** The session token out of a refresh expires with the one before it, and says so. */
  readonly sessionRefreshKeepsOldExpiry: boolean;
  /** The same for the refresh. */
  readonly sessionTokenInRefreshBody: boolean;
  /** What a logout in mode session ends: the session, only its use to authenticate, or nothing. */
  readonly sessionLogoutEnds: 'session' | 'authentication' | 'nothing';
  /** A logout in mode session clears the cookie. */
  readonly sessionLogoutClearsCookie: boolean;

  // ── Static Tokens ──

  /** Static tokens authenticate. */
  readonly staticTokenAccepted: boolean;
  /** A static token authenticates more than once. */
  readonly staticTokenReusable: boolean;
  /** A login, refresh or logout of its user leaves a static token alone. */
  readonly staticTokenDiesAt: 'nothing' | 'login' | 'refresh' | 'logout';
  /** "can be manually set via … the Users API": when the user is created. */
  readonly staticTokenSetOnCreate: boolean;
  /** And later. */
  readonly staticTokenSetOnUpdate: boolean;
  /** "you will not be able to view the token again": GET /users/:id conceals it. */
  readonly staticTokenConcealedInRecord: boolean;
  /** The answer to POST /users conceals it. */
  readonly staticTokenConcealedOnCreate: boolean;
  /** The answer to PATCH /users/:id conceals it. */
  readonly staticTokenConcealedOnUpdate: boolean;
  /** GET /users/me conceals it. */
  readonly staticTokenConcealedFromOwner: boolean;
  /** GET /users conceals it. */
  readonly staticTokenConcealedInList: boolean;

  // ── Storing Tokens ──

  /** "a directus_session_token cookie": another name, or undefined for the one of the settings. */
  readonly sessionCookieName: string | undefined;
  /** Another domain that the session cookie is for, or undefined for the one of the settings. */
  readonly sessionCookieDomain: string | undefined;
  /** "to the same Directus domain": the path that the session cookie is for. */
  readonly sessionCookiePath: string;
  /** The same where a refresh sets it. */
  readonly refreshedSessionCookiePath: string;
  /** "until it expires": how long the session cookie lasts. */
  readonly sessionCookieLasts: 'as-token' | 'a-minute' | 'twice-as-long';
  /** "As a httpOnly cookie": set so by a login. */
  readonly sessionCookieHttpOnly: boolean;
  /** And by a refresh. */
  readonly refreshedSessionCookieHttpOnly: boolean;

  // ── Beyond the seed: what a real Directus does, and RFCs ──

  /** A request that sends a token in the header and in the query is refused (RFC 6750 section 3.1). */
  readonly twoWaysRefused: boolean;
  /** The scheme Bearer is taken in any case (RFC 9110 section 11.1). */
  readonly schemeInAnyCase: boolean;
  /** A session token has the claim iat. Observed: Directus 12.4.1. */
  readonly sessionTokenSaysWhenIssued: boolean;
  /** null clears a static token. Observed: Directus 12.4.1. */
  readonly staticTokenCleared: boolean;
  /** The cookie of the refresh token is httpOnly. Observed: Directus 12.4.1. */
  readonly refreshCookieHttpOnly: boolean;
  /** The session cookie has the attribute SameSite. Observed: Directus 12.4.1. */
  readonly sessionCookieHasSameSite: boolean;
}

/** All promises kept. */
export const keptRules: Rules = {
  noTokenIsNobody: true,
  unknownHeaderTokenRefused: true,
  unknownQueryTokenRefused: true,
  unknownCookieTokenRefused: true,
  refreshTokenAuthenticates: false,
  cookieAloneSeen: true,

  sessionTokenAccepted: true,
  sessionTokenReusable: true,
  sessionRefreshPossible: true,
  refreshedSessionTokenWorks: true,
  sessionRefreshSetsCookie: true,
  sessionRefreshKeepsOldExpiry: false,
  sessionTokenInRefreshBody: false,
  sessionLogoutEnds: 'session',
  sessionLogoutClearsCookie: true,

  staticTokenAccepted: true,
  staticTokenReusable: true,
  staticTokenDiesAt: 'nothing',
  staticTokenSetOnCreate: true,
  staticTokenSetOnUpdate: true,
  staticTokenConcealedInRecord: true,
  staticTokenConcealedOnCreate: true,
  staticTokenConcealedOnUpdate: true,
  staticTokenConcealedFromOwner: true,
  staticTokenConcealedInList: true,

  sessionCookieName: undefined,
  sessionCookieDomain: undefined,
  sessionCookiePath: '/',
  refreshedSessionCookiePath: '/',
  sessionCookieLasts: 'as-token',
  sessionCookieHttpOnly: true,
  refreshedSessionCookieHttpOnly: true,

  twoWaysRefused: true,
  schemeInAnyCase: true,
  sessionTokenSaysWhenIssued: true,
  staticTokenCleared: true,
  refreshCookieHttpOnly: true,
  sessionCookieHasSameSite: true,
};
