import { TOTP } from 'otpauth';
import type { Account } from './accounts.js';
import type { Tools } from '../check.js';
import { tellSecret } from '../evidence/seen-secrets.js';
import { inWords } from '../expectations.js';
import { NotApplicable, require } from '../outcomes.js';
import type { AccessToken } from '../target/tokens.js';

/** A one-time password is made only when it is good for at least this long, in ms: a login takes its time. */
const LEAST_LEFT_MS = 3000;
/** A check that makes several begins only when the half minute has this much left, in ms, so that it need not wait in between. */
const LEAST_LEFT_AT_START_MS = 5000;
const PERIOD_MS = 30_000;

/** A user with two-factor login. */
export interface TwoFactorUser {
  readonly account: Account;
  /** The secret of the second factor, in base32. */
  readonly secret: string;
  /** An access token from before the second factor was set up. */
  readonly access: AccessToken;
}

/** Asks for a secret for a user; undefined when the target gives none. */
export async function generateSecret(
  { target, evidence }: Tools,
  account: Account,
  access: AccessToken,
): Promise<string | undefined> {
  const answer = await target.send(
    target.withTokens({ path: '/users/me/tfa/generate', body: { password: account.password } }, { header: access }),
  );
  const secret = answer.text('secret');
  if (secret !== undefined)
    evidence.names.add(secret, 'TOTP_SECRET', {
      kind: 'json',
      exchange: answer.exchange,
      path: answer.pathOf('secret'),
    });
  return secret;
}

/**
 * Sets up two-factor login for a user who may: a precondition. Observed: Directus 12.4.1 lets administrators.
 * @throws Unjudged when it cannot be set up
 */
export async function enableTwoFactor(tools: Tools, account: Account): Promise<TwoFactorUser> {
  const { target, wait } = tools;
  await halfMinuteWithAtLeast(LEAST_LEFT_AT_START_MS, wait);
  const { access } = await target.loggedIn(account);
  const secret = await generateSecret(tools, account, access);
  require(secret !== undefined, 'POST /users/me/tfa/generate gives no secret, which this check stands on');
  const otp = await oneTimePassword(tools, { secret });
  const body = { secret, otp };
  const answer = await target.send(target.withTokens({ path: '/users/me/tfa/enable', body }, { header: access }));
  if (!answer.succeeded) target.excuseIfOvertaken(access);
  require(answer.succeeded, inWords(answer));
  return { account, secret, access };
}

/** A user with two-factor login, shared with other checks, not to be changed. */
export async function twoFactorUser(tools: Tools): Promise<TwoFactorUser> {
  return tools.once('a user with two-factor login', async (own) => {
    const { role } = own.administrator.access;
    if (role === undefined)
      throw new NotApplicable('the target does not tell the role of the administrator, which two-factor login takes');
    return enableTwoFactor(own, await own.newUser({ role }));
  });
}

/** The one-time password of this half minute (RFC 6238); waits for the next half minute when this one is almost over. */
export async function oneTimePassword(
  { evidence, wait }: Tools,
  { secret }: Pick<TwoFactorUser, 'secret'>,
): Promise<string> {
  await halfMinuteWithAtLeast(LEAST_LEFT_MS, wait);
  const otp = oneTimePasswordOf(secret, Date.now());
  const { variable } = evidence.names.get(secret) ?? {};
  if (variable !== undefined)
    evidence.names.add(otp, 'OTP', {
      kind: 'derived',
      shell: `$(oathtool --totp -b "$${variable}")`,
      from: [variable],
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
async function halfMinuteWithAtLeast(leastMs: number, wait: Tools['wait']): Promise<void> {
  const left = PERIOD_MS - (Date.now() % PERIOD_MS);
  if (left < leastMs) await wait(left + 100);
}

/** A one-time password that is wrong now, and was and will be in the half minutes around. */
export function wrongOneTimePassword(secret: string): string {
  const totp = new TOTP({ secret });
  const right = [-1, 0, 1, 2].map((step) => totp.generate({ timestamp: Date.now() + step * PERIOD_MS }));
  return ['000000', '111111', '222222', '333333', '444444'].find((otp) => !right.includes(otp)) ?? '555555';
}
