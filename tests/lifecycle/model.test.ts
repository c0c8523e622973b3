import { expect, test } from 'vitest';
import type { Credential, CredentialKind, Generation } from '../../suites/lifecycle/credentials.js';
import type { EventGroup } from '../../suites/lifecycle/events.js';
import { expectationOfDirectus, expectationOfSeed, type Question } from '../../suites/lifecycle/matrix/model.js';

const question = (
  group: EventGroup,
  kind: CredentialKind,
  more: { generation?: Generation; ofSubjectLogin?: boolean; after?: number | 'grace'; former?: boolean } = {},
): Question => {
  const { generation = 'newest', ofSubjectLogin = true, after = 0, former } = more;
  const credential: Credential = { kind, generation, ...(former !== undefined && { former }) };
  const use = { inSeed: true, name: 'get /users/me cookie' };
  return { event: { group, inSeed: true }, credential, ofSubjectLogin, use, moment: { after } };
};

test.each([
  ['a logout ends the session token', question('logout', 'session'), 'rejected'],
  ['a logout spares another login', question('logout', 'session', { ofSubjectLogin: false }), 'accepted'],
  ['a logout spares the access token', question('logout', 'access'), 'accepted'],
  ['a predecessor goes on in its grace', question('logout', 'session', { generation: 'predecessor' }), 'open'],
  ['and ends with it', question('logout', 'session', { generation: 'predecessor', after: 'grace' }), 'rejected'],
  ['a refresh token is used once', question('refresh', 'refresh', { generation: 'grandparent' }), 'rejected'],
  ['a refresh leaves the newest', question('refresh', 'refresh-cookie'), 'accepted'],
  ['a new password ends predecessors', question('password', 'session', { generation: 'predecessor' }), 'rejected'],
  ['a new password spares the static token', question('password', 'static'), 'accepted'],
  ['a new password ends mode cookie', question('password', 'refresh-cookie', { ofSubjectLogin: false }), 'rejected'],
  ['of access tokens nothing is demanded then', question('password', 'access'), 'open'],
  ['a suspension ends the static token', question('suspension', 'static'), 'rejected'],
  ['a suspension ends the password', question('suspension', 'password'), 'rejected'],
  ['its end brings the static token back', question('reactivation', 'static'), 'accepted'],
  ['its end brings no session back', question('reactivation', 'session'), 'rejected'],
  ['what was replaced stays so', question('static-replaced', 'static', { former: true }), 'rejected'],
] as const)('a Directus: %s', (_what, asked, expectation) => {
  expect(expectationOfDirectus(asked)).toBe(expectation);
});

test.each([
  ['a logout ends the session token', question('logout', 'session'), 'rejected'],
  ['it says nothing of other logins', question('logout', 'session', { ofSubjectLogin: false }), 'open'],
  ['nor of access tokens', question('logout', 'access'), 'open'],
  ['nor of predecessors', question('logout', 'session', { generation: 'predecessor', after: 'grace' }), 'open'],
  ['nor of users who are changed', question('password', 'session'), 'open'],
  ['a refreshed token is accepted', question('refresh', 'session'), 'accepted'],
] as const)('the seed: %s', (_what, asked, expectation) => {
  expect(expectationOfSeed(asked)).toBe(expectation);
});
