import fc from 'fast-check';
import { role, UNKNOWN_ID } from '../people.js';
import { mostly, optional, some } from './combinators.js';
import { administrator, alone, email, otp, password, proof } from './credentials.js';
import { junk, notAnObject } from './junk.js';
import { body, pathTo, step } from './request.js';
import { userId } from './collections/users.js';

const { constant, constantFrom, oneof } = fc;

/** Two-factor login, invitations, registration and the settings for it. */
export const accounts = oneof(
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
