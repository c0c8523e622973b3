import { expect, test } from 'vitest';
import { certifyBehind } from '../../helpers/targets/certify-behind.js';
import { ownReply, proxy, type Proxy } from '../../helpers/targets/proxy.js';
import { idsOf } from './ids-of.js';

const missing = JSON.stringify({
  errors: [
    {
      message: 'Validation failed for field "location". Value is required.',
      extensions: { field: 'location', type: 'required', path: [], code: 'FAILED_VALIDATION' },
    },
  ],
});

/** Starts a target that requires a place of each user. */
const requiringLocation = async (origin: string): Promise<Proxy> =>
  proxy(origin, async ({ method, path, headers, body }, forward) => {
    if (method !== 'POST' || path !== '/users' || headers.authorization === undefined) return forward();
    const users = [JSON.parse(body.toString())].flat() as { location?: unknown }[];
    return users.every(({ location }) => typeof location === 'string') ? forward() : ownReply(400, missing);
  });

test('users are created with the members that a target requires', { timeout: 200_000 }, async () => {
  const only = [
    'access.scoped-to-user',
    'access.email-change',
    'access.inactive-user',
    'access.email-unique',
    'static.unique',
    'lifecycle.creation.by-list',
    'lifecycle.suspension.every-door',
    'graphql.authenticates',
  ];
  const report = await certifyBehind(requiringLocation, { only, userFields: { location: 'Nowhere' } });
  expect(idsOf(report, 'pass')).toHaveLength(report.requirements.length);
  expect(report.requirements.length).toBeGreaterThan(4);
  expect(report.leftovers).toEqual([]);
});

test('where they are not given, the error says how', { timeout: 60_000 }, async () => {
  const report = await certifyBehind(requiringLocation, { only: ['access.email-change'] });
  expect(report.requirements.map(({ verdict, reason }) => ({ verdict, reason }))).toEqual([
    {
      verdict: 'error',
      reason:
        'a user for the check could not be created: POST /users returned 400 FAILED_VALIDATION to the administrator: members that it requires of a user are given by --user-fields',
    },
  ]);
});
