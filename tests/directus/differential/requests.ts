import fc, { type Arbitrary } from 'fast-check';
import { freshIds, manager, PASSWORD, reader, role, suspended, UNKNOWN_ID } from './people.js';
import type { Step } from './step.js';

/* Requests over what the reference server answers, good and malformed. */

const { constant, constantFrom, oneof, record, tuple } = fc;
const some = <Value>(weight: number, arbitrary: Arbitrary<Value>): { weight: number; arbitrary: Arbitrary<Value> } => ({
  weight,
  arbitrary,
});
/** Most of the time the first, now and then the other. */
const mostly = <One, Other>(usual: Arbitrary<One>, other: Arbitrary<Other>): Arbitrary<One | Other> =>
  oneof<fc.WeightedArbitrary<One | Other>[]>(some<One | Other>(5, usual), some<One | Other>(1, other));
const optional = <Value>(arbitrary: Arbitrary<Value>): Arbitrary<Value | undefined> =>
  oneof<Arbitrary<Value | undefined>[]>(constant(undefined), arbitrary);

/** JSON of any type. */
const junk: Arbitrary<unknown> = constantFrom<unknown>(
  null,
  true,
  false,
  0,
  1,
  12.5,
  '',
  ' ',
  'x',
  'ü',
  [],
  ['a'],
  [1],
  {},
  { a: 1 },
);
const number = fc.nat(3);

const email = oneof(
  some(6, constantFrom(manager.email, reader.email, suspended.email, 'nobody@example.com', 'READER@example.com')),
  some(
    2,
    constantFrom(
      'x',
      'a@b',
      'a@b.c',
      ' reader@example.com',
      'a@b.test',
      'a@b.local',
      'ä@example.com',
      'a@exämple.com',
      'a.@b.com',
      'a@b.museum',
      'a b@c.com',
      '"a"@b.com',
      'a@b.zzzz',
      'a@b..com',
      'a+b@c.org',
    ),
  ),
  some(1, junk),
);
const password = oneof(some(6, constant(PASSWORD)), some(2, constantFrom('wrong', 'x'.repeat(100))), some(1, junk));
const mode = oneof(
  some(4, constantFrom('json', 'cookie', 'session')),
  some(1, constantFrom('bogus', 'JSON', 'Session')),
  some(1, junk),
);
const otp = oneof(constantFrom('123456', '000000'), junk);

const refreshToken = oneof(
  some(
    6,
    number.map((n) => `{refresh:${n}}`),
  ),
  some(1, constantFrom('bogus', '{access:0}', '{session:0}', reader.token)),
  some(1, junk),
);

const header = oneof(
  some(4, constantFrom(`Bearer ${manager.token}`)),
  some(
    4,
    number.map((n) => `Bearer {access:${n}}`),
  ),
  some(2, constantFrom(`Bearer ${reader.token}`)),
  some(
    1,
    constantFrom(
      `Bearer ${suspended.token}`,
      'Bearer bogus',
      'Bearer a.b.c',
      'Bearer ',
      'Basic YTpi',
      'bearer {access:0}',
      'Bearer {access:0}x',
      'Bearer {refresh:0}',
      'Bearer  {access:0}',
      '{access:0}',
    ),
  ),
  some(
    1,
    number.map((n) => `Bearer {session:${n}}`),
  ),
);
const sessionCookie = oneof(
  some(
    6,
    number.map((n) => `directus_session_token={session:${n}}`),
  ),
  some(
    2,
    constantFrom(
      'directus_session_token=bogus',
      'directus_session_token=',
      'directus_session_token={access:0}',
      'directus_session_token={session:0}x',
      `directus_session_token=${reader.token}`,
      'directus_session_token="{session:0}"',
      'directus_session_token={session:0}; directus_session_token=bogus',
      'directus_session_token',
    ),
  ),
);
const refreshCookie = oneof(
  some(
    6,
    number.map((n) => `directus_refresh_token={refresh:${n}}`),
  ),
  some(
    1,
    constantFrom('directus_refresh_token=bogus', 'directus_refresh_token=', 'a=b; directus_refresh_token={refresh:0}'),
  ),
);
const cookie = oneof(
  some(3, sessionCookie),
  some(3, refreshCookie),
  some(
    1,
    tuple(sessionCookie, refreshCookie).map((both) => both.join('; ')),
  ),
);

