import fc from 'fast-check';
import { manager, reader } from '../people.js';
import { some } from './combinators.js';
import { proof } from './credentials.js';
import { junk, number } from './junk.js';
import { step } from './request.js';

const { constant, constantFrom, oneof, tuple } = fc;

/** What needs no login, routes that are not there, and tokens in the query. */
export const various = oneof(
  step('ping', 'GET', constantFrom('/server/ping', '/server/ping?access_token=x')),
  step('info', 'GET', '/server/info'),
  step('providers', 'GET', '/auth'),
  step(
    'random',
    'GET',
    constantFrom('?length=0', '?length=x', '?length=501', '?length=1.5', '?length=').map(
      (end) => `/utils/random/string${end}`,
    ),
  ),
  step('root', 'GET', '/', undefined, constant({})),
  step(
    'no route',
    'GET',
    constantFrom(
      '/nope',
      '/auth/login',
      '/users/me/nope',
      '/auth/nope',
      '/server',
      '/server/nope',
      '/utils',
      '/users/me/tfa/generate',
      '/graphql/nope',
      '/roles/me/x',
    ),
  ),
  step(
    'no route',
    'POST',
    constantFrom('/nope', '/users/me', '/server/ping', `/users/${reader.id}`, '/auth', '/settings'),
    junk,
  ),
  step('no route', 'PUT', constantFrom('/users', '/roles', '/auth/login')),
  step(
    'options',
    'OPTIONS',
    constantFrom(
      '/auth/login',
      '/users',
      '/users/me',
      '/roles',
      '/server/ping',
      '/nope',
      '/auth/refresh',
      `/users/${reader.id}`,
      '/graphql/system',
    ),
  ),
  tuple(
    step(
      'preflight',
      'OPTIONS',
      constantFrom('/auth/login', '/items/articles', '/users/me', '/nope', '/assets/x', '/graphql', '/server/ping'),
      undefined,
      constant({}),
    ),
    constantFrom('http://app.example', 'http://other.example', 'null'),
  ).map(([asked, origin]) => ({ ...asked, origin })),
  tuple(
    step(
      'cross-origin',
      'GET',
      constantFrom('/server/ping', '/users/me?fields=id', '/nope', '/items/articles?limit=0'),
    ),
    constantFrom('http://app.example', 'http://other.example'),
  ).map(([asked, origin]) => ({ ...asked, origin })),
  step('head', 'HEAD', constantFrom('/users/me', '/users', '/server/ping', '/nope')),
  step('items', 'GET', constantFrom('/items/nope', '/items/directus_users', '/items/nope/1', '/items')),
  step('items', 'POST', constantFrom('/items/nope', '/items/directus_users'), junk),
  step(
    'query token',
    'GET',
    oneof(
      number.map((n) => `{access:${n}}`),
      constantFrom('{session:0}', manager.token, 'bogus', ''),
    ).map((token) => `/users/me?fields=id&access_token=${token}`),
    undefined,
    oneof(some(4, constant({})), some(1, proof)),
  ),
  step(
    'query token',
    'GET',
    constantFrom('[]=x', '[a]=b', '=x&access_token=y').map((end) => `/users/me?access_token${end}`),
    undefined,
    constant({}),
  ),
  step(
    'policies',
    'GET',
    constantFrom('/policies?fields=name&sort=name', '/policies?fields=nope', '/policies/x'),
    undefined,
    proof,
  ),
);
