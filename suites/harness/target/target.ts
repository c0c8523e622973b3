import { absent } from '../../../spec/capabilities.js';
import type { Account } from '../users/account.js';
import { bearerMethods, type BearerMethod, type SentTokens } from './tokens/bearer-methods.js';
import type { Evidence } from '../evidence/evidence.js';
import { assume, NotApplicable } from '../outcomes.js';
import { answersPromptly } from '../run/recovery.js';
import type { TargetDescription } from '../run/run-plan.js';
import type { SessionLedger } from '../run/ledger.js';
import { gatewayAuthorization, type Connection } from './http/connection.js';
import type { SentRequest } from './http/exchange.js';
import type { HttpClient, SendOptions } from './http/http-client.js';
import { TransportError } from './http/transport-error.js';
import type { IssuedCredentials } from './tokens/issued-credentials.js';
import { claimsOf, lifetimeOf } from './tokens/jwt.js';
import { pathAt } from './paths.js';
import { percentEncoded } from './percent-encoding.js';
import { Response } from './http/response.js';
import type { Silence } from './pace/silence.js';
import type { TargetTime } from './time.js';
import {
  type AccessToken,
  type AnyAccessToken,
  type RefreshToken,
  type SessionToken,
  type StandardTokens,
  Lifetime,
} from './tokens/tokens.js';

/** The modes of login, refresh and logout. Seed, Storing Tokens; observed: Directus 12.4.1. */
export type Mode = 'json' | 'cookie' | 'session';
export const modes: readonly Mode[] = ['json', 'cookie', 'session'];
/** The modes in which a token comes as a cookie. */
export type CookieMode = Exclude<Mode, 'json'>;

/** A request by its parts. */
export interface RequestParts extends SendOptions {
  readonly method?: string;
  /** Base URL where it is not the target's. */
  readonly base?: string;
  /** Path below the base URL as Directus has it, with its query. */
  readonly path: string;
  /** A header with several values is sent once for each. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON, unless it is a string, which is sent as it is. */
  readonly body?: unknown;
}

/** A response that issues a credential: what is to be known of it is when it was asked for. */
interface Issuing {
  readonly asked: { readonly sentAt: number };
}

/** A JWT counts whole seconds, so that a token may expire up to a second before its time; some of the rest is the way there. */
const ROUNDING_MS = 1200;

const valueOf = (token: AnyAccessToken | string): string => (typeof token === 'string' ? token : token.value);

/** The API of the target as one check uses it: what is sent and what comes goes into the evidence of that check. */
export class Target {
  constructor(
    readonly description: TargetDescription,
    private readonly client: HttpClient,
    readonly evidence: Evidence,
    private readonly sessions: SessionLedger,
    private readonly credentials: IssuedCredentials,
  ) {}

