import type { BearerMethod } from '../auth/bearer-token.js';
import { claimsIfIssuedHere } from '../auth/jwt.js';
import { decodeProtectedHeader } from 'jose';
import { createHmac } from 'node:crypto';
import { readCookie } from '../auth/cookies.js';
import type { Exchange } from '../http/interceptor.js';
import { type Defect, replacing, type Wrappers } from './defect.js';
import { setCookie } from './helpers/cookies.js';
import { isLogout, isRefresh, setHeader, setQuery, succeeded } from './helpers/exchange.js';
import { sendTokenOfFirstUser } from './helpers/first-user.js';
import { atRequest } from './helpers/requests.js';
import { servedOperation, servedRequest } from './helpers/served.js';
import { alsoFinding } from './helpers/static-tokens.js';
import { claimsOf, isGood, replaceToken, sentToken, signed, tokenFor } from './helpers/tokens.js';

const hasSessionCookie = ({ context, request }: Exchange): boolean =>
  readCookie(request, context.settings.SESSION_COOKIE_NAME) !== undefined;

/** Accepts signatures of standard tokens that are wrong. */
const acceptingSignatures = (accepts: (token: string, secret: string) => boolean) => (): Wrappers => ({
  jwts: (jwts, { settings }) =>
    replacing(jwts, {
      signatureIsRight: async (token) =>
        (await jwts.signatureIsRight(token)) ||
        (claimsOf(token)?.['session'] === undefined && accepts(token, settings.SECRET)),
    }),
});

const algorithmOf = (token: string): string => decodeProtectedHeader(token).alg ?? '';
const signatureOf = (token: string): string => token.slice(token.lastIndexOf('.') + 1);

/** True for a signature that is the beginning of the right one. */
function signatureIsCutShort(token: string, secret: string): boolean {
  const [, size] = /^HS(256|384|512)$/.exec(algorithmOf(token)) ?? [];
  if (size === undefined || signatureOf(token) === '') return false;
  const right = createHmac(`sha${size}`, secret)
    .update(token.slice(0, token.lastIndexOf('.')))
    .digest('base64url');
  return right.startsWith(signatureOf(token));
}

/** Does not see tokens of one kind in the header or the query: the request is one without a token. */
const notSeeing = (way: 'header' | 'query', isOfThisKind: (token: string) => boolean) =>
  atRequest((exchange) => {
    const { context, request } = exchange;
    const sent = sentToken(exchange);
    const twoWays = sent?.way === 'header' && Boolean(request.query['access_token']);
    if (sent?.way !== way || twoWays || !isOfThisKind(sent.token)) return;
    replaceToken(exchange, undefined);
    // Nor is the session cookie seen beside it, unless it is what is exchanged.
    if (!isRefresh(exchange) && !isLogout(exchange))
      setCookie(request, context.settings.SESSION_COOKIE_NAME, undefined);
  });

/**
 * Takes a string that is no token, sent by one method, for a static token of the first user. At the WebSocket every method is taken for
 * the query.
 */
const takingUnknownForFirstUser = (method: BearerMethod) =>
  alsoFinding(async (token, store) => {
    const exchange = servedRequest();
    const way = exchange === undefined ? 'query' : sentToken(exchange)?.way;
    const isRefreshToken = (await store.session(token)) !== undefined;
    return way === method && !isRefreshToken ? (await store.users())[0] : undefined;
  });

const isJwt = (token: string): boolean => claimsIfIssuedHere(token) !== undefined;

