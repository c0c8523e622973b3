import fc, { type Arbitrary } from 'fast-check';
import { policy } from '../../content.js';
import { freshIds, reader, role, UNKNOWN_ID } from '../../people.js';
import { mostly, optional, some } from '../combinators.js';
import { administrator, proof } from '../credentials.js';
import { junk } from '../junk.js';
import { answered, body, pathTo, query, step } from '../request.js';

const { constant, constantFrom, oneof, tuple } = fc;

const rarely = (arbitrary: Arbitrary<unknown>): Arbitrary<unknown> =>
  oneof(some(6, constant(undefined)), some(1, arbitrary));
const named = (names: readonly string[]): Arbitrary<string> =>
  oneof(
    some(
      5,
      fc.subarray([...names], { minLength: 1, maxLength: 3 }).map((each) => each.join(',')),
    ),
    some(1, constant('nope')),
  );

const policyFields = named([
  'id',
  'name',
  'icon',
  'description',
  'enforce_tfa',
  'ip_access',
  'users',
  'roles',
  'permissions',
]);
const policyMembers = body({
  name: mostly(constant('Policy'), optional(junk)),
  icon: rarely(junk),
  description: rarely(junk),
  enforce_tfa: rarely(constantFrom<unknown>(true, false, null)),
  ip_access: rarely(constantFrom<unknown>(null, ['127.0.0.1'])),
  nope: rarely(junk),
});
const policyId = oneof(some(5, constantFrom(...freshIds)), some(1, constantFrom(UNKNOWN_ID, 'x')));
const withId = (given: Arbitrary<unknown>, ids: readonly unknown[]): Arbitrary<unknown> =>
  tuple(given, constantFrom(...ids)).map(([one, id]) => ({ id, ...(one as object) }));

const accessMembers = body({
  policy: mostly(constantFrom<unknown>(...freshIds, policy.id), optional(constantFrom<unknown>(UNKNOWN_ID, null))),
  role: optional(constantFrom<unknown>(role.id, UNKNOWN_ID, null)),
  user: rarely(constantFrom<unknown>(reader.id, UNKNOWN_ID, null)),
  sort: rarely(constantFrom<unknown>(1, null)),
});
const accessFields = named(['id', 'policy', 'policy.name', 'role', 'role.name', 'user', 'sort']);

const permissionMembers = body({
  policy: mostly(constant(policy.id), optional(constant(null))),
  collection: mostly(constantFrom('articles', 'authors', 'directus_users'), optional(junk)),
  action: mostly(constantFrom('read', 'create', 'update', 'delete'), optional(junk)),
  fields: mostly(constant(['*']), constant(undefined)),
  permissions: optional(constantFrom<unknown>({}, null)),
});
const permissionFields = named([
  'id',
  'policy',
  'policy.name',
  'collection',
  'action',
  'fields',
  'permissions',
  'presets',
]);
const permissionIds = [201, 202, 203];
const permissionId = oneof(some(5, constantFrom(...permissionIds.map(String))), some(1, constantFrom('x', '999')));

/** Policies, who has them, and what they allow are read and written. */
export const policies = oneof(
  some(
    3,
    step(
      'create policy',
      'POST',
      answered(policyFields).map((end) => `/policies${end}`),
      withId(policyMembers, freshIds),
      administrator,
    ),
  ),
  some(
    1,
    step('change policy', 'PATCH', pathTo('/policies', policyId, answered(policyFields)), policyMembers, administrator),
  ),
  some(1, step('read policy', 'GET', pathTo('/policies', policyId, answered(policyFields)), undefined, administrator)),
  some(
    1,
    step(
      'list policies',
      'GET',
      query({ fields: policyFields, sort: constant('name,id') }).map((end) => `/policies${end}`),
      undefined,
      administrator,
    ),
  ),
  some(1, step('remove policy', 'DELETE', pathTo('/policies', policyId, constant('')), undefined, administrator)),
  some(
    2,
    step(
      'create access',
      'POST',
      answered(accessFields).map((end) => `/access${end}`),
      accessMembers,
      administrator,
    ),
  ),
  some(
    1,
    step(
      'list access',
      'GET',
      query({ fields: accessFields }).map((end) => `/access${end}`),
      undefined,
      administrator,
    ),
  ),
  some(
    3,
    step(
      'create permission',
      'POST',
      answered(permissionFields).map((end) => `/permissions${end}`),
      withId(permissionMembers, permissionIds),
      administrator,
    ),
  ),
  some(
    1,
    step(
      'change permission',
      'PATCH',
      pathTo('/permissions', permissionId, answered(permissionFields)),
      permissionMembers,
      administrator,
    ),
  ),
  some(
    1,
    step(
      'read permission',
      'GET',
      pathTo('/permissions', permissionId, answered(permissionFields)),
      undefined,
      administrator,
    ),
  ),
  some(
    1,
    step(
      'list permissions',
      'GET',
      query({ fields: permissionFields, sort: constant('id'), filter: constant('{"id":{"_gt":200}}') }).map(
        (end) => `/permissions${end}`,
      ),
      undefined,
      administrator,
    ),
  ),
  some(
    1,
    step('remove permission', 'DELETE', pathTo('/permissions', permissionId, constant('')), undefined, administrator),
  ),
  some(
    1,
    step(
      'own rights',
      'GET',
      constantFrom('/permissions/me', '/policies/me/globals', '/roles/me', '/roles/me?fields=name'),
      undefined,
      proof,
    ),
  ),
);
