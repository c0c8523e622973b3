import type { Configuration } from '../../spec/generated/configuration.js';
import { readTimeSpan } from '../../spec/values/time-span.js';
import { ConfigurationError, NotJudgeable } from '../../report/errors.js';
import { quoted } from '../../report/foreign-text.js';
import { Inconclusive } from '../../suites/harness/outcomes.js';
import { SessionLedger } from '../../suites/harness/run/ledger.js';
import { HttpClient } from '../../suites/harness/target/http/http-client.js';
import { IssuedCredentials } from '../../suites/harness/target/tokens/issued-credentials.js';
import { Administrator } from '../../suites/harness/users/administrator.js';
import { connectionIn } from '../preflight/connection.js';
import { credentialsIn } from '../credentials.js';
import { Janitor } from './janitor.js';
import { preflight } from '../preflight/preflight.js';
import { RunSecrets } from '../run-secrets.js';
import { describedTarget, TIMEOUT_MS } from '../preflight/target-description.js';
import { policiesOfRuns } from './policies-of-runs.js';
import { isNameOfRun, usersOfRuns } from './users-of-runs.js';

/** What became of a user or policy that an earlier run had left. */
export interface Cleaned {
  /** The email of a user, the name of a policy. */
  readonly name: string;
  readonly id: string;
  /** Why it is still there; undefined when it is gone. */
  readonly reason?: string;
}

/**
 * Removes the users and policies that earlier runs have left on a target: those that are named as runs name theirs, and nothing else.
 * @param tell called with a sentence while it takes its time
 * @throws ConfigurationError when something that was given is wrong; NotJudgeable when the target cannot be asked
 */
export async function cleanTarget(
  configuration: Configuration,
  tell: (sentence: string) => void = () => undefined,
): Promise<Cleaned[]> {
  const { target: given } = configuration;
  if (given === undefined) throw new ConfigurationError('no target: give --target URL');
  if (configuration.adminEmail === undefined && configuration.adminToken === undefined)
    throw new ConfigurationError(
      'only an administrator may remove users: give --admin-email and --admin-password, or --admin-token',
    );
  const { admin, adminToken } = credentialsIn(configuration);
  const { url, connection, secrets: ofProxy } = connectionIn(given, configuration, process.env);
  const secrets = new RunSecrets(configuration, 'clean');
  secrets.addGiven(ofProxy);
  const masked = (text: string): string => secrets.masker.text(text);
  const timeoutMs = readTimeSpan(configuration.timeout ?? '') ?? TIMEOUT_MS;
  const janitor = new Janitor();
  try {
    const { administrator, target, pace } = await preflight(
      {
        target: describedTarget(url, configuration, connection),
        timeoutMs,
        waitMs: readTimeSpan(configuration.wait ?? '') ?? 0,
        ask: new Set(),
        tell: (sentence) => tell(masked(sentence)),
        ...(admin && { admin }),
        ...(adminToken !== undefined && { adminToken }),
      },
      janitor,
    );
    if (administrator === undefined) throw new ConfigurationError('the administrator is not accepted by the target');
    if (pace !== undefined) janitor.write({ type: 'pace', pace });
    const client = new HttpClient({ timeoutMs, ...(target.connection && { connection: target.connection }) });
    const by = new Administrator(administrator, target, client, new SessionLedger(janitor), new IssuedCredentials());
    const [users, policies] = await Promise.all([
      usersOfRuns(by, isNameOfRun()),
      // Many a target has no policies.
      policiesOfRuns(by).catch(() => []),
    ]).finally(async () => client.close());
    for (const { email, id, isPrivileged } of users) janitor.write({ type: 'user-created', email, id, isPrivileged });
    for (const { name } of policies) janitor.write({ type: 'policy-requested', name });
    const leftovers = await janitor.cleanUp({ administrator, target, timeoutMs }, (sentence) => tell(masked(sentence)));
    return [...users.map(({ email, id }) => ({ name: email, id })), ...policies].map(({ name, id }) => {
      const left = leftovers.find((one) => one.kind !== 'session' && one.name === name);
      // The names that runs give hold nothing of the target's: they are told as they are.
      return { name, id: masked(id), ...(left && { reason: masked(left.reason) }) };
    });
  } catch (error) {
    secrets.maskError(error);
    if (error instanceof Inconclusive) throw new NotJudgeable(`the target cannot be asked: ${quoted(error.message)}`);
    throw error;
  } finally {
    secrets.close();
  }
}
