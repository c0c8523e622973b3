import { describe, expect, test } from 'vitest';
import { holdAgainstRule } from '../../spec/document/hold-against-rule.js';
import { breachesOfStatementRule, breachesOfText } from '../../spec/document/statement-rule.js';

describe('the rule of statements', () => {
  test.each([
    ['A logout MUST invalidate the refresh token.', 'MUST'],
    ['`auth_logout` MUST invalidate the refresh token.', 'MUST'],
    ['A standard token SHOULD expire within 24 hours.', 'SHOULD'],
    ['The server MUST NOT refresh an expired session token.', 'MUST'],
  ])('takes: %s', (statement, level) => {
    expect(breachesOfStatementRule(statement, level)).toEqual([]);
  });

  test.each([
    ['A logout ends the refresh token.', 'MUST', /holds 0 keywords/],
    ['The server MUST reject it, and MUST NOT answer.', 'MUST', /holds 2 keywords/],
    ['The server SHOULD reject a used token.', 'MUST', /says SHOULD and its level is MUST/],
    ['The server MUST reject a used token', 'MUST', /not one sentence/],
    ['The server MUST reject a used token. It is gone.', 'MUST', /not one sentence/],
    [`The server MUST reject a token that is ${'very '.repeat(20)}old.`, 'MUST', /has 143 characters, more than 130/],
    ['Two users MUST be different.', 'MUST', /the subject of its statement/],
    ['The server MUST let nobody in.', 'MUST', /says "nobody"/],
    ['The refresh token MUST buy nothing after a logout.', 'MUST', /says "buy"/],
    ['The server MUST refuse a used token.', 'MUST', /says "refuse"/],
    ['The server MUST do the same when users are suspended.', 'MUST', /says "the same when"/],
  ])('refuses: %s', (statement, level, breach) => {
    expect(breachesOfStatementRule(statement, level).join('; ')).toMatch(breach);
  });
});

describe('the rule of the other texts', () => {
  test.each([
    ['impact', 'Over HTTPS, the token leaks; over HTTP, browsers drop the cookie.'],
    ['remediation', '`Path=/` is set. Nothing else is.'],
  ] as const)('takes an %s: %s', (member, text) => {
    expect(breachesOfText(member, text)).toEqual([]);
  });

  test.each([
    ['impact', 'Users cannot log in. They wait.', /and consist of one sentence/],
    ['impact', 'users cannot log in.', /does not begin with a capital/],
    ['remediation', 'Refuse it', /end with a full stop; its remediation says "Refuse"/],
    ['explanation', 'A dead cookie.', /says "dead"/],
  ] as const)('rejects an %s: %s', (member, text, breach) => {
    expect(breachesOfText(member, text).join('; ')).toMatch(breach);
  });

  test('is asked of each requirement', () => {
    const requirements = [{ id: 'static.new', level: 'MUST', impact: 'Anybody logs in.' }];
    expect(() => holdAgainstRule({ requirements })).toThrow(/^requirement static\.new: its impact says "Anybody"$/m);
  });
});

test('a requirement of the old form is told what it lacks, by its id', () => {
  const requirements = [{ id: 'static.new', title: 'Nobody is let in.', level: 'MUST' }];
  expect(() => holdAgainstRule({ requirements })).toThrow(
    /^requirement static\.new: it lacks statement, impact, remediation, severity\nrequirement static\.new: `title` is now `statement`/,
  );
});
