import fc from 'fast-check';
import { manager, PASSWORD, reader, role, suspended, UNKNOWN_ID } from '../people.js';
import { some } from './combinators.js';
import { alone, proof, refreshToken } from './credentials.js';
import { step } from './request.js';

const { constant, constantFrom, oneof, record } = fc;

const text = (value: string): string => JSON.stringify(value);
const graphqlLogin = record({
  who: oneof(
    some(5, constantFrom(manager.email, reader.email, 'nobody@example.com')),
    some(2, constantFrom('', 'x', 'a@b', suspended.email)),
  ),
  password: constantFrom(PASSWORD, 'wrong', ''),
  mode: constantFrom('', ',mode:json', ',mode:cookie', ',mode:session', ',mode:bogus', ',otp:"123456"', ',otp:""'),
}).map(
  ({ who, password: given, mode: how }) =>
    `mutation{auth_login(email:${text(who)},password:${text(given)}${how}){access_token refresh_token expires}}`,
);
const graphqlExchange = record({
  token: oneof(
    constant(''),
    refreshToken.map((token) => `refresh_token:${typeof token === 'string' ? `"${token}"` : 'null'}`),
  ),
  mode: constantFrom('', ',mode:json', ',mode:cookie', ',mode:session'),
}).map(({ token, mode: how }) => `${token}${how}`.replace(/^,/, ''));
const braces = (given: string): string => (given === '' ? '' : `(${given})`);
const graphqlQuery = oneof(
  graphqlLogin,
  graphqlExchange.map((given) => `mutation{auth_refresh${braces(given)}{access_token refresh_token expires}}`),
  graphqlExchange.map((given) => `mutation{auth_logout${braces(given)}}`),
  constantFrom(
    '{users_me{id email status}}',
    '{users_me{nope}}',
    '{server_ping}',
    '{users{id}}',
    '{',
    '',
    '{nope}',
    `{users_by_id(id:"${reader.id}"){email role{name}}}`,
    `{users_by_id(id:"${UNKNOWN_ID}"){email}}`,
    '{users(sort:["email"],limit:2){email}}',
    '{roles(sort:["name"]){name}}',
    `{roles_by_id(id:"${role.id}"){name}}`,
    'query a{server_ping} query b{server_ping}',
    '{__typename}',
    '{users_me{role{name}}}',
    'mutation{auth_password_request(email:"nobody@example.com")}',
    '{users_me{token tfa_secret password}}',
  ),
);

/** Requests for /graphql/system. */
export const graphql = oneof(
  some(
    6,
    step(
      'graphql',
      'POST',
      '/graphql/system',
      graphqlQuery.map((query) => ({ query })),
      oneof(alone, proof),
    ),
  ),
  some(
    1,
    step(
      'graphql',
      'POST',
      '/graphql/system',
      constantFrom<unknown>(
        {},
        { query: 1 },
        { query: null },
        [],
        { query: 'query a($x:String!){users_by_id(id:$x){id}}' },
        { query: '{server_ping}', variables: 'x' },
        { query: 'query a{server_ping} query b{server_ping}', operationName: 'b' },
      ),
      proof,
    ),
  ),
  some(
    1,
    step(
      'graphql',
      'GET',
      constantFrom('?query={server_ping}', '', '?query=mutation{auth_logout}').map((end) => `/graphql/system${end}`),
    ),
  ),
);
