import ms, { type StringValue } from 'ms';

export type SameSite = 'lax' | 'strict' | 'none';

/** Whose pages may read responses: none (false), all (true, or `*` for requests without cookies), or those of these origins. */
export type CorsOrigin = boolean | string | RegExp | (string | RegExp)[];

/** Settings as they are written down: text as in an environment, or values of the right type. Other names are ignored. */
export type SettingsInput = Readonly<Record<string, unknown>>;

/** A setting that cannot be used. Names it, what was given (never a secret) and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** What a command that meets it exits with. */
  readonly exitCode = 2;

  constructor(
    readonly setting: string,
    readonly given: unknown,
    readonly allowed: string,
  ) {
    const secret = setting === 'SECRET' || setting === 'ADMIN_PASSWORD';
    super(`${setting}: ${secret ? 'the value given' : JSON.stringify(given)} cannot be used; allowed: ${allowed}`);
  }
}

/**
 * Reads settings out of an environment or an object of the same names. A missing or empty one has its default.
 * Each method throws SettingsError when the value cannot be used.
 */
export class SettingReader<Name extends string> {
  constructor(private readonly input: SettingsInput) {}

  text<Default>(name: Name, otherwise: Default, allowed: string, shape: RegExp): string | Default {
    return this.#read<string | Default>(name, otherwise, allowed, (given) =>
      typeof given === 'string' && shape.test(given) ? given : undefined,
    );
  }

  /** In ms. */
  duration(name: Name, otherwise: number, least: number): number {
    const allowed = `a duration of ${least} ms or more, as '15m', '3s', '1d' or a number of ms`;
    return this.#read(name, otherwise, allowed, (given) => {
      const value = durationInMs(given);
      return value !== undefined && value >= least ? value : undefined;
    });
  }

  flag(name: Name, otherwise = false): boolean {
    return this.#read(name, otherwise, "'true' or 'false'", (given) =>
      given === true || given === 'true' ? true : given === false || given === 'false' ? false : undefined,
    );
  }

  count(name: Name, otherwise: number, allowed: string): number {
    return this.#read(name, otherwise, allowed, (given) =>
      typeof given === 'string' || typeof given === 'number' ? wholeNumber(String(given)) : undefined,
    );
  }

  sameSite(name: Name): SameSite {
    return this.#read<SameSite>(name, 'lax', "'lax', 'strict' or 'none'", (given) => {
      const value = typeof given === 'string' ? given.toLowerCase() : undefined;
      return value === 'lax' || value === 'strict' || value === 'none' ? value : undefined;
    });
  }

  cookieName(name: Name, otherwise: string): string {
    const allowed = "a cookie name: letters, digits and !#$%&'*+-.^_`|~ (RFC 6265 section 4.1.1)";
    return this.text(name, otherwise, allowed, /^[\w!#$%&'*+.^`|~-]+$/);
  }

  domain(name: Name): string | undefined {
    return this.text(name, undefined, 'a domain name, as example.com', /^\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i);
  }

  names(name: Name, otherwise: string): string {
    const shape = /^[\w!#$%&'*+.^`|~-]+(?: *, *[\w!#$%&'*+.^`|~-]+)*$/;
    return this.text(name, otherwise, "names, separated by commas, as 'GET,POST'", shape);
  }

  /** Without a slash at its end. */
  url(name: Name, example: string): string | undefined {
    return this.#read<string | undefined>(name, undefined, `a URL, as ${example}`, (given) =>
      typeof given === 'string' && /^https?:\/\//.test(given) && URL.canParse(given)
        ? given.replace(/\/$/, '')
        : undefined,
    );
  }

  urls(name: Name): readonly string[] {
    const allowed = "URLs, separated by commas, as 'http://localhost:5173/reset'";
    return this.#read<readonly string[]>(name, [], allowed, (given) => {
      const parts = partsOf(given);
      const each = parts.flatMap((part) => (typeof part === 'string' && URL.canParse(part.trim()) ? part.trim() : []));
      return each.length === parts.length ? each : undefined;
    });
  }

  origins(name: Name): CorsOrigin {
    return this.#read<CorsOrigin>(name, false, allowedOrigins, corsOrigin);
  }

  #read<Value>(name: Name, otherwise: Value, allowed: string, parse: (given: unknown) => Value | undefined): Value {
    const given = this.input[name];
    if (given === undefined || given === '') return otherwise;
    const value = parse(given);
    if (value === undefined) throw new SettingsError(name, given, allowed);
    return value;
  }
}

const partsOf = (given: unknown): unknown[] =>
  Array.isArray(given) ? given : typeof given === 'string' ? given.split(',') : [given];

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
  const parts = partsOf(given);
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
