/**
 * Every promise of the specification that the server can be told to break, by name. `keptRules` keeps them all; a defect
 * (defects.ts) is a few of them with other values. The source of each promise is the seed's section or quote in its comment.
 */
export interface Rules {
  // ── Access Tokens: "They are scoped to users" ──

  /** Whom GET /users/me names: the owner of the token, or who logged in last. */
  readonly meAnswersWith: 'owner-of-token' | 'last-login';
  /** Whom a static token identifies: its owner, or the first user who has one. */
  readonly staticTokenIdentifies: 'its-owner' | 'first-owner';

  // ── Access Tokens: "have the same permissions that the associated user does" ──

  /** Every token gives all rights. */
  readonly everyTokenIsAdmin: boolean;
  /** Every session token gives all rights. */
  readonly sessionTokenIsAdmin: boolean;
  /** A static token gives the permissions of its user. */
  readonly staticTokenHasPermissions: boolean;

  // ── Making Requests: "a valid token must be included in the request" ──

  /** A request without a token is nobody's, not the first user's. */
  readonly noTokenIsNobody: boolean;
  /** A string that is nobody's token is refused in the header, not taken as the first user's. */
  readonly unknownHeaderTokenRefused: boolean;
  /** The same in the query. */
  readonly unknownQueryTokenRefused: boolean;
  /** The same in the session cookie. */
  readonly unknownCookieTokenRefused: boolean;
  /** The signature of a standard token is verified (RFC 7515 section 5.2). */
  readonly signatureChecked: boolean;
  /** A standard token whose header says alg none, without a signature, is accepted (RFC 8725 section 2.1 forbids it). */
  readonly algNoneAccepted: boolean;
  /** A standard token whose signature is cut off is accepted. */
  readonly emptySignatureAccepted: boolean;
  /** A standard token whose signature is cut short is accepted. */
  readonly signaturePrefixAccepted: boolean;
  /** A refresh token authenticates a request. */
  readonly refreshTokenAuthenticates: boolean;
  /** "Add the following header": standard and session tokens in it are seen. */
  readonly jwtInHeaderSeen: boolean;
  /** Static tokens in the header are seen. */
  readonly staticTokenInHeaderSeen: boolean;
  /** "You do not need to set anything": the session cookie counts without the header X-Requested-With. */
  readonly cookieAloneSeen: boolean;
  /** "Append the following query parameter": standard and session tokens in it are seen. */
  readonly jwtInQuerySeen: boolean;
  /** Static tokens in the query are seen. */
  readonly staticTokenInQuerySeen: boolean;

  // ── Standard Tokens: "returned when a user logs in" ──

  /** A login in mode json or cookie can succeed, also for others than administrators. */
  readonly loginPossible: boolean;
  /** A login in mode json or cookie compares the password. */
  readonly passwordChecked: boolean;
  /** A login in mode json or cookie takes the first four characters of the password, or more of them, for the password. */
  readonly passwordPrefixAccepted: boolean;
  /** A login in mode json or cookie takes an empty password. */
  readonly emptyPasswordAccepted: boolean;
  /** A login in mode json or cookie answers with an access token. */
  readonly loginReturnsAccessToken: boolean;
  /** "are provided with an expiry time": a login in mode json or cookie answers with `expires`. */
  readonly loginReturnsExpiry: boolean;
  /** The unit of that `expires`. */
  readonly loginExpiryUnit: 'ms' | 's';
  /** How many times the token's true life that `expires` is. */
  readonly loginExpiryFactor: number;
  /** "as well as a refresh token": a login in mode json answers with one. */
  readonly loginReturnsRefreshToken: boolean;

  // ── Standard Tokens: the access token ──

  /** Standard tokens authenticate. */
  readonly standardTokenAccepted: boolean;
  /** "expire after a short period": a standard token is refused from its `exp` on. */
  readonly standardTokenExpires: boolean;
  /** "stored and reused": a standard token works more than once. */
  readonly standardTokenReusable: boolean;

  // ── Standard Tokens: the refresh token ──

