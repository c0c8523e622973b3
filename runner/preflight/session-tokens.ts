import type { Response } from '../../suites/harness/target/http/response.js';
import type { Target } from '../../suites/harness/target/target.js';
import { Account } from '../../suites/harness/users/account.js';
import { cookiesOfMode, notesOnCookieName } from './cookie-names.js';

/**
 * Whether the target has no session tokens: it rejects a login in mode session of a user whom it lets log in otherwise, though not for
 * the credentials, or sets no cookie that it does not set without the mode. One whose cookie has another name has session tokens.
 * @param login its response to a login of that user without a mode, which succeeded
 * @param notes what the tester may want to know of the cookie is added to them
 */
export async function lacksSessions(
  target: Target,
  account: Account,
  login: Response,
  notes: string[],
): Promise<boolean> {
  const response = await target.login(account, 'session');
  if (!response.succeeded) return rejectsTheMode(response);
  const name = target.description.sessionCookie;
  notes.push(...notesOnCookieName(login, response, { name, mode: 'session', option: '--session-cookie' }));
  return cookiesOfMode(login, response).length === 0;
}

/**
 * The same of a target of which no user can log in, as far as it can be told: it rejects the mode before it looks for the user. Observed:
 * Directus 10.5.2 answers 400, `"mode" must be one of [cookie, json]`.
 */
export async function lacksSessionMode(target: Target): Promise<boolean> {
  const unknown = Account.given({ email: 'auth-conformance-nobody@example.com', password: 'of-nobody' }, 'USER');
  const [usual, inMode] = await Promise.all([target.login(unknown), target.login(unknown, 'session')]);
  return usual.status === 401 && rejectsTheMode(inMode);
}

/** A rejection that is none of the credentials, nor of the number of attempts. */
const rejectsTheMode = ({ status }: Response): boolean =>
  (status >= 400 && status < 500 && ![401, 403, 429].includes(status)) || status === 501;
