import { jwtVerify } from 'jose';
import { Account } from '../suites/harness/users/accounts.js';
import type { Answer } from '../suites/harness/target/response.js';
import { Evidence } from '../suites/harness/evidence/evidence.js';
import { shorten } from '../suites/harness/evidence/shorten.js';
import { inWords } from '../suites/harness/expectations.js';
import { HttpClient } from '../suites/harness/target/http-client.js';
import { claimsOf } from '../suites/harness/target/jwt.js';
import { SessionLedger } from '../suites/harness/run/ledger.js';
import { Unjudged } from '../suites/harness/outcomes.js';
import { canOpen } from '../suites/harness/target/web-socket.js';
import type { Capability } from '../spec/generated/report.js';
import type { AdministratorAccess, Credentials, RunPlan, TargetDescription } from '../suites/harness/run/run-plan.js';
import { Target, type SentTokens } from '../suites/harness/target/target.js';
import { ConfigurationError, NotJudgeable } from '../report/errors.js';
import type { Janitor } from './janitor.js';

/** What the tester gave to be tried out before the run. */
export interface PreflightInput {
  readonly target: TargetDescription;
  readonly timeoutMs: number;
  readonly user?: Credentials;
  readonly admin?: Credentials;
  readonly adminToken?: string;
  readonly secret?: string;
  readonly interrupted?: AbortSignal;
}

/** What the preflight found out. */
export type PreflightFindings = Pick<RunPlan, 'target' | 'user' | 'administrator'> & {
  readonly notes: readonly string[];
  /** What the target offers beside the specification. */
  readonly offers: readonly Capability[];
};

/**
 * Finds out, within seconds, whether the target can be judged at all and whether what the tester gave is good.
 * @throws NotJudgeable when there is no such API at the target; ConfigurationError when the target refuses what the tester gave
 */
export async function preflight(input: PreflightInput, janitor: Janitor): Promise<PreflightFindings> {
  const client = new HttpClient({
    timeoutMs: input.timeoutMs,
    ...(input.interrupted && { interrupted: input.interrupted }),
  });
  const target = new Target(input.target, client, new Evidence(), new SessionLedger(janitor));
  try {
    return await findOut(target, input);
  } catch (error) {
    if (error instanceof Unjudged) throw new NotJudgeable(`the target cannot be judged: ${error.message}`);
    throw error;
  } finally {
    await client.close();
  }
}

async function findOut(
  target: Target,
  { user, admin, adminToken, secret }: PreflightInput,
): Promise<PreflightFindings> {
  const accounts = [
    ...(user === undefined
      ? []
      : [{ account: Account.given(user, 'USER'), who: 'user', flags: '--email and --password' }]),
    ...(admin === undefined
      ? []
      : [
          { account: Account.given(admin, 'ADMIN'), who: 'administrator', flags: '--admin-email and --admin-password' },
        ]),
  ];
  const notes: string[] = [];
  let access: AdministratorAccess | undefined;
  if (adminToken !== undefined) access = await accessByToken(target, adminToken);
  const logins = await Promise.all(
    accounts.map(async ({ account, who, flags }) => {
      const answer = await target.login(account);
      mustBeTheApi(answer);
      if (!answer.succeeded) {
        throw new ConfigurationError(
          `the target refuses the ${who}'s e-mail and password (${inWords(answer)}): check ${flags}`,
        );
      }
      return { account, answer, who };
    }),
  );
  const [first] = logins;
  const administrator = logins.find(({ who }) => who === 'administrator');
  const userLogin = user && logins[0]?.answer;
  const [refreshLifeMs, ownAccess, userId, offers] = await Promise.all([
    first && lifeOfRefreshCookie(target, first.account),
    admin && access === undefined && administrator ? accessByLogin(target, admin, administrator.answer) : undefined,
    userLogin && idOf(target, userLogin),
    offeredBy(target),
    secret !== undefined && first !== undefined
      ? mustBeTheSecret(first.answer.text('access_token'), secret, notes)
      : undefined,
  ]);
  access ??= ownAccess;
  return {
    target: { ...target.description, ...(refreshLifeMs !== undefined && { refreshLifeMs }) },
    ...(user && { user: { ...user, ...(userId !== undefined && { id: userId }) } }),
    ...(access && { administrator: access }),
    notes,
    offers,
  };
}

