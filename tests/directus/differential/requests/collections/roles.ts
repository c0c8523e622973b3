import fc from 'fast-check';
import { freshIds, role, UNKNOWN_ID } from '../../people.js';
import { mostly, optional, some } from '../combinators.js';
import { administrator } from '../credentials.js';
import { junk } from '../junk.js';
import { listQuery } from '../lists.js';
import { answered, body, pathTo, step } from '../request.js';

const { constant, constantFrom, oneof, tuple } = fc;

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
const roleList = listQuery(
  roleFields,
  ['name', 'icon', 'description', 'parent', 'nope'],
  constantFrom('name', '-name', 'id', 'nope'),
);

const roleId = oneof(
  some(5, constantFrom(role.id, freshIds[0] as string, '{adminRole}')),
  some(1, constantFrom(UNKNOWN_ID, 'x')),
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

/** Roles are read and written. */
export const roles = oneof(
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
