import { lastingUntilTheFirst, setCookie, changingSessionCookie, withAttribute } from '../helpers/cookies.js';
import { readCookie } from '../../auth/cookies.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { isRefresh } from '../helpers/exchange.js';
import { sessionLogoutLeavesCookie } from '../helpers/sessions/sessions.js';
import type { Request } from 'express';
import type { Exchange } from '../../http/interceptor.js';

/** Changes how long the session cookie lasts. `lifetime`: out of its true one, in s. */
const lastingFor = (lifetime: (seconds: number) => number): (() => Wrappers) =>
  changingSessionCookie((header, { context }) => {
    const seconds = lifetime(Number(/Max-Age=(\d+)/.exec(header)?.[1]));
    const expires = new Date(context.clock.now() + seconds * 1000).toUTCString();
    return withAttribute(withAttribute(header, 'Max-Age', String(seconds)), 'Expires', expires);
  });

/** True for a refresh, by REST or by GraphQL. */
const refreshes = (exchange: Exchange): boolean =>
  isRefresh(exchange) || JSON.stringify(exchange.request.body ?? '').includes('auth_refresh');

/** The name that the session cookie has on a server which renames it. */
const OTHER_NAME = 'session_token';

/** Takes the session cookie by its other name alone. */
function takeByOtherName(request: Pick<Request, 'headers'>, name: string): void {
  setCookie(request, name, readCookie(request, OTHER_NAME));
}

/** Defects that requirements of the section `session-cookie` of the chapter `storing-tokens` notice. */
export const storingTokensSessionCookie = [
  {
    name: 'session-cookie-renamed',
    title: 'The session cookie has another name.',
    wrap: (): Wrappers => ({
      ...changingSessionCookie((header, { context }) =>
        header.replace(context.settings.SESSION_COOKIE_NAME, OTHER_NAME),
      )(),
      request: ({ context, request }) => takeByOtherName(request, context.settings.SESSION_COOKIE_NAME),
      handshake: ({ context, request }) => takeByOtherName(request, context.settings.SESSION_COOKIE_NAME),
    }),
  },
  {
    name: 'session-cookie-for-other-domain',
    title: 'The session cookie is set for a domain that is not the server’s.',
    wrap: changingSessionCookie((header) => withAttribute(header, 'Domain', 'other.example')),
  },
  {
    name: 'session-cookie-path-auth',
    title: 'The session cookie is for /auth alone.',
    wrap: changingSessionCookie((header) => withAttribute(header, 'Path', '/auth')),
  },
  {
    name: 'session-cookie-lives-a-minute',
    title: 'The session cookie has a lifetime of a minute, whichever lifetime its token has.',
    wrap: lastingFor(() => 60),
  },
  {
    name: 'session-cookie-outlives-token',
    title: 'The session cookie lasts twice as long as its token.',
    wrap: lastingFor((seconds) => 2 * seconds),
  },
  {
    name: 'refreshed-cookie-on-other-path',
    title: 'A refresh sets the session cookie for /auth, beside the one that the login has set.',
    wrap: changingSessionCookie((header, exchange) =>
      refreshes(exchange) ? withAttribute(header, 'Path', '/auth') : header,
    ),
  },
  {
    name: 'refreshed-cookie-has-domain',
    title: 'A refresh sets the session cookie with a Domain, beside the one that the login has set without.',
    wrap: changingSessionCookie((header, exchange) =>
      refreshes(exchange) ? withAttribute(header, 'Domain', exchange.request.hostname) : header,
    ),
  },
  {
    name: 'logout-leaves-cookie',
    title: 'A logout in mode session ends the session and leaves its cookie in the browser.',
    wrap: (): Wrappers => ({ response: sessionLogoutLeavesCookie }),
  },
  {
    name: 'session-cookie-not-http-only',
    title: 'A login sets the session cookie without HttpOnly.',
    wrap: changingSessionCookie((header, exchange) =>
      refreshes(exchange) ? header : withAttribute(header, 'HttpOnly', undefined),
    ),
  },
  {
    name: 'refreshed-cookie-not-http-only',
    title: 'A refresh sets the session cookie without HttpOnly.',
    wrap: changingSessionCookie((header, exchange) =>
      refreshes(exchange) ? withAttribute(header, 'HttpOnly', undefined) : header,
    ),
  },
  {
    name: 'session-claims-an-hour-ahead',
    title: 'The claims iat and exp of session tokens are of a clock that is an hour ahead.',
    wrap: (): Wrappers => ({
      jwts: (jwts) =>
        replacing(jwts, {
          sign: async (claims) =>
            jwts.sign(
              claims.session === undefined ? claims : { ...claims, iat: claims.iat + 3600, exp: claims.exp + 3600 },
            ),
        }),
    }),
  },
  {
    name: 'refreshed-cookie-ends-with-the-first',
    title: 'A refreshed session cookie lasts until the one of the login would have.',
    wrap: lastingUntilTheFirst(({ SESSION_COOKIE_NAME }) => SESSION_COOKIE_NAME),
  },
] as const satisfies readonly Defect[];
