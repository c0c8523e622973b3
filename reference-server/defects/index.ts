import { distance } from 'fastest-levenshtein';
import type { Deviation } from './deviation.js';
import { graphql } from './graphql.js';
import { jsonWebTokens } from './json-web-tokens.js';
import { loggingIn } from './logging-in.js';
import { requests } from './requests.js';
import { tokens } from './tokens.js';
import { users } from './users.js';
import { keptRules, type Rules } from '../rules.js';

/** A named way to be wrong. */
export interface Defect {
  /** As requirements name it (spec/requirements, `defects`). */
  readonly name: string;
  /** What is wrong, as one sentence. */
  readonly title: string;
  /** The promises it breaks within the server. */
  readonly rules?: Partial<Rules>;
  /** What it does to requests and answers, from outside. */
  readonly deviation?: () => Deviation;
}

export const defects = [
  // Access Tokens
  {
    name: 'identity-of-last-login',
    title: 'GET /users/me answers with whoever logged in last.',
    rules: { meAnswersWith: 'last-login' },
  },
  {
    name: 'static-token-identifies-first-user',
    title: 'Every static token names the first user who has one.',
    rules: { staticTokenIdentifies: 'first-owner' },
  },
  { name: 'every-token-is-admin', title: 'Every token gives all rights.', rules: { everyTokenIsAdmin: true } },
  {
    name: 'session-token-is-admin',
    title: 'Every session token gives all rights.',
    rules: { sessionTokenIsAdmin: true },
  },
  {
    name: 'static-token-has-no-permissions',
    title: 'A static token names its user and gives no permissions.',
    rules: { staticTokenHasPermissions: false },
  },

  // Making Requests
  {
    name: 'no-token-is-first-user',
    title: 'A request without a token is taken for one of the first user.',
    rules: { noTokenIsNobody: false },
  },
  {
    name: 'bad-header-token-is-first-user',
    title: "A string in the header that is nobody's token is taken for one of the first user's.",
    rules: { unknownHeaderTokenRefused: false },
  },
  {
    name: 'bad-query-token-is-first-user',
    title: "A string in the query that is nobody's token is taken for one of the first user's.",
    rules: { unknownQueryTokenRefused: false },
  },
  {
    name: 'bad-cookie-is-first-user',
    title: "A string in the session cookie that is nobody's token is taken for one of the first user's.",
    rules: { unknownCookieTokenRefused: false },
  },
  {
    name: 'signature-not-checked',
    title: 'The signature of a standard token is not looked at.',
    rules: { signatureChecked: false },
  },
  {
    name: 'alg-none-accepted',
    title: 'A standard token that says alg none needs no signature.',
    rules: { algNoneAccepted: true },
  },
  {
    name: 'empty-signature-accepted',
    title: 'A standard token whose signature is cut off is accepted.',
    rules: { emptySignatureAccepted: true },
  },
  {
    name: 'signature-prefix-accepted',
    title: 'The signature of a standard token is compared only as far as it goes.',
    rules: { signaturePrefixAccepted: true },
  },
  {
    name: 'refresh-token-authenticates',
    title: 'A refresh token is accepted as access token.',
    rules: { refreshTokenAuthenticates: true },
  },
  {
    name: 'header-ignored',
    title: 'A standard token in the header is not seen.',
    rules: { jwtInHeaderSeen: false },
  },
  {
    name: 'header-ignores-static-token',
    title: 'A static token in the header is not seen.',
    rules: { staticTokenInHeaderSeen: false },
  },
  {
    name: 'cookie-needs-header',
    title: 'The session cookie counts only together with a header X-Requested-With.',
    rules: { cookieAloneSeen: false },
  },
  {
    name: 'query-ignored',
    title: 'A standard token in the query is not seen.',
    rules: { jwtInQuerySeen: false },
  },
  {
    name: 'query-ignores-static-token',
    title: 'A static token in the query is not seen.',
    rules: { staticTokenInQuerySeen: false },
  },

  // Standard Tokens
  {
    name: 'login-without-access-token',
    title: 'A login answers without an access token.',
    rules: { loginReturnsAccessToken: false },
  },
  {
    name: 'login-refuses-ordinary-users',
    title: 'A login for a standard token is refused to everybody but administrators.',
    rules: { loginPossible: false },
  },
  {
    name: 'login-ignores-password',
    title: 'A login for a standard token takes any password.',
    rules: { passwordChecked: false },
  },
  {
    name: 'login-accepts-password-prefix',
    title: 'A login for a standard token takes the beginning of the password, four characters or more.',
    rules: { passwordPrefixAccepted: true },
  },
  {
    name: 'login-accepts-empty-password',
    title: 'A login for a standard token takes an empty password.',
    rules: { emptyPasswordAccepted: true },
  },
  {
    name: 'standard-token-refused',
    title: 'Standard tokens are refused.',
    rules: { standardTokenAccepted: false },
  },
  {
    name: 'login-without-expiry',
    title: 'A login answers without `expires`.',
    rules: { loginReturnsExpiry: false },
  },
  {
    name: 'expires-in-seconds',
    title: 'The `expires` of a login counts seconds.',
    rules: { loginExpiryUnit: 's' },
  },
  {
    name: 'expires-disagrees-with-token',
    title: "The `expires` of a login is twice the token's life.",
    rules: { loginExpiryFactor: 2 },
  },
  {
    name: 'login-without-refresh-token',
    title: 'A login answers without a refresh token.',
    rules: { loginReturnsRefreshToken: false },
  },
  {
    name: 'expired-standard-token-accepted',
    title: 'A standard token never expires.',
    rules: { standardTokenExpires: false },
  },
  {
    name: 'access-token-works-once',
    title: 'A standard token is good for one request, but for those of administrators.',
    rules: { standardTokenReusable: false },
  },
  {
    name: 'refresh-token-expires-with-access-token',
    title: 'A refresh token lives no longer than the access token beside it.',
    rules: { refreshTokenLives: 'as-long-as-access-token' },
  },
  {
    name: 'refresh-refuses-everyone',
    title: 'A refresh for a standard token is refused, whatever the refresh token.',
    rules: { refreshPossible: false },
  },
  {
    name: 'refresh-returns-dead-token',
    title: 'The access token out of a refresh is signed with a key that is thrown away.',
    rules: { refreshedTokenWorks: false },
  },
  {
    name: 'refresh-keeps-old-expiry',
    title: 'The access token out of a refresh expires when the one before it does.',
    rules: { refreshKeepsOldExpiry: true },
  },
  {
    name: 'refresh-works-once-per-login',
    title: 'A refresh token that came from a refresh is refused.',
    rules: { refreshedRefreshTokenWorks: false },
  },
  {
    name: 'refresh-accepts-access-token',
    title: 'A standard access token can be used as refresh token.',
    rules: { refreshAcceptsAccessToken: true },
  },
  {
    name: 'refresh-accepts-prefix',
    title: 'A refresh token that is cut short, to eight characters or more, is accepted.',
    rules: { refreshAcceptsPrefix: true },
  },
  {
    name: 'refresh-accepts-static-token',
    title: 'A static token can be used as refresh token.',
    rules: { refreshAcceptsStaticToken: true },
  },
  {
    name: 'logout-does-nothing',
    title: 'A logout with a refresh token ends nothing.',
    rules: { logoutEnds: 'nothing' },
  },
  {
    name: 'logout-forgets-refreshed-sessions',
    title: 'A logout ends only refresh tokens that came from a login, none that came from a refresh.',
    rules: { logoutEnds: 'refresh-tokens-of-logins' },
  },
  {
    name: 'logout-locks-user-out',
    title: 'Who has logged out cannot log in again.',
    rules: { loginAfterLogoutPossible: false },
  },

  // Session Tokens
  {
    name: 'session-login-without-cookie',
    title: 'A login in mode session sets no cookie.',
    rules: { sessionLoginSetsCookie: false },
  },
  {
    name: 'session-login-ignores-password',
    title: 'A login in mode session takes any password.',
    rules: { sessionLoginChecksPassword: false },
  },
  {
    name: 'session-token-refused',
    title: 'A session token authenticates nothing but its refresh and logout.',
    rules: { sessionTokenAccepted: false },
  },
  {
    name: 'session-token-works-once',
    title: 'A session token is refused the second time it is used.',
    rules: { sessionTokenReusable: false },
  },
  {
    name: 'session-refresh-refused',
    title: 'A refresh in mode session is refused.',
    rules: { sessionRefreshPossible: false },
  },
  {
    name: 'session-refresh-returns-dead-token',
    title: 'The session token out of a refresh belongs to no session.',
    rules: { refreshedSessionTokenWorks: false },
  },
  {
    name: 'session-refresh-sets-no-cookie',
    title: 'A refresh in mode session sets no cookie.',
    rules: { sessionRefreshSetsCookie: false },
  },
  {
    name: 'session-refresh-keeps-old-expiry',
    title: 'The session token out of a refresh expires when the one before it does.',
    rules: { sessionRefreshKeepsOldExpiry: true },
  },
  {
    name: 'session-login-returns-refresh-token-too',
    title: 'A login in mode session answers with a refresh token beside the session token.',
    rules: { sessionLoginReturnsRefreshToken: true },
  },
  {
    name: 'session-login-sets-refresh-cookie-too',
    title: 'A login in mode session sets the cookie of a refresh token beside the session cookie.',
    rules: { sessionLoginSetsRefreshCookie: true },
  },
  {
    name: 'session-token-in-body',
    title: 'The body of a login in mode session holds the session token too.',
    rules: { sessionTokenInLoginBody: true },
  },
  {
    name: 'session-token-in-refresh-body',
    title: 'The body of a refresh in mode session holds the session token too.',
    rules: { sessionTokenInRefreshBody: true },
  },
  {
    name: 'expired-session-token-accepted',
    title: 'A session token authenticates after it has expired.',
    rules: { sessionTokenExpires: false },
  },
  {
    name: 'expired-session-token-refreshable',
    title: 'A session token can be refreshed after it has expired.',
    rules: { expiredSessionTokenRefreshable: true },
  },
  {
    name: 'session-refresh-ignores-signature',
    title: 'A refresh in mode session does not verify the session token.',
    rules: { sessionRefreshChecksSignature: false },
  },
  {
    name: 'session-logout-does-nothing',
    title: 'A logout in mode session neither ends the session nor clears the cookie.',
    rules: { sessionLogoutEnds: 'nothing', sessionLogoutClearsCookie: false },
  },
  {
    name: 'session-logout-only-clears-cookie',
    title: 'A logout in mode session clears the cookie and leaves the session alive.',
    rules: { sessionLogoutEnds: 'nothing' },
  },
  {
    name: 'session-logout-leaves-refresh',
    title: 'After a logout in mode session the session token can still be refreshed.',
    rules: { sessionLogoutEnds: 'authentication' },
  },

  // Static Tokens
  { name: 'static-token-refused', title: 'Static tokens are refused.', rules: { staticTokenAccepted: false } },
  {
    name: 'static-token-works-once',
    title: 'A static token is refused the second time it is used.',
    rules: { staticTokenReusable: false },
  },
  {
    name: 'old-static-token-survives',
    title: 'A static token that was replaced goes on working.',
    rules: { newStaticTokenEndsOld: false },
  },
  {
    name: 'static-token-dies-at-logout',
    title: 'A logout takes its user the static token away.',
    rules: { staticTokenDiesAt: 'logout' },
  },
  {
    name: 'static-token-dies-at-login',
    title: 'A login takes its user the static token away.',
    rules: { staticTokenDiesAt: 'login' },
  },
  {
    name: 'static-token-dies-at-refresh',
    title: 'A refresh takes its user the static token away.',
    rules: { staticTokenDiesAt: 'refresh' },
  },
  {
    name: 'static-token-expires',
    title: 'A static token works as long as an access token lives.',
    rules: { staticTokenExpires: true },
  },
  {
    name: 'static-token-ignored-on-create',
    title: 'The static token in POST /users is passed over.',
    rules: { staticTokenSetOnCreate: false },
  },
  {
    name: 'static-token-ignored-on-update',
    title: 'The static token in PATCH /users/:id is passed over.',
    rules: { staticTokenSetOnUpdate: false },
  },
  {
    name: 'static-token-readable',
    title: 'GET /users/:id shows the static token.',
    rules: { staticTokenConcealedInRecord: false },
  },
  {
    name: 'static-token-echoed-on-create',
    title: 'The answer to POST /users shows the static token.',
    rules: { staticTokenConcealedOnCreate: false },
  },
  {
    name: 'static-token-echoed-on-update',
    title: 'The answer to PATCH /users/:id shows the static token.',
    rules: { staticTokenConcealedOnUpdate: false },
  },
  {
    name: 'static-token-readable-by-owner',
    title: 'GET /users/me shows the static token.',
    rules: { staticTokenConcealedFromOwner: false },
  },
  {
    name: 'static-token-readable-in-list',
    title: 'GET /users shows the static tokens.',
    rules: { staticTokenConcealedInList: false },
  },
  {
    name: 'static-token-prefix-accepted',
    title: 'A static token that is cut short, to eight characters or more, is accepted.',
    rules: { staticTokenPrefixAccepted: true },
  },
  {
    name: 'static-token-wildcard-accepted',
    title: 'Wildcards stand for characters of a static token.',
    rules: { staticTokenWildcardAccepted: true },
  },

  // Storing Tokens
  {
    name: 'default-mode-is-cookie',
    title: 'A login or refresh without a mode answers as in mode cookie.',
    rules: { defaultMode: 'cookie' },
  },
  {
    name: 'token-response-not-json',
    title: 'The tokens are sent as text/html.',
    rules: { tokenResponseType: 'html' },
  },
  {
    name: 'payload-expires-is-string',
    title: '`expires` is a string.',
    rules: { payloadExpires: 'string' },
  },
  {
    name: 'payload-in-camel-case',
    title: 'The tokens are called accessToken and refreshToken.',
    rules: { payloadCase: 'camel' },
  },
  {
    name: 'refresh-payload-incomplete',
    title: 'A refresh answers without `expires`.',
    rules: { refreshReturnsExpiry: false },
  },
  {
    name: 'json-login-sets-cookie',
    title: 'A login in mode json sets the cookie of the refresh token too.',
    rules: { jsonLoginSetsCookie: true },
  },
  {
    name: 'session-cookie-renamed',
    title: 'The session cookie has another name.',
    rules: { sessionCookieName: 'session_token' },
  },
  {
    name: 'session-cookie-for-other-domain',
    title: 'The session cookie is set for a domain that is not the server’s.',
    rules: { sessionCookieDomain: 'other.example' },
  },
  {
    name: 'session-cookie-path-auth',
    title: 'The session cookie is for /auth alone.',
    rules: { sessionCookiePath: '/auth', refreshedSessionCookiePath: '/auth' },
  },
  {
    name: 'session-cookie-lives-a-minute',
    title: 'The session cookie lasts a minute, whatever the life of its token.',
    rules: { sessionCookieLasts: 'a-minute' },
  },
  {
    name: 'session-cookie-outlives-token',
    title: 'The session cookie lasts twice as long as its token.',
    rules: { sessionCookieLasts: 'twice-as-long' },
  },
  {
    name: 'refreshed-cookie-on-other-path',
    title: 'A refresh sets the session cookie for /auth, beside the one that the login has set.',
    rules: { refreshedSessionCookiePath: '/auth' },
  },
  {
    name: 'logout-leaves-cookie',
    title: 'A logout in mode session ends the session and leaves its cookie in the browser.',
    rules: { sessionLogoutClearsCookie: false },
  },
  {
    name: 'session-cookie-not-http-only',
    title: 'A login sets the session cookie without HttpOnly.',
    rules: { sessionCookieHttpOnly: false },
  },
  {
    name: 'refreshed-cookie-not-http-only',
    title: 'A refresh sets the session cookie without HttpOnly.',
    rules: { refreshedSessionCookieHttpOnly: false },
  },

  // Beyond the seed
  {
    name: 'refresh-token-survives-refresh',
    title: 'A refresh token goes on working after it was used.',
    rules: { refreshTokenRotates: false },
  },
  {
    name: 'logout-ends-every-login',
    title: 'A logout ends all other logins of the user too.',
    rules: { logoutLeavesOthers: false },
  },
  {
    name: 'two-ways-accepted',
    title: 'A token in the header beside one in the query is passed over.',
    rules: { twoWaysRefused: false },
  },
  {
    name: 'scheme-case-sensitive',
    title: 'The scheme Bearer is seen only when it is written in just this way.',
    rules: { schemeInAnyCase: false },
  },
  {
    name: 'payload-not-wrapped',
    title: 'The payload of tokens stands bare in the body.',
    rules: { payloadWrapped: false },
  },
  {
    name: 'access-token-without-iat',
    title: 'A standard token has no claim iat.',
    rules: { accessTokenSaysWhenIssued: false },
  },
  {
    name: 'session-token-without-iat',
    title: 'A session token has no claim iat.',
    rules: { sessionTokenSaysWhenIssued: false },
  },
  {
    name: 'session-payload-without-expiry',
    title: 'A login in mode session does not say when the token expires.',
    rules: { sessionPayloadHasExpiry: false },
  },
  { name: 'errors-not-in-envelope', title: 'An error is told as a bare message.', rules: { errorsInEnvelope: false } },
  { name: 'every-refusal-is-400', title: 'Every refusal answers with status 400.', rules: { refusalStatus: 400 } },
  {
    name: 'static-token-of-suspended-user',
    title: 'The static token of a user who is suspended goes on working.',
    rules: { staticTokenNeedsActiveUser: false },
  },
  {
    name: 'sessions-of-suspended-user',
    title: 'Session tokens of a user who is suspended go on working.',
    rules: { inactivityEndsSessions: false },
  },
  {
    name: 'suspended-user-logs-in',
    title: 'A user who is suspended can log in.',
    rules: { loginNeedsActiveUser: false },
  },
  {
    name: 'password-change-leaves-sessions',
    title: 'Refresh and session tokens survive a new password.',
    rules: { passwordChangeEndsSessions: false },
  },
  {
    name: 'static-token-not-cleared',
    title: 'A static token cannot be cleared.',
    rules: { staticTokenCleared: false },
  },
  {
    name: 'refresh-cookie-not-http-only',
    title: 'The cookie of the refresh token is set without HttpOnly.',
    rules: { refreshCookieHttpOnly: false },
  },
  {
    name: 'session-cookie-without-same-site',
    title: 'The session cookie is set without SameSite.',
    rules: { sessionCookieHasSameSite: false },
  },
  {
    name: 'token-responses-cached',
    title: 'An answer that holds tokens may be kept by caches.',
    rules: { tokenResponsesUncached: false },
  },
  {
    name: 'login-tells-unknown-email',
    title: 'A login says that there is no such user.',
    rules: { unknownEmailTold: true },
  },
  {
    name: 'unknown-mode-accepted',
    title: 'A login with an unknown mode falls back to the default one.',
    rules: { unknownModeRefused: false },
  },

  // From outside
  ...loggingIn,
  ...jsonWebTokens,
  ...tokens,
  ...requests,
  ...users,
  ...graphql,

  // Realtime
  {
    name: 'realtime-refuses-tokens',
    title: 'The message auth refuses every access token.',
    rules: { realtimeTokens: 'none' },
  },
  {
    name: 'realtime-accepts-any-token',
    title: 'The message auth accepts any string as access token.',
    rules: { realtimeTokens: 'any' },
  },
  {
    name: 'realtime-accepts-expired-token',
    title: 'The message auth accepts an expired token.',
    rules: { realtimeTokenExpires: false },
  },
  {
    name: 'realtime-ignores-password',
    title: 'The message auth takes any password.',
    rules: { realtimePasswordChecked: false },
  },
  {
    name: 'realtime-open-without-auth',
    title: 'Messages are answered before the message auth.',
    rules: { realtimeNeedsAuth: false },
  },
  {
    name: 'realtime-query-token-unchecked',
    title: 'A WebSocket opens with any token in the query.',
    rules: { realtimeQueryTokenChecked: false },
  },
  {
    name: 'realtime-refresh-token-survives',
    title: 'A refresh token in the message auth goes on working.',
    rules: { realtimeRefreshTokenRotates: false },
  },
  {
    name: 'realtime-accepts-logged-out-session',
    title: 'The message auth accepts a session token after its logout.',
    rules: { realtimeSessionsChecked: false },
  },
  {
    name: 'realtime-ignores-otp',
    title: 'The message auth with e-mail and password needs no one-time password.',
    rules: { realtimeOtpRequired: false },
  },
  {
    name: 'realtime-stays-open',
    title: 'A WebSocket stays open when its message auth is refused.',
    rules: { realtimeClosedWhenRefused: false },
  },
  {
    name: 'realtime-ignores-cookie',
    title: 'A WebSocket does not see the session cookie.',
    rules: { realtimeSeesCookie: false },
  },
  {
    name: 'realtime-second-auth-ignored',
    title: 'Once let in, a WebSocket answers every message auth with ok.',
    rules: { realtimeSecondAuthCounts: false },
  },
  {
    name: 'realtime-tells-why',
    title: 'The message auth with a wrong password is refused with another code.',
    rules: { realtimeTellsNothing: false },
  },
  {
    name: 'realtime-credentials-give-no-token',
    title: 'The message auth with e-mail and password is answered without a refresh token.',
    rules: { realtimeGivesRefreshToken: false },
  },
  {
    name: 'realtime-repeats-token',
    title: 'The answer to the message auth repeats the access token.',
    rules: { realtimeRepeatsToken: true },
  },
] as const satisfies readonly Defect[];

