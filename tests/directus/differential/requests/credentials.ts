import fc, { type Arbitrary } from 'fast-check';
import { manager, PASSWORD, reader, suspended } from '../people.js';
import type { Step } from '../step.js';
import { some } from './combinators.js';
import { junk, number } from './junk.js';

const { constant, constantFrom, oneof, tuple } = fc;

export const email = oneof(
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
export const password = oneof(
  some(6, constant(PASSWORD)),
  some(2, constantFrom('wrong', 'x'.repeat(100))),
  some(1, junk),
);
export const mode = oneof(
  some(4, constantFrom('json', 'cookie', 'session')),
  some(1, constantFrom('bogus', 'JSON', 'Session')),
  some(1, junk),
);
export const otp = oneof(constantFrom('123456', '000000'), junk);

export const refreshToken = oneof(
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
export const proof: Arbitrary<Partial<Step>> = oneof(
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
/** Mostly by the static token of an administrator. */
export const administrator: Arbitrary<Partial<Step>> = oneof(
  some(9, constant({ bearer: `Bearer ${manager.token}` })),
  some(1, proof),
);

/** Mostly not authenticated, as logins and refreshes are. */
export const alone: Arbitrary<Partial<Step>> = oneof(
  some(8, constant({})),
  some(
    3,
    cookie.map((sent) => ({ cookie: sent })),
  ),
  some(1, proof),
);
