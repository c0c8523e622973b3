import { expect, test } from 'vitest';
import { certifyBehind } from '../../helpers/targets/certify-behind.js';
import { countingTarget } from '../../helpers/targets/counting-target.js';
import { idsOf } from './ids-of.js';

/** Where ids of users are read, compared and looked for in responses. */
const ABOUT_IDS = [
  'access.scoped-to-user',
  'access.permissions-of-user',
  'access.permissions-change',
  'access.deleted-user',
  'access.password-concealed',
  'standard.refresh.unguessable',
  'static.not-searchable',
  'requests.nothing-else',
  'graphql.authenticates',
  'graphql.token-valid',
  'graphql.conceals',
  'lifecycle.deletion.every-door',
  'lifecycle.email.next-user',
];

test.each([
  ['long', 900_000_001],
  ['short', 90_001],
])('a target whose ids are %s numbers is judged as others are', { timeout: 300_000 }, async (_length, first) => {
  const report = await certifyBehind(async (origin) => countingTarget(origin, first), { only: ABOUT_IDS });
  expect(idsOf(report, 'fail', 'error', 'skip')).toEqual([]);
  expect(report.leftovers).toEqual([]);
});
