import { absent } from '../../../../spec/capabilities.js';
import { NotApplicable } from '../../outcomes.js';
import { CookieJar } from 'tough-cookie';
import type { Account } from '../../users/account.js';
import type { Response } from './response.js';
import type { Target } from '../target.js';

/** A browser as far as cookies go: stores what answers set, sends what a URL is due. RFC 6265 section 5. */
export class Browser {
  readonly #jar = new CookieJar(undefined, { looseMode: true });

  constructor(private readonly target: Target) {}

  /** What the store would send with a request to a path of the target: names and values. */
  async cookiesFor(path: string): Promise<{ name: string; value: string }[]> {
    const cookies = await this.#jar.getCookies(this.target.description.url + path);
    return cookies.map(({ key, value }) => ({ name: key, value }));
  }

  /** The session tokens that the store would send with a request to a path. */
  async sessionTokensFor(path: string): Promise<string[]> {
    const { sessionCookie } = this.target.description;
    return (await this.cookiesFor(path))
      .filter(({ name, value }) => name === sessionCookie && value !== '')
      .map(({ value }) => value);
  }

  /** Logs in in mode session, as a page would. @throws NotApplicable where the target offers no session tokens */
  async login(account: Account): Promise<Response> {
    if (!this.target.modes.includes('session')) throw new NotApplicable(absent.session);
    return this.keep(await this.target.login(account, 'session'));
  }

  /** Refreshes in mode session with the cookie that the store holds for it. */
  async refresh(account: Account): Promise<Response> {
    const [token = ''] = await this.sessionTokensFor('/auth/refresh');
    return this.keep(await this.target.refreshByCookie('session', token, account));
  }

  /** Logs out in mode session with the cookie that the store holds for it. */
  async logout(): Promise<Response> {
    const [token = ''] = await this.sessionTokensFor('/auth/logout');
    return this.keep(await this.target.logoutByCookie('session', token));
  }

  /** Asks who it is, with the cookies that are due. */
  async whoAmI(): Promise<Response> {
    const path = '/users/me';
    const cookie = (await this.cookiesFor(path)).map(({ name, value }) => `${name}=${value}`).join('; ');
    return this.keep(await this.target.send({ path, headers: { ...(cookie !== '' && { Cookie: cookie }) } }));
  }

  /** Stores what a response sets. A cookie that the store rejects is dropped, as browsers do. */
  async keep(response: Response): Promise<Response> {
    for (const header of response.headers('set-cookie')) {
      await this.#jar.setCookie(header, response.request.url, { ignoreError: true });
    }
    return response;
  }
}
