import { readCookie } from '../../auth/cookies.js';
import { forbidden, invalidCredentials } from '../../http/errors.js';
import type { Exchange } from '../../http/interceptor.js';
import type { Defect } from '../defect.js';
import { bodyOf, isLogin, isRefresh, setHeader } from '../helpers/exchange.js';
import { atRequest } from '../helpers/requests.js';

/** Takes the body of a request for an empty one. */
const emptying = (empties: (exchange: Exchange) => boolean) =>
  atRequest((exchange) => {
    if (empties(exchange)) exchange.request.body = {};
  });

/** Rejects requests whose token and credentials are valid. */
const rejecting = (rejects: (exchange: Exchange) => boolean | Promise<boolean>) =>
  atRequest(async (exchange) => {
    if (await rejects(exchange)) throw forbidden();
  });

const contentTypeOf = ({ request }: Exchange): string => request.headers['content-type'] ?? '';

/** Defects that requirements of the section `forms` of the chapter `making-requests` notice. */
export const makingRequestsForms = [
  {
    name: 'member-order-matters',
    title: 'A login whose password stands before the email is taken for one without.',
    wrap: emptying(
      (exchange) =>
        isLogin(exchange) &&
        'password' in bodyOf(exchange) &&
        Object.keys(bodyOf(exchange)).indexOf('password') < Object.keys(bodyOf(exchange)).indexOf('email'),
    ),
  },
  {
    name: 'white-space-in-json-empties-body',
    title: 'A JSON body with white space round its members is taken for an empty one.',
    wrap: emptying(
      ({ request }) => Number(request.headers['content-length'] ?? 0) > JSON.stringify(request.body ?? '').length + 8,
    ),
  },
  {
    name: 'further-members-refused',
    title: 'A login, refresh or logout with a member of an unknown name is rejected.',
    wrap: rejecting(({ request }) => request.path.startsWith('/auth/') && 'x' in ((request.body ?? {}) as object)),
  },
  {
    name: 'charset-empties-body',
    title: 'A JSON body whose Content-Type names a charset is taken for an empty one.',
    wrap: emptying((exchange) => /charset/i.test(contentTypeOf(exchange))),
  },
  {
    name: 'content-type-case-matters',
    title: 'A JSON body whose Content-Type is written in capitals is taken for an empty one.',
    wrap: emptying((exchange) => /[A-Z]/.test(contentTypeOf(exchange).split(';')[0] ?? '')),
  },
  {
    name: 'chunked-body-is-empty',
    title: 'A body in chunks is taken for an empty one.',
    wrap: emptying(({ request }) => request.headers['transfer-encoding'] !== undefined),
  },
  {
    name: 'own-origin-refused-at-login',
    title: "A login from the server's own origin is rejected.",
    wrap: rejecting((exchange) => isLogin(exchange) && exchange.request.headers.origin !== undefined),
  },
  {
    name: 'fetch-metadata-refused-at-refresh',
    title: 'A refresh that a page of the server asks for is rejected.',
    wrap: rejecting((exchange) => isRefresh(exchange) && exchange.request.headers['sec-fetch-site'] === 'same-origin'),
  },
  {
    name: 'long-user-agent-refused',
    title: 'A login with a User-Agent of more than 255 characters is rejected.',
    wrap: rejecting((exchange) => isLogin(exchange) && (exchange.request.headers['user-agent'] ?? '').length > 255),
  },
  {
    name: 'requested-with-is-redirected',
    title: 'A request with X-Requested-With is rejected.',
    wrap: rejecting(({ request }) => request.headers['x-requested-with'] !== undefined),
  },
  {
    name: 'unknown-cookie-hides-session',
    title: 'Of several cookies only the first one is read.',
    wrap: atRequest(({ request }) => {
      const { cookie } = request.headers;
      if (cookie?.startsWith('theme=') === true) setHeader(request, 'cookie', cookie.split(';')[0]);
    }),
  },
  {
    name: 'connection-close-refused',
    title: 'A request that asks to close the connection is rejected.',
    wrap: rejecting(({ request }) => request.headers.connection === 'close'),
  },
  {
    name: 'ended-refresh-cookie-refuses-login',
    title: 'A login that carries a refresh cookie of no session is rejected.',
    wrap: atRequest(async (exchange) => {
      const { settings, store } = exchange.context;
      const token = readCookie(exchange.request, settings.REFRESH_TOKEN_COOKIE_NAME);
      if (isLogin(exchange) && token !== undefined && (await store.session(token)) === undefined)
        throw invalidCredentials();
    }),
  },
  {
    name: 'login-with-query-refused',
    title: 'A login whose URL has a query is rejected.',
    wrap: rejecting((exchange) => isLogin(exchange) && Object.keys(exchange.request.query).length > 0),
  },
] as const satisfies readonly Defect[];
