/*
 * What stands on both servers before each sequence, beside the administrator of the settings. The ids are given, so that lists come in
 * the same order.
 */

export const PASSWORD = 'secret123';

/** Ids that a sequence may create records with. */
export const freshIds = [1, 2, 3].map((n) => `f0000000-0000-4000-8000-00000000000${n}`);
export const UNKNOWN_ID = 'ffffffff-0000-4000-8000-000000000009';

export const role = { id: 'aaaaaaaa-0000-4000-8000-000000000001', name: 'Reader' };

export const manager = {
  id: 'bbbbbbbb-0000-4000-8000-000000000001',
  email: 'manager@example.com',
  password: PASSWORD,
  token: 'manager-static-token',
};
export const reader = {
  id: 'bbbbbbbb-0000-4000-8000-000000000002',
  email: 'reader@example.com',
  password: PASSWORD,
  role: role.id,
  token: 'reader-static-token',
};
export const suspended = {
  id: 'bbbbbbbb-0000-4000-8000-000000000003',
  email: 'suspended@example.com',
  password: PASSWORD,
  status: 'suspended',
  token: 'suspended-static-token',
};
