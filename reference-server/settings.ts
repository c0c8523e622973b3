import ms, { type StringValue } from 'ms';
import { randomString, systemRandom, type RandomSource } from './random.js';

export type SameSite = 'lax' | 'strict' | 'none';

/** Whose pages may read responses: none (false), all (true, or `*` for requests without cookies), or those of these origins. */
export type CorsOrigin = boolean | string | RegExp | (string | RegExp)[];

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

/** Settings as they are written down: text as in an environment, or values of the right type. Other names are ignored. */
export type SettingsInput = Readonly<Record<string, unknown>>;

/** A setting that cannot be used. Names it, what was given (never a secret) and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** What a command that meets it exits with. */
  readonly exitCode = 2;

  constructor(
    readonly setting: SettingName,
    readonly given: unknown,
    readonly allowed: string,
  ) {
    const secret = setting === 'SECRET' || setting === 'ADMIN_PASSWORD';
    super(`${setting}: ${secret ? 'the value given' : JSON.stringify(given)} cannot be used; allowed: ${allowed}`);
  }
}

/**
 * Reads the settings out of an environment or an object of the same names, with the defaults of Directus.
 *
 * @param input e.g. `process.env`; a missing or empty variable means the default
 * @param random where a SECRET comes from when none is given
 * @throws SettingsError for the first variable whose value cannot be used
 */
