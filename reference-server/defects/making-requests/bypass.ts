import type { Defect, Wrappers } from '../defect.js';
import { setHeader, bodyOf, isTo } from '../helpers/exchange.js';
import { sendTokenOfFirstUser } from '../helpers/first-user.js';
import { atRequest } from '../helpers/requests.js';
import { tokenFor } from '../helpers/tokens.js';

/** Defects that requirements of the section `bypass` of the chapter `making-requests` notice. */
export const makingRequestsBypass = [
  {
    name: 'forwarded-user-trusted',
    title: 'The header X-Forwarded-User lets in whom it names.',
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
    name: 'body-token-accepted',
    title: 'A token in the body lets its user in.',
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
    title: 'Everybody can register, although everybody is told that nobody can.',
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        if (request.path !== '/users/register') return;
        answer.status = 204;
        answer.body = undefined;
      },
    }),
  },
] as const satisfies readonly Defect[];
