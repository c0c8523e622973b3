import { describe, expect, test } from 'vitest';
import { inProcess } from '../../runner/in-process.js';
import { runConformance, type Report } from '../../runner/run-conformance.js';
import { toAskFor } from '../../runner/selection.js';
import { startServerToCertify } from '../../cli/server-to-certify.js';
import { requirements } from '../../spec/catalogue.js';
import type { RequirementId } from '../../spec/generated/requirement-id.js';

async function certify(defect: string, only: RequirementId): Promise<Report> {
  const { server, given } = await startServerToCertify([defect]);
  try {
    return await runConformance({ ...given, only: [only], seed: 1 }, {}, inProcess);
  } finally {
    await server.close();
  }
}

describe('a requirement that is selected alone is judged as it is among all', () => {
  test.each([
    ['graphql-logout-spares-cookie', 'lifecycle.logout.every-door'],
    ['message-attempts-unlimited', 'lifecycle.attempts.every-door'],
    ['password-change-spares-older-sessions', 'access.any-history-of-users'],
  ] as const)('%s fails %s', async (defect, id) => {
    const report = await certify(defect, id);
    expect(report.requirements.map((one) => `${one.id} ${one.verdict}`)).toEqual([`${id} fail`]);
  });

  test('for the core alone nothing is asked that it does not need', () => {
    const core = requirements.filter(({ profile }) => profile === 'core');
    expect([...toAskFor(core)].filter((one) => one === 'realtime' || one === 'graphql')).toEqual([]);
  });
});