/** Defects that requirements of the chapter `making-requests` notice. */
export const makingRequests = [
  {
    name: 'no-token-is-first-user',
    title: 'A request without a token is taken for one of the first user.',
    wrap: atRequest(sendTokenOfFirstUser),
  },
  {
    name: 'bad-header-token-is-first-user',
    title: "A string in the header that is nobody's token is taken for one of the first user's.",
    wrap: takingUnknownForFirstUser('header'),
  },
  {
    name: 'bad-query-token-is-first-user',
    title: "A string in the query that is nobody's token is taken for one of the first user's.",
    wrap: takingUnknownForFirstUser('query'),
  },
  {
    name: 'bad-cookie-is-first-user',
    title: "A string in the session cookie that is nobody's token is taken for one of the first user's.",
    wrap: takingUnknownForFirstUser('cookie'),
  },
  {
    name: 'user-id-is-a-token',
    title: 'The id of a user is a token of the user.',
    wrap: atRequest(async (exchange) => {
      const user = await exchange.context.store.user(sentToken(exchange)?.token ?? '');
      if (user !== undefined) replaceToken(exchange, await tokenFor(exchange, user));
    }),
  },
  {
    name: 'signature-not-checked',
    title: 'The signature of a standard token is not looked at.',
    wrap: acceptingSignatures(() => true),
  },
  {
    name: 'alg-none-accepted',
    title: 'A standard token that says alg none needs no signature.',
    wrap: acceptingSignatures((token) => algorithmOf(token).toLowerCase() === 'none' && signatureOf(token) === ''),
  },
  {
    name: 'empty-signature-accepted',
    title: 'A standard token whose signature is cut off is accepted.',
    wrap: acceptingSignatures((token) => algorithmOf(token).startsWith('HS') && signatureOf(token) === ''),
  },
  {
    name: 'signature-prefix-accepted',
    title: 'The signature of a standard token is compared only as far as it goes.',
    wrap: acceptingSignatures(signatureIsCutShort),
  },
  {
    name: 'unsigned-query-token-accepted',
    title: 'A token in the query that says alg none needs no signature.',
    wrap: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      const claims = sent?.way === 'query' && /^[^.]+\.[^.]+\.$/.test(sent.token) ? claimsOf(sent.token) : undefined;
      if (claims !== undefined) replaceToken(exchange, await signed(exchange, claims));
    }),
  },
  {
    name: 'refresh-token-authenticates',
    title: 'A refresh token is accepted as access token.',
    wrap: alsoFinding(async (token, store) => {
      const session = await store.session(token);
      return session && store.user(session.user);
    }),
  },
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
      if (alone && sentToken(exchange)?.way === 'cookie' && servedOperation() === undefined)
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
    name: 'two-ways-accepted',
    title: 'A token in the header beside one in the query is passed over.',
    wrap: atRequest(({ request }) => {
      if (Boolean(request.query['access_token'])) setHeader(request, 'authorization', undefined);
    }),
  },
  {
    name: 'two-ways-refused-for-reading-alone',
    title: 'A token in the query beside one in the header is passed over, but for a GET.',
    wrap: atRequest(({ request }) => {
      if (request.method !== 'GET' && /^bearer ./i.test(request.headers.authorization ?? ''))
        setQuery(request, 'access_token', undefined);
    }),
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
    title: 'E-mail and password by the scheme Basic let their user in.',
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
    title: 'What stands behind the token in the header is passed over.',
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
    title: 'A token in a cookie of any name lets its user in.',
    wrap: atRequest((exchange) => {
      const { context, request } = exchange;
      if (hasSessionCookie(exchange)) return;
      const values = (request.headers.cookie ?? '').split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1));
      const token = values.find((value) => claimsOf(value) !== undefined);
      if (token !== undefined) setCookie(request, context.settings.SESSION_COOKIE_NAME, token);
    }),
  },
  {
    name: 'cookie-before-header',
    title: 'The session cookie counts before the header.',
    wrap: atRequest((exchange) => {
      if (hasSessionCookie(exchange)) setHeader(exchange.request, 'authorization', undefined);
    }),
  },
  {
    name: 'bad-header-falls-back-to-cookie',
    title: 'Beside a bad token in the header the session cookie counts.',
    wrap: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      if (sent?.way === 'header' && hasSessionCookie(exchange) && !(await isGood(exchange, sent.token)))
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'cookie-before-query',
    title: 'The session cookie counts before the query.',
    wrap: atRequest((exchange) => {
      if (hasSessionCookie(exchange)) setQuery(exchange.request, 'access_token', undefined);
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
    name: 'head-unguarded',
    title: 'HEAD is answered with 200, with a token or without.',
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        if (request.method === 'HEAD') answer.status = 200;
      },
    }),
  },
  {
    name: 'own-record-cached',
    title: 'The answer to GET /users/me may be kept by caches.',
    wrap: (): Wrappers => ({
      response: ({ request, response }, answer) => {
        if (request.path === '/users/me' && succeeded(answer)) response.set('Cache-Control', 'public, max-age=60');
      },
    }),
  },
  {
    name: 'refusals-cached',
    title: 'A refusal may be kept by caches.',
    wrap: (): Wrappers => ({
      response: ({ response }, answer) => {
        if (answer.status === 401) response.set('Cache-Control', 'public, max-age=60');
      },
    }),
  },
  {
    name: 'any-origin-trusted',
    title: 'Pages of every origin may make requests with the session cookie, and read the answers.',
    wrap: atRequest(({ request, response }) => {
      const { origin } = request.headers;
      if (origin !== undefined)
        response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
    }),
  },
  {
    name: 'any-origin-trusted-at-refresh',
    title: 'Pages of every origin may refresh with the session cookie, and read the answer.',
    wrap: atRequest(({ request, response }) => {
      const { origin } = request.headers;
      if (origin !== undefined && request.path === '/auth/refresh')
        response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
    }),
  },
  {
    name: 'cookie-only-for-reading',
    title: 'The session cookie counts only for requests that read.',
    wrap: atRequest((exchange) => {
      const { method, path } = exchange.request;
      if (method === 'PATCH' && !path.startsWith('/auth/') && sentToken(exchange)?.way === 'cookie')
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'query-token-only-for-reading',
    title: 'A token in the query counts only for requests that read.',
    wrap: atRequest((exchange) => {
      if (exchange.request.method === 'PATCH' && sentToken(exchange)?.way === 'query')
        replaceToken(exchange, undefined);
    }),
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
