import { ConfigurationError, NotJudgeable } from '../report/errors.js';
import { quoted } from '../report/foreign-text.js';
import type { Configuration } from '../spec/generated/configuration.js';
import { Evidence } from '../suites/harness/evidence/evidence.js';
import { Inconclusive } from '../suites/harness/outcomes.js';
import { SessionLedger } from '../suites/harness/run/ledger.js';
import type { TargetDescription } from '../suites/harness/run/run-plan.js';
import { HttpClient } from '../suites/harness/target/http/http-client.js';
import { IssuedCredentials } from '../suites/harness/target/tokens/issued-credentials.js';
import { Target } from '../suites/harness/target/target.js';
import { Account } from '../suites/harness/users/account.js';
import { randomPassword } from '../suites/harness/users/new-password.js';
import { rejectionInWords } from './preflight/gateway.js';
import type { Janitor } from './clean-up/janitor.js';
import { lacksSessions } from './preflight/session-tokens.js';
import { createdBy, removedBy, usersBridge, type UsersBridge } from './users-bridge.js';

/** The functions of a configuration that make users, tried out. */
export interface AdaptedUsers extends UsersBridge {
  /** Whether a user that they made is issued no session token. */
  readonly offersNoSessions: boolean;
}

/**
 * Tries the functions out that a configuration has for users: creates one, logs in, removes it.
 * @returns undefined when the configuration has none
 * @throws ConfigurationError when they do not do what they are to do; NotJudgeable when the target gives no answer. Nothing is left then.
 */
export async function adaptedUsers(
  configuration: Configuration,
  { runId, target: description, timeoutMs }: { runId: string; target: TargetDescription; timeoutMs: number },
  janitor: Janitor,
): Promise<AdaptedUsers | undefined> {
  const { users } = configuration;
  if (users === undefined) return undefined;
  mustFit(configuration, description);
  const { connection } = description;
  const client = new HttpClient({ timeoutMs, ...(connection && { connection }) });
  const target = new Target(description, client, new Evidence(), new SessionLedger(janitor), new IssuedCredentials());
  const email = `auth-conformance-${runId}-0@example.com`;
  const password = randomPassword();
  try {
    const id = await createdBy(users, { email, password, status: 'active' }, timeoutMs);
    let offersNoSessions: boolean;
    try {
      offersNoSessions = await tryOut(target, Account.provisioned(email, password, id, new Evidence()), janitor.notes);
    } finally {
      await removedBy(users, id, timeoutMs);
    }
    return { ...(await usersBridge(users, timeoutMs)), offersNoSessions };
  } catch (error) {
    if (error instanceof Inconclusive) throw new NotJudgeable(`the target cannot be judged: ${quoted(error.message)}`);
    throw error;
  } finally {
    await client.close();
  }
}

async function tryOut(target: Target, account: Account, notes: string[]): Promise<boolean> {
  const login = await target.login(account);
  if (!login.succeeded || login.text('access_token') === undefined)
    throw new ConfigurationError(
      `a user that users.create has made cannot log in (${rejectionInWords(login)}): it must keep email and password as they are given; "paths" says where the login is`,
    );
  return lacksSessions(target, account, login, notes);
}

/** @throws ConfigurationError */
function mustFit(
  {
    users,
    connectTo,
    adminEmail,
    adminToken,
  }: Pick<Configuration, 'users' | 'connectTo' | 'adminEmail' | 'adminToken'>,
  { connection }: TargetDescription,
): void {
  for (const name of ['create', 'update', 'remove'] as const) {
    const given: unknown = users?.[name];
    if (typeof given === 'function' || (given === undefined && name === 'update')) continue;
    throw new ConfigurationError(
      `"users" must hold a function "${name}", which a configuration file in JSON cannot: write the file as a module`,
    );
  }
  if (adminEmail !== undefined || adminToken !== undefined)
    throw new ConfigurationError('"users" and an administrator are two ways to create users: give one of them');
  if (connectTo !== undefined || connection?.proxy !== undefined)
    throw new ConfigurationError(
      '"users" cannot be combined with --connect-to or a proxy: the functions are called by a server on loopback',
    );
}
