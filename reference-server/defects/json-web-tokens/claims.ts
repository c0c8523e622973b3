import { type Defect, replacing, type Wrappers } from '../defect.js';
import { isRefresh } from '../helpers/exchange.js';
import { atRequest } from '../helpers/requests.js';
import { forgiving, nowOf } from '../helpers/resigning.js';
import { type Claims, ownClaimsOf, replaceToken, sentToken, signed } from '../helpers/tokens.js';

/** Rejects valid tokens, by their claims. */
const rejecting = (rejects: (claims: Claims) => boolean) =>
  atRequest(async (exchange) => {
    const sent = sentToken(exchange);
    const claims = sent && (await ownClaimsOf(exchange, sent.token));
    if (claims !== undefined && rejects(claims)) replaceToken(exchange, 'unknown');
  });

/** Defects that requirements of the section `claims` of the chapter `json-web-tokens` notice. */
export const jsonWebTokensClaims = [
  {
    name: 'expiry-zero-is-none',
    title: 'A token whose exp is 0 never expires.',
    wrap: (): Wrappers => ({
      jwts: (jwts) =>
        replacing(jwts, {
          checkTimes: (claims, now) => jwts.checkTimes(claims.exp === 0 ? { ...claims, exp: now } : claims, now),
        }),
    }),
  },
  {
    name: 'negative-expiry-accepted',
    title: 'A token whose exp is negative never expires.',
    wrap: forgiving(({ exp, ...claims }) => (typeof exp === 'number' && exp < 0 ? claims : undefined)),
  },
  {
    name: 'refresh-of-token-without-expiry',
    title: 'A session token whose exp is 0 is exchanged for one that lives.',
    wrap: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      const claims = isRefresh(exchange) && sent !== undefined ? await ownClaimsOf(exchange, sent.token) : undefined;
      if (claims?.exp === 0) replaceToken(exchange, await signed(exchange, { ...claims, exp: nowOf(exchange) + 60 }));
    }),
  },
  {
    name: 'null-expiry-is-none',
    title: 'A token whose exp is null never expires.',
    wrap: forgiving((claims) => ((claims.exp as unknown) === null ? { ...claims, exp: undefined } : undefined)),
  },
  {
    name: 'far-not-before-ignored',
    title: 'An nbf years in the future is ignored as a mistake.',
    wrap: forgiving((claims) => (Number(claims['nbf']) > 3_000_000_000 ? { ...claims, nbf: undefined } : undefined)),
  },
  {
    name: 'not-before-of-other-type-ignored',
    title: 'An nbf that is no number is ignored.',
    wrap: forgiving((claims) =>
      claims['nbf'] !== undefined && typeof claims['nbf'] !== 'number' ? { ...claims, nbf: undefined } : undefined,
    ),
  },
  {
    name: 'past-not-before-refused',
    title: 'A token that says since when it is valid is rejected.',
    wrap: rejecting((claims) => claims['nbf'] !== undefined),
  },
  {
    name: 'unknown-claims-refused',
    title: 'A token with a claim of an unknown name is rejected.',
    wrap: rejecting((claims) => 'x-unknown' in claims),
  },
  {
    name: 'empty-session-is-none',
    title: 'A token whose session is an empty string or null needs no session.',
    wrap: forgiving((claims) =>
      claims['session'] === '' || claims['session'] === null ? { ...claims, session: undefined } : undefined,
    ),
  },
  {
    name: 'empty-user-is-somebody',
    title: 'A token whose id is an empty string or null is taken for one of the first user.',
    wrap: forgiving(async (claims, { context }) =>
      claims['id'] === '' || claims['id'] === null
        ? { ...claims, id: (await context.store.users())[0]?.id }
        : undefined,
    ),
  },
] as const satisfies readonly Defect[];