/** How a request is authenticated: mostly by the header. */
const proof: Arbitrary<Partial<Step>> = oneof(
  some(
    12,
    header.map((bearer) => ({ bearer })),
  ),
  some(
    2,
    sessionCookie.map((sent) => ({ cookie: sent })),
  ),
  some(2, constant({})),
  some(
    1,
    tuple(header, cookie).map(([bearer, sent]) => ({ bearer, cookie: sent })),
  ),
);
/** That of somebody who may do everything. */
const administrator: Arbitrary<Partial<Step>> = oneof(
  some(9, constant({ bearer: `Bearer ${manager.token}` })),
  some(1, proof),
);

/** A record without the members that are undefined. */
const body = (shape: Readonly<Record<string, Arbitrary<unknown>>>): Arbitrary<unknown> =>
  record(shape).map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

/** Query parameters, percent-encoded. */
const query = (shape: Readonly<Record<string, Arbitrary<string | undefined>>>): Arbitrary<string> =>
  record(shape).map((given) => {
    const pairs = Object.entries(given).filter(([, value]) => value !== undefined);
    return pairs.length === 0
      ? ''
      : `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&')}`;
  });

function step(
  kind: string,
  method: string,
  path: Arbitrary<string> | string,
  sent: Arbitrary<unknown> = constant(undefined),
  by: Arbitrary<Partial<Step>> = proof,
): Arbitrary<Step> {
  return record({ path: typeof path === 'string' ? constant(path) : path, sent, by }).map(
    ({ path: to, sent: given, by: whom }) => ({
      kind,
      method,
      path: to,
      ...(given !== undefined && { body: given }),
      ...whom,
    }),
  );
}

const alone: Arbitrary<Partial<Step>> = oneof(
  some(8, constant({})),
  some(
    3,
    cookie.map((sent) => ({ cookie: sent })),
  ),
  some(1, proof),
);

const extra = oneof(some(8, constant({})), some(1, constant({ extra: 1 })));
const login = tuple(body({ email, password, mode: optional(mode), otp: mostly(constant(undefined), otp) }), extra).map(
  ([given, more]) => ({ ...(given as object), ...more }),
);
const goodLogin = record({
  email: constantFrom(manager.email, reader.email),
  mode: constantFrom('json', 'json', 'cookie', 'session'),
}).map((given) => ({ ...given, password: PASSWORD }));
const exchange = body({ refresh_token: optional(refreshToken), mode: optional(mode) });
const notAnObject = constantFrom<unknown>([], [1], '{bad', '"x"', '', 'null', '1');

const authentication = oneof(
  some(5, step('login', 'POST', '/auth/login', goodLogin, constant({}))),
  some(4, step('login', 'POST', '/auth/login', mostly(login, notAnObject), alone)),
  some(5, step('refresh', 'POST', '/auth/refresh', mostly(exchange, notAnObject), alone)),
  some(2, step('logout', 'POST', '/auth/logout', mostly(exchange, notAnObject), alone)),
  some(
    1,
    step(
      'password request',
      'POST',
      '/auth/password/request',
      body({ email: optional(email), reset_url: mostly(constant(undefined), junk) }),
      alone,
    ),
  ),
  some(
    1,
    step(
      'password reset',
      'POST',
      '/auth/password/reset',
      body({
        token: optional(oneof(constantFrom('{access:0}', 'bogus', 'a.b.c'), junk)),
        password: optional(password),
      }),
      alone,
    ),
  ),
);

