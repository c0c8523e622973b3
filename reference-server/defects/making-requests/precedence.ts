import { invalidCredentials } from '../../http/errors.js';
import type { Defect } from '../defect.js';
import { setCookie } from '../helpers/cookies.js';
import { setHeader, setQuery } from '../helpers/exchange.js';
import { atRequest } from '../helpers/requests.js';
import { sessionCookieOf, sessionOf } from '../helpers/sessions/sessions.js';
import { isGood, ownClaimsOf, replaceToken, sentToken } from '../helpers/tokens.js';

/** Defects that requirements of the section `precedence` of the chapter `making-requests` notice. */
export const makingRequestsPrecedence = [
  {
    name: 'two-ways-accepted',
    title: 'A token in the header beside one in the query is ignored.',
    wrap: atRequest(({ request }) => {
      if (Boolean(request.query['access_token'])) setHeader(request, 'authorization', undefined);
    }),
  },
  {
    name: 'two-ways-refused-for-reading-alone',
    title: 'A token in the query beside one in the header is ignored, except for GET.',
    wrap: atRequest(({ request }) => {
      if (request.method !== 'GET' && /^bearer ./i.test(request.headers.authorization ?? ''))
        setQuery(request, 'access_token', undefined);
    }),
  },
  {
    name: 'cookie-before-header',
    title: 'The session cookie counts before the header.',
    wrap: atRequest((exchange) => {
      if (sessionCookieOf(exchange) !== undefined) setHeader(exchange.request, 'authorization', undefined);
    }),
  },
  {
    name: 'bad-header-falls-back-to-cookie',
    title: 'Beside a bad token in the header the session cookie counts.',
    wrap: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      if (sent?.method === 'header' && sessionCookieOf(exchange) !== undefined && !(await isGood(exchange, sent.token)))
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'cookie-before-query',
    title: 'The session cookie counts before the query.',
    wrap: atRequest((exchange) => {
      if (sessionCookieOf(exchange) !== undefined) setQuery(exchange.request, 'access_token', undefined);
    }),
  },
  {
    name: 'last-cookie-counts',
    title: 'Of two session cookies the last one counts.',
    wrap: atRequest(({ context, request }) => {
      const name = context.settings.SESSION_COOKIE_NAME;
      const last = (request.headers.cookie ?? '').split('; ').findLast((pair) => pair.startsWith(`${name}=`));
      if (last !== undefined) setCookie(request, name, last.slice(name.length + 1));
    }),
  },
  {
    name: 'other-scheme-hides-cookie',
    title: 'A header of another scheme than Bearer hides the session cookie.',
    wrap: atRequest(({ request, context }) => {
      const { authorization = '' } = request.headers;
      if (authorization !== '' && !/^bearer/i.test(authorization))
        setCookie(request, context.settings.SESSION_COOKIE_NAME, undefined);
    }),
  },
  {
    name: 'ended-cookie-beats-token',
    title: 'Beside the session cookie of a session that has ended, a token in the header or the query is rejected.',
    wrap: atRequest(async (exchange) => {
      const cookie = sessionCookieOf(exchange);
      if (cookie === undefined || (await ownClaimsOf(exchange, cookie)) === undefined) return;
      const isBeside = sentToken(exchange)?.method !== 'cookie';
      if (isBeside && (await sessionOf(exchange, cookie)) === undefined) throw invalidCredentials();
    }),
  },
] as const satisfies readonly Defect[];
