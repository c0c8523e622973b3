import type { CheckResult, Report, RequirementResult, Verdict } from '../../spec/generated/report.js';

/** What a hostile target may answer with. */
export const hostile =
  '</script><img src=x onerror=alert(1)> ]]> `a` ```` | x | \u001B[31mred\u0007\u0000 \\ "quoted" & <b>';

const evidence: Pick<CheckResult, 'exchanges' | 'curl'> = {
  exchanges: [
    {
      request: {
        method: 'POST',
        url: 'http://127.0.0.1:8055/auth/login',
        headers: [{ name: 'Content-Type', value: 'application/json' }],
        body: '{"email":"a@example.com"}',
      },
      response: { status: 200, headers: [{ name: 'x-hostile', value: hostile }], body: hostile },
      startedAtMs: 1,
      durationMs: 2,
    },
    {
      request: { method: 'GET', url: 'http://127.0.0.1:8055/users/me', headers: [] },
      error: `broken ${hostile}`,
      startedAtMs: 3,
      durationMs: 4,
    },
  ],
  curl: ['TARGET=http://127.0.0.1:8055', `curl -sS -i "$TARGET"/users/me -H '${hostile}'`],
};

function requirement(verdict: Verdict, chapter: string, id: string, check: Partial<CheckResult>): RequirementResult {
  return {
    id,
    title: `A sentence with a | in it that ends in ${verdict}.`,
    level: verdict === 'warn' ? 'SHOULD' : 'MUST',
    profile: 'core',
    chapter,
    source: { document: 'seed', section: 'Standard Tokens', quote: 'They are scoped to users' },
    verdict,
    ...(check.reason !== undefined && { reason: check.reason }),
    checks: [{ title: `shown by ${verdict}`, verdict, durationMs: 12, ...evidence, ...check }],
  };
}

/** A report with every verdict, evidence and hostile text in it. */
export function reportFixture(): Report {
  const requirements = [
    requirement('pass', 'Standard Tokens', 'standard.one', {}),
    requirement('fail', 'Standard Tokens', 'standard.two', {
      reason: `expected x, but ${hostile}`,
      expected: `x ${hostile}`,
      actual: hostile,
      counterexample: hostile,
    }),
    requirement('skip', 'Session Tokens', 'session.three', {
      reason: 'needs patience: give --patience',
      exchanges: [],
      curl: [],
    }),
    requirement('warn', 'Session Tokens', 'session.four', { reason: 'expected y, but z', expected: 'y', actual: 'z' }),
    requirement('error', 'Making Requests', 'requests.head', { reason: `no answer ${hostile}` }),
  ];
  const tally = { total: 5, pass: 1, fail: 1, warn: 1, skip: 1, error: 1 };
  return {
    schemaVersion: '1',
    tool: { name: 'auth-conformance', version: '0.0.0' },
    specification: { title: 'Directus: Access Tokens', sha256: 'a'.repeat(64) },
    target: { url: 'http://127.0.0.1:8055' },
    startedAt: '2026-11-24T10:00:00.000Z',
    durationMs: 1234,
    profiles: ['core'],
    capabilities: [
      { name: 'admin', given: true, how: '--admin-email' },
      { name: 'patience', given: false, how: '--patience 30s' },
    ],
    outcome: 'not-conformant',
    complete: false,
    seed: 42,
    summary: { requirements: tally, checks: tally },
    requirements,
    leftovers: [{ kind: 'user', id: '1', name: `a@example.com ${hostile}`, reason: 'DELETE answered 500' }],
    notes: [`a note ${hostile}`],
  };
}
