import type { CheckContext } from '../check.js';
import { NotApplicable } from '../outcomes.js';

/** Attempts that a target is taken to allow which does not say how many. Observed: Directus 12.4.1 allows 25 by default. */
const ATTEMPTS = 25;
/** More than this are not tried. */
const MOST_ATTEMPTS = 50;
/** Failed logins in a row of what shares a user, or tries several wrong values at several endpoints. */
const SEVERAL = 12;

/** How many attempts to log in a target allows, as it says itself; Infinity where it allows any number. */
export const attemptsOf = async (context: CheckContext): Promise<number> =>
  context.once('attempts to log in that are allowed', async ({ plan, administrator, evidence }) => {
    if (plan.administrator === undefined) return ATTEMPTS;
    const settings = await administrator.send({ path: '/settings?fields=auth_login_attempts' }, evidence);
    if (!settings.succeeded) return ATTEMPTS;
    const attempts = settings.payload['auth_login_attempts'];
    return typeof attempts === 'number' ? attempts : Infinity;
  });

/**
 * How many attempts to log in the target allows, where they can be tried.
 * @throws NotApplicable when it allows any number, or more than are tried
 */
export async function attemptsAllowed(context: CheckContext): Promise<number> {
  const attempts = await attemptsOf(context);
  if (attempts === Infinity) throw new NotApplicable('the target is set up to allow any number of attempts');
  if (attempts > MOST_ATTEMPTS) throw new NotApplicable(`the target allows ${attempts} attempts`);
  return attempts;
}

/**
 * Assumes that so many logins in a row may fail before the user is locked out: what is rejected from then on shows nothing.
 * @param failed how many of a check that has its user to itself; several when not given
 * @throws NotApplicable when the target allows fewer
 */
export async function assumeAttempts(context: CheckContext, failed = SEVERAL): Promise<void> {
  const attempts = await attemptsOf(context);
  if (attempts < failed)
    throw new NotApplicable(`needs ${failed} failed logins in a row, and the target allows ${attempts}`);
}
