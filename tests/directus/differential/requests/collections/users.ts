import fc from 'fast-check';
import { freshIds, manager, reader, role, suspended, UNKNOWN_ID } from '../../people.js';
import { mostly, optional, some } from '../combinators.js';
import { administrator, email, password } from '../credentials.js';
import { junk } from '../junk.js';
import { listQuery } from '../lists.js';
import { answered, body, pathTo, query, step } from '../request.js';

const { constant, constantFrom, oneof, tuple } = fc;

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
export const userId = oneof(
  some(5, constantFrom(manager.id, reader.id, suspended.id, freshIds[0] as string)),
  some(1, constantFrom(UNKNOWN_ID, 'x', '1')),
);
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

/** Users are read and written. */
export const users = oneof(
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