/** Finds out which parts the target has that it need not have. A part that answers with "not found" is not there. */
async function offeredBy(target: Target): Promise<Capability[]> {
  const [totp, graphql, realtime] = await Promise.all([
    target.send({ path: '/users/me/tfa/generate', body: {} }).then(({ status }) => status === 400 || status === 401),
    target
      .send({ path: '/graphql/system', body: { query: '{__typename}' } })
      .then(({ json }) => (json as { data?: { __typename?: unknown } } | undefined)?.data?.__typename !== undefined),
    canOpen(target),
  ]);
  return [
    ...(totp ? ['totp' as const] : []),
    ...(graphql ? ['graphql' as const] : []),
    ...(realtime ? ['realtime' as const] : []),
  ];
}

/** Refuses what is no such API: a web page, an error page, a server that only fails. */
function mustBeTheApi(answer: Answer): void {
  const { status } = answer;
  const advice = 'is the URL that of the API?';
  if (status >= 500)
    throw new NotJudgeable(`the target cannot be judged: ${inWords(answer)}; its own log should say why`);
  if (status >= 300 && status < 400) {
    throw new NotJudgeable(
      `the target cannot be judged: ${inWords(answer)}, a redirect to ${shorten(answer.headers('location')[0] ?? 'nowhere')}: give the URL it leads to`,
    );
  }
  if (status === 404 || status === 405)
    throw new NotJudgeable(`the target cannot be judged: ${inWords(answer)}, it has no such endpoint: ${advice}`);
  if (answer.json === undefined) {
    const type = shorten(answer.headers('content-type')[0] ?? 'something without a content type');
    throw new NotJudgeable(`the target cannot be judged: ${inWords(answer)} with ${type} that is not JSON: ${advice}`);
  }
}

/** The ways to send a token, in the order in which they are tried. */
const ways = ['header', 'query', 'cookie'] as const;

async function accessByToken(target: Target, token: string): Promise<AdministratorAccess> {
  let last: Answer | undefined;
  for (const way of ways) {
    last = await target.whoAmI({ [way]: token });
    mustBeTheApi(last);
    if (last.succeeded) return administratorBy(target, { [way]: token }, { token, mode: 'json', way }, '--admin-token');
  }
  throw new ConfigurationError(
    `the target refuses the administrator's token (${last ? inWords(last) : ''}): check --admin-token`,
  );
}

/**
 * Finds a way by which the target lets the administrator in: a broken target may know some and not others.
 * @param login the answer to a login of the administrator
 */
async function accessByLogin(target: Target, credentials: Credentials, login: Answer): Promise<AdministratorAccess> {
  const account = Account.given(credentials, 'ADMIN');
  const answers = { json: login, session: undefined as Answer | undefined };
  for (const mode of ['json', 'session'] as const) {
    const answer = (answers[mode] ??= await target.login(account, mode));
    const token =
      mode === 'json' ? answer.text('access_token') : answer.cookie(target.description.sessionCookie)?.value;
    if (token === undefined) continue;
    for (const way of mode === 'json' ? ways : [...ways].reverse()) {
      const sent: SentTokens = { [way]: token };
      if ((await target.whoAmI(sent)).succeeded)
        return administratorBy(target, sent, { credentials, mode, way }, '--admin-email');
    }
  }
  // Nothing lets the administrator in: the checks that need no other user can still say why.
  return { credentials, mode: 'json', way: 'header' };
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
      `the account given as administrator may not list users (${inWords(list)}): check ${flag}, or give it as --email and --password`,
    );
  }
  const [id, role] = [me.text('id'), me.text('role')];
  return { ...access, ...(id !== undefined && { id }), ...(role !== undefined && { role }) };
}

async function idOf(target: Target, login: Answer): Promise<string | undefined> {
  const token = login.text('access_token');
  if (token === undefined) return undefined;
  return (await target.whoAmI({ header: token })).text('id');
}

/** How long a refresh token lives, in ms, by the cookie of mode cookie; undefined where the target does not say. */
async function lifeOfRefreshCookie(target: Target, account: Account): Promise<number | undefined> {
  const cookie = (await target.login(account, 'cookie')).cookie(target.description.refreshCookie);
  const life = cookie?.TTL();
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
