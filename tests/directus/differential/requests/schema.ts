import fc from 'fast-check';
import { step } from './request.js';

const { constantFrom, oneof } = fc;

/** What there is of collections, of those of the system: nothing is created, both servers go on with what they have. */
export const schema = oneof(
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
