import { afterEach, expect, test } from 'vitest';
import { startServerToCertify, type ServerToCertify } from '../../../cli/server-to-certify.js';
import { inProcess } from '../../../runner/in-process.js';
import { runConformance, type Configuration, type Report } from '../../../runner/run-conformance.js';
import { ownReply, proxy, type Proxy } from '../../helpers/targets/proxy.js';
import { idsOf } from './ids-of.js';

let behind: ServerToCertify | undefined;
let front: Proxy | undefined;

afterEach(async () => {
  await front?.close();
  await behind?.server.close();
  front = behind = undefined;
});

const missing = JSON.stringify({
  errors: [
    {
      message: 'Validation failed for field "location". Value is required.',
      extensions: { field: 'location', type: 'required', path: [], code: 'FAILED_VALIDATION' },
    },
  ],
});

/** Certifies a target that requires a place of each user. */
async function certified(more: Configuration): Promise<Report> {
  behind = await startServerToCertify([]);
  front = await proxy(behind.given.target ?? '', async ({ method, path, headers, body }, forward) => {
    if (method !== 'POST' || path !== '/users' || headers.authorization === undefined) return forward();
    const users = [JSON.parse(body.toString())].flat() as { location?: unknown }[];
    return users.every(({ location }) => typeof location === 'string') ? forward() : ownReply(400, missing);
  });
  return runConformance({ ...behind.given, target: front.url, runs: 5, ...more }, {}, inProcess);
}

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
  const report = await certified({ only, userFields: { location: 'Nowhere' } });
  expect(idsOf(report, 'pass')).toHaveLength(report.requirements.length);
  expect(report.requirements.length).toBeGreaterThan(4);
  expect(report.leftovers).toEqual([]);
});

test('where they are not given, the error says how', { timeout: 60_000 }, async () => {
  const report = await certified({ only: ['access.email-change'] });
  expect(report.requirements.map(({ verdict, reason }) => ({ verdict, reason }))).toEqual([
    {
      verdict: 'error',
      reason:
        'a user for the check could not be created: POST /users returned 400 FAILED_VALIDATION to the administrator: members that it requires of a user are given by --user-fields',
    },
  ]);
});
