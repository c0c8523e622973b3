import { readCookie } from '../auth/cookies.js';
import {
  bodyOf,
  claimsOf,
  isGood,
  isTo,
  payloadOf,
  replaceToken,
  sentToken,
  setCookie,
  setHeader,
  setQuery,
  signed,
  succeeded,
  tokenFor,
  type Deviation,
  type Exchange,
  type OutgoingAnswer,
} from './deviation.js';
import { forbidden, internalError } from '../http/errors.js';

const atRequest = (change: (exchange: Exchange) => Promise<void> | void) => (): Deviation => ({ request: change });

interface ToldError {
  message: string;
  readonly extensions: { code?: string; reason?: string };
}

/** The errors of an answer, to be changed. */
const errorsOf = ({ body }: OutgoingAnswer): ToldError[] =>
  (body as { errors?: ToldError[] } | undefined)?.errors ?? [];

const hasSessionCookie = ({ context, request }: Exchange): boolean =>
  readCookie(request, context.settings.SESSION_COOKIE_NAME) !== undefined;

/** Lets a request without a token in as the administrator. */
async function letInAsAdministrator(exchange: Exchange): Promise<void> {
  const [administrator] = await exchange.context.store.users();
  if (administrator !== undefined && sentToken(exchange) === undefined)
    setHeader(exchange.request, 'authorization', `Bearer ${await tokenFor(exchange, administrator)}`);
}

