import { ApiError, internalError } from '../../http/errors.js';
import type { Exchange } from '../../http/interceptor.js';
import type { Defect, Wrappers } from '../defect.js';
import { changeSetCookie, withAttribute } from '../helpers/cookies.js';
import { bodyOf, isLogin, isLogout, payloadOf, setHeader, succeeded } from '../helpers/exchange.js';
import { atRequest } from '../helpers/requests.js';

/** True when a request has a header, and not by just this name. */
const isWrittenOtherwise = ({ request }: Exchange, name: string): boolean =>
  request.headers[name.toLowerCase()] !== undefined && !request.rawHeaders.includes(name);

const headerOf = ({ request }: Exchange, name: string): string => String(request.headers[name] ?? '');

/** Changes the session cookie that a login sets. */
const changingCookieOfLogin = (change: (header: string, exchange: Exchange) => string) => (): Wrappers => ({
  response: (exchange) => {
    if (isLogin(exchange))
      changeSetCookie(exchange.response, exchange.context.settings.SESSION_COOKIE_NAME, (header) =>
        change(header, exchange),
      );
  },
});

/** Defects that requirements of the sections `field-names` and `forms` of the chapter `making-requests` notice. */
export const makingRequestsFieldNames = [
  {
    name: 'authorization-name-case-matters',
    title: 'The header Authorization is not seen when its name is written in another letter case.',
    wrap: atRequest((exchange) => {
      if (isWrittenOtherwise(exchange, 'Authorization')) setHeader(exchange.request, 'authorization', undefined);
    }),
  },
  {
    name: 'cookie-name-of-header-case-matters',
    title: 'The header Cookie is not seen when its name is written in another letter case.',
    wrap: atRequest((exchange) => {
      if (isWrittenOtherwise(exchange, 'Cookie')) setHeader(exchange.request, 'cookie', undefined);
    }),
  },
  {
    name: 'content-type-name-case-matters',
    title: 'A JSON body is taken for an empty one when the name Content-Type is written in another letter case.',
    wrap: atRequest((exchange) => {
      if (isWrittenOtherwise(exchange, 'Content-Type')) exchange.request.body = {};
    }),
  },
  {
    name: 'empty-json-body-refused',
    title: 'A GET that names a content type and has no body is rejected as malformed.',
    wrap: atRequest(({ request }) => {
      if (['GET', 'HEAD'].includes(request.method) && /json/.test(request.headers['content-type'] ?? ''))
        throw new ApiError(400, 'INVALID_PAYLOAD', 'Invalid payload. Body cannot be empty.');
    }),
  },
  {
    name: 'malformed-cookie-is-500',
    title: 'A cookie of another program that cannot be decoded is an error of the server.',
    wrap: atRequest((exchange) => {
      if (/%(?![0-9a-f]{2})/i.test(headerOf(exchange, 'cookie'))) throw internalError();
    }),
  },
  {
    name: 'expires-written-for-language',
    title: 'A login writes expires as a number is written in the language that the client prefers.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const payload = payloadOf(answer);
        if (isLogin(exchange) && /^de/.test(headerOf(exchange, 'accept-language')) && 'expires' in payload)
          payload['expires'] = Number(payload['expires']).toLocaleString('de');
      },
    }),
  },
  {
    name: 'same-site-left-out-for-safari',
    title: 'A login by an older Safari sets the session cookie without SameSite.',
    wrap: changingCookieOfLogin((header, exchange) =>
      headerOf(exchange, 'user-agent').includes('Version/12') ? withAttribute(header, 'SameSite', undefined) : header,
    ),
  },
  {
    name: 'cookie-domain-of-forwarded-host',
    title: 'A login sets the session cookie for the domain that X-Forwarded-Host names.',
    wrap: changingCookieOfLogin((header, exchange) => {
      const host = headerOf(exchange, 'x-forwarded-host');
      return host === '' ? header : withAttribute(header, 'Domain', host);
    }),
  },
  {
    name: 'logout-by-script-does-nothing',
    title: 'A logout with X-Requested-With is answered as done, and ends nothing.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        if (!isLogout(exchange) || headerOf(exchange, 'x-requested-with') === '') return;
        bodyOf(exchange)['refresh_token'] = 'none';
        setHeader(exchange.request, 'cookie', undefined);
      },
      response: (exchange, answer) => {
        if (!isLogout(exchange) || headerOf(exchange, 'x-requested-with') === '' || succeeded(answer)) return;
        answer.status = 204;
        answer.body = undefined;
      },
    }),
  },
  {
    name: 'files-cached',
    title: 'Responses with files that a token asks for are for every cache.',
    wrap: (): Wrappers => ({
      response: ({ request, response }, answer) => {
        if (request.method === 'GET' && request.path === '/files' && succeeded(answer))
          response.setHeader('Cache-Control', 'public, max-age=600');
      },
    }),
  },
] as const satisfies readonly Defect[];
