import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { conclusionOf } from '../../report/conclusion.js';
import { compareReports, type Comparison } from '../../report/compare.js';
import { hasRegressed, renderComparison } from '../../cli/commands/diff.js';
import type { CheckResult, Report, RequirementResult, Verdict } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';
import { hostile, reportFixture } from '../reporters/report-fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A report in which each requirement has these verdicts of its checks; the first is that of the requirement. */
function reportOf(verdicts: Readonly<Record<string, readonly Verdict[]>>, more: Partial<Report> = {}): Report {
  const requirements = Object.entries(verdicts).map(([id, [verdict = 'error', ...others]]): RequirementResult => ({
    id,
    title: `The title of ${id}.`,
    level: 'MUST',
    profile: 'core',
    chapter: 'A chapter',
    source: { document: 'seed', section: 'A section', quote: 'a quote' },
    verdict,
    ...(verdict !== 'pass' && { reason: `the reason of ${id}` }),
    checks: [verdict, ...others].map((one, i): CheckResult => ({
      title: `check ${i}`,
      verdict: one,
      durationMs: 1,
      exchanges: [],
      curl: [],
    })),
  }));
  return { ...reportFixture(), ...conclusionOf(requirements), ...more, requirements };
}

/** The kinds of change that a requirement is listed under. */
function kindsOf(before: readonly Verdict[] | undefined, after: readonly Verdict[] | undefined): string[] {
  const comparison = compareReports(reportOf(before ? { a: before } : {}), reportOf(after ? { a: after } : {}));
  return Object.entries(comparison).flatMap(([kind, changes]: [string, readonly unknown[]]) =>
    changes.length > 0 ? [kind] : [],
  );
}

describe('a comparison', () => {
  test.each<[Verdict[] | undefined, Verdict[] | undefined, string[]]>([
    [['pass'], ['pass'], []],
    [['fail'], ['fail'], []],
    [['skip'], ['skip'], []],
    [['pass'], ['fail'], ['regressed']],
    [['pass'], ['warn'], ['regressed']],
    [['warn'], ['fail'], ['regressed']],
    [['fail', 'pass'], ['fail', 'fail'], ['regressed']],
    [['fail', 'fail'], ['fail', 'pass'], []],
    [['fail'], ['pass'], ['fixed']],
    [['warn'], ['pass'], ['fixed']],
    [['fail'], ['warn'], ['other']],
    [['pass'], ['skip'], ['noLongerJudged']],
    [['fail'], ['error'], ['noLongerJudged']],
    [['skip'], ['pass'], ['other']],
    [['skip'], ['fail'], ['other']],
    [['error'], ['fail'], ['other']],
    [undefined, ['fail'], ['added']],
    [['pass'], undefined, ['gone']],
  ])('of %j and %j: %j', (before, after, kinds) => {
    expect(kindsOf(before, after)).toEqual(kinds);
  });

  test('names the checks that fail anew, and the reason', () => {
    const { regressed } = compareReports(
      reportOf({ a: ['fail', 'pass', 'fail'] }),
      reportOf({ a: ['fail', 'fail', 'fail'] }),
    );
    expect(regressed).toEqual([
      {
        id: 'a',
        title: 'The title of a.',
        before: 'fail',
        after: 'fail',
        reason: 'the reason of a',
        checks: ['check 1'],
      },
    ]);
  });

  test('says in what the reports differ as a whole', () => {
    const { differences } = compareReports(
      reportOf({}),
      reportOf(
        {},
        {
          target: { url: 'http://other' },
          tool: { name: 'auth-conformance', version: '9.9.9' },
          specification: { title: 'x', sha256: 'b'.repeat(64) },
          profiles: ['core', 'security'],
          capabilities: [],
        },
      ),
    );
    expect(differences).toEqual([
      'different targets: http://127.0.0.1:8055 / http://other',
      'different versions of the suite: 0.0.0 / 9.9.9',
      `different texts of the specification: ${'a'.repeat(64)} / ${'b'.repeat(64)}`,
      'different profiles: core / core, security',
      'different things given: admin / none',
    ]);
  });
});

describe('a regression', () => {
  const of = (before: Verdict, after: Verdict | undefined): Comparison =>
    compareReports(reportOf({ a: [before] }), reportOf(after ? { a: [after] } : {}));

  test.each<[Verdict, Verdict | undefined, boolean, boolean]>([
    ['pass', 'fail', true, true],
    ['pass', 'skip', false, true],
    ['pass', 'error', false, true],
    ['pass', undefined, false, true],
    ['fail', 'skip', false, false],
    ['fail', undefined, false, false],
    ['fail', 'pass', false, false],
    ['skip', 'fail', false, false],
  ])('from %s to %s: %s, with --strict: %s', (before, after, loosely, strictly) => {
    expect([hasRegressed(of(before, after), false), hasRegressed(of(before, after), true)]).toEqual([
      loosely,
      strictly,
    ]);
  });
});

