import type { Answer } from './response.js';
import { inWords } from '../expectations.js';
import { lifeOf } from './jwt.js';
import { demand, NotApplicable } from '../outcomes.js';
import type { RunPlan } from '../run/run-plan.js';
import type { SentTokens } from './bearer-methods.js';
import type { Target } from './target.js';
import type { AccessToken, SessionToken } from './tokens.js';

/** A token this long past its expiry must be refused, whatever leeway for clocks is given (RFC 7519 section 4.1.4: "a few minutes"), in s. */
export const LONG_EXPIRED_S = 360;
/** How long a check waits to see a token go on working, in ms: as long as a run takes anyway. */
export const WHILE_MS = 10_000;
/** A clock that counts whole seconds may be this far behind, in ms. */
const MARGIN_MS = 1100;

/** How far `expires` and the claims of the token may be apart, in ms: both are rounded. */
const TOLERANCE_MS = 2000;

/**
 * Demands that the `expires` of an answer be the life of the token by its own claims, where it has any.
 * @throws Violation
 */
export function mustAgreeOnExpiry(answer: Answer, token: string): void {
  const life = lifeOf(token);
  if (life === undefined) return;
  const { expires } = answer.payload;
  demand(
    Math.abs(life - Number(expires)) <= TOLERANCE_MS,
    `the \`expires\` of ${answer.what} to be the life of the token by its own claims (exp − iat = ${life} ms)`,
    `it is ${JSON.stringify(expires) ?? 'not there'}`,
  );
}

/**
 * How long to wait until a token has expired, in ms.
 * @throws NotApplicable when the tester's patience does not reach that far
 */
export function expiryWithinPatience(
  token: AccessToken | SessionToken,
  { patienceMs = 0 }: Pick<RunPlan, 'patienceMs'>,
): number {
  const { expiresMs, type } = token;
  if (expiresMs === undefined) throw new NotApplicable(`the target does not say how long a ${type} token lives`);
  const waitMs = token.obtainedAt + expiresMs + MARGIN_MS - performance.now();
  if (expiresMs + MARGIN_MS > patienceMs) {
    const variable = type === 'session' ? 'SESSION_COOKIE_TTL' : 'ACCESS_TOKEN_TTL';
    throw new NotApplicable(
      `a ${type} token of this target lives ${expiresMs / 1000} s, longer than --patience (${patienceMs / 1000} s): be more patient, or let the tokens of the target live shorter (on a Directus: ${variable}=3s)`,
    );
  }
  return Math.max(0, waitMs);
}

/**
 * Demands that a token, whose time is over, be refused: at once, or as soon as the leeway is over that the target gives to clocks.
 * @throws Violation when it is still accepted at the end of the tester's patience
 */
export async function mustExpire(
  {
    target,
    plan,
    wait,
    waitedMs,
  }: { target: Target; plan: RunPlan; wait: (ms: number) => Promise<void>; waitedMs: number },
  sent: SentTokens,
  what: string,
): Promise<void> {
  // RFC 7519 section 4.1.4 lets a server give clocks some leeway; a tester who waits longer gives it more.
  const leewayMs = Math.min(5000, Math.max(0, (plan.patienceMs ?? 0) - waitedMs));
  for (let over = 0; ; over += 1000) {
    const answer = await target.whoAmI(sent);
    if (answer.status >= 400 && answer.status < 500) return;
    demand(
      over < leewayMs,
      `${what} to be refused once it has expired`,
      `${inWords(answer)} ${over / 1000} s after its expiry`,
    );
    await wait(1000);
  }
}
