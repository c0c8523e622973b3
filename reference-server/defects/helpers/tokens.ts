import { decodeJwt } from 'jose';
import type { BearerMethod } from '../../auth/bearer-method.js';
import { readCookie } from '../../auth/cookies.js';
import { issuedClaims } from '../../auth/identity.js';
import type { IssuedClaims } from '../../auth/jwt.js';
import type { Exchange } from '../../http/interceptor.js';
import type { UserRecord } from '../../stores/store.js';
import { replacing, type Wrappers } from '../defect.js';
import { setCookie } from './cookies.js';
import { setHeader, setQuery } from './exchange.js';

type Server = Pick<Exchange, 'context'>;

/** The access token of a request, and how it was sent; undefined where it has none. */
export function sentToken({
  context,
  request,
}: Exchange): { readonly method: BearerMethod; readonly token: string } | undefined {
  const inHeader = /^bearer ([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (inHeader !== undefined) return { method: 'header', token: inHeader };
  const inQuery = request.query['access_token'];
  if (typeof inQuery === 'string' && inQuery !== '') return { method: 'query', token: inQuery };
  const inCookie = readCookie(request, context.settings.SESSION_COOKIE_NAME);
  return inCookie === undefined || inCookie === '' ? undefined : { method: 'cookie', token: inCookie };
}

/** Sends another access token in place of the one that was sent; undefined: none. */
export function replaceToken(exchange: Exchange, token: string | undefined): void {
  const { context, request } = exchange;
  const method = sentToken(exchange)?.method ?? 'header';
  if (method === 'header') setHeader(request, 'authorization', token === undefined ? undefined : `Bearer ${token}`);
  if (method === 'cookie') setCookie(request, context.settings.SESSION_COOKIE_NAME, token);
  if (method === 'query') setQuery(request, 'access_token', token);
}

/** The claims of a JWT. */
export interface Claims {
  readonly iat?: number;
  readonly exp?: number;
  readonly [name: string]: unknown;
}

/** The claims of a JWT, whatever its signature; undefined for every other string. */
export function claimsOf(token: string): Claims | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** The claims of a JWT that this server has signed. */
export async function ownClaimsOf({ context }: Server, token: string): Promise<Claims | undefined> {
  const claims = claimsOf(token);
  return claims !== undefined && (await context.jwts.signatureIsRight(token)) ? claims : undefined;
}

/** Signs claims as this server does. */
export const signed = async ({ context }: Server, claims: Readonly<Record<string, unknown>>): Promise<string> =>
  context.jwts.sign(claims as unknown as IssuedClaims);

/** Leaves the claim iat out of tokens that the server issues. */
export const withoutIat = (ofWhich: (claims: IssuedClaims) => boolean) => (): Wrappers => ({
  jwts: (jwts) =>
    replacing(jwts, {
      sign: async (claims) =>
        jwts.sign(ofWhich(claims) ? ({ ...claims, iat: undefined } as unknown as IssuedClaims) : claims),
    }),
});

/** A standard token of a user. */
export async function tokenFor(exchange: Server, user: Pick<UserRecord, 'id' | 'role'>): Promise<string> {
  const { context } = exchange;
  return context.jwts.sign(await issuedClaims(context, user, context.settings.ACCESS_TOKEN_TTL));
}

/** True when the server would accept an access token. */
export async function isGood(exchange: Server, token: string): Promise<boolean> {
  const { store } = exchange.context;
  return (await ownClaimsOf(exchange, token)) !== undefined || (await store.userByStaticToken(token)) !== undefined;
}
