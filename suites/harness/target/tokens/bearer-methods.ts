import type { AnyAccessToken } from './tokens.js';

/**
 * The methods of sending an access token with a request (RFC 6750 section 2 calls them methods; seed, Making Requests), in the order in
 * which they are tried. The message `auth` of a WebSocket is not one of them: it is no request, see web-socket.ts.
 */
export const bearerMethods = ['header', 'query', 'cookie'] as const;
export type BearerMethod = (typeof bearerMethods)[number];

/** Each method in words, to follow "a token". */
export const methodInWords: Readonly<Record<BearerMethod, string>> = {
  header: 'in the header',
  query: 'as query parameter',
  cookie: 'as session cookie',
};

/** Tokens, each by the method that it is sent by. A string is sent as if it were a token. */
export type SentTokens = { readonly [method in BearerMethod]?: AnyAccessToken | string };
