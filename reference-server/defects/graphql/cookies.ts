import type { Response } from 'express';
import type { Defect } from '../defect.js';
import { changeSetCookie, withAttribute } from '../helpers/cookies.js';
import { atAnswer, queryOf } from '../helpers/graphql.js';

/** Changes the token cookies that a mutation sets. */
const changingCookies = (mutation: string, change: (header: string) => string) =>
  atAnswer((exchange) => {
    if (!queryOf(exchange).includes(mutation)) return;
    const { SESSION_COOKIE_NAME, REFRESH_TOKEN_COOKIE_NAME } = exchange.context.settings;
    const response: Response = exchange.response;
    for (const name of [SESSION_COOKIE_NAME, REFRESH_TOKEN_COOKIE_NAME]) changeSetCookie(response, name, change);
  });

/** Defects that requirements of the section `cookies` of the chapter `graphql` notice. */
export const graphqlCookies = [
  {
    name: 'graphql-cookie-without-same-site',
    title: 'auth_refresh sets token cookies without SameSite.',
    wrap: changingCookies('auth_refresh', (header) => withAttribute(header, 'SameSite', undefined)),
  },
  {
    name: 'graphql-cookie-for-own-path',
    title: 'auth_login sets token cookies for the path /graphql.',
    wrap: changingCookies('auth_login', (header) => withAttribute(header, 'Path', '/graphql')),
  },
  {
    name: 'graphql-cookie-without-lifetime',
    title: 'auth_refresh sets token cookies without Max-Age and Expires.',
    wrap: changingCookies('auth_refresh', (header) =>
      withAttribute(withAttribute(header, 'Max-Age', undefined), 'Expires', undefined),
    ),
  },
] as const satisfies readonly Defect[];
