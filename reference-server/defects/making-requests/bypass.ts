import type { Defect, Wrappers } from '../defect.js';
import { setHeader, bodyOf, isTo } from '../helpers/exchange.js';
import { sendTokenOfFirstUser } from '../helpers/first-user.js';
import { atRequest } from '../helpers/requests.js';
import { tokenFor } from '../helpers/tokens.js';

/** Defects that requirements of the section `bypass` of the chapter `making-requests` notice. */
export const makingRequestsBypass = [
  {
    name: 'forwarded-user-trusted',
    title: 'The header X-Forwarded-User authenticates the user whom it names.',
    wrap: atRequest(async (exchange) => {
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
    wrap: atRequest(async (exchange) => {
      if (/^\/users\/.*\/$/.test(exchange.request.path)) await sendTokenOfFirstUser(exchange);
    }),
  },
  {
    name: 'unresolved-path-unguarded',
    title: 'A path whose segments lead up again is resolved behind the guard.',
    wrap: atRequest(async (exchange) => {
      const { request } = exchange;
      const [path = '', query] = request.url.split('?');
      const resolved = path.replace(/^(?:\/[^/]+){1,2}(?:\/(?:\.\.|%2e%2e)){1,2}(?=\/users)/i, '');
      if (resolved === path) return;
      request.url = query === undefined ? resolved : `${resolved}?${query}`;
      await sendTokenOfFirstUser(exchange);
    }),
  },
  {
    name: 'encoded-path-unguarded',
    title: 'A path with an encoded letter is decoded behind the guard.',
    wrap: atRequest(async (exchange) => {
      const { request } = exchange;
      if (!/^\/%75sers/i.test(request.url)) return;
      request.url = request.url.replace(/%75/i, 'u');
      await sendTokenOfFirstUser(exchange);
    }),
  },
  {
    name: 'inside-address-trusted',
    title: 'A request that says it comes from the machine itself needs no token.',
    wrap: atRequest(async (exchange) => {
      const { headers } = exchange.request;
      const said = [headers['x-client-ip'], headers['true-client-ip']];
      if (said.includes('127.0.0.1')) await sendTokenOfFirstUser(exchange);
    }),
  },
  {
    name: 'original-path-trusted',
    title: 'The header X-Forwarded-URI names the path that is served, behind the guard.',
    wrap: atRequest(async (exchange) => {
      const named = exchange.request.headers['x-forwarded-uri'];
      if (typeof named !== 'string') return;
      exchange.request.url = named;
      await sendTokenOfFirstUser(exchange);
    }),
  },
  {
    name: 'token-of-gateway-accepted',
    title: 'A token in the header X-Forwarded-Access-Token is accepted.',
    wrap: atRequest(({ request }) => {
      const token = request.headers['x-forwarded-access-token'];
      if (typeof token === 'string') setHeader(request, 'authorization', `Bearer ${token}`);
    }),
  },
  {
    name: 'token-in-referer-accepted',
    title: 'A token in the URL of the header Referer is accepted.',
    wrap: atRequest(({ request }) => {
      const token = /[?&]access_token=([^&]+)/.exec(request.headers.referer ?? '')?.[1];
      if (token !== undefined) setHeader(request, 'authorization', `Bearer ${token}`);
    }),
  },
  {
    name: 'body-token-accepted',
    title: 'A token in the body is accepted.',
    wrap: atRequest((exchange) => {
      const { access_token } = bodyOf(exchange);
      if (typeof access_token === 'string') setHeader(exchange.request, 'authorization', `Bearer ${access_token}`);
    }),
  },
  {
    name: 'unsafe-method-unguarded',
    title: 'The method PUT is not guarded.',
    wrap: atRequest(async (exchange) => {
      if (exchange.request.method !== 'PUT') return;
      await sendTokenOfFirstUser(exchange);
      exchange.request.method = 'GET';
    }),
  },
  {
    name: 'not-modified-unguarded',
    title: 'A request with If-None-Match is answered with 304, with a token or without.',
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        if (request.path !== '/users/me' || request.headers['if-none-match'] === undefined) return;
        answer.status = 304;
        answer.body = undefined;
      },
    }),
  },
  {
    name: 'anybody-signs-up',
    title: 'POST /users needs no token.',
    wrap: atRequest(async (exchange) => {
      if (isTo(exchange, 'POST', '/users')) await sendTokenOfFirstUser(exchange);
    }),
  },
  {
    name: 'registration-open',
    title: 'Registration creates users although it is said to be disabled.',
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        if (request.path !== '/users/register') return;
        answer.status = 204;
        answer.body = undefined;
      },
    }),
  },
] as const satisfies readonly Defect[];
