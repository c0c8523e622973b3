import { jwtVerify } from 'jose';
import { ConfigurationError, NotJudgeable } from '../../report/errors.js';
import { quoted } from '../../report/foreign-text.js';
import type { Configuration } from '../../spec/generated/configuration.js';
import type { Capability } from '../../spec/generated/report.js';
import { Evidence } from '../../suites/harness/evidence/evidence.js';
import { Inconclusive } from '../../suites/harness/outcomes.js';
import { SessionLedger } from '../../suites/harness/run/ledger.js';
import type {
  AdministratorAccess,
  Credentials,
  RunPlan,
  TargetDescription,
} from '../../suites/harness/run/run-plan.js';
import { HttpClient } from '../../suites/harness/target/http/http-client.js';
import { IssuedCredentials } from '../../suites/harness/target/tokens/issued-credentials.js';
import { claimsOf } from '../../suites/harness/target/tokens/jwt.js';
import { Pace } from '../../suites/harness/target/pace/pace.js';
import type { Response } from '../../suites/harness/target/http/response.js';
import { Target } from '../../suites/harness/target/target.js';
import { TransportError } from '../../suites/harness/target/http/transport-error.js';
import { converse } from '../../suites/harness/target/http/web-socket.js';
import { Account } from '../../suites/harness/users/account.js';
import { accessByLogin, accessByToken, orInapplicable } from './administrator-access.js';
import { notesOnCookieName } from './cookie-names.js';
import { firstContact } from './first-contact.js';
import { mustPassTheGateway, rejectionInWords } from './gateway.js';
import { implementationOf, type Implementation } from './implementation.js';
import type { Janitor } from '../clean-up/janitor.js';
import { mustBeTheApi } from './must-be-the-api.js';
import { lacksSessionMode, lacksSessions } from './session-tokens.js';

/** How long a WebSocket may take to be opened, in ms: some gateways leave handshakes without an answer. */
const HANDSHAKE_MS = 5000;
/** How long nothing is told at most, in ms. */
const SILENT_MS = 1800;

/** What the tester gave to be tried out before the run. */
export interface PreflightInput {
  readonly target: TargetDescription;
  readonly timeoutMs: number;
  /** How long a target that is still starting is waited for, in ms. */
  readonly waitMs?: number;
  /** What the target is asked whether it offers it. */
  readonly ask: ReadonlySet<Capability>;
  /** What the tester says that the target offers, or does not: it is not found out. */
  readonly said?: Configuration['capabilities'];
  readonly user?: Credentials;
  readonly admin?: Credentials;
  readonly adminToken?: string;
  readonly secret?: string;
  readonly interrupted?: AbortSignal;
  /** Called with a sentence about every two seconds while the target keeps it waiting. */
  readonly tell?: (sentence: string) => void;
}

/** What the preflight found out. */
export type PreflightFindings = Pick<RunPlan, 'target' | 'user' | 'administrator' | 'pace'> & {
  readonly notes: readonly string[];
  /** What the target says of itself. */
  readonly implementation: Implementation;
  /** What the target offers beside the specification. */
  readonly offers: readonly Capability[];
};

/**
 * Finds out, within seconds, whether the target can be judged at all and whether the target accepts what the tester gave.
 * @throws NotJudgeable when there is no such API at the target; ConfigurationError when the target rejects what the tester gave
 */
