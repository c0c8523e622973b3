import { Secret, TOTP } from 'otpauth';
import type { Account } from './account.js';
import type { CheckContext } from '../check.js';
import { tellSecret } from '../evidence/seen-secrets.js';
import { Shell } from '../evidence/shell.js';
import { oneTimePasswordBy, secretOfLeadingZeroNow } from '../evidence/shell-functions.js';
import { assumeSuccess } from '../expectations.js';
import { assume, NotApplicable } from '../outcomes.js';
import type { Target } from '../target/target.js';
import type { AccessToken } from '../target/tokens/tokens.js';

/** A one-time password is made only when it is valid for at least this long, in ms: a login takes its time. */
const LEAST_LEFT_MS = 3000;
/** A check that makes several begins only when the half minute has this much left, in ms, so that it need not wait in between. */
const LEAST_LEFT_AT_START_MS = 5000;
/** So far into a half minute the target is in it, too: when it answers tells its time by the second. In ms. */
const SURELY_BEGUN_MS = 1500;
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

/** Secrets that are tried, at most, until the one-time passwords of one begin with zero: those of one in a hundred do. */
const SECRETS = 10_000;

/**
 * A secret whose one-time passwords of this half minute and of the next begin with zero, made up here: at a moment when there is time left.
 * @throws Inconclusive when none is found, which does not happen
 */
export async function secretOfLeadingZero(context: CheckContext): Promise<string> {
  const { target, evidence } = context;
  await halfMinuteWithAtLeast(LEAST_LEFT_AT_START_MS, context);
  const now = target.time.sinceEpoch();
  const isFound = (secret: Secret): boolean =>
    [now, now + PERIOD_MS].every((timestamp) => new TOTP({ secret }).generate({ timestamp }).startsWith('0'));
  let secret = new Secret({ size: 20 });
  for (let tried = 1; tried < SECRETS && !isFound(secret); tried += 1) secret = new Secret({ size: 20 });
  assume(isFound(secret), 'no secret was found whose one-time passwords begin with zero');
  evidence.names.add(secret.base32, 'TOTP_SECRET', { kind: 'random', shell: secretOfLeadingZeroNow });
  return secret.base32;
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

/**
 * The one-time password of this half minute (RFC 6238); waits for the next half minute when this one is almost over, and where the target
 * accepts each one-time password only once, as section 5.2 has it, when that of this half minute was made before. Its rejection is not
 * judged where the response comes when the half minute may be over: a target need not accept one of before.
 */
export async function oneTimePassword(
  context: CheckContext,
  { secret }: Pick<TwoFactorUser, 'secret'>,
): Promise<string> {
  const { target } = context;
  const made = await halfMinutesMade(context);
  const eachOnce = made.has(secret) && (await acceptsEachOnce(context));
  await halfMinuteWithAtLeast(LEAST_LEFT_MS, context);
  while (eachOnce && made.get(secret) === halfMinuteOf(target)) await nextHalfMinute(context);
  made.set(secret, halfMinuteOf(target));
  const leftMs = leftOfHalfMinute(target);
  const otp = oneTimePasswordAt(context, secret);
  target.noteCredential(otp, leftMs - SURELY_BEGUN_MS);
  return otp;
}

/** The one-time password of now, or of so many s later; negative: before. Shell lines make one that is as far from their own now. */
export function oneTimePasswordAt({ target, evidence }: CheckContext, secret: string, seconds = 0): string {
  const otp = oneTimePasswordOf(secret, target.time.sinceEpoch() + seconds * 1000);
  const { variable } = evidence.names.get(secret) ?? {};
  if (variable !== undefined)
    evidence.names.add(otp, seconds === 0 ? 'OTP' : 'OTHER_OTP', {
      kind: 'derived',
      shell: oneTimePasswordBy(Shell.variable(variable), seconds),
      isOfNow: true,
    });
  return otp;
}

/** The one-time password of any time, in ms since 1970. */
export function oneTimePasswordOf(secret: string, timestamp: number): string {
  const otp = new TOTP({ secret }).generate({ timestamp });
  tellSecret(otp);
  return otp;
}

/** For each secret the half minute, counted since 1970, whose one-time password was made last. */
const halfMinutesMade = async ({ once }: CheckContext): Promise<Map<string, number>> =>
  once('the half minutes whose one-time passwords were made', async () => Promise.resolve(new Map<string, number>()));

const halfMinuteOf = ({ time }: Target): number => Math.floor(time.sinceEpoch() / PERIOD_MS);

/** How much is left of this half minute, in ms. */
const leftOfHalfMinute = ({ time }: Target): number => PERIOD_MS - (time.sinceEpoch() % PERIOD_MS);

/**
 * Whether the target accepts each one-time password only once: it rejects one that was accepted before, and accepts that of the next half
 * minute. A Directus accepts it again. Observed: Directus 12.4.1.
 */
export async function acceptsEachOnce(context: CheckContext): Promise<boolean> {
  return context.once('whether each one-time password is accepted only once', async (own) => {
    const { account, secret } = await twoFactorUser(own);
    const made = await halfMinutesMade(own);
    const login = async (halfMinute: number): Promise<boolean> => {
      const otp = oneTimePasswordOf(secret, halfMinute * PERIOD_MS);
      return (await own.target.attemptLogin(account, { otp })).succeeded;
    };
    await halfMinuteWithAtLeast(LEAST_LEFT_MS, own);
    const now = halfMinuteOf(own.target);
    made.set(secret, now);
    // What set the second factor up may count as a use of its own, or not.
    await login(now);
    if (await login(now)) return false;
    await nextHalfMinute(own);
    const next = halfMinuteOf(own.target);
    made.set(secret, next);
    return (await login(next)) && !(await login(next));
  });
}

/** Waits for a time at which the half minute has begun for the target too, and this much is left of it, in ms. */
async function halfMinuteWithAtLeast(leastMs: number, context: CheckContext): Promise<void> {
  const leftMs = leftOfHalfMinute(context.target);
  const begunMs = PERIOD_MS - leftMs;
  if (leftMs < leastMs) await nextHalfMinute(context);
  else if (begunMs < SURELY_BEGUN_MS) await context.wait(SURELY_BEGUN_MS - begunMs, { isShown: false });
}

async function nextHalfMinute({ target, wait }: CheckContext): Promise<void> {
  await wait(leftOfHalfMinute(target) + SURELY_BEGUN_MS, { isShown: false });
}

/** A one-time password that is wrong now, and was and will be in the half minutes around. */
export function wrongOneTimePassword({ time }: Target, secret: string): string {
  const totp = new TOTP({ secret });
  const right = [-1, 0, 1, 2].map((step) => totp.generate({ timestamp: time.sinceEpoch() + step * PERIOD_MS }));
  return ['000000', '111111', '222222', '333333', '444444'].find((otp) => !right.includes(otp)) ?? '555555';
}