describe('what is shown', () => {
  const rendered = (old: Report, current: Report, color = false): string =>
    renderComparison(old, current, compareReports(old, current), { strict: false, color });

  test('is listed by kind, and counted', () => {
    const text = rendered(
      reportOf({ a: ['pass'], b: ['fail'], c: ['pass'], d: ['pass'] }),
      reportOf({ a: ['fail'], b: ['pass'], c: ['skip'], e: ['pass'] }),
    );
    expect(text).toMatch(/^old {2}2026-.*NOT CONFORMANT {2}http:.*\nnew {2}2026-.*\n\nRegressed \(1\)\n/);
    expect(text).toContain('  ✗ a  pass → fail  The title of a.\n      check: check 0\n      the reason of a\n');
    expect(text).toContain('\nFixed (1)\n  ✓ b  fail → pass  The title of b.\n');
    expect(text).toContain('\nNo longer judged (1)\n  – c  pass → skip  ');
    expect(text).toContain('\nNew (1)\n  ✓ e  not there → pass  ');
    expect(text).toContain('\nGone (1)\n  ✓ d  pass → not there  ');
    expect(text).toMatch(/\n\nREGRESSED: 1 regressed, 1 fixed, 1 no longer judged, 1 new, 1 gone\n$/);
  });

  test('says that nothing regressed', () => {
    const report = reportFixture();
    expect(rendered(report, report)).toMatch(/\n\nNO REGRESSION: 0 regressed, 0 fixed\n$/);
  });

  test('is coloured when asked to', () => {
    expect(rendered(reportOf({ a: ['pass'] }), reportOf({ a: ['fail'] }), true)).toContain('\u001B[31m✗\u001B[39m');
  });

  test('has nothing in it that a hostile target could write to the terminal, and no line of its own', () => {
    const forged = `x\nNO REGRESSION\r${hostile}`;
    const forge = (report: Report): Report => {
      for (const result of report.requirements) {
        result.id = forged;
        result.title = forged;
        result.reason = forged;
        for (const check of result.checks) check.title = forged;
      }
      return { ...report, target: { url: forged }, tool: { name: 'x', version: forged }, startedAt: forged };
    };
    const text = rendered(forge(reportOf({ a: ['pass'] })), forge(reportOf({ a: ['fail'] })));
    expect(text).toContain('Regressed (1)');
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
    expect(text.split('\n').filter((line) => line.startsWith('NO REGRESSION'))).toEqual([]);
  });
});

describe('the command line', () => {
  const file = (name: string, report: Report | string): string => {
    writeFileSync(join(folder, name), typeof report === 'string' ? report : JSON.stringify(report));
    return join(folder, name);
  };
  const good = file('good.json', reportOf({ a: ['pass'], b: ['pass'] }));
  const bad = file('bad.json', reportOf({ a: ['fail'], b: ['pass'] }));
  const less = file('less.json', reportOf({ b: ['pass'] }));

  test.each([
    [[good, good], 0],
    [[good, bad], 1],
    [[bad, good], 0],
    [[good, less], 0],
    [[good, less, '--strict'], 1],
  ])('%j ends with %i', async (args, code) => {
    const ended = await runCli(['diff', ...args]);
    expect(ended.stderr).toContain('it was written by auth-conformance 0.0.0');
    expect(ended.stderr).not.toContain('was changed after it was written');
    expect(ended.stdout).toMatch(code === 0 ? /\nNO REGRESSION: / : /\nREGRESSED: /);
    expect(ended.code).toBe(code);
  });

  test('prints JSON and nothing else with --json', async () => {
    const { code, stdout, stderr } = await runCli(['diff', good, bad, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      old: { target: 'http://127.0.0.1:8055', outcome: 'conformant' },
      new: { version: '0.0.0', outcome: 'not-conformant' },
      regressed: [{ id: 'a', before: 'pass', after: 'fail', checks: ['check 0'] }],
      fixed: [],
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('it was written by auth-conformance 0.0.0')]);
  });

  test('compares the reports of two runs', async () => {
    const before = join(folder, 'before.json');
    const after = join(folder, 'after.json');
    const args = ['self-test', '--only', 'standard.logout.*', '--report'];
    await runCli([...args, `json=${before}`]);
    await runCli([...args, `json=${after}`, '--defect', 'logout-does-nothing']);
    const worse = await runCli(['diff', before, after]);
    expect(worse.stdout).toMatch(/\nRegressed \(1\)\n {2}✗ standard\.logout\.invalidates-refresh-token {2}pass → fail/);
    expect(worse.stdout).toMatch(/\nREGRESSED: 1 regressed, 0 fixed\n$/);
    expect(worse.code).toBe(1);
    expect((await runCli(['diff', after, before])).code).toBe(0);
  });

  test.each([
    [['diff', good], /missing required argument 'new'/],
    [['diff', good, join(folder, 'none.json')], /cannot be read \(ENOENT\)/],
    [['diff', good, file('no.json', '{')], /is not JSON/],
    [['diff', good, file('other.json', '{}')], /is no JSON report of auth-conformance/],
  ])('rejects %j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
