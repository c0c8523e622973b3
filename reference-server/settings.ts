import ms from 'ms';
import { randomString, systemRandom, type RandomSource } from './random.js';
import { SettingReader, type CorsOrigin, type SameSite, type SettingsInput } from './setting-reader.js';

export { SettingsError, type CorsOrigin, type SameSite, type SettingsInput } from './setting-reader.js';

/** The administrator's password where none is set. */
export const DEFAULT_ADMIN_PASSWORD = 'd1r3ctu5';

/** What the operator decides, by the names that Directus users know from its environment. */
export interface Settings {
  /** The key of the JWTs' signatures. Made up when not given, and kept by the store. */
  readonly SECRET: string;
  /** How long a standard access token lives, in ms. */
  readonly ACCESS_TOKEN_TTL: number;
  /** How long a refresh token lives, in ms. */
  readonly REFRESH_TOKEN_TTL: number;
  /** How long a session token and its cookie live, in ms. */
  readonly SESSION_COOKIE_TTL: number;
  /** How long a session token stays valid after its refresh, for requests under way, in ms. */
  readonly SESSION_REFRESH_GRACE_PERIOD: number;
  readonly SESSION_COOKIE_NAME: string;
  readonly SESSION_COOKIE_SECURE: boolean;
  readonly SESSION_COOKIE_SAME_SITE: SameSite;
  readonly SESSION_COOKIE_DOMAIN: string | undefined;
  readonly REFRESH_TOKEN_COOKIE_NAME: string;
  readonly REFRESH_TOKEN_COOKIE_SECURE: boolean;
  readonly REFRESH_TOKEN_COOKIE_SAME_SITE: SameSite;
  readonly REFRESH_TOKEN_COOKIE_DOMAIN: string | undefined;
  /** Whether browsers are told that pages of other origins may read answers. */
  readonly CORS_ENABLED: boolean;
  readonly CORS_ORIGIN: CorsOrigin;
  /** What a preflight allows. */
  readonly CORS_METHODS: string;
  readonly CORS_ALLOWED_HEADERS: string;
  /** The headers of an answer that a page may read beside those it may always read. */
  readonly CORS_EXPOSED_HEADERS: string;
  /** Whether requests may bring cookies. */
  readonly CORS_CREDENTIALS: boolean;
  /** How long a browser may remember the answer to a preflight, in s. */
  readonly CORS_MAX_AGE: number;
  /** The email of the administrator who is there from the start. */
  readonly ADMIN_EMAIL: string;
  readonly ADMIN_PASSWORD: string;
  /** Where links in emails lead; where the server listens when undefined. */
  readonly PUBLIC_URL: string | undefined;
  /** Where links in emails may lead instead, by origin and path; none when empty. */
  readonly PASSWORD_RESET_URL_ALLOW_LIST: readonly string[];
  readonly USER_INVITE_URL_ALLOW_LIST: readonly string[];
  readonly USER_REGISTER_URL_ALLOW_LIST: readonly string[];
  /** Whether one address may make only so many accounts (/users/register), rejected attempts included, in so many s. */
  readonly RATE_LIMITER_REGISTRATION_ENABLED: boolean;
  readonly RATE_LIMITER_REGISTRATION_POINTS: number;
  readonly RATE_LIMITER_REGISTRATION_DURATION: number;
  /**
   * How long a login, a registration and a request to reset a password take at least, in ms, also when they succeed. Directus stalls
   * them so that their times tell nothing; here the same password is compared or hashed in each case, with 0 too. Observed: Directus
   * 12.4.1, default 500.
   */
  readonly LOGIN_STALL_TIME: number;
}

export type SettingName = keyof Settings;

/** The names of all settings. */
export const settingNames = (): readonly SettingName[] => Object.keys(readSettings()) as SettingName[];

/**
 * Reads the settings out of an environment or an object of the same names, with the defaults of Directus.
 *
 * @param input e.g. `process.env`; a missing or empty variable means the default
 * @param random where a SECRET comes from when none is given
 * @throws SettingsError for the first variable whose value cannot be used
 */
