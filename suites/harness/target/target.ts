import { Answer } from './response.js';
import type { Account } from '../users/accounts.js';
import type { Evidence } from '../evidence/evidence.js';
import { errorCode } from '../expectations.js';
import { TransportError, type HttpClient } from './http-client.js';
import { lifeOf } from './jwt.js';
import type { Silence } from './silence.js';
import { Overtaken, require, Unjudged } from '../outcomes.js';
import { answersPromptly } from '../run/recovery.js';
import type { TargetDescription } from '../run/run-plan.js';
import type { SessionLedger } from '../run/ledger.js';
import type { AccessToken, AnyAccessToken, RefreshToken, SessionToken, StandardTokens } from './tokens.js';

/** The modes of login, refresh and logout. Seed, Storing Tokens; observed: Directus 12.4.1. */
export type Mode = 'json' | 'cookie' | 'session';
export const modes: readonly Mode[] = ['json', 'cookie', 'session'];

/** A request by its parts. */
export interface RequestParts {
  readonly method?: string;
  /** Path below the target's base URL, with its query. */
  readonly path: string;
  /** A header with several values is sent once for each. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON, unless it is a string, which is sent as it is. */
  readonly body?: unknown;
  /** Leaves something on the target: an interruption waits for its answer. */
  readonly mustEnd?: boolean;
}

/** By which ways tokens are sent with a request (seed, Making Requests). A string is sent as if it were a token. */
export interface SentTokens {
  readonly header?: AnyAccessToken | string;
  readonly query?: AnyAccessToken | string;
  readonly cookie?: AnyAccessToken | string;
}

/** Each way to send a token, in words. */
export const ways: readonly (readonly [string, (token: string) => SentTokens])[] = [
  ['in the header', (token) => ({ header: token })],
  ['as query parameter', (token) => ({ query: token })],
  ['as session cookie', (token) => ({ cookie: token })],
];

/** A JWT counts whole seconds, so that a token may run out up to a second before its time; some of the rest is the way there. */
const ROUNDING_MS = 1200;

const valueOf = (token: AnyAccessToken | string): string => (typeof token === 'string' ? token : token.value);

/** The API of the target as one check uses it: what is sent and what comes goes into the evidence of that check. */
export class Target {
  constructor(
    readonly description: TargetDescription,
    private readonly client: HttpClient,
    readonly evidence: Evidence,
    private readonly sessions: SessionLedger,
  ) {}

