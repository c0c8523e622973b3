import type { CheckContext } from '../check.js';
import { NotApplicable } from '../outcomes.js';

/** Attempts that a target is taken to allow which does not say how many. Observed: Directus 12.4.1 allows 25 by default. */
const ATTEMPTS = 25;
/** More than this are not tried. */
const MOST_ATTEMPTS = 50;

/**
 * How many attempts to log in the target allows, as it says itself.
 * @throws NotApplicable when it allows any number, or more than are tried
 */
export async function attemptsAllowed({ administrator, evidence }: CheckContext): Promise<number> {
  const settings = await administrator.send({ path: '/settings?fields=auth_login_attempts' }, evidence);
  if (!settings.succeeded) return ATTEMPTS;
  const attempts = settings.payload['auth_login_attempts'];
  if (typeof attempts !== 'number') throw new NotApplicable('the target is set up to allow any number of attempts');
  if (attempts > MOST_ATTEMPTS) throw new NotApplicable(`the target allows ${attempts} attempts`);
  return attempts;
}