export function readSettings(input: SettingsInput = {}, random: RandomSource = systemRandom): Settings {
  const given = new SettingReader<SettingName>(input);
  return {
    SECRET: given.text('SECRET', randomString(random, 64), 'one character or more', /^.+$/s),
    ACCESS_TOKEN_TTL: given.duration('ACCESS_TOKEN_TTL', ms('15m'), 1),
    REFRESH_TOKEN_TTL: given.duration('REFRESH_TOKEN_TTL', ms('7d'), 1),
    SESSION_COOKIE_TTL: given.duration('SESSION_COOKIE_TTL', ms('1d'), 1),
    SESSION_REFRESH_GRACE_PERIOD: given.duration('SESSION_REFRESH_GRACE_PERIOD', ms('10s'), 0),
    SESSION_COOKIE_NAME: given.cookieName('SESSION_COOKIE_NAME', 'directus_session_token'),
    SESSION_COOKIE_SECURE: given.flag('SESSION_COOKIE_SECURE'),
    SESSION_COOKIE_SAME_SITE: given.sameSite('SESSION_COOKIE_SAME_SITE'),
    SESSION_COOKIE_DOMAIN: given.domain('SESSION_COOKIE_DOMAIN'),
    REFRESH_TOKEN_COOKIE_NAME: given.cookieName('REFRESH_TOKEN_COOKIE_NAME', 'directus_refresh_token'),
    REFRESH_TOKEN_COOKIE_SECURE: given.flag('REFRESH_TOKEN_COOKIE_SECURE'),
    REFRESH_TOKEN_COOKIE_SAME_SITE: given.sameSite('REFRESH_TOKEN_COOKIE_SAME_SITE'),
    REFRESH_TOKEN_COOKIE_DOMAIN: given.domain('REFRESH_TOKEN_COOKIE_DOMAIN'),
    CORS_ENABLED: given.flag('CORS_ENABLED'),
    CORS_ORIGIN: given.origins('CORS_ORIGIN'),
    CORS_METHODS: given.names('CORS_METHODS', 'GET,POST,PATCH,DELETE'),
    CORS_ALLOWED_HEADERS: given.names('CORS_ALLOWED_HEADERS', 'Content-Type,Authorization'),
    CORS_EXPOSED_HEADERS: given.names('CORS_EXPOSED_HEADERS', 'Content-Range'),
    CORS_CREDENTIALS: given.flag('CORS_CREDENTIALS', true),
    CORS_MAX_AGE: given.count('CORS_MAX_AGE', 18_000, 'a whole number of seconds, 0 or more'),
    RATE_LIMITER_REGISTRATION_ENABLED: given.flag('RATE_LIMITER_REGISTRATION_ENABLED', true),
    RATE_LIMITER_REGISTRATION_POINTS: given.count('RATE_LIMITER_REGISTRATION_POINTS', 5, 'a whole number, 0 or more'),
    RATE_LIMITER_REGISTRATION_DURATION: given.count(
      'RATE_LIMITER_REGISTRATION_DURATION',
      60,
      'a whole number of seconds, 0 or more',
    ),
    ADMIN_EMAIL: given.text('ADMIN_EMAIL', 'admin@example.com', 'an email address', /^[^\s@]+@[^\s@]+$/),
    ADMIN_PASSWORD: given.text('ADMIN_PASSWORD', DEFAULT_ADMIN_PASSWORD, 'one character or more', /^.+$/s),
    PUBLIC_URL: given.url('PUBLIC_URL', 'http://localhost:8055'),
    PASSWORD_RESET_URL_ALLOW_LIST: given.urls('PASSWORD_RESET_URL_ALLOW_LIST'),
    USER_INVITE_URL_ALLOW_LIST: given.urls('USER_INVITE_URL_ALLOW_LIST'),
    USER_REGISTER_URL_ALLOW_LIST: given.urls('USER_REGISTER_URL_ALLOW_LIST'),
    LOGIN_STALL_TIME: given.duration('LOGIN_STALL_TIME', 500, 0),
  };
}
