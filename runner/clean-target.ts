import type { Configuration } from '../spec/generated/configuration.js';
import { readTimeSpan } from '../spec/time-span.js';
import { ConfigurationError, NotJudgeable } from '../report/errors.js';
import { quoted } from '../report/foreign-text.js';
import { Evidence } from '../suites/harness/evidence/evidence.js';
import { Inconclusive } from '../suites/harness/outcomes.js';
import { SessionLedger } from '../suites/harness/run/ledger.js';
import { HttpClient } from '../suites/harness/target/http-client.js';
import { IssuedCredentials } from '../suites/harness/target/issued-credentials.js';
import { Administrator } from '../suites/harness/users/administrator.js';
import { connectionIn } from './connection.js';
import { credentialsIn } from './credentials.js';
import { Janitor } from './janitor.js';
import { preflight } from './preflight.js';
import { RunSecrets } from './run-secrets.js';
import { describedTarget, TIMEOUT_MS } from './target-description.js';

/** What became of a user that an earlier run had left. */
export interface Cleaned {
  readonly email: string;
  readonly id: string;
  /** Why it is still there; undefined when it is gone. */
  readonly reason?: string;
}

/** The names of users that runs create, as account-pool.ts and the checks make them up. Nothing else is removed. */
const OURS = /^(?:new-)?auth-conformance-[\da-f]{8}-[1-9]\d{0,5}@example\.com$/;
/** Users that are asked for at once. */
const PAGE = 100;
/** So many pages, or so long in ms, and the list of users has no end. */
const MOST_PAGES = 1000;
const LISTING_LIMIT_MS = 300_000;

/**
 * Removes the users that earlier runs have left on a target: those who are named as runs name theirs, and nothing else.
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
  const janitor = new Janitor('clean');
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
    const found = await foundBy(
      new Administrator(administrator, target, client, new SessionLedger(janitor), new IssuedCredentials()),
    ).finally(async () => client.close());
    for (const { email, id, isPrivileged } of found) janitor.write({ type: 'user-created', email, id, isPrivileged });
    const leftovers = await janitor.cleanUp({ administrator, target, timeoutMs }, (sentence) => tell(masked(sentence)));
    return found.map(({ email, id }) => {
      const left = leftovers.find(({ kind, name }) => kind === 'user' && name === email);
      return { email: masked(email), id: masked(id), ...(left && { reason: masked(left.reason) }) };
    });
  } catch (error) {
    secrets.maskError(error);
    if (error instanceof Inconclusive) throw new NotJudgeable(`the target cannot be asked: ${quoted(error.message)}`);
    throw error;
  } finally {
    secrets.close();
  }
}

interface Found {
  readonly email: string;
  readonly id: string;
  readonly isPrivileged: boolean;
}

/** The users of earlier runs, page by page. A target that knows no filters answers with all users: only names of ours count. */
async function foundBy(administrator: Administrator): Promise<Found[]> {
  const found = new Map<string, Found>();
  const start = performance.now();
  let before = '';
  for (let page = 1; ; page += 1) {
    if (page > MOST_PAGES || performance.now() - start > LISTING_LIMIT_MS)
      throw new Inconclusive(`its list of users has no end: ${page - 1} pages of ${PAGE}`);
    const query = `filter[email][_contains]=auth-conformance-&fields=id,email,role&sort=id&limit=${PAGE}&page=${page}`;
    const response = await administrator.send({ path: `/users?${query}` }, new Evidence());
    if (!response.succeeded) throw new Inconclusive(`the users could not be listed (${response.summary})`);
    const { data } = response.json as { data?: unknown };
    const users = Array.isArray(data) ? (data as { id?: unknown; email?: unknown; role?: unknown }[]) : [];
    for (const { id, email, role } of users) {
      if (typeof id !== 'string' || typeof email !== 'string' || !OURS.test(email)) continue;
      found.set(id, { id, email, isPrivileged: typeof role === 'string' });
    }
    // One that knows no pages gives the same again.
    if (users.length < PAGE || response.body === before) return [...found.values()];
    before = response.body;
  }
}