  /** "Refresh tokens have a much longer expiry time": their own, or that of the access token. */
  readonly refreshTokenLives: 'its-own-time' | 'as-long-as-access-token';
  /** "can be used to generate a new standard token": a refresh in mode json or cookie can succeed. */
  readonly refreshPossible: boolean;
  /** The access token out of a refresh is one that is accepted. */
  readonly refreshedTokenWorks: boolean;
  /** The access token out of a refresh expires with the one before it, and says so. */
  readonly refreshKeepsOldExpiry: boolean;
  /** A refresh token out of a refresh is good for another refresh. */
  readonly refreshedRefreshTokenWorks: boolean;
  /** A standard access token buys a new one. */
  readonly refreshAcceptsAccessToken: boolean;
  /** A refresh token that is cut short, to eight characters or more, buys a standard token. */
  readonly refreshAcceptsPrefix: boolean;
  /** A static token buys a standard token. */
  readonly refreshAcceptsStaticToken: boolean;
  /** "Logging out will invalidate the refresh token": all, those that come from a login, or none. */
  readonly logoutEnds: 'every-refresh-token' | 'refresh-tokens-of-logins' | 'nothing';
  /** "without first logging in again": who has logged out can log in again. */
  readonly loginAfterLogoutPossible: boolean;

  // ── Session Tokens ──

  /** "Session tokens are returned when a user logs in": the login in mode session sets the cookie. */
  readonly sessionLoginSetsCookie: boolean;
  /** The login in mode session compares the password. */
  readonly sessionLoginChecksPassword: boolean;
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
  /** "in a single token": no refresh token in the payload of a login in mode session. */
  readonly sessionLoginReturnsRefreshToken: boolean;
  /** No cookie for a refresh token set by a login in mode session. */
  readonly sessionLoginSetsRefreshCookie: boolean;
  /** "must be stored as a cookie": the session token stands in the payload of the login too, as `session_token`. */
  readonly sessionTokenInLoginBody: boolean;
  /** The same for the refresh. */
  readonly sessionTokenInRefreshBody: boolean;
  /** "until it expires": a session token is refused from its `exp` on. */
  readonly sessionTokenExpires: boolean;
  /** "only be refreshed before they expire". */
  readonly expiredSessionTokenRefreshable: boolean;
  /** The refresh in mode session verifies the signature of the session token. */
  readonly sessionRefreshChecksSignature: boolean;
  /** What a logout in mode session ends: the session, only its use to authenticate, or nothing. */
  readonly sessionLogoutEnds: 'session' | 'authentication' | 'nothing';
  /** A logout in mode session clears the cookie. */
  readonly sessionLogoutClearsCookie: boolean;

  // ── Static Tokens ──

  /** Static tokens authenticate. */
  readonly staticTokenAccepted: boolean;
  /** A static token authenticates more than once. */
  readonly staticTokenReusable: boolean;
  /** "one static token": a new one ends the old one. */
  readonly newStaticTokenEndsOld: boolean;
  /** "does not expire": a static token ends with the life of an access token. */
  readonly staticTokenExpires: boolean;
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
  /** A static token that is cut short, to eight characters or more, authenticates. */
  readonly staticTokenPrefixAccepted: boolean;
  /** The wildcards `%`, `_`, `*` and `?` stand for characters of a static token, beside four true ones. */
  readonly staticTokenWildcardAccepted: boolean;

  // ── Storing Tokens ──

  /** "The default response … is via a JSON payload": the mode of a login or refresh that names none. */
  readonly defaultMode: 'json' | 'cookie';
  /** The content type of the payload with the tokens, in mode json. */
  readonly tokenResponseType: 'json' | 'html';
  /** The type of `expires` in that payload. */
  readonly payloadExpires: 'number' | 'string';
  /** How the members of that payload are written. */
  readonly payloadCase: 'snake' | 'camel';
  /** That payload holds `expires` after a refresh too. */
  readonly refreshReturnsExpiry: boolean;
  /** "your responsibility to handle storage": a login in mode json sets the cookie of the refresh token too. */
  readonly jsonLoginSetsCookie: boolean;
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