export type DefectName = (typeof defects)[number]['name'];

/** A defect that does not exist was asked for. Lists what is near it, or all when nothing is. */
export class UnknownDefectError extends Error {
  override readonly name = 'UnknownDefectError';
  /** What a command that meets it exits with. */
  readonly exitCode = 2;
  /** Names of defects that resemble the one asked for, the nearest first; empty when none does. */
  readonly suggestions: readonly DefectName[];

  constructor(readonly defect: string) {
    const suggestions = nearest(defect);
    const hint =
      suggestions.length > 0
        ? `Did you mean ${suggestions.join(', ')}?`
        : `There are: ${defects.map(({ name }) => name).join(', ')}.`;
    super(`There is no defect ${JSON.stringify(defect)}. ${hint}`);
    this.suggestions = suggestions;
  }
}

/**
 * What a server with these defects does: the rules it follows, and how it deviates. Where two defects break the same promise, the
 * later one decides how.
 * @throws UnknownDefectError
 */
export function behaviourWith(names: readonly string[]): { rules: Rules; deviations: readonly Deviation[] } {
  const chosen = names.map((name): Defect => {
    const defect = defects.find((candidate) => candidate.name === name);
    if (defect === undefined) throw new UnknownDefectError(name);
    return defect;
  });
  return {
    rules: chosen.reduce((rules, defect) => ({ ...rules, ...defect.rules }), keptRules),
    deviations: chosen.flatMap(({ deviation }) => deviation?.() ?? []),
  };
}

/** Up to five names that differ by a few letters, or else share most of the words. */
function nearest(name: string): DefectName[] {
  const words = new Set(name.toLowerCase().split(/[^a-z]+/));
  return defects
    .map((defect) => {
      const itsWords = defect.name.split('-');
      const shared = itsWords.filter((word) => words.has(word)).length / Math.max(itsWords.length, words.size);
      const letters = 1 - distance(name.toLowerCase(), defect.name) / Math.max(name.length, defect.name.length);
      return { name: defect.name, likeness: Math.max(shared, letters) };
    })
    .filter(({ likeness }) => likeness >= 0.6)
    .sort((one, other) => other.likeness - one.likeness)
    .slice(0, 5)
    .map((defect) => defect.name);
}