export async function preflight(input: PreflightInput, janitor: Janitor): Promise<PreflightFindings> {
  const { timeoutMs, interrupted, tell = (): void => undefined, target: description } = input;
  const { connection } = description;
  let told = performance.now();
  /** What is waited for before the target can be asked anything. */
  let starting: string | undefined;
  const say = (sentence: string): void => {
    if (performance.now() - told < SILENT_MS) return;
    told = performance.now();
    tell(sentence);
  };
  const pace = new Pace();
  const client = new HttpClient({
    timeoutMs,
    pace,
    ...(interrupted && { interrupted }),
    ...(connection && { connection }),
  });
  const target = new Target(description, client, new Evidence(), new SessionLedger(janitor), new IssuedCredentials());
  const start = performance.now();
  const ticker = setInterval(() => {
    const seconds = Math.round((performance.now() - start) / 1000);
    const limits = pace.rejections > 0 ? ', which limits the rate of requests' : '';
    const asked = client.pending.join(', ') || (pace.rejections > 0 ? 'its turn' : 'a handshake at /websocket');
    say(starting ?? `waiting for the target${limits}: ${asked} (${seconds} s)`);
  }, 200);
  try {
    const contact = await firstContact(client, description.url, {
      waitMs: input.waitMs ?? 0,
      tell: (sentence) => (starting = sentence),
      ...(interrupted && { interrupted }),
    });
    starting = undefined;
    const findings = await findOut(target, input, (response) => {
      mustPassTheGateway(response, contact, client.connection);
      mustBeTheApi(response, contact, description);
    });
    return { ...findings, ...(pace.rejections > 0 && { pace: pace.learned }) };
  } catch (error) {
    if (error instanceof TransportError && error.kind === 'proxy') throw new ConfigurationError(quoted(error.message));
    if (error instanceof Inconclusive) throw new NotJudgeable(`the target cannot be judged: ${quoted(error.message)}`);
    throw error;
  } finally {
    clearInterval(ticker);
    await client.close();
  }
}

async function findOut(
  target: Target,
  { user, admin, adminToken, secret, ask, said }: PreflightInput,
  mustBeFit: (response: Response) => void,
): Promise<Omit<PreflightFindings, 'pace'>> {
  const notes: string[] = [];
  // They need no credentials; what they throw is of interest where the target is fit to be judged otherwise.
  const offered = offeredBy(target, ask, notes, said);
  offered.catch(() => undefined);
  let access: AdministratorAccess | undefined;
  if (adminToken !== undefined) access = await accessByToken(target, adminToken, mustBeFit);
  const logins = await Promise.all(givenAccounts(user, admin).map(async (given) => logIn(target, given, mustBeFit)));
  const [first] = logins;
  const administrator = logins.find(({ who }) => who === 'administrator');
  const userLogin = user && logins[0]?.response;
  const sessions = said?.session === undefined ? noSessions(target, first, notes) : !said.session;
  const token = (administrator ?? first)?.response.text('access_token');
  const sent =
    adminToken !== undefined && access !== undefined
      ? { [access.method]: adminToken }
      : { ...(token !== undefined && { header: token }) };
  const [implementation, offersNoSessions, refreshLifeMs, ownAccess, userId, offers] = await Promise.all([
    implementationOf(target, sent),
    sessions,
    first && lifeOfRefreshCookie(target, first, notes),
    admin && access === undefined && administrator ? accessByLogin(target, admin, administrator.response) : undefined,
    userLogin && idOf(target, userLogin),
    offered,
    secret !== undefined && first !== undefined
      ? mustBeTheSecret(first.response.text('access_token'), secret, notes)
      : undefined,
  ]);
  access ??= ownAccess;
  return {
    target: {
      ...target.description,
      ...(offersNoSessions && { offersNoSessions: true as const }),
      ...(refreshLifeMs !== undefined && { refreshLifeMs }),
    },
    ...(user && { user: { ...user, ...(userId !== undefined && { id: userId }) } }),
    ...(access && { administrator: access }),
    notes,
    implementation,
    offers: [...offers, ...(offersNoSessions ? [] : (['session'] as const))],
  };
}

/** An account that was given to the suite. */
interface GivenAccount {
  readonly account: Account;
  readonly who: 'user' | 'administrator';
  /** The flags that it was given by. */
  readonly flags: string;
}

function givenAccounts(user: PreflightInput['user'], admin: PreflightInput['admin']): GivenAccount[] {
  const accounts: GivenAccount[] = [];
  if (user !== undefined)
    accounts.push({ account: Account.given(user, 'USER'), who: 'user', flags: '--email and --password' });
  if (admin !== undefined)
    accounts.push({
      account: Account.given(admin, 'ADMIN'),
      who: 'administrator',
      flags: '--admin-email and --admin-password',
    });
  return accounts;
}