  /** A refresh ends the refresh token that it was asked with. Observed: Directus 12.4.1, "refresh reuse old". */
  readonly refreshTokenRotates: boolean;
  /** A logout leaves the other logins of the user alone. */
  readonly logoutLeavesOthers: boolean;
  /** A request that sends a token in the header and in the query is refused (RFC 6750 section 3.1). */
  readonly twoWaysRefused: boolean;
  /** The scheme Bearer is taken in any case (RFC 9110 section 11.1). */
  readonly schemeInAnyCase: boolean;
  /** The payload of tokens stands in the member `data`. Observed: Directus 12.4.1. */
  readonly payloadWrapped: boolean;
  /** A standard token has the claim iat. Observed: Directus 12.4.1. */
  readonly accessTokenSaysWhenIssued: boolean;
  /** A session token has the claim iat. Observed: Directus 12.4.1. */
  readonly sessionTokenSaysWhenIssued: boolean;
  /** A login in mode session answers with `expires`. Observed: Directus 12.4.1. */
  readonly sessionPayloadHasExpiry: boolean;
  /** An error is told in the envelope `errors`. Observed: Directus 12.4.1. */
  readonly errorsInEnvelope: boolean;
  /** The status of every refusal, where it is not its own. */
  readonly refusalStatus: number | undefined;
  /** The static token of a user who is not active is refused. Observed: Directus 12.4.1. */
  readonly staticTokenNeedsActiveUser: boolean;
  /** Refresh and session tokens end when their user stops being active. Observed: Directus 12.4.1. */
  readonly inactivityEndsSessions: boolean;
  /** Only active users log in. Observed: Directus 12.4.1. */
  readonly loginNeedsActiveUser: boolean;
  /** A new password ends refresh and session tokens. Observed: Directus 12.4.1. */
  readonly passwordChangeEndsSessions: boolean;
  /** null clears a static token. Observed: Directus 12.4.1. */
  readonly staticTokenCleared: boolean;
  /** The cookie of the refresh token is httpOnly. Observed: Directus 12.4.1. */
  readonly refreshCookieHttpOnly: boolean;
  /** The session cookie has the attribute SameSite. Observed: Directus 12.4.1. */
  readonly sessionCookieHasSameSite: boolean;
  /** An answer that holds tokens is not to be kept by caches. Observed: Directus 12.4.1. */
  readonly tokenResponsesUncached: boolean;
  /** A login tells an unknown e-mail from a wrong password. */
  readonly unknownEmailTold: boolean;
  /** A login with an unknown mode is refused. Observed: Directus 12.4.1. */
  readonly unknownModeRefused: boolean;

  // ── Realtime. Observed: Directus 12.4.1 ──

  /** The access tokens that the message auth accepts. */
  readonly realtimeTokens: 'good' | 'any' | 'none';
  /** The message auth refuses a token that has expired. */
  readonly realtimeTokenExpires: boolean;
  /** The message auth compares the password. */
  readonly realtimePasswordChecked: boolean;
  /** Nothing is answered before the message auth. */
  readonly realtimeNeedsAuth: boolean;
  /** A bad token in the query is refused before the WebSocket opens. */
  readonly realtimeQueryTokenChecked: boolean;
  /** A refresh token in the message auth is rotated. */
  readonly realtimeRefreshTokenRotates: boolean;
  /** The message auth refuses a session token whose session has ended. */
  readonly realtimeSessionsChecked: boolean;
  /** The message auth with e-mail and password needs the one-time password of who has two-factor login. */
  readonly realtimeOtpRequired: boolean;
  /** The session cookie authenticates a WebSocket, and a bad one is refused before it opens. */
  readonly realtimeSeesCookie: boolean;
  /** A message auth that comes later counts as the first does. */
  readonly realtimeSecondAuthCounts: boolean;
  /** The refusal of the message auth is the same whatever is wrong. */
  readonly realtimeTellsNothing: boolean;
  /** The message auth with e-mail and password is answered with a refresh token. */
  readonly realtimeGivesRefreshToken: boolean;
  /** The answer to the message auth repeats its access token. */
  readonly realtimeRepeatsToken: boolean;
  /** A WebSocket is closed when its message auth is refused. */
  readonly realtimeClosedWhenRefused: boolean;
}

