import type { Claims, Jwts } from '../../../auth/jwt.js';
import { replacing } from '../../defect.js';
import { servedOperation } from '../served.js';

/**
 * JWTs that are judged once more where they come to act with, at every door; not where they come with a refresh or logout.
 * @param judge throws what the token is rejected with
 */
export const judgingUse =
  (judge: (claims: Claims) => void) =>
  (jwts: Jwts): Jwts =>
    replacing(jwts, {
      checkTimes: (claims, now) => {
        jwts.checkTimes(claims, now);
        const served = servedOperation();
        if (served?.by !== 'rest' || served.operation === 'login') judge(claims);
      },
    });

/** The same of session tokens alone. */
export const judgingUseOfSessionTokens = (judge: (claims: Claims) => void): ((jwts: Jwts) => Jwts) =>
  judgingUse((claims) => {
    if (claims['session'] !== undefined) judge(claims);
  });

/** The same of standard tokens alone. */
export const judgingUseOfStandardTokens = (judge: (claims: Claims) => void): ((jwts: Jwts) => Jwts) =>
  judgingUse((claims) => {
    if (claims['session'] === undefined && claims['scope'] === undefined) judge(claims);
  });
