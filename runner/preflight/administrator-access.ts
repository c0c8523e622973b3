import { ConfigurationError } from '../../report/errors.js';
import { quoted } from '../../report/foreign-text.js';
import { NotApplicable } from '../../suites/harness/outcomes.js';
import type { AdministratorAccess, Credentials } from '../../suites/harness/run/run-plan.js';
import { bearerMethods, type SentTokens } from '../../suites/harness/target/tokens/bearer-methods.js';
import type { Response } from '../../suites/harness/target/http/response.js';
import type { Target } from '../../suites/harness/target/target.js';
import { Account } from '../../suites/harness/users/account.js';
import { rejectionInWords } from './gateway.js';

/**
 * Finds a method by which the target accepts the token of an administrator.
 * @throws ConfigurationError when there is none
 */
export async function accessByToken(
  target: Target,
  token: string,
  mustBeTheApi: (response: Response) => void,
): Promise<AdministratorAccess> {
  let last: Response | undefined;
  for (const method of bearerMethods) {
    const response = await orInapplicable(target.whoAmI({ [method]: token }));
    if (response === undefined) continue;
    last = response;
    mustBeTheApi(last);
    if (last.succeeded)
      return administratorBy(target, { [method]: token }, { token, mode: 'json', method }, '--admin-token');
  }
  throw new ConfigurationError(
    `the target rejects the administrator's token${last ? ` (${rejectionInWords(last)})` : ''}: check --admin-token`,
  );
}

/**
 * Finds a mode and a method by which the target accepts the administrator: a broken target may know some and not others.
 * @param login the answer to a login of the administrator
 */
export async function accessByLogin(
  target: Target,
  credentials: Credentials,
  login: Response,
): Promise<AdministratorAccess> {
  const account = Account.given(credentials, 'ADMIN');
  const responses = { json: login, session: undefined as Response | undefined };
  for (const mode of ['json', 'session'] as const) {
    const response = (responses[mode] ??= await target.login(account, mode));
    const token =
      mode === 'json' ? response.text('access_token') : response.cookie(target.description.sessionCookie)?.value;
    if (token === undefined) continue;
    for (const method of mode === 'json' ? bearerMethods : [...bearerMethods].reverse()) {
      const sent: SentTokens = { [method]: token };
      if ((await orInapplicable(target.whoAmI(sent)))?.succeeded === true)
        return administratorBy(target, sent, { credentials, mode, method }, '--admin-email');
    }
  }
  // Nothing lets the administrator in: the checks that need no other user can still say why.
  return { credentials, mode: 'json', method: 'header' };
}

/** Makes sure that the administrator is one, and learns the id and role. */
async function administratorBy(
  target: Target,
  sent: SentTokens,
  access: AdministratorAccess,
  flag: string,
): Promise<AdministratorAccess> {
  const [me, list] = await Promise.all([
    target.whoAmI(sent),
    target.send(target.withTokens({ path: '/users?limit=1' }, sent)),
  ]);
  if (list.status === 403) {
    throw new ConfigurationError(
      `the account given as administrator may not list users (${quoted(list.summary)}): check ${flag}, or give it as --email and --password`,
    );
  }
  const [id, role] = [me.id(), me.id('role')];
  return { ...access, ...(id !== undefined && { id }), ...(role !== undefined && { role }) };
}

/** A response; undefined where something in front of the target keeps the request from it. */
export async function orInapplicable(asked: Promise<Response>): Promise<Response | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof NotApplicable) return undefined;
    throw error;
  });
}
