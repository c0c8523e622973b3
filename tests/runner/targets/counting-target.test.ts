import { afterEach, expect, test } from 'vitest';
import { startServerToCertify, type ServerToCertify } from '../../../cli/server-to-certify.js';
import { inProcess } from '../../../runner/in-process.js';
import { runConformance } from '../../../runner/run-conformance.js';
import { countingTarget } from '../../helpers/targets/counting-target.js';
import type { Proxy } from '../../helpers/targets/proxy.js';
import { idsOf } from './ids-of.js';

let behind: ServerToCertify | undefined;
let front: Proxy | undefined;

afterEach(async () => {
  await front?.close();
  await behind?.server.close();
  front = behind = undefined;
});

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
  behind = await startServerToCertify([]);
  front = await countingTarget(behind.given.target ?? '', first);
  const report = await runConformance({ ...behind.given, target: front.url, runs: 5, only: ABOUT_IDS }, {}, inProcess);
  expect(idsOf(report, 'fail', 'error', 'skip')).toEqual([]);
  expect(report.leftovers).toEqual([]);
});