  /**
   * Sends a request.
   * @throws TransportError when no answer came, or one that says that the target is overloaded (observed: Directus 12.4.1 answers 503
   *   SERVICE_UNAVAILABLE "Under pressure"); Unjudged when the target asks to slow down (429)
   */
  async send({ method, path, headers, body, mustEnd }: RequestParts): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const sent = {
      method: method ?? (text === undefined ? 'GET' : 'POST'),
      url: this.description.url + path,
      headers: Object.entries({
        ...(text !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      }).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value])),
      ...(text !== undefined && { body: text }),
    };
    const { response, number } = await this.client.send(sent, this.evidence, mustEnd);
    if (response.status === 429) {
      throw new Unjudged(
        `${sent.method} ${path.split('?')[0]} answered 429: the target limits the rate of requests. Raise its limit or run with --concurrency 1`,
      );
    }
    const answer = new Answer(sent, response, number);
    if (
      response.status === 503 &&
      (errorCode(answer) === 'SERVICE_UNAVAILABLE' || answer.headers('retry-after').length > 0)
    )
      throw new TransportError(`${sent.method} ${path.split('?')[0]} answered 503: the target is overloaded`, 'busy');
    if (/^\/auth\/(?:login|refresh)\b/.test(path)) {
      this.#nameTokens(answer);
      this.sessions.openedBy(sent, answer, this.description);
    }
    return answer;
  }

  /** Time limit of a request, in ms. */
  get timeoutMs(): number {
    return this.client.timeoutMs;
  }

  /** Which endpoints of the target leave requests without an answer. */
  get silence(): Silence {
    return this.client.silence;
  }

  /** True when the target answers within a second; the request is no part of the evidence. */
  async answersPromptly(): Promise<boolean> {
    return answersPromptly(this.client, this.description.url).catch(() => false);
  }

  /** Asks who the sender of these tokens is. */
  async whoAmI(tokens: SentTokens): Promise<Answer> {
    return this.send(this.withTokens({ path: '/users/me' }, tokens));
  }

  /** Adds tokens to a request, by their ways. */
  withTokens(parts: RequestParts, { header, query, cookie }: SentTokens): RequestParts {
    const added: Record<string, string> = {};
    if (header !== undefined) added['Authorization'] = `Bearer ${valueOf(header)}`;
    if (cookie !== undefined) added['Cookie'] = `${this.description.sessionCookie}=${valueOf(cookie)}`;
    const mark = parts.path.includes('?') ? '&' : '?';
    const path =
      query === undefined ? parts.path : `${parts.path}${mark}access_token=${encodeURIComponent(valueOf(query))}`;
    return { ...parts, path, headers: { ...parts.headers, ...added } };
  }

  /** Logs in, without any demand on the answer. No mode: the target's default. */
  async login(account: Account, mode?: Mode, extra?: Readonly<Record<string, unknown>>): Promise<Answer> {
    account.nameIn(this.evidence);
    const body = { email: account.email, password: account.password, ...(mode && { mode }), ...extra };
    const answer = await this.send({ path: '/auth/login', body, mustEnd: true });
    this.sessions.opened(account, answer, this.description);
    return answer;
  }

  /** Refreshes by a token in the body (mode json unless another is given), without any demand on the answer. */
  async refresh(
    token: RefreshToken | string,
    account?: Account,
    mode?: Mode | 'made-up' | 'JSON' | 'SESSION',
    sent: SentTokens = {},
  ): Promise<Answer> {
    const refresh_token = typeof token === 'string' ? token : token.value;
    const body = { refresh_token, ...(mode && { mode }) };
    const answer = await this.send(this.withTokens({ path: '/auth/refresh', body, mustEnd: true }, sent));
    if (account !== undefined) this.sessions.opened(account, answer, this.description);
    return answer;
  }

  /** Refreshes by the cookie of mode session or cookie, without any demand on the answer. */
  async refreshByCookie(mode: 'session' | 'cookie', token: string, account?: Account): Promise<Answer> {
    const headers = { Cookie: `${this.#cookieOf(mode)}=${token}` };
    const answer = await this.send({ path: '/auth/refresh', headers, body: { mode }, mustEnd: true });
    if (account !== undefined) this.sessions.opened(account, answer, this.description);
    return answer;
  }

  /** Logs out by a refresh token in the body. */
  async logout(token: RefreshToken): Promise<Answer> {
    return this.send({ path: '/auth/logout', body: { refresh_token: token.value } });
  }

  /** Logs out by the cookie of mode session or cookie. */
  async logoutByCookie(mode: 'session' | 'cookie', token: string): Promise<Answer> {
    const headers = { Cookie: `${this.#cookieOf(mode)}=${token}` };
    return this.send({ path: '/auth/logout', headers, body: { mode } });
  }

  /**
   * The standard tokens of a login: a precondition.
   * @throws Unjudged when the login gives none
   */
  async loggedIn(account: Account): Promise<StandardTokens> {
    const obtainedAt = performance.now();
    return this.standardTokens(await this.login(account), obtainedAt);
  }

  /**
   * The session token of a login in mode session: a precondition.
   * @throws Unjudged when the login gives none
   */
  async loggedInBySession(account: Account): Promise<SessionToken> {
    const obtainedAt = performance.now();
    return this.sessionToken(await this.login(account, 'session'), obtainedAt);
  }

  /**
   * The standard tokens in an answer.
   * @param obtainedAt when the answer was asked for, on the clock of performance.now()
   * @throws Unjudged when there are none
   */
  standardTokens(answer: Answer, obtainedAt: number): StandardTokens {
    const refresh = answer.text('refresh_token');
    require(refresh !==
      undefined, `${answer.what} answered ${answer.status} without a refresh token, which this check stands on`);
    return {
      access: this.accessToken(answer, obtainedAt),
      refresh: { type: 'refresh', value: refresh, goodUntil: goodUntil(obtainedAt, this.description.refreshLifeMs) },
    };
  }

  /**
   * The access token in an answer.
   * @throws Unjudged when there is none
   */
  accessToken(answer: Answer, obtainedAt: number): AccessToken {
    const value = answer.text('access_token');
    require(value !==
      undefined, `${answer.what} answered ${answer.status} without an access token, which this check stands on`);
    const { expires } = answer.payload;
    const expiresMs = typeof expires === 'number' && expires > 0 ? expires : lifeOf(value);
    return {
      type: 'standard',
      value,
      expiresMs,
      obtainedAt,
      goodUntil: goodUntil(obtainedAt, expiresMs, lifeOf(value)),
    };
  }

  /**
   * The session token in an answer.
   * @throws Unjudged when there is none
   */
  sessionToken(answer: Answer, obtainedAt: number): SessionToken {
    const cookie = answer.cookie(this.description.sessionCookie);
    require(cookie !==
      undefined, `${answer.what} answered ${answer.status} without a cookie ${this.description.sessionCookie}, which this check stands on`);
    const { expires } = answer.payload;
    const maxAge = typeof cookie.maxAge === 'number' ? cookie.maxAge * 1000 : undefined;
    const expiresMs = lifeOf(cookie.value) ?? (typeof expires === 'number' && expires > 0 ? expires : maxAge);
    return { type: 'session', value: cookie.value, expiresMs, obtainedAt, goodUntil: goodUntil(obtainedAt, expiresMs) };
  }

  /**
   * To be called when a token was refused that should have been good.
   * @throws Overtaken when it may have run out by now, through nobody's fault
   */
  excuseIfOvertaken(token: AnyAccessToken | RefreshToken): void {
    if (performance.now() < token.goodUntil) return;
    throw new Overtaken(
      'the token ran out before the check was done with it: run with --concurrency 1, or let tokens live longer',
    );
  }

  /**
   * To be called when a refresh token was refused after its access token had run out.
   * @throws Overtaken when it has run out too by now, and was to live longer than the access token
   */
  excuseIfOutlived(refresh: RefreshToken, access: AccessToken): void {
    const { refreshLifeMs } = this.description;
    if (refreshLifeMs !== undefined && refreshLifeMs > (access.expiresMs ?? Infinity)) this.excuseIfOvertaken(refresh);
  }

  #cookieOf(mode: 'session' | 'cookie'): string {
    return mode === 'session' ? this.description.sessionCookie : this.description.refreshCookie;
  }

  /** Gives the tokens in an answer names, for masking and for curl. */
  #nameTokens(answer: Answer): void {
    const { exchange } = answer;
    for (const [member, stem] of [
      ['access_token', 'ACCESS_TOKEN'],
      ['refresh_token', 'REFRESH_TOKEN'],
    ] as const) {
      const value = answer.text(member);
      if (value !== undefined)
        this.evidence.names.add(value, stem, { kind: 'json', exchange, path: answer.pathOf(member) });
    }
    for (const [cookie, stem] of [
      [this.description.sessionCookie, 'SESSION_TOKEN'],
      [this.description.refreshCookie, 'REFRESH_TOKEN'],
    ] as const) {
      const value = answer.cookie(cookie)?.value;
      if (value !== undefined) this.evidence.names.add(value, stem, { kind: 'cookie', exchange, cookie });
    }
  }
}

/** Until when a token can be relied on: the shortest life that anything says of it. */
function goodUntil(obtainedAt: number, ...lives: (number | undefined)[]): number {
  const life = Math.min(...lives.map((one) => one ?? Infinity));
  return obtainedAt + life - ROUNDING_MS;
}