  /**
   * Sends a request.
   * @throws TransportError when no response came, or one that says that the target is overloaded (observed: Directus 12.4.1 answers 503
   *   SERVICE_UNAVAILABLE "Under pressure") or rejects all requests for their rate (429); NotApplicable when something in front of the
   *   target takes the field Authorization for itself
   */
  async send({ method, base, path, headers, body, ...options }: RequestParts): Promise<Response> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const sent = {
      method: method ?? (text === undefined ? 'GET' : 'POST'),
      url: base === undefined ? this.description.url + pathAt(this.description.paths, path) : base + path,
      headers: Object.entries({
        ...(text !== undefined && !hasContentType(headers) && { 'Content-Type': 'application/json' }),
        ...headers,
      }).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value])),
      ...(text !== undefined && { body: text }),
    };
    const { advancedMs } = this.time;
    const answered = await this.client.send(sent, this.evidence, options);
    const { response: received, number } = answered;
    const asked = {
      request: answered.request,
      description: this.description,
      credentials: this.credentials.sentWith(sent),
      // As of when it was asked, and when it was answered, by the clock of the target.
      sentAt: answered.sentAt + advancedMs,
      receivedAt: answered.receivedAt + this.time.advancedMs,
    };
    const response = new Response(asked, received, number);
    mustBeOfTheTarget(response, this.client.connection);
    if (
      response.status === 503 &&
      (response.errorCode === 'SERVICE_UNAVAILABLE' || response.headers('retry-after').length > 0)
    )
      throw new TransportError(`${sent.method} ${path.split('?')[0]} returned 503: the target is overloaded`, 'busy');
    if (/^\/auth\/(?:login|refresh)\b/.test(path)) {
      this.#noteIssued(response);
      this.sessions.openedBy(sent, response, this.description);
    }
    const rejected = !response.succeeded || Array.isArray((response.json as { errors?: unknown } | undefined)?.errors);
    if (rejected && response.mayHaveExpired) this.evidence.noteExpired(number);
    return response;
  }

  /** Waits for a turn in which something may be sent, and tells the pace what came of it. */
  get requests(): Pick<HttpClient, 'turn' | 'pace' | 'connection' | 'webSocketOptions'> {
    return this.client;
  }

  /** What time it is for the target. */
  get time(): TargetTime {
    return this.credentials.time;
  }

  /** The modes that the target offers: all but `session` where it has no session tokens. */
  get modes(): readonly Mode[] {
    return this.description.offersNoSessions === true ? modes.filter((mode) => mode !== 'session') : modes;
  }

  /** Those of the modes that the target offers in which a token comes as a cookie. */
  get cookieModes(): readonly CookieMode[] {
    return this.modes.filter((mode) => mode !== 'json');
  }

  /** The bearer methods that the target offers: not by cookie where it has no session tokens, which that cookie is for. */
  get bearerMethods(): readonly BearerMethod[] {
    return this.description.offersNoSessions === true
      ? bearerMethods.filter((method) => method !== 'cookie')
      : bearerMethods;
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
  async whoAmI(tokens: SentTokens): Promise<Response> {
    return this.send(this.withTokens({ path: '/users/me' }, tokens));
  }

  /** Adds tokens to a request, each by its method. */
  withTokens(parts: RequestParts, { header, query, cookie }: SentTokens): RequestParts {
    const added: Record<string, string> = {};
    if (header !== undefined) added['Authorization'] = `Bearer ${valueOf(header)}`;
    if (cookie !== undefined) added['Cookie'] = `${this.description.sessionCookie}=${valueOf(cookie)}`;
    const mark = parts.path.includes('?') ? '&' : '?';
    const path =
      query === undefined ? parts.path : `${parts.path}${mark}access_token=${percentEncoded(valueOf(query))}`;
    return { ...parts, path, headers: { ...parts.headers, ...added } };
  }

  /** Logs in, without any expectation of the response. No mode: the target's default. */
  async login(account: Account, mode?: Mode, extra?: Readonly<Record<string, unknown>>): Promise<Response> {
    return this.#logIn(account, { ...(mode && { mode }), ...extra });
  }

  /** Logs in as `login` does, where it is an answer, too, that the target has had too many attempts (429). */
  async attemptLogin(account: Account, extra?: Readonly<Record<string, unknown>>): Promise<Response> {
    return this.#logIn(account, { ...extra }, true);
  }

  async #logIn(account: Account, extra: Readonly<Record<string, unknown>>, limitIsAnswer = false): Promise<Response> {
    account.nameIn(this.evidence);
    const body = { email: account.email, password: account.password, ...extra };
    const response = await this.send({ path: '/auth/login', body, limitIsAnswer });
    this.sessions.opened(account, response, this.description);
    return response;
  }

  /** Refreshes by a token in the body (mode json unless another is given), without any expectation of the response. */
  async refresh(
    token: RefreshToken | string,
    account?: Account,
    mode?: Mode | 'unknown' | 'JSON' | 'SESSION',
    sent: SentTokens = {},
  ): Promise<Response> {
    const refresh_token = typeof token === 'string' ? token : token.value;
    const body = { refresh_token, ...(mode && { mode }) };
    const response = await this.send(this.withTokens({ path: '/auth/refresh', body }, sent));
    if (account !== undefined) this.sessions.opened(account, response, this.description);
    return response;
  }

  /** Refreshes by the cookie of mode session or cookie, without any expectation of the response. */
  async refreshByCookie(mode: 'session' | 'cookie', token: string, account?: Account): Promise<Response> {
    const headers = { Cookie: `${this.cookieOf(mode)}=${token}` };
    const response = await this.send({ path: '/auth/refresh', headers, body: { mode } });
    if (account !== undefined) this.sessions.opened(account, response, this.description);
    return response;
  }

  /** Logs out by a refresh token in the body. */
  async logout(token: RefreshToken | string, sent: SentTokens = {}): Promise<Response> {
    const refresh_token = typeof token === 'string' ? token : token.value;
    return this.send(this.withTokens({ path: '/auth/logout', body: { refresh_token } }, sent));
  }

  /** Logs out by the cookie of mode session or cookie. */
  async logoutByCookie(mode: 'session' | 'cookie', token: string): Promise<Response> {
    const headers = { Cookie: `${this.cookieOf(mode)}=${token}` };
    return this.send({ path: '/auth/logout', headers, body: { mode } });
  }

  /**
   * The standard tokens of a login: a precondition.
   * @throws Inconclusive when the login issues none
   */
  async loggedIn(account: Account): Promise<StandardTokens> {
    return this.standardTokens(await this.login(account));
  }

  /**
   * The session token of a login in mode session: a precondition.
   * @throws NotApplicable where the target offers no session tokens; Inconclusive when the login issues none
   */
  async loggedInBySession(account: Account): Promise<SessionToken> {
    if (!this.modes.includes('session')) throw new NotApplicable(absent.session);
    return this.sessionToken(await this.login(account, 'session'));
  }

  /**
   * The session token of a login in mode session, in a list: an empty one where the target offers no session tokens. For checks that look
   * at other tokens too.
   * @throws Inconclusive when the login issues none
   */
  async sessionsOf(account: Account): Promise<SessionToken[]> {
    return this.modes.includes('session') ? [await this.loggedInBySession(account)] : [];
  }

  /**
   * The refresh token of a login in mode cookie: a precondition.
   * @throws NotApplicable where the target does not know the mode (400); Inconclusive when the login sets no cookie for another reason
   */
  async loggedInByCookie(account: Account): Promise<string> {
    const response = await this.login(account, 'cookie');
    if (response.status === 400) throw new NotApplicable('the target does not offer the mode cookie');
    const token = response.cookie(this.description.refreshCookie)?.value;
    assume(token !== undefined, `${response.summary} without a cookie ${this.description.refreshCookie}`);
    return token;
  }

  /**
   * The standard tokens in a response.
   * @throws Inconclusive when there are none
   */
  standardTokens(response: Response): StandardTokens {
    const refresh = response.text('refresh_token');
    assume(
      refresh !== undefined,
      `${response.what} returned ${response.status} without a refresh token, which this check stands on`,
    );
    return { access: this.accessToken(response), refresh: this.refreshToken(response, refresh) };
  }

  /**
   * The access token in a response.
   * @throws Inconclusive when there is none
   */
  accessToken(response: Response): AccessToken {
    const value = response.text('access_token');
    assume(
      value !== undefined,
      `${response.what} returned ${response.status} without an access token, which this check stands on`,
    );
    return { type: 'standard', value, lifetime: this.accessLifetime(response, value, response.payload['expires']) };
  }

  /**
   * The session token in a response.
   * @throws Inconclusive when there is none
   */
  sessionToken(response: Response): SessionToken {
    const cookie = response.cookie(this.description.sessionCookie);
    assume(
      cookie !== undefined,
      `${response.what} returned ${response.status} without a cookie ${this.description.sessionCookie}, which this check stands on`,
    );
    const { expires } = response.payload;
    const maxAge = typeof cookie.maxAge === 'number' ? cookie.maxAge * 1000 : undefined;
    const ms = lifetimeOf(cookie.value) ?? (isPositive(expires) ? expires : maxAge);
    return { type: 'session', value: cookie.value, lifetime: this.#issued(cookie.value, response, ms) };
  }

  /**
   * The access token that a login or refresh has issued, sent as its mode wants it: the session token as cookie, any other in the header.
   * @throws Inconclusive when there is none
   */
  accessIn(response: Response, mode: Mode): SentTokens {
    return mode === 'session' ? { cookie: this.sessionToken(response) } : { header: this.accessToken(response) };
  }

  /** A refresh token that a response has issued. */
  refreshToken(response: Issuing, value: string): RefreshToken {
    return { type: 'refresh', value, lifetime: this.#issued(value, response, this.description.refreshLifeMs) };
  }

  /**
   * The lifetime of an access token that a response has issued: by its claims, where it has any (RFC 7519 section 4.1.4). An `expires`
   * that is of another unit or a point in time is a failure of its own, and hides or causes no other.
   * @param expires what the response says of it, in ms
   */
  accessLifetime(response: Issuing, value: string, expires: unknown): Lifetime {
    return this.#issued(value, response, lifetimeOf(value) ?? (isPositive(expires) ? expires : undefined));
  }

  /**
   * Takes note of a credential that was made here, as a one-time password is.
   * @param ms for how long it can be relied on
   */
  noteCredential(value: string, ms: number): void {
    const now = this.time.now();
    this.credentials.add(value, new Lifetime(now, ms, now + ms));
  }

  /** True when a credential that a request was sent with may have expired by now. */
  mayHaveExpired(request: SentRequest): boolean {
    return this.credentials.sentWith(request).some((lifetime) => lifetime.excusesRejectionAt(this.time.now()));
  }

  /** The name of the cookie of a mode. */
  cookieOf(mode: CookieMode): string {
    return mode === 'session' ? this.description.sessionCookie : this.description.refreshCookie;
  }

  /** @param ms the lifetime, where anything says it */
  #issued(value: string, { asked: { sentAt } }: Issuing, ms: number | undefined): Lifetime {
    // A token that has expired before it is issued is no token that expired meanwhile: its rejection is judged.
    const reliableUntil = ms !== undefined && ms > 0 ? sentAt + ms - ROUNDING_MS : Infinity;
    return this.credentials.add(value, new Lifetime(sentAt, ms, reliableUntil));
  }

  /** Takes note of the tokens that a response issues: of their lifetimes, and by names, for masking and for curl. */
  #noteIssued(response: Response): void {
    const { exchange } = response;
    const issued = [
      ...(response.text('access_token') === undefined ? [] : [this.accessToken(response)]),
      ...(response.cookie(this.description.sessionCookie) === undefined ? [] : [this.sessionToken(response)]),
    ];
    for (const { value } of issued) this.time.noteIssue(claimsOf(value)?.iat);
    for (const refresh of [response.text('refresh_token'), response.cookie(this.description.refreshCookie)?.value])
      if (refresh !== undefined) this.refreshToken(response, refresh);
    for (const [member, stem] of [
      ['access_token', 'ACCESS_TOKEN'],
      ['refresh_token', 'REFRESH_TOKEN'],
    ] as const) {
      const value = response.text(member);
      if (value !== undefined)
        this.evidence.names.add(value, stem, { kind: 'json', exchange, path: response.pathOf(member) });
    }
    for (const [cookie, stem] of [
      [this.description.sessionCookie, 'SESSION_TOKEN'],
      [this.description.refreshCookie, 'REFRESH_TOKEN'],
    ] as const) {
      const value = response.cookie(cookie)?.value;
      if (value !== undefined) this.evidence.names.add(value, stem, { kind: 'cookie', exchange, cookie });
    }
  }
}

const hasContentType = (headers: RequestParts['headers'] = {}): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');

/**
 * Where the field Authorization belongs to a gateway, a token that is sent in the same field never reaches the target.
 * @throws NotApplicable when a gateway has rejected the request for want of its own credentials
 */
function mustBeOfTheTarget(response: Response, connection: Connection): void {
  if (gatewayAuthorization(connection) === undefined || ![401, 403, 407].includes(response.status)) return;
  const sendsItsOwn = response.request.headers.filter(([name]) => /^authorization$/i.test(name));
  const isTheGateways = sendsItsOwn.every(([, value]) => value === gatewayAuthorization(connection)?.value);
  if (isTheGateways || response.errorCode !== undefined) return;
  throw new NotApplicable(
    'the header Authorization is taken by what is in front of the target, so that no token can be sent in it: let the gateway take its credentials from another header (--header)',
  );
}

const isPositive = (value: unknown): value is number => typeof value === 'number' && value > 0;
