import { TOTP } from 'otpauth';
import type { Account } from './account.js';
import type { CheckContext } from '../check.js';
import { tellSecret } from '../evidence/seen-secrets.js';
import { Shell } from '../evidence/shell.js';
import { oneTimePasswordBy } from '../evidence/shell-functions.js';
import { assumeSuccess } from '../expectations.js';
import { assume, NotApplicable } from '../outcomes.js';
import type { Target } from '../target/target.js';
import type { AccessToken } from '../target/tokens/tokens.js';

/** A one-time password is made only when it is good for at least this long, in ms: a login takes its time. */
const LEAST_LEFT_MS = 3000;
/** A check that makes several begins only when the half minute has this much left, in ms, so that it need not wait in between. */
const LEAST_LEFT_AT_START_MS = 5000;
const PERIOD_MS = 30_000;
const BASE32 = /^[A-Z2-7]+=*$/i;

/** A user with two-factor login. */
export interface TwoFactorUser {
  readonly account: Account;
  /** The secret of the second factor, in base32. */
  readonly secret: string;
  /** An access token from before the second factor was set up. */
  readonly access: AccessToken;
}

/** Asks for a secret for a user; undefined when the target gives none, or one that is no base32 (RFC 4648 section 6). */
export async function generateSecret(
  { target, evidence }: CheckContext,
  account: Account,
  access: AccessToken,
): Promise<string | undefined> {
  const response = await target.send(
    target.withTokens({ path: '/users/me/tfa/generate', body: { password: account.password } }, { header: access }),
  );
  const secret = response.text('secret');
  if (secret === undefined || !BASE32.test(secret)) return undefined;
  evidence.names.add(secret, 'TOTP_SECRET', {
    kind: 'json',
    exchange: response.exchange,
    path: response.pathOf('secret'),
  });
  return secret;
}

/**
 * Sets up two-factor login for a user who may: a precondition. Observed: Directus 12.4.1 lets administrators.
 * @throws Inconclusive when it cannot be set up
 */
export async function enableTwoFactor(context: CheckContext, account: Account): Promise<TwoFactorUser> {
  const { target } = context;
  await halfMinuteWithAtLeast(LEAST_LEFT_AT_START_MS, context);
  const { access } = await target.loggedIn(account);
  const secret = await generateSecret(context, account, access);
  assume(secret !== undefined, 'POST /users/me/tfa/generate gives no secret, which this check stands on');
  const otp = await oneTimePassword(context, { secret });
  const body = { secret, otp };
  const response = await target.send(target.withTokens({ path: '/users/me/tfa/enable', body }, { header: access }));
  assumeSuccess(response);
  return { account, secret, access };
}

/** A user with two-factor login, shared with other checks, not to be changed. */
export async function twoFactorUser(context: CheckContext): Promise<TwoFactorUser> {
  return context.once('a user with two-factor login', async (own) => {
    const { role } = own.administrator.access;
    if (role === undefined)
      throw new NotApplicable('the target does not tell the role of the administrator, which two-factor login takes');
    return enableTwoFactor(own, await own.newUser({ role }));
  });
}

/** The one-time password of this half minute (RFC 6238); waits for the next half minute when this one is almost over. */
export async function oneTimePassword(
  context: CheckContext,
  { secret }: Pick<TwoFactorUser, 'secret'>,
): Promise<string> {
  await halfMinuteWithAtLeast(LEAST_LEFT_MS, context);
  const { target, evidence } = context;
  const otp = oneTimePasswordOf(secret, target.time.sinceEpoch());
  const { variable } = evidence.names.get(secret) ?? {};
  if (variable !== undefined)
    evidence.names.add(otp, 'OTP', {
      kind: 'derived',
      shell: oneTimePasswordBy(Shell.variable(variable)),
    });
  return otp;
}

/** The one-time password of any time, in ms since 1970. */
export function oneTimePasswordOf(secret: string, timestamp: number): string {
  const otp = new TOTP({ secret }).generate({ timestamp });
  tellSecret(otp);
  return otp;
}

/** Waits for the next half minute when less than this is left of this one, in ms. */
async function halfMinuteWithAtLeast(leastMs: number, { target, wait }: CheckContext): Promise<void> {
  const left = PERIOD_MS - (target.time.sinceEpoch() % PERIOD_MS);
  if (left < leastMs) await wait(left + 100);
}

/** A one-time password that is wrong now, and was and will be in the half minutes around. */
export function wrongOneTimePassword({ time }: Target, secret: string): string {
  const totp = new TOTP({ secret });
  const right = [-1, 0, 1, 2].map((step) => totp.generate({ timestamp: time.sinceEpoch() + step * PERIOD_MS }));
  return ['000000', '111111', '222222', '333333', '444444'].find((otp) => !right.includes(otp)) ?? '555555';
}
