import {
  admin,
  adminAccess,
  adminSession,
  credentials,
  expired,
  payload,
  refreshSet,
  sessionSet,
  type Exchange,
  type ObservedError,
} from './exchange.js';

const TOKENS = '{access_token refresh_token expires}';
const jsonTokens = { access_token: '<jwt>', refresh_token: '<64>', expires: '900000' };
const cookieTokens = { access_token: '<jwt>', refresh_token: null, expires: '900000' };

const login = (given: string, fields = TOKENS): string =>
  `mutation{auth_login(email:"${admin.email}",password:"${admin.password}"${given})${fields}}`;

/** A field that was refused: the error stands beside the null, its code comes first. */
const refusedField = (field: string, [code, message, details]: ObservedError): object => ({
  data: { [field]: null },
  errors: [{ message, extensions: { code, ...details }, locations: [{ line: 1, column: 10 }], path: [field] }],
});

/** What is wrong with the query itself. */
const invalid = (message: string, column: number): ObservedError => [
  'GRAPHQL_VALIDATION',
  'GraphQL validation error.',
  { errors: [{ message, locations: [{ line: 1, column }] }] },
];

const system = (name: string, query: string, how: Omit<Exchange, 'name' | 'request' | 'body'>): Exchange => ({
  name: `GraphQL: ${name}`,
  request: 'POST /graphql/system',
  body: { query },
  ...how,
});

/** The system API by GraphQL. */
export const graphqlExchanges: readonly Exchange[] = [
  system('login', login(''), {
    status: 200,
    data: { auth_login: jsonTokens },
    claims: adminAccess,
    remember: { graphqlRefresh: 'auth_login.refresh_token' },
  }),
  system('login, mode session', login(',mode:session'), {
    status: 200,
    data: { auth_login: { access_token: null, refresh_token: null, expires: '86400000' } },
    claims: adminSession,
    cookies: [sessionSet],
  }),
  system('login, wrong password', `mutation{auth_login(email:"${admin.email}",password:"x"){access_token}}`, {
    status: 200,
    json: refusedField('auth_login', credentials),
  }),
  system('nobody: own record', '{users_me{id}}', {
    status: 400,
    error: invalid('Cannot query field "users_me" on type "Query".', 2),
  }),
  system('own record', '{users_me{id email}}', {
    bearer: '{access}',
    status: 200,
    data: { users_me: { id: '{admin}', email: admin.email } },
  }),
  system('refresh', `mutation{auth_refresh(refresh_token:"{graphqlRefresh}")${TOKENS}}`, {
    status: 200,
    data: { auth_refresh: jsonTokens },
    claims: adminAccess,
    remember: { graphqlRefresh2: 'auth_refresh.refresh_token' },
  }),
  system('refresh with the old one', `mutation{auth_refresh(refresh_token:"{graphqlRefresh}")${TOKENS}}`, {
    status: 200,
    json: refusedField('auth_refresh', credentials),
  }),
  system('logout', 'mutation{auth_logout(refresh_token:"{graphqlRefresh2}")}', {
    status: 200,
    data: { auth_logout: true },
  }),
  system('refresh after logout', 'mutation{auth_refresh(refresh_token:"{graphqlRefresh2}"){access_token}}', {
    status: 200,
    json: refusedField('auth_refresh', credentials),
  }),
  system('login, mode cookie', login(',mode:cookie'), {
    status: 200,
    data: { auth_login: cookieTokens },
    claims: adminAccess,
    cookies: [refreshSet],
    remember: { graphqlCookie: 'cookie' },
  }),
  system('refresh, cookie alone', `mutation{auth_refresh${TOKENS}}`, {
    cookie: '{graphqlCookie}',
    status: 200,
    json: refusedField('auth_refresh', payload('The refresh token is required in either the payload or cookie')),
  }),
  system('refresh, mode cookie', `mutation{auth_refresh(mode:cookie)${TOKENS}}`, {
    cookie: '{graphqlCookie}',
    status: 200,
    data: { auth_refresh: cookieTokens },
    claims: adminAccess,
    cookies: [refreshSet],
  }),
  system('expired token', '{users_me{id}}', { bearer: '{expired}', status: 401, error: expired }),
  system('made-up token', '{users_me{id}}', { bearer: 'garbage', status: 401, error: credentials }),
  {
    name: 'GraphQL: token in query',
    request: 'POST /graphql/system?access_token={access}',
    body: { query: '{users_me{id}}' },
    status: 200,
    data: { users_me: { id: '{admin}' } },
  },
  system(
    'two logins in one request',
    `mutation{a:auth_login(email:"${admin.email}",password:"x"){access_token} b:auth_login(email:"${admin.email}",password:"y"){access_token}}`,
    { status: 400, error: invalid('"auth_login" can only be used once per request', 77) },
  ),
];