const userFields = [
  'id',
  'email',
  'first_name',
  'status',
  'role',
  'token',
  'password',
  'tfa_secret',
  'last_access',
  'tags',
  'policies',
  'auth_data',
  'external_identifier',
  'provider',
];
const fieldList = oneof(
  some(
    4,
    fc.subarray(userFields, { minLength: 1, maxLength: 3 }).map((names) => names.join(',')),
  ),
  some(2, constantFrom('*', 'id', '', 'nope', 'id,nope', 'email,*', 'id,', ' id', '*.*', 'role.nope')),
);
const roleFields = oneof(
  some(
    4,
    fc
      .subarray(['id', 'name', 'icon', 'description', 'parent', 'children', 'policies', 'users'], {
        minLength: 1,
        maxLength: 3,
      })
      .map((names) => names.join(',')),
  ),
  some(1, constantFrom('*', '', 'nope', 'id,nope')),
);
const operator = constantFrom(
  '_eq',
  '_neq',
  '_in',
  '_nin',
  '_null',
  '_nnull',
  '_contains',
  '_starts_with',
  '_ends_with',
  '_icontains',
  '_empty',
  '_nempty',
  '_gt',
  '_lt',
  '_between',
  '_nope',
);
const filter = (fields: readonly string[]): Arbitrary<string> =>
  oneof(
    some(
      5,
      tuple(
        constantFrom(...fields),
        operator,
        oneof(
          constantFrom<unknown>(
            reader.email,
            'active',
            'Reader',
            'reader',
            true,
            false,
            ['active'],
            'active,suspended',
            1,
            null,
          ),
        ),
      ).map(([field, by, operand]) => JSON.stringify({ [field]: { [by]: operand } })),
    ),
    some(
      1,
      constantFrom(
        '',
        'x',
        '{}',
        '[]',
        'null',
        '1',
        '{"nope":1}',
        '{"_and":[]}',
        '{"_or":[{"email":{"_eq":"reader@example.com"}},{"status":{"_eq":"suspended"}}]}',
        '{"_and":{}}',
        '{"email":"reader@example.com"}',
      ),
    ),
  );
const limit = constantFrom('1', '2', '0', '-1', '-2', '1.5', 'x', '', '1000');
const listQuery = (
  fields: Arbitrary<string>,
  filtered: readonly string[],
  sort: Arbitrary<string>,
): Arbitrary<string> =>
  oneof(
    query({
      fields: mostly(fields, constant(undefined)),
      sort,
      limit: optional(limit),
      offset: mostly(constant(undefined), limit),
      page: mostly(constant(undefined), limit),
    }),
    query({ fields: optional(fields), filter: filter(filtered) }),
    query({ fields: optional(fields), search: constantFrom('reader', 'READER', '', 'static', 'x', reader.id), sort }),
    query({
      fields: optional(fields),
      limit: limit.filter((given) => !/^[12]/.test(given)),
      meta: optional(constantFrom('*', 'total_count', 'filter_count', 'x')),
    }),
  );
const userList = listQuery(
  fieldList,
  [
    'email',
    'status',
    'first_name',
    'token',
    'password',
    'tfa_secret',
    'tags',
    'last_access',
    'email_notifications',
    'nope',
  ],
  constantFrom('email', '-email', 'status,email', 'id', 'nope', '-nope', 'email,email'),
);
const roleList = listQuery(
  roleFields,
  ['name', 'icon', 'description', 'parent', 'nope'],
  constantFrom('name', '-name', 'id', 'nope'),
);

const userId = oneof(
  some(5, constantFrom(manager.id, reader.id, suspended.id, freshIds[0] as string)),
  some(1, constantFrom(UNKNOWN_ID, 'x', '1')),
);
const roleId = oneof(
  some(5, constantFrom(role.id, freshIds[0] as string, '{adminRole}')),
  some(1, constantFrom(UNKNOWN_ID, 'x')),
);
const pathTo = (begin: string, id: Arbitrary<string>, end: Arbitrary<string>): Arbitrary<string> =>
  tuple(id, end).map(([which, rest]) => `${begin}/${which}${rest}`);
const answered = (fields: Arbitrary<string>): Arbitrary<string> =>
  query({ fields: mostly(fields, constant(undefined)) });

