import type { CheckContext } from '../harness/check.js';
import { assumeSuccess } from '../harness/expectations.js';
import { assume, Inconclusive, NotApplicable, TokenExpired } from '../harness/outcomes.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import { graphql, result, written } from '../harness/target/graphql.js';
import type { Response } from '../harness/target/http/response.js';
import type { AccessToken, RefreshToken, SessionToken, StaticToken } from '../harness/target/tokens/tokens.js';
import { converse } from '../harness/target/http/web-socket.js';
import type { Account } from '../harness/users/account.js';
import type { LoginPlan } from './credentials.js';
import { refreshIn } from '../harness/target/tokens/in-mode.js';

/** The tokens that a login or one of its refreshes has issued. */
export interface Issued {
  readonly access?: AccessToken;
  readonly refresh?: RefreshToken;
  readonly session?: SessionToken;
}

/** A login of a scenario, with all that was issued to it, the newest last. */
export interface Login {
  readonly plan: LoginPlan;
  readonly account: Account;
  readonly generations: Issued[];
}

/** The users of one scenario, with what they hold. */
export interface Scene {
  readonly context: CheckContext;
  /** The user whom the event is about, or whose login it is, as it was before the event. */
  readonly subject: Account;
  /** The same user with another email, after an event that gave it one. */
  renamed?: Account;
  /** Users who stand before and behind the subject in a batch, where the event is about several. */
  readonly companions: readonly Account[];
  readonly logins: readonly Login[];
  /** The static tokens that the subject has had, the present one last. */
  readonly staticTokens: StaticToken[];
  /** The passwords that the subject has had, the present one last. */
  readonly passwords: string[];
}

export const newestOf = ({ generations }: Login): Issued => generations.at(-1) ?? {};

/** The login that the event is about. */
export function subjectLogin({ logins }: Scene): Login {
  const login = logins.find(({ plan }) => plan.isSubject);
  if (login === undefined) throw new Error('the event of this scenario is about no login');
  return login;
}

/**
 * Logs in as a plan says: a precondition.
 * @throws Inconclusive when it issues nothing
 */
export async function open({ target }: CheckContext, account: Account, plan: LoginPlan): Promise<Login> {
  return { plan, account, generations: [await logIn()] };

  async function logIn(): Promise<Issued> {
    const { mode, door } = plan;
    account.nameIn(target.evidence);
    const { email, password } = account;
    if (door === 'graphql') {
      const given = `email:${written(email)},password:${written(password)},mode:${mode}`;
      return byMutation(target, 'auth_login', given, {}, mode);
    }
    if (door === 'message') return byMessage(target, { type: 'auth', email, password });
    return inResponse(target, await target.login(account, mode), mode);
  }
}

/**
 * Refreshes a login by its newest token.
 * @returns what came; undefined when it was rejected
 * @throws TokenExpired when the token may have expired; Inconclusive when the response issues nothing
 */
export async function refresh({ target }: CheckContext, login: Login): Promise<Issued | undefined> {
  const { mode, door } = login.plan;
  const newest = newestOf(login);
  const token = (newest.refresh ?? newest.session)?.value ?? '';
  const next = await refreshed();
  if (next !== undefined) login.generations.push(next);
  return next;

  async function refreshed(): Promise<Issued | undefined> {
    if (door === 'message') return byMessage(target, { type: 'auth', refresh_token: token }).catch(noneOf);
    if (door === 'graphql') {
      const { refreshCookie, sessionCookie } = target.description;
      const cookie = { cookie: refreshCookie, session: sessionCookie, json: undefined }[mode];
      const given = cookie === undefined ? `refresh_token:${written(token)}` : `mode:${mode}`;
      return byMutation(target, 'auth_refresh', given, { ...(cookie && { Cookie: `${cookie}=${token}` }) }, mode).catch(
        noneOf,
      );
    }
    const response = await refreshIn(target, mode, token, login.account);
    if (!response.succeeded && response.mayHaveExpired) throw new TokenExpired();
    return response.succeeded ? inResponse(target, response, mode) : undefined;
  }
}