/** Deviations in how a token is found in a request, and in what is done without one. */
export const requests = [
  {
    name: 'scheme-not-needed',
    title: 'A token in the header needs no scheme.',
    deviation: atRequest(({ request }) => {
      const { authorization = '' } = request.headers;
      if (!authorization.includes(' ') && claimsOf(authorization) !== undefined)
        setHeader(request, 'authorization', `Bearer ${authorization}`);
    }),
  },
  {
    name: 'basic-credentials-accepted',
    title: 'E-mail and password by the scheme Basic let their user in.',
    deviation: atRequest(async (exchange) => {
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
    deviation: atRequest(({ request }) => {
      const [scheme = '', token = '', ...more] = (request.headers.authorization ?? '').split(' ');
      if (scheme === 'Bearer' && more.length > 0) setHeader(request, 'authorization', `Bearer ${token}`);
    }),
  },
  {
    name: 'query-array-accepted',
    title: 'An array in the query lets its first token in.',
    deviation: atRequest(({ request }) => {
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
    deviation: atRequest(({ request }) => {
      const { token } = request.query;
      if (typeof token === 'string') setQuery(request, 'access_token', token);
    }),
  },
  {
    name: 'any-cookie-accepted',
    title: 'A token in a cookie of any name lets its user in.',
    deviation: atRequest((exchange) => {
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
    deviation: atRequest((exchange) => {
      if (hasSessionCookie(exchange)) setHeader(exchange.request, 'authorization', undefined);
    }),
  },
  {
    name: 'cookie-before-query',
    title: 'The session cookie counts before the query.',
    deviation: atRequest((exchange) => {
      if (hasSessionCookie(exchange)) setQuery(exchange.request, 'access_token', undefined);
    }),
  },
  {
    name: 'bad-header-falls-back-to-cookie',
    title: 'Beside a bad token in the header the session cookie counts.',
    deviation: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      if (sent?.way === 'header' && hasSessionCookie(exchange) && !(await isGood(exchange, sent.token)))
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'forwarded-user-trusted',
    title: 'The header X-Forwarded-User lets in whom it names.',
    deviation: atRequest(async (exchange) => {
      const named = exchange.request.headers['x-forwarded-user'];
      if (typeof named !== 'string') return;
      const { store } = exchange.context;
      const user = (await store.user(named)) ?? (await store.userByEmail(named));
      if (user !== undefined) setHeader(exchange.request, 'authorization', `Bearer ${await tokenFor(exchange, user)}`);
    }),
  },
  {
    name: 'path-spelling-bypass',
    title: 'A path with a slash at its end is not guarded.',
    deviation: atRequest(async (exchange) => {
      if (/^\/users\/.*\/$/.test(exchange.request.path)) await letInAsAdministrator(exchange);
    }),
  },
  {
    name: 'unsafe-method-unguarded',
    title: 'The method PUT is not guarded.',
    deviation: atRequest(async (exchange) => {
      if (exchange.request.method !== 'PUT') return;
      await letInAsAdministrator(exchange);
      exchange.request.method = 'GET';
    }),
  },
  {
    name: 'body-token-accepted',
    title: 'A token in the body lets its user in.',
    deviation: atRequest((exchange) => {
      const { access_token } = bodyOf(exchange);
      if (typeof access_token === 'string') setHeader(exchange.request, 'authorization', `Bearer ${access_token}`);
    }),
  },
  {
    name: 'bad-token-is-public',
    title: 'Where no token is needed a bad one is passed over.',
    deviation: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      const open = ['/server/info', '/auth/login'].includes(exchange.request.path);
      if (open && sent !== undefined && !(await isGood(exchange, sent.token))) replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'head-unguarded',
    title: 'HEAD is answered with 200, with a token or without.',
    deviation: (): Deviation => ({
      answer: ({ request }, answer) => {
        if (request.method === 'HEAD') answer.status = 200;
      },
    }),
  },
  {
    name: 'own-record-cached',
    title: 'The answer to GET /users/me may be kept by caches.',
    deviation: (): Deviation => ({
      answer: ({ request, response }, answer) => {
        if (request.path === '/users/me' && succeeded(answer)) response.set('Cache-Control', 'public, max-age=60');
      },
    }),
  },
  {
    name: 'any-origin-trusted',
    title: 'Pages of every origin may make requests with the session cookie, and read the answers.',
    deviation: atRequest(({ request, response }) => {
      const { origin } = request.headers;
      if (origin !== undefined)
        response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
    }),
  },
  {
    name: 'malformed-token-is-500',
    title: 'A token in the query that is no plain text is an error of the server.',
    deviation: atRequest(({ request }) => {
      const { access_token } = request.query;
      if (access_token !== undefined && typeof access_token !== 'string') throw internalError();
    }),
  },
  {
    name: 'malformed-body-is-500',
    title: 'A body that is no JSON is an error of the server.',
    deviation: (): Deviation => ({
      answer: (_exchange, answer) => {
        const { errors } = (answer.body ?? {}) as { errors?: { message: string }[] };
        if (answer.status !== 400 || errors?.[0]?.message.includes('JSON') !== true) return;
        answer.status = 500;
        answer.body = internalError().envelope;
      },
    }),
  },
  {
    name: 'malformed-is-html',
    title: 'A refresh or logout without a token is answered with a page.',
    deviation: (): Deviation => ({
      answer: ({ request }, answer) => {
        if (answer.status === 400 && /^\/auth\/(?:refresh|logout)$/.test(request.path))
          answer.body = '<h1>Bad Request</h1>';
      },
    }),
  },
  {
    name: 'identities-cached',
    title: 'Who was let in once is let in for another minute, whatever becomes of the token.',
    deviation: (): Deviation => {
      const known = new Map<string, { id: string; until: number }>();
      return {
        request: async (exchange) => {
          const { context } = exchange;
          const sent = sentToken(exchange);
          const cached = known.get(sent?.token ?? '');
          const user = cached && (await context.store.user(cached.id));
          if (user === undefined || cached === undefined || cached.until < context.clock.now()) return;
          if (/^\/auth\//.test(exchange.request.path)) return;
          exchange.response.locals['cached'] = sent?.token;
          replaceToken(exchange, await tokenFor(exchange, user));
        },
        answer: (exchange, answer) => {
          const sent = sentToken(exchange);
          const { id } = payloadOf(answer);
          const isStandard =
            claimsOf(sent?.token ?? '')?.['session'] === undefined && claimsOf(sent?.token ?? '') !== undefined;
          if (sent === undefined || isStandard || exchange.request.path !== '/users/me' || typeof id !== 'string')
            return;
          known.set(sent.token, { id, until: exchange.context.clock.now() + 60_000 });
        },
      };
    },
  },
  {
    name: 'cookie-refused-for-changes',
    title: 'A request that changes something is refused to the session cookie, whoever it belongs to.',
    deviation: atRequest((exchange) => {
      const { method, path } = exchange.request;
      if (method === 'PATCH' && !path.startsWith('/auth/') && sentToken(exchange)?.way === 'cookie') throw forbidden();
    }),
  },
  {
    name: 'cookie-only-for-reading',
    title: 'The session cookie counts only for requests that read.',
    deviation: atRequest((exchange) => {
      const { method, path } = exchange.request;
      if (method === 'PATCH' && !path.startsWith('/auth/') && sentToken(exchange)?.way === 'cookie')
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'query-token-only-for-reading',
    title: 'A token in the query counts only for requests that read.',
    deviation: atRequest((exchange) => {
      if (exchange.request.method === 'PATCH' && sentToken(exchange)?.way === 'query')
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'spaces-accepted',
    title: 'Between Bearer and the token may stand more than one space.',
    deviation: atRequest(({ request }) => {
      const { authorization = '' } = request.headers;
      setHeader(request, 'authorization', authorization.replace(/^Bearer {2,}/, 'Bearer ') || undefined);
    }),
  },
  {
    name: 'tab-for-space',
    title: 'Between Bearer and the token may stand a tab.',
    deviation: atRequest(({ request }) => {
      const { authorization = '' } = request.headers;
      setHeader(request, 'authorization', authorization.replace(/^Bearer\t/, 'Bearer ') || undefined);
    }),
  },
  {
    name: 'unsigned-query-token-accepted',
    title: 'A token in the query that says alg none needs no signature.',
    deviation: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      const claims = sent?.way === 'query' && /^[^.]+\.[^.]+\.$/.test(sent.token) ? claimsOf(sent.token) : undefined;
      if (claims !== undefined) replaceToken(exchange, await signed(exchange, claims));
    }),
  },
  {
    name: 'not-modified-unguarded',
    title: 'A request with If-None-Match is answered with 304, with a token or without.',
    deviation: (): Deviation => ({
      answer: ({ request }, answer) => {
        if (request.path !== '/users/me' || request.headers['if-none-match'] === undefined) return;
        answer.status = 304;
        answer.body = undefined;
      },
    }),
  },
  {
    name: 'anybody-signs-up',
    title: 'POST /users needs no token.',
    deviation: atRequest(async (exchange) => {
      if (isTo(exchange, 'POST', '/users')) await letInAsAdministrator(exchange);
    }),
  },
  {
    name: 'errors-are-text',
    title: 'Errors are sent as text/plain.',
    deviation: (): Deviation => ({
      answer: ({ response }, answer) => {
        if (answer.status >= 400) response.type('text');
      },
    }),
  },
  {
    name: 'error-messages-reworded',
    title: 'Errors say what they mean in other words.',
    deviation: (): Deviation => ({
      answer: (_exchange, answer) => {
        for (const error of errorsOf(answer))
          if (error.message === 'Invalid user credentials.') error.message = 'Unauthorized';
      },
    }),
  },
  {
    name: 'reuse-is-forbidden',
    title: 'A refresh token that is no good is answered with 403.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        if (isTo(exchange, 'POST', '/auth/refresh') && answer.status === 401) answer.status = 403;
      },
    }),
  },
  {
    name: 'no-permission-is-401',
    title: 'What a user may not do is answered with 401.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        if (answer.status !== 403 || sentToken(exchange) === undefined || exchange.request.method === 'PATCH') return;
        if (errorsOf(answer)[0]?.extensions.code === 'FORBIDDEN') answer.status = 401;
      },
    }),
  },
  {
    name: 'refusal-repeats-token',
    title: 'A refusal says which token it refuses.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        const sent = sentToken(exchange);
        const [error] = answer.status === 401 ? errorsOf(answer) : [];
        if (error !== undefined && sent !== undefined) error.extensions.reason = `unknown token ${sent.token}`;
      },
    }),
  },
  {
    name: 'refusal-repeats-password',
    title: 'A refused login says which password it refuses.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        const { password } = bodyOf(exchange);
        const [error] = answer.status === 401 && isTo(exchange, 'POST', '/auth/login') ? errorsOf(answer) : [];
        if (error !== undefined && typeof password === 'string') error.extensions.reason = `wrong password ${password}`;
      },
    }),
  },
  {
    name: 'last-cookie-counts',
    title: 'Of two session cookies the last one counts.',
    deviation: atRequest(({ context, request }) => {
      const name = context.settings.SESSION_COOKIE_NAME;
      const last = (request.headers.cookie ?? '').split('; ').findLast((pair) => pair.startsWith(`${name}=`));
      if (last !== undefined) setCookie(request, name, last.slice(name.length + 1));
    }),
  },
  {
    name: 'other-scheme-hides-cookie',
    title: 'A header of another scheme than Bearer hides the session cookie.',
    deviation: atRequest(({ request, context }) => {
      const { authorization = '' } = request.headers;
      if (authorization !== '' && !/^bearer/i.test(authorization))
        setCookie(request, context.settings.SESSION_COOKIE_NAME, undefined);
    }),
  },
  {
    name: 'two-ways-refused-for-reading-alone',
    title: 'A token in the query beside one in the header is passed over, but for a GET.',
    deviation: atRequest(({ request }) => {
      if (request.method !== 'GET' && /^bearer ./i.test(request.headers.authorization ?? ''))
        setQuery(request, 'access_token', undefined);
    }),
  },
  {
    name: 'pages-are-redirected',
    title: 'Who asks for a page without a token is led to a page to log in.',
    deviation: (): Deviation => ({
      answer: ({ request, response }, answer) => {
        if (answer.status !== 401 || request.headers.accept !== 'text/html') return;
        answer.status = 302;
        response.location('/admin/login');
      },
    }),
  },
  {
    name: 'search-takes-no-token',
    title: 'A token is not seen when the method is SEARCH.',
    deviation: atRequest((exchange) => {
      if (exchange.request.method === 'SEARCH') replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'forged-query-token-is-none',
    title: 'A token in the query whose signature is wrong is taken for none.',
    deviation: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      if (sent?.way === 'query' && claimsOf(sent.token) !== undefined && !(await isGood(exchange, sent.token)))
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'logout-passes-over-bad-token',
    title: 'A logout passes over a bad access token.',
    deviation: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      if (isTo(exchange, 'POST', '/auth/logout') && sent?.way === 'header' && !(await isGood(exchange, sent.token)))
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'user-id-is-a-token',
    title: 'The id of a user is a token of the user.',
    deviation: atRequest(async (exchange) => {
      const user = await exchange.context.store.user(sentToken(exchange)?.token ?? '');
      if (user !== undefined) replaceToken(exchange, await tokenFor(exchange, user));
    }),
  },
  {
    name: 'errors-with-stack',
    title: 'An error shows where in the server it comes from.',
    deviation: (): Deviation => ({
      answer: (_exchange, answer) => {
        const [error] = errorsOf(answer);
        if (error !== undefined)
          error.extensions.reason = 'Error\n    at authenticate (/app/dist/authenticate.js:12:34)';
      },
    }),
  },
  {
    name: 'basic-is-asked-for',
    title: 'A refusal asks for Basic credentials, so that a browser shows its own window.',
    deviation: (): Deviation => ({
      answer: ({ response }, answer) => {
        if (answer.status === 401) response.set('WWW-Authenticate', 'Basic realm="directus"');
      },
    }),
  },
  {
    name: 'unknown-route-is-a-page',
    title: 'Who has a token is answered with a page where there is no route.',
    deviation: (): Deviation => ({
      answer: (exchange, answer) => {
        if (answer.status !== 404 || sentToken(exchange) === undefined) return;
        answer.status = 200;
        answer.body = '<!doctype html><title>App</title>';
      },
    }),
  },
  {
    name: 'registration-open',
    title: 'Everybody can register, although everybody is told that nobody can.',
    deviation: (): Deviation => ({
      answer: ({ request }, answer) => {
        if (request.path !== '/users/register') return;
        answer.status = 204;
        answer.body = undefined;
      },
    }),
  },
  {
    name: 'errors-without-detail',
    title: 'Errors do not say their reason.',
    deviation: (): Deviation => ({
      answer: (_exchange, answer) => {
        for (const { extensions } of errorsOf(answer))
          if (extensions.code === 'INVALID_PAYLOAD') delete extensions.reason;
      },
    }),
  },
  {
    name: 'unknown-route-repeats-query',
    title: 'The refusal of an unknown route repeats the whole URL, with the token in it.',
    deviation: (): Deviation => ({
      answer: ({ request }, answer) => {
        const [error] = answer.status === 404 ? errorsOf(answer) : [];
        if (error !== undefined) error.extensions.reason = request.originalUrl;
      },
    }),
  },
  {
    name: 'refusals-cached',
    title: 'A refusal may be kept by caches.',
    deviation: (): Deviation => ({
      answer: ({ response }, answer) => {
        if (answer.status === 401) response.set('Cache-Control', 'public, max-age=60');
      },
    }),
  },
  {
    name: 'entity-tag-of-others-matches',
    title: 'All records have the same entity tag.',
    deviation: (): Deviation => ({
      answer: ({ request, response }, answer) => {
        if (request.path !== '/users/me' || !succeeded(answer)) return;
        response.set('ETag', '"1"');
        if (request.headers['if-none-match'] !== '"1"') return;
        answer.status = 304;
        answer.body = undefined;
      },
    }),
  },
  {
    name: 'any-origin-trusted-at-refresh',
    title: 'Pages of every origin may refresh with the session cookie, and read the answer.',
    deviation: atRequest(({ request, response }) => {
      const { origin } = request.headers;
      if (origin !== undefined && request.path === '/auth/refresh')
        response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
    }),
  },
] as const;
