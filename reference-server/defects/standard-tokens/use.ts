import type { IssuedClaims } from '../../auth/jwt.js';
import { SignJWT } from 'jose';
import { invalidCredentials } from '../../http/errors.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { modeOf, payloadOf } from '../helpers/exchange.js';
import { claimsOf, sentToken, signed, withoutIat } from '../helpers/tokens.js';
import { judgingUseOfStandardTokens } from '../helpers/sessions/tokens-in-use.js';

/** Rejects standard tokens, but for those of administrators, that have been used so often. */
const usable = (times: number) => (): Wrappers => {
  const uses = new Map<string, number>();
  return {
    jwts: judgingUseOfStandardTokens((claims) => {
      if (claims['admin_access'] === true) return;
      const token = JSON.stringify(claims);
      const number = (uses.get(token) ?? 0) + 1;
      uses.set(token, number);
      if (number > times) throw invalidCredentials();
    }),
  };
};

/** Defects that requirements of the section `use` of the chapter `standard-tokens` notice. */
export const standardTokensUse = [
  {
    name: 'standard-token-refused',
    title: 'Standard tokens are rejected.',
    wrap: (): Wrappers => ({
      jwts: judgingUseOfStandardTokens(() => {
        throw invalidCredentials();
      }),
    }),
  },
  {
    name: 'expired-standard-token-accepted',
    title: 'A standard token never expires.',
    wrap: (): Wrappers => ({
      jwts: (jwts) =>
        replacing(jwts, {
          checkTimes: (claims, now) => {
            const { exp = Infinity, scope, session } = claims;
            const forgiven = session === undefined && scope === undefined && typeof exp === 'number';
            jwts.checkTimes(claims, forgiven ? Math.min(now, exp * 1000 - 1000) : now);
          },
        }),
    }),
  },
  {
    name: 'access-token-works-once',
    title: 'A standard token is valid for one request, except those of administrators.',
    wrap: usable(1),
  },
  {
    name: 'access-token-works-25-times',
    title: 'A standard token of a user without rights is rejected from the 26th use on.',
    wrap: usable(25),
  },
  {
    name: 'access-token-dies-early',
    title: 'A standard token of a user without rights is rejected after a third of its lifetime.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const { iat, exp, session, admin_access } = claimsOf(sentToken(exchange)?.token ?? '') ?? {};
        const now = exchange.context.clock.now() / 1000;
        if (session !== undefined || admin_access === true || iat === undefined || exp === undefined) return;
        if (now > iat + (exp - iat) / 3 + 0.2) throw invalidCredentials();
      },
    }),
  },
  {
    name: 'access-token-without-iat',
    title: 'A standard token has no claim iat.',
    wrap: withoutIat(({ session }) => session === undefined),
  },
  {
    name: 'token-for-years-without-iat',
    title: 'A standard token has no claim iat, and is valid for ten years.',
    wrap: (): Wrappers => ({
      jwts: (jwts) =>
        replacing(jwts, {
          sign: async (claims) =>
            jwts.sign(
              claims.session === undefined
                ? ({ ...claims, iat: undefined, exp: claims.exp + 315_360_000 } as unknown as IssuedClaims)
                : claims,
            ),
        }),
    }),
  },
  {
    name: 'claims-understate-rights',
    title: 'The access token of an administrator says app_access false.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const { access_token: token } = payload;
        const claims = typeof token === 'string' ? claimsOf(token) : undefined;
        if (claims?.['app_access'] === true)
          payload['access_token'] = await signed(exchange, { ...claims, app_access: false });
      },
    }),
  },
  {
    name: 'cookie-mode-signs-otherwise',
    title: 'In mode cookie the access token is signed by HS512.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const { access_token: token } = payload;
        const claims = typeof token === 'string' && modeOf(exchange) === 'cookie' ? claimsOf(token) : undefined;
        const key = new TextEncoder().encode(exchange.context.settings.SECRET);
        if (claims !== undefined)
          payload['access_token'] = await new SignJWT(claims)
            .setProtectedHeader({ alg: 'HS512', typ: 'JWT' })
            .sign(key);
      },
    }),
  },
  {
    name: 'access-token-lives-for-a-year',
    title: 'An access token lives for a year.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const payload = payloadOf(answer);
        const { access_token: token } = payload;
        const claims = typeof token === 'string' ? claimsOf(token) : undefined;
        if (claims?.iat === undefined || claims['admin_access'] === true) return;
        const lifeS = 365 * 86_400;
        payload['access_token'] = await signed(exchange, { ...claims, exp: claims.iat + lifeS });
        payload['expires'] = lifeS * 1000;
      },
    }),
  },
  {
    name: 'claims-an-hour-ahead',
    title: 'The claims iat and exp are of a clock that is an hour ahead.',
    wrap: (): Wrappers => ({
      jwts: (jwts) =>
        replacing(jwts, {
          sign: async (claims) =>
            jwts.sign(
              claims.session === undefined ? { ...claims, iat: claims.iat + 3600, exp: claims.exp + 3600 } : claims,
            ),
        }),
    }),
  },
] as const satisfies readonly Defect[];
