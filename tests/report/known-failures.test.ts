import { describe, expect, test } from 'vitest';
import { requirementOf } from '../../spec/catalogue.js';
import { wholeReport } from './whole-report.js';
import { knownFailures, surprisesIn, type KnownFailure } from '../directus/known-failures.js';

const list: readonly KnownFailure[] = [
  { requirement: 'static.authenticates', from: '11.9.0', to: '12.4.1', reason: 'made up' },
];

describe('what a real Directus is known to break is compared both ways', () => {
  test.each([
    ['12.4.1', 'fail', { unexpected: [], passed: [] }],
    ['11.17.4', 'warn', { unexpected: [], passed: [] }],
    ['12.4.1', 'pass', { unexpected: [], passed: ['static.authenticates'] }],
    ['12.4.1', 'skip', { unexpected: [], passed: [] }],
    ['11.8.0', 'fail', { unexpected: ['static.authenticates'], passed: [] }],
    ['12.10.0', 'fail', { unexpected: ['static.authenticates'], passed: [] }],
    ['11.8.0', 'pass', { unexpected: [], passed: [] }],
  ] as const)('%s: %s', (version, verdict, surprises) => {
    expect(surprisesIn(wholeReport({ 'static.authenticates': verdict }), version, list)).toEqual(surprises);
  });

  test('a failure that is not in the list is unexpected', () => {
    const report = wholeReport({ 'static.authenticates': 'fail', 'standard.authenticates': 'fail' });
    expect(surprisesIn(report, '12.4.1', list).unexpected).toEqual(['standard.authenticates']);
  });

  test('each known failure says why it is one, of a requirement that the seed itself does not make', () => {
    for (const { requirement, reason } of knownFailures) {
      expect(requirementOf(requirement).profile).not.toBe('core');
      expect(reason).toMatch(/RFC \d+|ASVS/);
    }
  });
});
