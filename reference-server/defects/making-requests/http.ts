import type { Defect, Wrappers } from '../defect.js';
import { isRefresh, modeOf, succeeded } from '../helpers/exchange.js';
import { atRequest } from '../helpers/requests.js';
import { replaceToken, sentToken } from '../helpers/tokens.js';
import { keepingResponses } from '../helpers/payloads.js';

/** Lets pages of some other origins make requests with the session cookie, and read the responses. */
const trusting = (trusts: (origin: string, own: string) => boolean) =>
  atRequest(({ request, response }) => {
    const { origin, host = '' } = request.headers;
    if (origin !== undefined && trusts(origin, host))
      response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
  });

/** Defects that requirements of the section `http` of the chapter `making-requests` notice. */
export const makingRequestsHttp = [
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
    name: 'answers-to-cookie-cached',
    title: 'What is read with the session cookie, other than at /users/me, may be kept by shared caches.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const { path } = exchange.request;
        if (path !== '/users/me' && succeeded(answer) && sentToken(exchange)?.method === 'cookie')
          exchange.response.set('Cache-Control', 'public, max-age=60');
      },
    }),
  },
  {
    name: 'refusals-cached',
    title: 'A rejection may be kept by caches.',
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
    name: 'any-origin-trusted-at-refresh-in-mode-cookie',
    title: 'Pages of every origin may refresh in mode cookie, and read the access token.',
    wrap: atRequest((exchange) => {
      const { origin } = exchange.request.headers;
      if (origin !== undefined && isRefresh(exchange) && modeOf(exchange) === 'cookie')
        exchange.response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
    }),
  },
  {
    name: 'any-origin-trusted-at-graphql',
    title: 'Pages of every origin may send queries with the session cookie, and read the answers.',
    wrap: atRequest(({ request, response }) => {
      const { origin } = request.headers;
      if (origin !== undefined && request.path.startsWith('/graphql'))
        response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
    }),
  },
  {
    name: 'origin-by-beginning-trusted',
    title: "Pages of an origin that begins as the server's own does may read responses with the session cookie.",
    wrap: trusting((origin, host) => origin.startsWith(`http://${host}`) && origin !== `http://${host}`),
  },
  {
    name: 'origin-by-end-trusted',
    title: "Pages of an origin that ends as the server's own does may read responses with the session cookie.",
    wrap: trusting((origin, host) => origin.endsWith(host) && origin !== `http://${host}`),
  },
  {
    name: 'origin-by-host-trusted',
    title: "Pages of any port of the server's host may read responses with the session cookie.",
    wrap: trusting((origin, host) => URL.canParse(origin) && new URL(origin).hostname === host.split(':')[0]),
  },
  {
    name: 'cookie-only-for-reading',
    title: 'The session cookie counts only for requests that read.',
    wrap: atRequest((exchange) => {
      const { method, path } = exchange.request;
      if (method === 'PATCH' && !path.startsWith('/auth/') && sentToken(exchange)?.method === 'cookie')
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'query-token-only-for-reading',
    title: 'A token in the query counts only for requests that read.',
    wrap: atRequest((exchange) => {
      if (exchange.request.method === 'PATCH' && sentToken(exchange)?.method === 'query')
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'responses-kept-by-url',
    title:
      'The response to a request by GET is kept for a second, for every request with the same URL, with or without a token.',
    wrap: keepingResponses(1000, ({ request }) => request.originalUrl),
  },
  {
    name: 'records-cached',
    title: 'Responses with the record of a user by its id are for every cache.',
    wrap: (): Wrappers => ({
      response: ({ request, response }, { status }) => {
        if (request.method === 'GET' && /^\/users\/[0-9a-f-]{36}$/.test(request.path) && status === 200)
          response.setHeader('Cache-Control', 'public, max-age=60');
      },
    }),
  },
  {
    name: 'answers-with-padding',
    title: 'A response to a request with a parameter callback is a script (JSONP).',
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        const { callback } = request.query;
        if (typeof callback === 'string' && answer.status === 200)
          answer.body = `/**/ ${callback}(${JSON.stringify(answer.body)});`;
      },
    }),
  },
] as const satisfies readonly Defect[];
