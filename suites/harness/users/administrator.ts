import { Account } from './account.js';
import type { Response } from '../target/http/response.js';
import { Evidence } from '../evidence/evidence.js';
import type { HttpClient } from '../target/http/http-client.js';
import type { SessionLedger } from '../run/ledger.js';
import { assumeOffered } from '../expectations.js';
import { Inconclusive, NotApplicable } from '../outcomes.js';
import type { AdministratorAccess, TargetDescription } from '../run/run-plan.js';
import { Target, type RequestParts } from '../target/target.js';
import type { IssuedCredentials } from '../target/tokens/issued-credentials.js';

interface LogIn {
  readonly token: string;
  /** Until when the token can be relied on, on the clock of TargetTime.now(). */
  readonly reliableUntil: number;
  /** How far the clock of the target had been advanced before, in ms. */
  readonly advancedMs: number;
  readonly evidence: Evidence;
}

/** The administrator whose rights the tester lent: creates, changes and removes the suite's own users. */
export class Administrator {
  #logIn: Promise<LogIn> | undefined;
  /** What came after a login that is no longer valid. */
  readonly #next = new WeakMap<LogIn, Promise<LogIn>>();

  constructor(
    readonly access: AdministratorAccess,
    private readonly description: TargetDescription,
    private readonly client: HttpClient,
    private readonly sessions: SessionLedger,
    private readonly credentials: IssuedCredentials,
  ) {}

  /**
   * Sends a request with the administrator's token; users that it creates have the members that the target requires. Where the token
   * is rejected (once it has expired: by any status), there is one new login; before that, where the clock of the target has been
   * advanced past its lifetime.
   * @throws Inconclusive when the administrator cannot log in
   */
  async send(parts: RequestParts, evidence: Evidence): Promise<Response> {
    this.#logIn ??= this.#newLogIn().catch((error: unknown) => {
      this.#logIn = undefined;
      throw error;
    });
    const latest = await this.#logIn;
    const { time } = this.credentials;
    const isOver = latest.advancedMs < time.advancedMs && time.now() >= latest.reliableUntil;
    const logIn = isOver && this.access.token === undefined ? await this.#after(latest) : latest;
    const first = await this.#sendAs(logIn, parts, evidence);
    const rejected = [401, 403].includes(first.status) || (first.status >= 400 && time.now() >= logIn.reliableUntil);
    if (!rejected || this.access.token !== undefined) return first;
    return this.#sendAs(await this.#after(logIn), parts, evidence);
  }

  /**
   * Changes a user of the suite's own: a precondition.
   * @param changes members of the user
   * @throws NotApplicable when the target rejects the change; Inconclusive when it fails otherwise
   */
  async change({ id = '' }: Account, changes: object, evidence: Evidence): Promise<void> {
    const response = await this.send({ method: 'PATCH', path: `/users/${id}`, body: changes }, evidence);
    assumeOffered(response, `does not let an administrator change ${Object.keys(changes).join(' and ')} of users so`);
  }

  /** The administrator as an account that can log in, when the tester gave email and password. */
  account(): Account | undefined {
    const { credentials, id } = this.access;
    return credentials && Account.given(credentials, 'ADMIN', id);
  }

  /** The login after one that is no longer valid: a new one, for all who ask for it. */
  async #after(logIn: LogIn): Promise<LogIn> {
    const known = this.#next.get(logIn);
    if (known !== undefined) return known;
    const next = this.#newLogIn();
    this.#logIn = next;
    this.#next.set(logIn, next);
    next.catch(() => {
      this.#next.delete(logIn);
      this.#logIn = Promise.resolve(logIn);
    });
    return next;
  }

  async #sendAs({ token, evidence: logIn }: LogIn, parts: RequestParts, evidence: Evidence): Promise<Response> {
    evidence.adopt(logIn);
    const target = new Target(this.description, this.client, evidence, this.sessions, this.credentials);
    const { usersUrl, method } = this.access;
    const sent = target.withTokens(withFields(parts, this.description.userFields), { [method]: token });
    if (usersUrl === undefined) return target.send(sent);
    const response = await target.send({ ...sent, base: usersUrl });
    if (response.status === 501)
      throw new NotApplicable(
        `needs an administrator of the target: the functions of the configuration file do not answer ${parts.method ?? 'GET'} ${parts.path.split('?')[0] ?? ''}`,
      );
    return response;
  }

  async #newLogIn(): Promise<LogIn> {
    const evidence = new Evidence();
    const { advancedMs } = this.credentials.time;
    const { token, mode } = this.access;
    if (token !== undefined) {
      evidence.names.add(token, 'AUTH_CONFORMANCE_ADMIN_TOKEN', {
        kind: 'environment',
        what: 'an access token of an administrator',
      });
      return { token, reliableUntil: Infinity, advancedMs, evidence };
    }
    const account = this.account();
    if (account === undefined) throw new Inconclusive('no administrator was given');
    const target = new Target(this.description, this.client, evidence, this.sessions, this.credentials);
    const response = await target.login(account, mode === 'session' ? 'session' : undefined);
    const tokens = mode === 'session' ? target.sessionToken(response) : target.accessToken(response);
    // That it has expired is seen to here, and excuses nothing.
    tokens.lifetime.putUnderTest();
    return { token: tokens.value, reliableUntil: tokens.lifetime.reliableUntil, advancedMs, evidence };
  }
}

/** A request that creates users, one or several, with members for each of them; any other as it is. */
function withFields(parts: RequestParts, fields: TargetDescription['userFields']): RequestParts {
  const { method = 'POST', path, body } = parts;
  if (fields === undefined || method !== 'POST' || path !== '/users' || body === undefined) return parts;
  const given = (user: unknown): unknown => (typeof user === 'object' && user !== null ? { ...fields, ...user } : user);
  return { ...parts, body: Array.isArray(body) ? body.map(given) : given(body) };
}