/** All promises kept. */
export const keptRules: Rules = {
  meAnswersWith: 'owner-of-token',
  staticTokenIdentifies: 'its-owner',

  everyTokenIsAdmin: false,
  sessionTokenIsAdmin: false,
  staticTokenHasPermissions: true,

  noTokenIsNobody: true,
  unknownHeaderTokenRefused: true,
  unknownQueryTokenRefused: true,
  unknownCookieTokenRefused: true,
  signatureChecked: true,
  algNoneAccepted: false,
  emptySignatureAccepted: false,
  signaturePrefixAccepted: false,
  refreshTokenAuthenticates: false,
  jwtInHeaderSeen: true,
  staticTokenInHeaderSeen: true,
  cookieAloneSeen: true,
  jwtInQuerySeen: true,
  staticTokenInQuerySeen: true,

  loginPossible: true,
  passwordChecked: true,
  passwordPrefixAccepted: false,
  emptyPasswordAccepted: false,
  loginReturnsAccessToken: true,
  loginReturnsExpiry: true,
  loginExpiryUnit: 'ms',
  loginExpiryFactor: 1,
  loginReturnsRefreshToken: true,

  standardTokenAccepted: true,
  standardTokenExpires: true,
  standardTokenReusable: true,

  refreshTokenLives: 'its-own-time',
  refreshPossible: true,
  refreshedTokenWorks: true,
  refreshKeepsOldExpiry: false,
  refreshedRefreshTokenWorks: true,
  refreshAcceptsAccessToken: false,
  refreshAcceptsPrefix: false,
  refreshAcceptsStaticToken: false,
  logoutEnds: 'every-refresh-token',
  loginAfterLogoutPossible: true,

  sessionLoginSetsCookie: true,
  sessionLoginChecksPassword: true,
  sessionTokenAccepted: true,
  sessionTokenReusable: true,
  sessionRefreshPossible: true,
  refreshedSessionTokenWorks: true,
  sessionRefreshSetsCookie: true,
  sessionRefreshKeepsOldExpiry: false,
  sessionLoginReturnsRefreshToken: false,
  sessionLoginSetsRefreshCookie: false,
  sessionTokenInLoginBody: false,
  sessionTokenInRefreshBody: false,
  sessionTokenExpires: true,
  expiredSessionTokenRefreshable: false,
  sessionRefreshChecksSignature: true,
  sessionLogoutEnds: 'session',
  sessionLogoutClearsCookie: true,

  staticTokenAccepted: true,
  staticTokenReusable: true,
  newStaticTokenEndsOld: true,
  staticTokenExpires: false,
  staticTokenDiesAt: 'nothing',
  staticTokenSetOnCreate: true,
  staticTokenSetOnUpdate: true,
  staticTokenConcealedInRecord: true,
  staticTokenConcealedOnCreate: true,
  staticTokenConcealedOnUpdate: true,
  staticTokenConcealedFromOwner: true,
  staticTokenConcealedInList: true,
  staticTokenPrefixAccepted: false,
  staticTokenWildcardAccepted: false,

  defaultMode: 'json',
  tokenResponseType: 'json',
  payloadExpires: 'number',
  payloadCase: 'snake',
  refreshReturnsExpiry: true,
  jsonLoginSetsCookie: false,
  sessionCookieName: undefined,
  sessionCookieDomain: undefined,
  sessionCookiePath: '/',
  refreshedSessionCookiePath: '/',
  sessionCookieLasts: 'as-token',
  sessionCookieHttpOnly: true,
  refreshedSessionCookieHttpOnly: true,

  refreshTokenRotates: true,
  logoutLeavesOthers: true,
  twoWaysRefused: true,
  schemeInAnyCase: true,
  payloadWrapped: true,
  accessTokenSaysWhenIssued: true,
  sessionTokenSaysWhenIssued: true,
  sessionPayloadHasExpiry: true,
  errorsInEnvelope: true,
  refusalStatus: undefined,
  staticTokenNeedsActiveUser: true,
  inactivityEndsSessions: true,
  loginNeedsActiveUser: true,
  passwordChangeEndsSessions: true,
  staticTokenCleared: true,
  refreshCookieHttpOnly: true,
  sessionCookieHasSameSite: true,
  tokenResponsesUncached: true,
  unknownEmailTold: false,
  unknownModeRefused: true,

  realtimeTokens: 'good',
  realtimeTokenExpires: true,
  realtimePasswordChecked: true,
  realtimeNeedsAuth: true,
  realtimeQueryTokenChecked: true,
  realtimeRefreshTokenRotates: true,
  realtimeSeesCookie: true,
  realtimeSecondAuthCounts: true,
  realtimeTellsNothing: true,
  realtimeGivesRefreshToken: true,
  realtimeRepeatsToken: false,
  realtimeSessionsChecked: true,
  realtimeOtpRequired: true,
  realtimeClosedWhenRefused: true,
};