/** A login or refresh by GraphQL or a WebSocket that issued no token. */
class NothingIssued extends Inconclusive {
  override readonly name = 'NothingIssued';
  constructor(what: string) {
    super(`${what} issued no token, which this check stands on`);
  }
}

const noneOf = (error: unknown): undefined => {
  if (!(error instanceof NothingIssued)) throw error;
};

type Target = CheckContext['target'];

/**
 * The tokens in a response of REST, by the mode of its login.
 * @throws Inconclusive when there are none; TokenExpired when it was rejected for what may have expired
 */
export function inResponse(target: Target, response: Response, mode: LoginPlan['mode']): Issued {
  if (!response.succeeded && response.mayHaveExpired) throw new TokenExpired();
  if (mode === 'session') return { session: target.sessionToken(response) };
  if (mode === 'json') return target.standardTokens(response);
  const { refreshCookie } = target.description;
  const cookie = response.cookie(refreshCookie);
  assume(cookie !== undefined, `${response.summary} without a cookie ${refreshCookie}, which this check stands on`);
  return { access: target.accessToken(response), refresh: target.refreshToken(response, cookie.value) };
}

/** @throws NothingIssued, TokenExpired */
async function byMutation(
  target: Target,
  field: 'auth_login' | 'auth_refresh',
  given: string,
  headers: Readonly<Record<string, string>>,
  mode: LoginPlan['mode'],
): Promise<Issued> {
  const query = `mutation{${field}(${given}){access_token refresh_token expires}}`;
  const response = await graphql(target, query, {}, headers);
  const { access_token: access, refresh_token: inBody, expires } = result(response, field);
  const cookie = response.cookie(
    mode === 'session' ? target.description.sessionCookie : target.description.refreshCookie,
  );
  const token = mode === 'json' ? inBody : cookie?.value;
  if (typeof token !== 'string') {
    if (response.mayHaveExpired) throw new TokenExpired();
    throw new NothingIssued(field);
  }
  if (mode === 'session') return { session: target.sessionToken(response) };
  return {
    refresh: target.refreshToken(response, token),
    ...(typeof access === 'string' && {
      access: { type: 'standard', value: access, lifetime: target.accessLifetime(response, access, expires) } as const,
    }),
  };
}

/** @throws NothingIssued, TokenExpired */
async function byMessage(target: Target, message: object): Promise<Issued> {
  const sentAt = target.time.now();
  const {
    responses: [response],
    mayHaveExpired,
  } = await converse(target, '/websocket', [message]);
  const token = response?.['refresh_token'];
  if (typeof token === 'string') return { refresh: target.refreshToken({ asked: { sentAt } }, token) };
  if (mayHaveExpired) throw new TokenExpired();
  throw new NothingIssued('the message auth');
}

/** Ends a login by its own door, by a token of it: a precondition. */
export async function logOut(
  { target }: CheckContext,
  { plan }: Login,
  { refresh: token, session }: Issued,
  sent: SentTokens = {},
): Promise<void> {
  const { mode, door } = plan;
  const value = (token ?? session)?.value ?? '';
  if (door === 'graphql') {
    const { refreshCookie, sessionCookie } = target.description;
    const cookie = { cookie: refreshCookie, session: sessionCookie, json: undefined }[mode];
    const given = cookie === undefined ? `refresh_token:${written(value)}` : `mode:${mode}`;
    const response = await graphql(
      target,
      `mutation{auth_logout(${given})}`,
      {},
      {
        ...(cookie && { Cookie: `${cookie}=${value}` }),
      },
    );
    const { data } = (response.json ?? {}) as { data?: { auth_logout?: unknown } | null };
    if (data?.auth_logout !== true && response.mayHaveExpired) throw new TokenExpired();
    // Observed: Directus 10.5.2 has no argument for the mode; 9.26.0 says so by another code.
    if (/^GRAPHQL_VALIDATION(?:_EXCEPTION)?$/.test(response.errorCode ?? ''))
      throw new NotApplicable(`the target has no auth_logout for a login in mode ${mode}`);
    assume(data?.auth_logout === true, `auth_logout was rejected: ${response.summary}`);
    return;
  }
  const response = mode === 'json' ? await target.logout(value, sent) : await target.logoutByCookie(mode, value);
  assumeSuccess(response);
}
