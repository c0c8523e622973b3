import { readCookie } from '../cookies.js';
import {
  bodyOf,
  claimsOf,
  isGood,
  payloadOf,
  replaceToken,
  sentToken,
  setCookie,
  setHeader,
  setQuery,
  succeeded,
  tokenFor,
  type Deviation,
  type Exchange,
} from '../deviation.js';
import { internalError } from '../errors.js';

const atRequest = (change: (exchange: Exchange) => Promise<void> | void) => (): Deviation => ({ request: change });

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
] as const;
