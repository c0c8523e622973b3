/**
 * What an engineer would check who has read the page (spec/seed/access-tokens.txt) and has an afternoon: the same 25 checks, by the same
 * names, for newman (newman/access-tokens.postman_collection.json) and for vitest with supertest (supertest/access-tokens.test.js).
 */
export const checks: readonly string[] = [
  // Standard Tokens
  'a login answers with an access token, a refresh token and their expiry',
  'a login with a wrong password is rejected',
  'a login with an unknown email is rejected as one with a wrong password',
  'an access token identifies its user',
  'the expiry of a login is that of its access token',
  'an expired access token is rejected',
  'an access token with an altered signature is rejected',
  'a refresh answers with new tokens that work',
  'a refresh token works once',
  'an unknown refresh token is rejected',
  'a logout invalidates the refresh token',
  // Session Tokens
  'a login in mode session sets the session cookie and puts no token in the body',
  'the session cookie is httpOnly',
  'the session cookie authenticates',
  'a refresh in mode session sets a new cookie that works',
  'a logout in mode session ends the session',
  // Storing Tokens
  'a login in mode cookie sets the refresh token as httpOnly cookie',
  'a refresh in mode cookie takes the refresh token from its cookie',
  // Static Tokens
  'a static token identifies its user',
  'a new static token replaces the old one',
  'a static token cannot be read again',
  // Making Requests
  'the access_token in the query authenticates',
  'two tokens in one request are rejected',
  'a request without a token or with an unknown one is rejected',
  'a token has the permissions of its user and no others',
];