const userMembers = {
  email: optional(email),
  password: mostly(constant(undefined), password),
  first_name: mostly(constant(undefined), mostly(constant('Ann'), junk)),
  status: mostly(constant(undefined), oneof(constantFrom('active', 'suspended', 'draft', 'nope'), junk)),
  role: mostly(constant(undefined), oneof(constantFrom(role.id, UNKNOWN_ID, 'x'), junk)),
  token: mostly(constant(undefined), oneof(constantFrom('a-static-token', reader.token), junk)),
  tags: mostly(constant(undefined), junk),
  email_notifications: mostly(constant(undefined), junk),
  title: mostly(constant(undefined), junk),
  tfa_secret: oneof(some(12, constant(undefined)), some(1, junk)),
  language: mostly(constant(undefined), junk),
  auth_data: oneof(some(8, constant(undefined)), some(1, junk)),
  theme_light_overrides: oneof(some(8, constant(undefined)), some(1, junk)),
  nope: oneof(some(12, constant(undefined)), some(1, junk)),
};
const changes = mostly(
  fc
    .subarray(Object.keys(userMembers), { maxLength: 3 })
    .chain((names) => body(Object.fromEntries(Object.entries(userMembers).filter(([name]) => names.includes(name))))),
  oneof(body(userMembers), constantFrom<unknown>([], {}, 'null', '1')),
);
const newUser = tuple(changes, constantFrom(...freshIds)).map(([given, id]) =>
  typeof given === 'object' && !Array.isArray(given) ? { id, ...given } : given,
);
const keys = oneof(
  some(5, fc.subarray([reader.id, suspended.id, UNKNOWN_ID])),
  some(1, constantFrom<unknown>(['x'], 'x', null, [1], {})),
);
const byEmail = constant({ filter: { email: { _eq: reader.email } } });
const several = oneof(
  body({ keys: optional(keys), data: mostly(changes, optional(junk)) }),
  body({ query: byEmail, data: changes }),
  tuple(changes, userId).map(([given, id]) => [{ id, ...(given as object) }]),
  constantFrom<unknown>([], {}, [{ first_name: 'x' }], [1]),
);
const searched = mostly(
  body({
    query: mostly(
      body({
        fields: optional(constantFrom<unknown>(['email'], ['*'], ['nope'], 'email')),
        filter: optional(constantFrom<unknown>({ email: { _eq: reader.email } }, 'x', {}, { nope: 1 })),
        sort: constantFrom<unknown>(['email'], '-email'),
        limit: optional(constantFrom<unknown>(1, -1, 'x', null)),
      }),
      junk,
    ),
  }),
  constantFrom<unknown>({}, []),
);

const users = oneof(
  some(
    3,
    step(
      'read me',
      'GET',
      query({ fields: optional(fieldList) }).map((end) => `/users/me${end}`),
    ),
  ),
  some(
    1,
    step(
      'change me',
      'PATCH',
      answered(fieldList).map((end) => `/users/me${end}`),
      changes,
    ),
  ),
  some(
    4,
    step(
      'list users',
      'GET',
      userList.map((end) => `/users${end}`),
      undefined,
      administrator,
    ),
  ),
  some(
    2,
    step(
      'search users',
      'SEARCH',
      constantFrom('/users', '/users?sort=email', '/users?limit=x'),
      searched,
      administrator,
    ),
  ),
  some(
    3,
    step(
      'create user',
      'POST',
      answered(fieldList).map((end) => `/users${end}`),
      mostly(newUser, oneof(fc.array(newUser, { maxLength: 2 }), changes, constantFrom<unknown>([], {}, [1]))),
      administrator,
    ),
  ),
  some(
    2,
    step(
      'change users',
      'PATCH',
      answered(fieldList).map((end) => `/users${end}`),
      several,
      administrator,
    ),
  ),
  some(
    1,
    step(
      'remove users',
      'DELETE',
      '/users',
      oneof(keys, body({ keys }), body({ query: byEmail }), constantFrom<unknown>({}, [])),
      administrator,
    ),
  ),
  some(2, step('read user', 'GET', pathTo('/users', userId, answered(fieldList)), undefined, administrator)),
  some(4, step('change user', 'PATCH', pathTo('/users', userId, answered(fieldList)), changes, administrator)),
  some(1, step('remove user', 'DELETE', pathTo('/users', userId, constant('')), undefined, administrator)),
);

