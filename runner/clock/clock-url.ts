import { Account } from '../../suites/harness/users/account.js';
import { Evidence } from '../../suites/harness/evidence/evidence.js';
import type { HttpClient } from '../../suites/harness/target/http/http-client.js';
import { percentDecoded } from '../../suites/harness/target/percent-encoding.js';
import { Inconclusive } from '../../suites/harness/outcomes.js';
import type { Credentials } from '../../suites/harness/run/run-plan.js';
import type { Target } from '../../suites/harness/target/target.js';
import { ClockProblem } from './clock-problem.js';

/** What a clock URL is asked with. */
export interface ClockUrlInput {
  readonly url: string;
  readonly client: HttpClient;
  /** The target, to log in at. */
  readonly target: Target;
  readonly admin?: Credentials;
  readonly adminToken?: string;
}

type Header = [name: string, value: string];

/** The clock URL as it may be shown: without user, password and query. */
export function shownClockUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/**
 * Advances the target's clock by `POST {"advanceMs": N}`. Where that is answered 401 or 403, and the URL is of the target's own origin,
 * an administrator is who asks: by a session cookie, or by a bearer token. User and password in the URL are sent by Basic (RFC 7617).
 */
export class ClockUrl {
  #authorization: Header | undefined;

  constructor(private readonly input: ClockUrlInput) {
    const { username, password } = new URL(input.url);
    if (username + password !== '') {
      const pair = `${percentDecoded(username)}:${percentDecoded(password)}`;
      this.#authorization = ['Authorization', `Basic ${Buffer.from(pair).toString('base64')}`];
    }
  }

  /**
   * @param ms by how much, in ms
   * @throws ClockProblem when the answer is not 2xx, or none comes in time
   */
  async advance(ms: number): Promise<void> {
    let status = await this.#post(ms, this.#authorization);
    if (status === 401 || status === 403) {
      for await (const authorization of this.#administrators()) {
        status = await this.#post(ms, authorization);
        if (status === 401 || status === 403) continue;
        this.#authorization = authorization;
        break;
      }
    }
    if (status >= 200 && status < 300) return;
    const advice =
      status === 401 || status === 403
        ? `: ${this.#mayAuthorize ? 'the administrator is rejected too' : "an administrator's session is sent to the target's own origin alone: put user and password into the URL"}`
        : '';
    throw new ClockProblem(
      `the clock URL ${shownClockUrl(this.input.url)} answered ${status} to POST {"advanceMs":${ms}}${advice}; it must answer 2xx when the target's clock has been advanced: check --clock-url`,
    );
  }

  get #mayAuthorize(): boolean {
    const { url, target } = this.input;
    const { origin, username, password } = new URL(url);
    return username + password === '' && origin === new URL(target.description.url).origin;
  }

  async #post(ms: number, authorization: Header | undefined): Promise<number> {
    const { client, url } = this.input;
    const address = new URL(url);
    address.username = address.password = address.hash = '';
    const headers: Header[] = [['Content-Type', 'application/json'], ...(authorization ? [authorization] : [])];
    try {
      const sent = { method: 'POST', url: address.href, headers, body: JSON.stringify({ advanceMs: ms }) };
      const { response } = await client.send(sent, new Evidence());
      return response.status;
    } catch (error) {
      if (!(error instanceof Inconclusive)) throw error;
      throw new ClockProblem(
        `the clock URL ${shownClockUrl(url)} cannot be asked: ${error.message}: check --clock-url`,
      );
    }
  }

  /** The ways of the administrator, each with a login of its own: an advance may have ended the one before. */
  async *#administrators(): AsyncGenerator<Header> {
    const { admin, adminToken, target } = this.input;
    if (!this.#mayAuthorize) return;
    const { sessionCookie } = target.description;
    if (admin !== undefined) {
      const account = Account.given(admin, 'ADMIN');
      const session = (await target.login(account, 'session')).cookie(sessionCookie)?.value;
      if (session !== undefined) yield ['Cookie', `${sessionCookie}=${session}`];
      const access = (await target.login(account)).text('access_token');
      if (access !== undefined) yield ['Authorization', `Bearer ${access}`];
    }
    if (adminToken !== undefined) {
      yield ['Authorization', `Bearer ${adminToken}`];
      yield ['Cookie', `${sessionCookie}=${adminToken}`];
    }
  }
}
