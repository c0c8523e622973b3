import fc from 'fast-check';
import { manager, PASSWORD, reader } from '../people.js';
import { mostly, optional, some } from './combinators.js';
import { alone, email, mode, otp, password, refreshToken } from './credentials.js';
import { junk, notAnObject } from './junk.js';
import { body, step } from './request.js';

const { constant, constantFrom, oneof, record, tuple } = fc;

const extra = oneof(some(8, constant({})), some(1, constant({ extra: 1 })));
const login = tuple(body({ email, password, mode: optional(mode), otp: mostly(constant(undefined), otp) }), extra).map(
  ([given, more]) => ({ ...(given as object), ...more }),
);
export const validLogin = record({
  email: constantFrom(manager.email, reader.email),
  mode: constantFrom('json', 'json', 'cookie', 'session'),
}).map((given) => ({ ...given, password: PASSWORD }));
const exchange = body({ refresh_token: optional(refreshToken), mode: optional(mode) });

/** Logins, refreshes, logouts and password resets. */
export const authentication = oneof(
  some(5, step('login', 'POST', '/auth/login', validLogin, constant({}))),
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