const roleMembers = mostly(
  body({
    name: optional(mostly(constant('Writer'), junk)),
    icon: mostly(constant(undefined), junk),
    description: mostly(constant(undefined), junk),
    parent: mostly(constant(undefined), oneof(constantFrom(role.id, UNKNOWN_ID), junk)),
    nope: oneof(some(9, constant(undefined)), some(1, junk)),
  }),
  constantFrom<unknown>({}, [], 'null'),
);
const newRole = tuple(roleMembers, constantFrom(...freshIds)).map(([given, id]) =>
  typeof given === 'object' && !Array.isArray(given) ? { id, ...given } : given,
);
const noAdminRole = oneof(
  some(5, constantFrom(role.id, freshIds[0] as string)),
  some(1, constantFrom(UNKNOWN_ID, 'x')),
);
const roleKeys = oneof(some(5, fc.subarray([role.id, UNKNOWN_ID])), some(1, constantFrom<unknown>(['x'], 'x', null)));
const roles = oneof(
  some(
    3,
    step(
      'list roles',
      'GET',
      roleList.map((end) => `/roles${end}`),
      undefined,
      administrator,
    ),
  ),
  some(
    1,
    step(
      'search roles',
      'SEARCH',
      '/roles?sort=name',
      mostly(
        body({ query: body({ fields: constantFrom<unknown>(['name'], ['nope']), sort: constant(['name']) }) }),
        junk,
      ),
      administrator,
    ),
  ),
  some(
    2,
    step(
      'create role',
      'POST',
      answered(roleFields).map((end) => `/roles${end}`),
      mostly(newRole, oneof(fc.array(newRole, { maxLength: 2 }), constant([]))),
      administrator,
    ),
  ),
  some(2, step('read role', 'GET', pathTo('/roles', roleId, answered(roleFields)), undefined, administrator)),
  some(
    2,
    step('change role', 'PATCH', pathTo('/roles', noAdminRole, answered(roleFields)), roleMembers, administrator),
  ),
  some(
    1,
    step(
      'change roles',
      'PATCH',
      answered(roleFields).map((end) => `/roles${end}`),
      oneof(
        body({ keys: optional(roleKeys), data: optional(roleMembers) }),
        constantFrom<unknown>([], {}),
        tuple(roleMembers, noAdminRole).map(([given, id]) => [{ id, ...(given as object) }]),
      ),
      administrator,
    ),
  ),
  some(1, step('remove role', 'DELETE', pathTo('/roles', noAdminRole, constant('')), undefined, administrator)),
  some(
    1,
    step(
      'remove roles',
      'DELETE',
      '/roles',
      oneof(roleKeys, body({ keys: roleKeys }), constantFrom<unknown>({}, [])),
      administrator,
    ),
  ),
);

const accounts = oneof(
  step('tfa generate', 'POST', '/users/me/tfa/generate', body({ password: optional(password) })),
  step(
    'tfa enable',
    'POST',
    '/users/me/tfa/enable',
    body({ secret: optional(oneof(constant('JBSWY3DPEHPK3PXP'), junk)), otp: optional(otp) }),
  ),
  step('tfa disable', 'POST', '/users/me/tfa/disable', body({ otp: optional(otp) })),
  step('tfa disable for', 'POST', pathTo('/users', userId, constant('/tfa/disable')), undefined, administrator),
  step(
    'invite',
    'POST',
    '/users/invite',
    mostly(
      body({
        email: optional(email),
        role: optional(oneof(constantFrom(role.id, UNKNOWN_ID), junk)),
        invite_url: oneof(some(9, constant(undefined)), some(1, junk)),
      }),
      notAnObject,
    ),
    administrator,
  ),
  step(
    'accept invite',
    'POST',
    '/users/invite/accept',
    body({ token: optional(oneof(constantFrom('bogus', '{access:0}'), junk)), password: optional(password) }),
    alone,
  ),
  step(
    'register',
    'POST',
    '/users/register',
    mostly(
      body({
        email: optional(email),
        password: optional(password),
        first_name: mostly(constant(undefined), junk),
        verification_url: oneof(some(9, constant(undefined)), some(1, junk)),
      }),
      notAnObject,
    ),
    alone,
  ),
  step(
    'settings',
    'PATCH',
    '/settings?fields=public_registration,public_registration_verify_email,auth_login_attempts,public_registration_role',
    body({
      public_registration: optional(constantFrom<unknown>(true, false, null)),
      public_registration_verify_email: mostly(constant(undefined), constantFrom<unknown>(true, false, null)),
      public_registration_role: mostly(constant(undefined), constantFrom<unknown>(role.id, null, UNKNOWN_ID)),
      auth_login_attempts: mostly(constant(undefined), constantFrom<unknown>(1, null, 25)),
    }),
    administrator,
  ),
  step(
    'settings',
    'GET',
    constantFrom('/settings?fields=public_registration', '/settings?fields=nope'),
    undefined,
    proof,
  ),
);

