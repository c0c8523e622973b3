/**
 * An exchange with a real Directus 12.4.1: what was sent and what came back. `{name}` stands for something that was remembered before,
 * or that the test makes (a minted token, a one-time password); what differs each time has a sign (signs.ts). The body of the answer
 * is `error`, `data`, `json` or `text`; with none of them the answer has no body.
 */
export interface Exchange {
  readonly name: string;
  /** 'METHOD /path' */
  readonly request: string;
  readonly bearer?: string;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
  readonly status: number;
  /** The one error. */
  readonly error?: ObservedError;
  /** The member `data`, the only one. */
  readonly data?: unknown;
  /** The body, where it has other members too. */
  readonly json?: unknown;
  /** The body, where it is no JSON. */
  readonly text?: string;
  /** The claims of the one token that is handed out, in the body or as a cookie. */
  readonly claims?: Claims;
  /** The Set-Cookie headers. */
  readonly cookies?: readonly string[];
  /** False for the few answers with data that say nothing of caches. */
  readonly cacheControl?: false;
  /** What is remembered: by name, the member of `data`, or 'cookie' for the first cookie as name=value. */
  readonly remember?: Readonly<Record<string, string>>;
}

/** Code, message and the other members of `extensions`, which come before the code. */
export type ObservedError = readonly [code: string, message: string, details?: Readonly<Record<string, unknown>>];

/** The claims of a token that is issued at a second since 1970. */
export type Claims = (issuedAt: number) => Readonly<Record<string, unknown>>;

/**
 * The claims of the tokens that live for so long.
 * @param more claims, which come before `iat`
 */
const claimsOf =
  (lifetimeS: number, more: Readonly<Record<string, unknown>> = {}) =>
  (id: string, role: string | null, rights: boolean): Claims =>
  (issuedAt) => ({
    id,
    role,
    app_access: rights,
    admin_access: rights,
    ...more,
    iat: issuedAt,
    exp: issuedAt + lifetimeS,
    iss: 'directus',
  });

/** The claims of a standard access token: 15 minutes. */
export const accessClaims = claimsOf(900);
/** The claims of a session token: a day. */
export const sessionClaims = claimsOf(86_400, { session: '<64>' });

export const credentials: ObservedError = ['INVALID_CREDENTIALS', 'Invalid user credentials.'];
export const expired: ObservedError = ['TOKEN_EXPIRED', 'Token expired.'];
export const invalidToken: ObservedError = ['INVALID_TOKEN', 'Invalid token.'];
export const otp: ObservedError = ['INVALID_OTP', 'Invalid user OTP.'];
export const forbidden: ObservedError = ['FORBIDDEN', "You don't have permission to access this."];

const forbiddenFor = (reason: string): ObservedError => ['FORBIDDEN', reason, { reason }];
export const forbiddenIn = (collection: string): ObservedError =>
  forbiddenFor(`You don't have permission to access collection "${collection}" or it does not exist. Queried in root.`);
export const forbiddenField = (field: string, collection: string): ObservedError =>
  forbiddenFor(
    `You don't have permission to access field "${field}" in collection "${collection}" or it does not exist. Queried in root.`,
  );
export const payload = (reason: string): ObservedError => [
  'INVALID_PAYLOAD',
  `Invalid payload. ${reason}.`,
  { reason },
];
export const query = (reason: string): ObservedError => ['INVALID_QUERY', `Invalid query. ${reason}.`, { reason }];
export const notFound = (path: string): ObservedError => ['ROUTE_NOT_FOUND', `Route ${path} doesn't exist.`, { path }];
export const notUnique = (field: string, value: string): ObservedError => [
  'RECORD_NOT_UNIQUE',
  `Value "${value}" for field "${field}" in collection "directus_users" has to be unique.`,
  { collection: 'directus_users', field, value },
];

/** The reason of a JSON parser for what it cannot read: that of the Node at hand, whose words differ from version to version. */
export function unreadable(json: string): ObservedError {
  try {
    JSON.parse(json);
  } catch (error) {
    return payload((error as SyntaxError).message);
  }
  throw new Error(`${json} can be read`);
}

export const noRefreshToken = payload('The refresh token is required in either the payload or cookie');

export const sessionSet = 'directus_session_token=<jwt>; Max-Age=86400; Path=/; Expires=<date>; HttpOnly; SameSite=Lax';
export const sessionCleared = 'directus_session_token=; Max-Age=86400; Path=/; Expires=<date>; HttpOnly; SameSite=Lax';
export const refreshSet = 'directus_refresh_token=<64>; Max-Age=604800; Path=/; Expires=<date>; HttpOnly; SameSite=Lax';
export const refreshCleared = 'directus_refresh_token=; Max-Age=604800; Path=/; Expires=<date>; HttpOnly; SameSite=Lax';

export const admin = { email: 'admin@example.com', password: 'd1r3ctu5' };
export const adminAccess = accessClaims('{admin}', '{adminRole}', true);
export const adminSession = sessionClaims('{admin}', '{adminRole}', true);
