import { createHmac } from 'node:crypto';
import {
  createReferenceServer,
  type ReferenceServer,
  type ReferenceServerOptions,
} from '../../reference-server/index.js';

export const SECRET = '0123456789abcdef0123456789abcdef';
export const ADMIN = { email: 'admin@example.com', password: 'd1r3ctu5' };

/** A server that answers fast: cheap hashes, no stall. */
export async function quickServer(options: ReferenceServerOptions = {}): Promise<ReferenceServer> {
  const server = await createReferenceServer({
    argon2Cost: { memoryCost: 8, timeCost: 1, parallelism: 1 },
    ...options,
    settings: { SECRET, LOGIN_STALL_TIME: 0, ...options.settings },
  });
  await server.listen();
  return server;
}

/** Whatever listens: a server in this process or in another. */
export type Listening = Pick<ReferenceServer, 'url'>;

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly bearer?: string;
  readonly cookie?: string;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json:
    | {
        readonly data?: unknown;
        readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
      }
    | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  /** The code of the first error. */
  readonly code: string | undefined;
  readonly cookies: readonly string[];
}

/** Sends 'METHOD /path' to a server. */
export async function send(server: Listening, what: string, sent: Sent = {}): Promise<Answer> {
  const [method = 'GET', path = '/'] = what.split(/ (.*)/s);
  const { bearer, body, cookie } = sent;
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(cookie !== undefined && { cookie }),
      ...sent.headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = parse(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    json,
    data: (json?.data ?? {}) as Record<string, unknown>,
    code: json?.errors?.[0]?.extensions.code,
    cookies: response.headers.getSetCookie(),
  };
}

function parse(text: string): Answer['json'] {
  try {
    return JSON.parse(text) as Answer['json'];
  } catch {
    return undefined;
  }
}

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

export const tokensOf = ({ data }: Answer): Tokens => ({
  access: data['access_token'] as string,
  refresh: data['refresh_token'] as string,
});

/** A login in mode json. */
export async function login(server: Listening, credentials: object = ADMIN): Promise<Tokens> {
  return tokensOf(await send(server, 'POST /auth/login', { body: credentials }));
}

/** The session cookie of an answer, as name=value. */
export const sessionCookieOf = ({ cookies }: Answer): string =>
  cookies.find((cookie) => cookie.startsWith('directus_session_token='))?.split(';')[0] ?? '';

/** The session cookie of a login in mode session, as name=value. */
export async function sessionLogin(server: Listening, credentials: object = ADMIN): Promise<string> {
  return sessionCookieOf(await send(server, 'POST /auth/login', { body: { ...credentials, mode: 'session' } }));
}

/** A new user, made by the administrator; the id. */
export async function newUser(server: Listening, user: object): Promise<string> {
  const { access } = await login(server);
  const { data } = await send(server, 'POST /users', { bearer: access, body: user });
  return data['id'] as string;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT of these claims. */
export function mint(claims: object, { alg = 'HS256', secret = SECRET } = {}): string {
  const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  if (!alg.startsWith('HS')) return `${signed}.`;
  return `${signed}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(signed)
    .digest('base64url')}`;
}

/** The claims of a JWT. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

/** The claims of a session token in a cookie as name=value. */
export const cookieClaims = (cookie: string): Record<string, unknown> => claimsOf(cookie.split('=')[1] ?? '');
