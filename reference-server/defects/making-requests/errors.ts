import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, errorsOf, isTo, succeeded, userIn } from '../helpers/exchange.js';
import { atRequest } from '../helpers/requests.js';
import { claimsOf, isGood, replaceToken, sentToken } from '../helpers/tokens.js';
import { internalError } from '../../http/errors.js';

/** Defects that requirements of the section `errors` of the chapter `making-requests` notice. */
export const makingRequestsErrors = [
  {
    name: 'errors-not-in-envelope',
    title: 'An error is returned as a bare message.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
        const [error] = errorsOf(answer);
        if (!succeeded(answer) && error !== undefined) answer.body = { error: error.message };
      },
    }),
  },
  {
    name: 'every-refusal-is-400',
    title: 'Every rejection has the status 400.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
        if (answer.status >= 400) answer.status = 400;
      },
    }),
  },
  {
    name: 'rejections-return-200',
    title: 'A rejection has the status 200, and tells in its body alone that it is one.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
        if (answer.status >= 400) answer.status = 200;
      },
    }),
  },
  {
    name: 'errors-are-text',
    title: 'Errors are sent as text/plain.',
    wrap: (): Wrappers => ({
      response: ({ response }, answer) => {
        if (answer.status >= 400) response.type('text');
      },
    }),
  },
  {
    name: 'error-messages-reworded',
    title: 'Errors say what they mean in other words.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
        for (const error of errorsOf(answer))
          if (error.message === 'Invalid user credentials.') error.message = 'Unauthorized';
      },
    }),
  },
  {
    name: 'reuse-is-forbidden',
    title: 'An invalid refresh token is answered with 403.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if (isTo(exchange, 'POST', '/auth/refresh') && answer.status === 401) answer.status = 403;
      },
    }),
  },
  {
    name: 'no-permission-is-401',
    title: 'What a user may not do is answered with 401.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if (answer.status !== 403 || sentToken(exchange) === undefined || exchange.request.method === 'PATCH') return;
        if (errorsOf(answer)[0]?.extensions.code === 'FORBIDDEN') answer.status = 401;
      },
    }),
  },
  {
    name: 'pages-are-redirected',
    title: 'A request for a page without a token is redirected to a page to log in.',
    wrap: (): Wrappers => ({
      response: ({ request, response }, answer) => {
        if (answer.status !== 401 || request.headers.accept !== 'text/html') return;
        answer.status = 302;
        response.location('/admin/login');
      },
    }),
  },
  {
    name: 'forged-query-token-is-none',
    title: 'A token in the query whose signature is wrong is taken for none.',
    wrap: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      if (sent?.method === 'query' && claimsOf(sent.token) !== undefined && !(await isGood(exchange, sent.token)))
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'errors-with-stack',
    title: 'An error shows where in the server it comes from.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
        const [error] = errorsOf(answer);
        if (error !== undefined)
          error.extensions.reason = 'Error\n    at authenticate (/app/dist/authenticate.js:12:34)';
      },
    }),
  },
  {
    name: 'basic-is-asked-for',
    title: 'A rejection asks for Basic credentials, so that a browser shows its own window.',
    wrap: (): Wrappers => ({
      response: ({ response }, answer) => {
        if (answer.status === 401) response.set('WWW-Authenticate', 'Basic realm="directus"');
      },
    }),
  },
  {
    name: 'unknown-route-is-a-page',
    title: 'A request with a token is answered with a page where there is no route.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        if (answer.status !== 404 || sentToken(exchange) === undefined) return;
        answer.status = 200;
        answer.body = '<!doctype html><title>App</title>';
      },
    }),
  },
  {
    name: 'errors-without-detail',
    title: 'Errors do not say their reason.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
        for (const { extensions } of errorsOf(answer))
          if (extensions.code === 'INVALID_PAYLOAD') delete extensions.reason;
      },
    }),
  },
  {
    name: 'malformed-token-is-500',
    title: 'A token in the query that is no plain text is an error of the server.',
    wrap: atRequest(({ request }) => {
      const { access_token } = request.query;
      if (access_token !== undefined && typeof access_token !== 'string') throw internalError();
    }),
  },
  {
    name: 'malformed-body-is-500',
    title: 'A body that is no JSON is an error of the server.',
    wrap: (): Wrappers => ({
      response: (_exchange, answer) => {
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
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        if (answer.status === 400 && /^\/auth\/(?:refresh|logout)$/.test(request.path))
          answer.body = '<h1>Bad Request</h1>';
      },
    }),
  },
  {
    name: 'refusal-repeats-token',
    title: 'A rejection says which token it rejects.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const sent = sentToken(exchange);
        const [error] = answer.status === 401 ? errorsOf(answer) : [];
        if (error !== undefined && sent !== undefined) error.extensions.reason = `unknown token ${sent.token}`;
      },
    }),
  },
  {
    name: 'refusal-repeats-password',
    title: 'A rejected login says which password it rejects.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const { password } = bodyOf(exchange);
        const [error] = answer.status === 401 && isTo(exchange, 'POST', '/auth/login') ? errorsOf(answer) : [];
        if (error !== undefined && typeof password === 'string') error.extensions.reason = `wrong password ${password}`;
      },
    }),
  },
  {
    name: 'unknown-route-repeats-query',
    title: 'The rejection of an unknown route repeats the whole URL, with the token in it.',
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        const [error] = answer.status === 404 ? errorsOf(answer) : [];
        if (error !== undefined) error.extensions.reason = request.originalUrl;
      },
    }),
  },
  {
    name: 'unknown-users-are-404',
    title: 'GET of a user that there is not is answered with 404, also without permission.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const id = userIn(exchange, 'GET');
        if (id === undefined || answer.status !== 403 || (await exchange.context.store.user(id)) !== undefined) return;
        answer.status = 404;
        answer.body = { errors: [{ message: 'There is no such user.', extensions: { code: 'NOT_FOUND' } }] };
      },
    }),
  },
] as const satisfies readonly Defect[];