/** The login of an account, without a mode, which succeeded. */
interface LogIn extends Pick<GivenAccount, 'account' | 'who'> {
  readonly response: Response;
}

/** @throws ConfigurationError when the target rejects the login */
async function logIn(
  target: Target,
  { account, who, flags }: GivenAccount,
  mustBeFit: (response: Response) => void,
): Promise<LogIn> {
  const response = await target.login(account);
  mustBeFit(response);
  if (response.succeeded) return { account, response, who };
  throw new ConfigurationError(
    `the target rejects the ${who}'s email and password (${rejectionInWords(response)}): check ${flags}`,
  );
}

/** Whether the target offers no session tokens. */
const noSessions = async (target: Target, login: LogIn | undefined, notes: string[]): Promise<boolean> =>
  login === undefined ? lacksSessionMode(target) : lacksSessions(target, login.account, login.response, notes);

/**
 * Finds out which of the parts that are asked for the target has, and need not have. A part that answers with "not found" is not
 * there.
 */
async function offeredBy(
  target: Target,
  wanted: ReadonlySet<Capability>,
  notes: string[],
  said: PreflightInput['said'] = {},
): Promise<Capability[]> {
  const questions: Partial<Record<Capability, () => Promise<boolean>>> = {
    totp: async () =>
      target.send({ path: '/users/me/tfa/generate', body: {} }).then(({ status }) => status === 400 || status === 401),
    graphql: async () =>
      target
        .send({ path: '/graphql/system', body: { query: '{__typename}' } })
        .then(({ json }) => (json as { data?: { __typename?: unknown } } | undefined)?.data?.__typename !== undefined),
    realtime: async () => canOpen(target, notes),
  };
  const answers = await Promise.all(
    Object.entries(questions).map(async ([capability, ask]) =>
      wanted.has(capability as Capability) && (said[capability as keyof typeof said] ?? (await ask()))
        ? [capability as Capability]
        : [],
    ),
  );
  return answers.flat();
}

/** True when the target has a WebSocket at /websocket. Observed: Directus 12.4.1. */
async function canOpen(target: Target, notes: string[]): Promise<boolean> {
  const limitMs = Math.min(target.timeoutMs, HANDSHAKE_MS);
  try {
    const { opened, closed } = await converse(target, '/websocket', [], {}, limitMs);
    if (!opened && !closed)
      notes.push(`The handshake of a WebSocket at /websocket had no answer within ${limitMs / 1000} s: there is none`);
    return opened;
  } catch (error) {
    // One that sends too much has opened.
    if (error instanceof TransportError && error.kind === 'oversized') return true;
    throw error;
  }
}

async function idOf(target: Target, login: Response): Promise<string | undefined> {
  const token = login.text('access_token');
  if (token === undefined) return undefined;
  return (await orInapplicable(target.whoAmI({ header: token })))?.id();
}

/** How long a refresh token lives, in ms, by the cookie of mode cookie; undefined where the target does not say. */
async function lifeOfRefreshCookie(
  target: Target,
  { account, response: login }: LogIn,
  notes: string[],
): Promise<number | undefined> {
  const name = target.description.refreshCookie;
  const response = await target.login(account, 'cookie');
  notes.push(...notesOnCookieName(login, response, { name, mode: 'cookie', option: '--refresh-cookie' }));
  const life = response.cookie(name)?.TTL();
  return life === undefined || life === Infinity ? undefined : life;
}

/** Holds the secret against a real token: a wrong one would make every minted token look forged. */
async function mustBeTheSecret(token: string | undefined, secret: string, notes: string[]): Promise<void> {
  if (token === undefined || claimsOf(token) === undefined) {
    notes.push('The access tokens of the target are no JWTs: --secret is of no use for them.');
    return;
  }
  try {
    await jwtVerify(token, new TextEncoder().encode(secret), { currentDate: new Date(0) });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') {
      throw new ConfigurationError("the target's access tokens are not signed with this secret: check --secret");
    }
  }
}
