import type { RawExchange } from '../target/http/exchange.js';
import { shallowJson } from '../target/http/shallow-json.js';

/** However a target writes the name of a member, cookie, header or parameter that holds a secret: refreshToken, X-Session, apiKey. */
const SECRET_NAME = /token|passw|secret|(?<![a-z])otp|jwt|session|credential|api[-_]?key|authori[sz]ation|^bearer$/i;
/** Names that speak of a secret and hold none: token_type, session_mode, password_expires. */
const SPEAKS_OF = /type|mode|expir|ttl|age$|at$|count|name$|url$|id$/i;
/** What Directus shows instead of a concealed value: no secret. Observed: Directus 12.4.1. */
const CONCEALED = /^\**$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Shorter values under the name of a secret are words such as `no`. In characters. */
const SHORTEST = 4;
/** A value of this length may be a token, whatever its name, in characters. */
const OPAQUE_FROM = 20;
/** A word repeats few characters, a random value many. */
const FEWEST_CHARACTERS = 9;
/** How deep a body is looked into. */
const DEPTH = 20;

/** A secret that an exchange holds. */
export interface IssuedSecret {
  readonly value: string;
  /** The name under which it stands, where nothing but its looks says that it may be a token. */
  readonly looksSoUnder?: string;
}

/**
 * The secrets in an exchange that nothing else names: what the answer holds under the name of a secret (members of JSON, cookies,
 * headers, parameters of a URL), and whatever looks like a token (a JWT, or a random value), in the answer under any name and in the
 * request where it is a JWT.
 */
export function issuedSecrets({ request, response }: RawExchange): IssuedSecret[] {
  const found: IssuedSecret[] = [];
  const isOne = (value: string): boolean => value.length >= SHORTEST && !CONCEALED.test(value);
  const keep = (value: string): void => {
    if (isOne(value)) found.push({ value });
  };
  for (const text of [request.url, request.body ?? '', ...request.headers.map(([, value]) => value)])
    runsIn(text).filter(isJwt).forEach(keep);
  if (response === undefined) return found;
  for (const [name, value] of response.headers) {
    if (/^(?:set-)?cookie$/i.test(name)) cookieSecrets(value).forEach(keep);
    else if (SECRET_NAME.test(name) && !SPEAKS_OF.test(name)) value.split(' ').slice(-1).forEach(keep);
    else parameters(value).forEach(keep);
    runsIn(value).filter(isJwt).forEach(keep);
  }
  // What the request held already is an echo: a token in it was known before.
  const sent = [request.url, request.body ?? '', ...request.headers.map(([, value]) => value)].join('\n');
  const looksIssued = (value: string): boolean => isOpaque(value) && !sent.includes(value);
  found.push(...bodySecrets(response.body, looksIssued).filter(({ value }) => isOne(value)));
  return found;
}

/** The value of a cookie; that of its attributes is none. RFC 6265 section 4.1. */
function cookieSecrets(header: string): string[] {
  const [pair = ''] = header.split(';', 1);
  const [name = ''] = pair.split('=', 1);
  const value = pair.slice(name.length + 1).trim();
  return SECRET_NAME.test(name) || value.length >= 8 ? [value] : [];
}

/** The secrets in the query of a URL. */
function parameters(text: string): string[] {
  const [, query] = /[?#](.*)/s.exec(text) ?? [];
  return [...new URLSearchParams(query ?? '')].filter(([name]) => SECRET_NAME.test(name)).map(([, value]) => value);
}

function bodySecrets(body: string, looksIssued: (value: string) => boolean): IssuedSecret[] {
  const whole = parsed(body);
  // The messages of a WebSocket stand one below the other.
  const parts = whole === undefined ? body.split('\n', 200).map(parsed) : [whole];
  const isText = parts.every((part) => part === undefined);
  const runs = runsIn(body);
  return [
    ...parts.flatMap((part) => memberSecrets('', part, looksIssued, DEPTH)),
    ...runs.filter(isJwt).map((value) => ({ value })),
    ...(isText ? runs.filter(looksIssued).map((value) => ({ value, looksSoUnder: '' })) : []),
  ];
}

function memberSecrets(
  name: string,
  value: unknown,
  looksIssued: (value: string) => boolean,
  depth: number,
): IssuedSecret[] {
  if (typeof value === 'string') {
    if (SECRET_NAME.test(name) && !SPEAKS_OF.test(name)) return [{ value }];
    return looksIssued(value) ? [{ value, looksSoUnder: name }] : [];
  }
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  const members = Array.isArray(value) ? value.map((item) => [name, item] as const) : Object.entries(value);
  return members.flatMap(([key, member]) => memberSecrets(key, member, looksIssued, depth - 1));
}

/** The longest runs of characters that tokens are made of. */
const runsIn = (text: string): string[] => (text.length < OPAQUE_FROM ? [] : (text.match(/[\w.-]{20,}/g) ?? []));

/** Three parts, of which the second one holds something. RFC 7515 section 3.1. */
export function isJwt(run: string): boolean {
  const [header = '', payload = '', signature] = run.split('.', 4);
  return signature !== undefined && header.length >= 8 && payload.length >= 8 && header.includes('eyJ');
}

/** A random value without spaces, and no id, email, address or date. */
function isOpaque(value: string): boolean {
  if (value.length < OPAQUE_FROM || value.length > 10_000) return false;
  if (/[\s@:,<>(){}]/.test(value) || UUID.test(value) || /^(?:auth-conformance-|\/)/.test(value)) return false;
  return /\d/.test(value) && /[a-z]/i.test(value) && new Set(value).size >= FEWEST_CHARACTERS;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(shallowJson(text, DEPTH, 'null')) as unknown;
  } catch {
    return undefined;
  }
}