export function readSettings(input: SettingsInput = {}, random: RandomSource = systemRandom): Settings {
  const read = <Value>(
    name: SettingName,
    fallback: Value,
    allowed: string,
    parse: (given: unknown) => Value | undefined,
  ): Value => {
    const given = input[name];
    if (given === undefined || given === '') return fallback;
    const value = parse(given);
    if (value === undefined) throw new SettingsError(name, given, allowed);
    return value;
  };
  const duration = (name: SettingName, fallback: number, least: number): number =>
    read(name, fallback, `a duration of ${least} ms or more, as '15m', '3s', '1d' or a number of ms`, (given) => {
      const value = durationInMs(given);
      return value !== undefined && value >= least ? value : undefined;
    });
  const flag = (name: SettingName, fallback = false): boolean =>
    read(name, fallback, "'true' or 'false'", (given) =>
      given === true || given === 'true' ? true : given === false || given === 'false' ? false : undefined,
    );
  const count = (name: SettingName, fallback: number, allowed: string): number =>
    read(name, fallback, allowed, (given) =>
      typeof given === 'string' || typeof given === 'number' ? wholeNumber(String(given)) : undefined,
    );
  const sameSite = (name: SettingName): SameSite =>
    read<SameSite>(name, 'lax', "'lax', 'strict' or 'none'", (given) => {
      const value = typeof given === 'string' ? given.toLowerCase() : undefined;
      return value === 'lax' || value === 'strict' || value === 'none' ? value : undefined;
    });
  const text = <Fallback>(name: SettingName, fallback: Fallback, allowed: string, shape: RegExp): string | Fallback =>
    read<string | Fallback>(name, fallback, allowed, (given) =>
      typeof given === 'string' && shape.test(given) ? given : undefined,
    );
  const cookieName = (name: SettingName, fallback: string): string =>
    text(
      name,
      fallback,
      "a cookie name: letters, digits and !#$%&'*+-.^_`|~ (RFC 6265 section 4.1.1)",
      /^[\w!#$%&'*+.^`|~-]+$/,
    );
  const domain = (name: SettingName): string | undefined =>
    text(name, undefined, 'a domain name, as example.com', /^\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i);
  const names = (name: SettingName, fallback: string): string =>
    text(
      name,
      fallback,
      "names, separated by commas, as 'GET,POST'",
      /^[\w!#$%&'*+.^`|~-]+(?: *, *[\w!#$%&'*+.^`|~-]+)*$/,
    );

  const urls = (name: SettingName): readonly string[] =>
    read<readonly string[]>(name, [], "URLs, separated by commas, as 'http://localhost:5173/reset'", (given) => {
      const parts: unknown[] = Array.isArray(given) ? given : typeof given === 'string' ? given.split(',') : [given];
      const each = parts.flatMap((part) => (typeof part === 'string' && URL.canParse(part.trim()) ? part.trim() : []));
      return each.length === parts.length ? each : undefined;
    });

  return {
    SECRET: text('SECRET', randomString(random, 64), 'one character or more', /^.+$/s),
    ACCESS_TOKEN_TTL: duration('ACCESS_TOKEN_TTL', ms('15m'), 1),
    REFRESH_TOKEN_TTL: duration('REFRESH_TOKEN_TTL', ms('7d'), 1),
    SESSION_COOKIE_TTL: duration('SESSION_COOKIE_TTL', ms('1d'), 1),
    SESSION_REFRESH_GRACE_PERIOD: duration('SESSION_REFRESH_GRACE_PERIOD', ms('10s'), 0),
    SESSION_COOKIE_NAME: cookieName('SESSION_COOKIE_NAME', 'directus_session_token'),
    SESSION_COOKIE_SECURE: flag('SESSION_COOKIE_SECURE'),
    SESSION_COOKIE_SAME_SITE: sameSite('SESSION_COOKIE_SAME_SITE'),
    SESSION_COOKIE_DOMAIN: domain('SESSION_COOKIE_DOMAIN'),
    REFRESH_TOKEN_COOKIE_NAME: cookieName('REFRESH_TOKEN_COOKIE_NAME', 'directus_refresh_token'),
    REFRESH_TOKEN_COOKIE_SECURE: flag('REFRESH_TOKEN_COOKIE_SECURE'),
    REFRESH_TOKEN_COOKIE_SAME_SITE: sameSite('REFRESH_TOKEN_COOKIE_SAME_SITE'),
    REFRESH_TOKEN_COOKIE_DOMAIN: domain('REFRESH_TOKEN_COOKIE_DOMAIN'),
    CORS_ENABLED: flag('CORS_ENABLED'),
    CORS_ORIGIN: read<CorsOrigin>('CORS_ORIGIN', false, allowedOrigins, corsOrigin),
    CORS_METHODS: names('CORS_METHODS', 'GET,POST,PATCH,DELETE'),
    CORS_ALLOWED_HEADERS: names('CORS_ALLOWED_HEADERS', 'Content-Type,Authorization'),
    CORS_EXPOSED_HEADERS: names('CORS_EXPOSED_HEADERS', 'Content-Range'),
    CORS_CREDENTIALS: flag('CORS_CREDENTIALS', true),
    CORS_MAX_AGE: count('CORS_MAX_AGE', 18_000, 'a whole number of seconds, 0 or more'),
    RATE_LIMITER_REGISTRATION_ENABLED: flag('RATE_LIMITER_REGISTRATION_ENABLED', true),
    RATE_LIMITER_REGISTRATION_POINTS: count('RATE_LIMITER_REGISTRATION_POINTS', 5, 'a whole number, 0 or more'),
    RATE_LIMITER_REGISTRATION_DURATION: count(
      'RATE_LIMITER_REGISTRATION_DURATION',
      60,
      'a whole number of seconds, 0 or more',
    ),
    ADMIN_EMAIL: text('ADMIN_EMAIL', 'admin@example.com', 'an email address', /^[^\s@]+@[^\s@]+$/),
    ADMIN_PASSWORD: text('ADMIN_PASSWORD', DEFAULT_ADMIN_PASSWORD, 'one character or more', /^.+$/s),
    PUBLIC_URL: read<string | undefined>('PUBLIC_URL', undefined, 'a URL, as http://localhost:8055', (given) =>
      typeof given === 'string' && /^https?:\/\//.test(given) && URL.canParse(given)
        ? given.replace(/\/$/, '')
        : undefined,
    ),
    PASSWORD_RESET_URL_ALLOW_LIST: urls('PASSWORD_RESET_URL_ALLOW_LIST'),
    USER_INVITE_URL_ALLOW_LIST: urls('USER_INVITE_URL_ALLOW_LIST'),
    USER_REGISTER_URL_ALLOW_LIST: urls('USER_REGISTER_URL_ALLOW_LIST'),
    LOGIN_STALL_TIME: duration('LOGIN_STALL_TIME', 500, 0),
  };
}

function durationInMs(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isFinite(given) ? given : undefined;
  if (typeof given !== 'string' || given.length > 100) return undefined;
  const value = ms(given.trim() as StringValue) as number | undefined;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

const wholeNumber = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

const allowedOrigins =
  "'true', 'false', '*', or origins, separated by commas without spaces, as 'http://localhost:3000,regex:^https://.*\\.example\\.com$'";

/**
 * Reads CORS_ORIGIN as Directus reads it from its environment. Observed: Directus 12.4.1.
 * @returns undefined when there is something in it that no browser sends as an origin (RFC 6454 section 6.2), as a path
 */
function corsOrigin(given: unknown): CorsOrigin | undefined {
  if (given === true || given === 'true') return true;
  if (given === false || given === 'false') return false;
  if (given === '*') return '*';
  const parts: unknown[] = Array.isArray(given) ? given : typeof given === 'string' ? given.split(',') : [given];
  const origins = parts.flatMap((part) => oneOrigin(part) ?? []);
  if (origins.length < parts.length) return undefined;
  return origins.length === 1 ? origins[0] : origins;
}

function oneOrigin(given: unknown): string | RegExp | undefined {
  if (given instanceof RegExp) return given;
  if (typeof given !== 'string') return undefined;
  if (!given.startsWith('regex:')) return /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]+$/i.test(given) ? given : undefined;
  try {
    return new RegExp(given.slice('regex:'.length));
  } catch {
    return undefined;
  }
}