const various = oneof(
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
    '{users_aggregated{countAll count{id email nope}}}',
    '{users_aggregated(groupBy:["status"]){group countAll count{id} countDistinct{status}}}',
    '{users(filter:{email:{_eq:"reader@example.com"}}){id role{name users{email}} last_access_func{year}}}',
    '{users(filter:{role:{name:{_eq:"Reader"}}},sort:["email"]){email}}',
    '{roles(sort:["name"]){name users(sort:["email"],limit:1){email} users_func{count}}}',
    '{server_info{project{project_name public_registration} queryLimit{default max}}}',
    '{settings{project_name auth_login_attempts}}',
    '{files{title} folders{name} notifications{subject} presets{bookmark} translations{key}}',
    '{collections_by_name(name:"directus_users"){collection meta{hidden} schema{name}}}',
    '{fields_by_name(collection:"directus_users",field:"email"){field type}}',
    '{roles_me{name}}',
    'mutation{update_users_me(data:{title:"T"}){title}}',
    'mutation{update_users_me(data:{email:"x"}){email}}',
    `mutation{create_users_item(data:{id:"${freshIds[0]}",email:"fresh@example.com",title:"t"}){email title}}`,
    `mutation{create_users_item(data:{id:"${freshIds[0]}",email:"reader@example.com"}){email}}`,
    `mutation{create_users_items(data:[{id:"${freshIds[1]}",email:"f1@example.com"}]){email status}}`,
    `mutation{update_users_item(id:"${reader.id}",data:{first_name:"G"}){first_name}}`,
    `mutation{update_users_item(id:"${UNKNOWN_ID}",data:{first_name:"G"}){first_name}}`,
    `mutation{update_users_items(ids:["${reader.id}","${suspended.id}"],data:{title:"x"}){title}}`,
    `mutation{update_users_batch(data:[{id:"${reader.id}",title:"z"}]){title}}`,
    `mutation{update_users_item(id:"${reader.id}",data:{role:"${role.id}"}){id}}`,
    `mutation{delete_users_item(id:"${suspended.id}"){id}}`,
    `mutation{delete_users_items(ids:["${UNKNOWN_ID}"]){ids}}`,
    `mutation{create_roles_item(data:{id:"${freshIds[2]}",name:"New"}){name icon}}`,
    `mutation{update_roles_item(id:"${role.id}",data:{description:"d"}){description}}`,
    'mutation{create_roles_item(data:{icon:"x"}){name}}',
    'mutation{users_invite_accept(token:"x",password:"secret123")}',
    'mutation{users_register_verify(token:"x")}',
    'mutation{users_me_tfa_enable(secret:"AAAA",otp:"000000")}',
    'mutation{users_me_tfa_generate(password:"wrong"){secret}}',
    'mutation{users_me_tfa_disable(otp:"000000")}',
    'mutation{utils_cache_clear}',
    'mutation{utils_sort(collection:"nope",item:1,to:2)}',
  ),
);
const graphql = oneof(
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

/** What there is of collections, of those of the system: nothing is created, both servers go on with what they have. */
const schema = oneof(
  step(
    'schema',
    'GET',
    constantFrom(
      ...['/collections/directus_users', '/collections/nope', '/fields/directus_users', '/fields/directus_users/email'],
      ...['/fields/directus_users/nope', '/fields/nope', '/fields/nope/x', '/relations/directus_users'],
      ...['/relations/directus_users/role', '/relations/directus_users/nope', '/relations/nope', '/extensions'],
      ...['/settings?fields=project_name', '/settings?fields=nope', '/dashboards', '/panels', '/flows', '/shares'],
      ...['/items/nope?alias[a]=b', '/users?alias[mail]=email&fields=mail&sort=email', '/users?alias=x'],
    ),
  ),
  step(
    'schema',
    'POST',
    '/collections',
    constantFrom<unknown>({}, { collection: 'directus_x', schema: {} }, { collection: 'x' }),
  ),
  step(
    'schema',
    'POST',
    '/fields/nope',
    constantFrom<unknown>({}, { field: 'x', type: 'integer' }, { type: 'string' }),
  ),
  step('schema', 'POST', '/relations', constantFrom<unknown>({}, { collection: 'nope' }, { field: 'x' })),
  step('schema', 'DELETE', constantFrom('/collections/nope', '/fields/nope/x', '/relations/nope/x')),
  step('sort', 'POST', '/utils/sort/nope', constantFrom<unknown>({}, { item: 1 }, { item: 1, to: 2 })),
  step('dashboards', 'POST', constantFrom('/dashboards', '/panels'), constantFrom<unknown>({}, { icon: 'x' })),
);

/** A sequence of requests, in which somebody logs in at first. */
export const sequences: Arbitrary<readonly Step[]> = tuple(
  step('login', 'POST', '/auth/login', goodLogin, constant({})),
  fc.array(
    oneof(
      some(8, authentication),
      some(8, users),
      some(4, roles),
      some(2, accounts),
      some(2, various),
      some(6, graphql),
      some(3, schema),
    ),
    { minLength: 8, maxLength: 24 },
  ),
).map(([first, others]) => [first, ...others]);
