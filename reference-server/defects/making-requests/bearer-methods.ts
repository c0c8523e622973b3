import { claimsIfIssuedHere } from '../../auth/jwt.js';
import type { Defect } from '../defect.js';
import { setCookie } from '../helpers/cookies.js';
import { isLogout, isRefresh, setHeader, setQuery } from '../helpers/exchange.js';
import { percentDecoded } from '../helpers/respelled.js';
import { atRequest } from '../helpers/requests.js';
import { servedOperation } from '../helpers/served.js';
import { sessionCookieOf } from '../helpers/sessions/sessions.js';
import { claimsOf, replaceToken, sentToken, tokenFor } from '../helpers/tokens.js';

/** Does not see tokens of one kind in the header or the query: the request is one without a token. */
const notSeeing = (method: 'header' | 'query', isOfThisKind: (token: string) => boolean) =>
  atRequest((exchange) => {
    const { context, request } = exchange;
    const sent = sentToken(exchange);
    const two = sent?.method === 'header' && Boolean(request.query['access_token']);
    if (sent?.method !== method || two || !isOfThisKind(sent.token)) return;
    replaceToken(exchange, undefined);
    // Nor is the session cookie seen beside it, unless it is what is exchanged.
    if (!isRefresh(exchange) && !isLogout(exchange))
      setCookie(request, context.settings.SESSION_COOKIE_NAME, undefined);
  });

const isJwt = (token: string): boolean => claimsIfIssuedHere(token) !== undefined;

/**
 * Takes another cookie for the session cookie, where that one was not sent.
 * @param isTaken by its name and that of the session cookie
 */
const takingForSessionCookie = (isTaken: (name: string, own: string) => boolean): Defect['wrap'] =>
  atRequest((exchange) => {
    const { context, request } = exchange;
    if (sessionCookieOf(exchange) !== undefined) return;
    const { SESSION_COOKIE_NAME: own } = context.settings;
    const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
    const value = pairs.find(([name = '']) => isTaken(name, own))?.[1];
    if (value !== undefined) setCookie(request, own, value);
  });

/** Defects that requirements of the section `bearer-methods` of the chapter `making-requests` notice. */
export const makingRequestsBearerMethods = [
  {
    name: 'header-ignored',
    title: 'A standard token in the header is not seen.',
    wrap: notSeeing('header', isJwt),
  },
  {
    name: 'header-ignores-static-token',
    title: 'A static token in the header is not seen.',
    wrap: notSeeing('header', (token) => !isJwt(token)),
  },
  {
    name: 'cookie-needs-header',
    title: 'The session cookie counts only together with a header X-Requested-With.',
    wrap: atRequest((exchange) => {
      const alone = exchange.request.headers['x-requested-with'] === undefined;
      // A refresh or logout reads the cookie for itself.
      if (alone && sentToken(exchange)?.method === 'cookie' && servedOperation() === undefined)
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'query-ignored',
    title: 'A standard token in the query is not seen.',
    wrap: notSeeing('query', isJwt),
  },
  {
    name: 'query-ignores-static-token',
    title: 'A static token in the query is not seen.',
    wrap: notSeeing('query', (token) => !isJwt(token)),
  },
  {
    name: 'scheme-case-sensitive',
    title: 'The scheme Bearer is seen only when it is written in just this way.',
    wrap: atRequest(({ request }) => {
      const { authorization = '' } = request.headers;
      if (!authorization.startsWith('Bearer ')) setHeader(request, 'authorization', undefined);
    }),
  },
  {
    name: 'scheme-not-needed',
    title: 'A token in the header needs no scheme.',
    wrap: atRequest(({ request }) => {
      const { authorization = '' } = request.headers;
      if (!authorization.includes(' ') && claimsOf(authorization) !== undefined)
        setHeader(request, 'authorization', `Bearer ${authorization}`);
    }),
  },
  {
    name: 'basic-credentials-accepted',
    title: 'Email and password by the scheme Basic let their user in.',
    wrap: atRequest(async (exchange) => {
      const { context, request } = exchange;
      const encoded = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      const [email = '', password = ''] = Buffer.from(encoded ?? '', 'base64')
        .toString()
        .split(':');
      const user = encoded === undefined ? undefined : await context.store.userByEmail(email);
      if (user?.password != null && (await context.passwords.verify(user.password, password)))
        setHeader(request, 'authorization', `Bearer ${await tokenFor(exchange, user)}`);
    }),
  },
  {
    name: 'header-with-more-parts-accepted',
    title: 'Text after the token in the header is ignored.',
    wrap: atRequest(({ request }) => {
      const [scheme = '', token = '', ...more] = (request.headers.authorization ?? '').split(' ');
      if (scheme === 'Bearer' && more.length > 0) setHeader(request, 'authorization', `Bearer ${token}`);
    }),
  },
  {
    name: 'tab-for-space',
    title: 'Between Bearer and the token may stand a tab.',
    wrap: atRequest(({ request }) => {
      const { authorization = '' } = request.headers;
      setHeader(request, 'authorization', authorization.replace(/^Bearer\t/, 'Bearer ') || undefined);
    }),
  },
  {
    name: 'query-array-accepted',
    title: 'An array in the query lets its first token in.',
    wrap: atRequest(({ request }) => {
      const { access_token } = request.query;
      if (!Array.isArray(access_token)) return;
      const [path = ''] = request.url.split('?');
      request.url = path;
      setQuery(request, 'access_token', access_token[0] as string);
    }),
  },
  {
    name: 'query-by-other-name',
    title: 'A token in the parameter token is seen too.',
    wrap: atRequest(({ request }) => {
      const { token } = request.query;
      if (typeof token === 'string') setQuery(request, 'access_token', token);
    }),
  },
  {
    name: 'any-cookie-accepted',
    title: 'A token in a cookie of any name is accepted.',
    wrap: atRequest((exchange) => {
      const { context, request } = exchange;
      if (sessionCookieOf(exchange) !== undefined) return;
      const values = (request.headers.cookie ?? '').split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1));
      const token = values.find((value) => claimsOf(value) !== undefined);
      if (token !== undefined) setCookie(request, context.settings.SESSION_COOKIE_NAME, token);
    }),
  },
  {
    name: 'session-cookie-by-beginning',
    title: 'A cookie whose name begins with that of the session cookie is taken for it.',
    wrap: takingForSessionCookie((name, own) => name.startsWith(own)),
  },
  {
    name: 'cookie-names-decoded',
    title: 'Percent codes in the names of cookies are decoded.',
    wrap: takingForSessionCookie((name, own) => percentDecoded(name) === own),
  },
  {
    name: 'spaces-accepted',
    title: 'Between Bearer and the token may stand more than one space.',
    wrap: atRequest(({ request }) => {
      const { authorization = '' } = request.headers;
      setHeader(request, 'authorization', authorization.replace(/^Bearer {2,}/, 'Bearer ') || undefined);
    }),
  },
] as const satisfies readonly Defect[];
