import type { CheckContext } from '../check.js';
import { assume, NotApplicable } from '../outcomes.js';
import type { BearerMethod } from '../target/tokens/bearer-methods.js';
import { LONG_EXPIRED_S } from '../target/tokens/expiry.js';
import { claimsOf, Moment } from '../target/tokens/jwt.js';
import type { AccessToken, SessionToken } from '../target/tokens/tokens.js';
import { mintLike } from './tampered-tokens.js';

/** How long the minted tokens are valid, in s. */
const [CONTROL_LIFETIME_S, LIFETIME_S] = [300, 900];

/**
 * Mints a token like a real one that expired six minutes ago, with the secret of the target.
 * @param token the real one
 * @param method by which a token that has not expired is tried first: one that is rejected, too, would show nothing
 * @throws NotApplicable when the real token is no JWT; Inconclusive when the target rejects the one that has not expired
 */
export async function expiredTokenLike(
  { target, plan, evidence }: Pick<CheckContext, 'target' | 'plan' | 'evidence'>,
  { type, value }: AccessToken | SessionToken,
  method: BearerMethod,
): Promise<string> {
  if (claimsOf(value) === undefined)
    throw new NotApplicable(
      `the ${type === 'session' ? 'session' : 'access'} token is not a JWT: give --patience or --clock-url instead`,
    );
  const secret = plan.secret ?? '';
  const valid = { iat: Moment.afterIssue(0), exp: Moment.afterIssue(CONTROL_LIFETIME_S) };
  const control = await target.whoAmI({ [method]: mintLike(evidence, value, valid, secret) });
  assume(
    control.succeeded,
    `a token minted with --secret that has not expired is not accepted either (${control.status}): is the secret the right one?`,
  );
  const expired = { iat: Moment.afterIssue(-LONG_EXPIRED_S - LIFETIME_S), exp: Moment.afterIssue(-LONG_EXPIRED_S) };
  return mintLike(evidence, value, expired, secret);
}
