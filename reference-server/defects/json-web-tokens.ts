import { errorsOf } from './helpers/exchange.js';
import { type JWK, compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import { ISSUER } from '../auth/jwt.js';
import type { Defect, Wrappers } from './defect.js';
import { isSignedBy } from './helpers/hmac.js';
import { givingAllRights } from './helpers/rights.js';
import { forgiving, nowOf, renewExpired, resigning } from './helpers/resigning.js';
import { type Claims, claimsOf, sentToken } from './helpers/tokens.js';

const claimsSignedBy = (token: string, key: string): Claims | undefined =>
  isSignedBy(token, key) ? claimsOf(token) : undefined;

const headerOf = (token: string): ReturnType<typeof decodeProtectedHeader> => {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return {};
  }
};

/** Defects that requirements of the chapter `json-web-tokens` notice. */
export const jsonWebTokens = [
  {
    name: 'weak-key-accepted',
    title: 'A token that is signed with the key "secret" is accepted.',
    wrap: resigning(async (_exchange, token) => Promise.resolve(claimsSignedBy(token, 'secret'))),
  },
  {
    name: 'empty-key-accepted',
    title: 'A token that is signed with an empty key is accepted.',
    wrap: resigning(async (_exchange, token) => Promise.resolve(claimsSignedBy(token, ''))),
  },
  {
    name: 'embedded-key-accepted',
    title: 'A token is verified with the key in its own header.',
    wrap: resigning(async (_exchange, token) => {
      const { jwk, alg } = headerOf(token) as { jwk?: JWK; alg?: string };
      if (jwk === undefined) return undefined;
      return compactVerify(token, await importJWK(jwk, alg)).then(
        () => claimsOf(token),
        () => undefined,
      );
    }),
  },
  {
    name: 'kid-chooses-key',
    title: 'The key is read from the file that the header names: an empty one will do.',
    wrap: resigning(async (_exchange, token) =>
      Promise.resolve(headerOf(token).kid?.endsWith('/dev/null') === true ? claimsSignedBy(token, '') : undefined),
    ),
  },
  {
    name: 'issuer-not-checked',
    title: 'A token of any issuer is accepted.',
    wrap: forgiving((claims) => ({ ...claims, iss: ISSUER })),
  },
  {
    name: 'not-before-ignored',
    title: 'A token is accepted before its time.',
    wrap: forgiving((claims) => ({ ...claims, nbf: undefined })),
  },
  {
    name: 'expiry-with-leeway',
    title: 'A token is accepted for a minute after it has expired.',
    wrap: forgiving((claims, exchange) => {
      const late = nowOf(exchange) - (claims.exp ?? Infinity);
      return late >= 0 && late < 60 ? { ...claims, exp: nowOf(exchange) + 5 } : undefined;
    }),
  },
  {
    name: 'second-of-expiry-accepted',
    title: 'A token is accepted in the second in which it expires.',
    wrap: forgiving((claims, exchange) => {
      const isNow = claims.exp === Math.floor(nowOf(exchange));
      return isNow ? { ...claims, exp: nowOf(exchange) + 5 } : undefined;
    }),
  },
  {
    name: 'expiry-is-invalid-token',
    title: 'An expired token is answered with 403 INVALID_TOKEN.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
        if (errorsOf(answer)[0]?.extensions.code !== 'TOKEN_EXPIRED') return;
        answer.status = 403;
        answer.body = { errors: [{ message: 'Invalid token.', extensions: { code: 'INVALID_TOKEN' } }] };
      },
    }),
  },
  {
    name: 'expired-token-changes',
    title: 'A request that changes something is accepted with an expired token.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        if (exchange.request.method === 'PATCH') await renewExpired(exchange);
      },
    }),
  },
  {
    name: 'links-to-assets-never-expire',
    title: 'A token in the query is accepted at /assets after it has expired.',
    wrap: (): Wrappers => ({
      request: async (exchange) => {
        const isLink = exchange.request.path.startsWith('/assets/') && sentToken(exchange)?.method === 'query';
        if (isLink) await renewExpired(exchange);
      },
    }),
  },
  {
    name: 'claims-not-required',
    title: 'The claims role, app_access and admin_access may be missing.',
    wrap: forgiving((claims) =>
      typeof claims['email'] === 'string'
        ? undefined
        : { role: null, app_access: false, admin_access: false, ...claims },
    ),
  },
  {
    name: 'expiry-of-other-type-accepted',
    title: 'A token whose exp is no number never expires.',
    wrap: forgiving((claims) => (typeof claims.exp === 'number' ? undefined : { ...claims, exp: undefined })),
  },
  {
    name: 'tokens-of-other-purpose-accepted',
    title: 'The token of an invitation or a password reset authenticates its user.',
    wrap: forgiving(async (claims, { context }) => {
      const user = typeof claims['email'] === 'string' ? await context.store.userByEmail(claims['email']) : undefined;
      return user && { ...claims, id: user.id, role: user.role, app_access: false, admin_access: false };
    }),
  },
  {
    name: 'unknown-session-accepted',
    title: 'A token of a session that there is not is accepted.',
    wrap: forgiving(async (claims, { context }) => {
      const { session } = claims;
      const known = typeof session !== 'string' || (await context.store.session(session)) !== undefined;
      return known || !session.startsWith('unknown') ? undefined : { ...claims, session: undefined };
    }),
  },
  {
    name: 'first-claim-counts',
    title: 'Of a claim that stands twice the first one counts.',
    wrap: forgiving((claims, _exchange, token) => {
      const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
      const first = /"id":"([^"]*)"/.exec(text)?.[1];
      return first === undefined || first === claims['id'] ? undefined : { ...claims, id: first };
    }),
  },
  {
    name: 'admin-claim-trusted',
    title: 'A token that says admin_access gives all rights.',
    wrap: givingAllRights((claims) => claims['admin_access'] === true && claims['role'] === null),
  },
] as const satisfies readonly Defect[];
