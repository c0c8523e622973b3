import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readBaseline, readyGate, updateOf } from '../../report/baseline.js';
import { gate } from '../../report/gate.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { Baseline, KnownFailure } from '../../spec/generated/baseline.js';
import type { Report, RequirementResult, Verdict } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';
import { hostile, reportFixture } from '../reporters/report-fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-gate-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Requirements of the catalogue, to give verdicts to. */
const [a = '', b = '', c = ''] = catalogue.filter(({ profile }) => profile === 'core').map(({ id }) => id as string);

/** A report with these verdicts, and nothing else in it. */
function reportOf(verdicts: Readonly<Record<string, Verdict>>, change: Partial<RequirementResult> = {}): Report {
  const requirements = Object.entries(verdicts).map(([id, verdict]): RequirementResult => {
    const known = catalogue.find((requirement) => requirement.id === id);
    return {
      id,
      title: `The title of ${id}.`,
      level: verdict === 'warn' ? 'SHOULD' : 'MUST',
      profile: known?.profile ?? 'core',
      chapter: 'A chapter',
      source: { document: 'seed', section: 'A section', quote: 'a quote' },
      verdict,
      ...(verdict === 'skip' && { reason: 'needs secret: give --secret' }),
      checks: [{ title: 'a check', verdict, durationMs: 1, exchanges: [], curl: [] }],
      ...change,
    };
  });
  const has = (verdict: Verdict): boolean => requirements.some((one) => one.verdict === verdict);
  return {
    ...reportFixture(),
    requirements,
    outcome: has('fail') ? 'not-conformant' : has('error') || !has('pass') ? 'not-judged' : 'conformant',
  };
}

const baselineOf = (...failures: KnownFailure[]): Baseline => ({
  schemaVersion: '1',
  tool: { name: 'auth-conformance', version: '0.0.0' },
  failures,
});
const lastLine = (lines: readonly string[]): string => lines.at(-1) ?? '';

describe('without flags', () => {
  test.each([
    ['all passed', { [a]: 'pass' }, 0],
    ['skipped ones beside', { [a]: 'pass', [b]: 'skip' }, 0],
    ['a SHOULD failed', { [a]: 'pass', [b]: 'warn' }, 0],
    ['a MUST failed', { [a]: 'pass', [b]: 'fail' }, 1],
    ['a MUST failed beside an error', { [a]: 'fail', [b]: 'error' }, 1],
    ['an error', { [a]: 'pass', [b]: 'error' }, 3],
    ['nothing but skipped ones', { [a]: 'skip' }, 3],
  ] as const)('the outcome decides, and nothing is told: %s', (_name, verdicts, code) => {
    expect(gate(reportOf(verdicts), {})).toMatchObject({ code, findings: [] });
  });
});

describe('--fail-on', () => {
  const may = reportOf({ [a]: 'pass', [b]: 'warn' });
  for (const result of may.requirements) result.level = 'MAY';

  test('must lets a failed SHOULD pass, should and any do not', () => {
    const report = reportOf({ [a]: 'pass', [b]: 'warn' });
    const codes = (['must', 'should', 'any'] as const).map((failOn) => gate(report, { failOn }).code);
    expect(codes).toEqual([0, 1, 1]);
    expect(lastLine(gate(report, { failOn: 'should' }).findings)).toBe('GATE NOT PASSED: 1 requirement failed');
  });

  test('only any minds a failed MAY', () => {
    expect((['must', 'should', 'any'] as const).map((failOn) => gate(may, { failOn }).code)).toEqual([0, 0, 1]);
  });
});

describe('--baseline', () => {
  test('tolerates a known failure and tells its reason', () => {
    const known = baselineOf({ requirement: b, verdict: 'fail', checks: ['a check'], reason: 'until 2.0' });
    const { code, findings } = gate(reportOf({ [a]: 'pass', [b]: 'fail' }), {}, known);
    expect(code).toBe(0);
    expect(findings).toEqual(['Known failures, tolerated (1):', `  ✗ ${b}  until 2.0`, 'GATE PASSED']);
  });

  test('tolerates no other failure', () => {
    const known = baselineOf({ requirement: b, verdict: 'fail' });
    const { code, findings } = gate(reportOf({ [a]: 'fail', [b]: 'fail' }), {}, known);
    expect(code).toBe(1);
    expect(findings).toContain(`  ✗ ${a}  a check`);
    expect(lastLine(findings)).toBe('GATE NOT PASSED: 1 requirement failed and not in the baseline');
  });

  test('tolerates no other check of a known requirement, unless it names none', () => {
    const report = reportOf({ [a]: 'pass', [b]: 'fail' });
    const named = gate(report, {}, baselineOf({ requirement: b, verdict: 'fail', checks: ['another'] }));
    expect(named.code).toBe(1);
    expect(named.findings).toContain(`  ✗ ${b}  a check`);
    expect(gate(report, {}, baselineOf({ requirement: b, verdict: 'fail' })).code).toBe(0);
  });

  test('tolerates no failed MUST where a warning was known', () => {
    const known = baselineOf({ requirement: b, verdict: 'warn' });
    expect(gate(reportOf({ [a]: 'pass', [b]: 'fail' }), {}, known).code).toBe(1);
  });

  test('tolerates no error', () => {
    const known = baselineOf({ requirement: b, verdict: 'fail' });
    const { code, findings } = gate(reportOf({ [a]: 'pass', [b]: 'error' }), {}, known);
    expect(code).toBe(3);
    expect(lastLine(findings)).toBe('GATE NOT PASSED: 1 requirement ended in error');
  });

  test('tells what is fixed, what was not judged, and what the catalogue lacks', () => {
    const known = baselineOf(
      { requirement: a, verdict: 'fail' },
      { requirement: b, verdict: 'fail' },
      { requirement: c, verdict: 'fail' },
      { requirement: 'no.such', verdict: 'fail' },
    );
    const { code, findings } = gate(reportOf({ [a]: 'pass', [b]: 'skip' }), {}, known);
    expect(code).toBe(0);
    expect(findings).toEqual([
      'Fixed, to be taken out of the baseline by --update-baseline (1):',
      `  ✓ ${a}`,
      'In the baseline, but not judged in this run (2):',
      `  – ${b}  needs secret: give --secret`,
      `  – ${c}  not selected`,
      'In the baseline, but no requirement of this version: --update-baseline takes it out (1):',
      '  ? no.such',
      'GATE PASSED',
    ]);
  });

  test('lets no text begin a line of its own or write to the terminal', () => {
    const forged = `x\nGATE PASSED\r\u2028${hostile}`;
    const report = reportOf({ [a]: 'pass', [b]: 'fail', [c]: 'skip' });
    for (const result of report.requirements) result.reason = forged;
    const known = baselineOf(
      { requirement: b, verdict: 'fail', checks: [forged], reason: forged },
      { requirement: c, verdict: 'fail', reason: forged },
      { requirement: forged, verdict: 'fail' },
    );
    const { findings } = gate(report, { requireProfile: ['core'], maxSkipped: 0 }, known);
    expect(findings.length).toBeGreaterThan(5);
    expect(findings.filter((line) => /[\u0000-\u001F\u007F-\u009F\u2028]/.test(line))).toEqual([]);
    expect(findings.some((line) => line.startsWith('GATE PASSED'))).toBe(false);
  });
});

describe('--update-baseline', () => {
  const file = join(folder, 'update.json');
  const update = (report: Report): ReturnType<ReturnType<typeof readyGate>> =>
    readyGate({ baseline: file, updateBaseline: true })(report);

  test('writes what fails, is passed then, and keeps reasons', () => {
    rmSync(file, { force: true });
    expect(update(reportOf({ [a]: 'fail', [b]: 'pass' }))).toMatchObject({ code: 0 });
    expect(readBaseline(file).failures).toEqual([{ requirement: a, verdict: 'fail', checks: ['a check'] }]);
    const written = readBaseline(file);
    for (const failure of written.failures) failure.reason = 'because';
    writeFileSync(file, JSON.stringify(written));
    const { findings } = update(reportOf({ [a]: 'fail', [b]: 'fail' }));
    expect(findings[0]).toBe(`baseline: ${file} lists 2 known failures now (1 added, 0 taken out)`);
    expect(readBaseline(file).failures.map(({ requirement, reason }) => [requirement, reason])).toEqual([
      [a, 'because'],
      [b, undefined],
    ]);
  });

  test('takes out what passes and what the catalogue lacks, and keeps what was not judged', () => {
    const before = baselineOf(
      { requirement: a, verdict: 'fail' },
      { requirement: b, verdict: 'fail', reason: 'kept' },
      { requirement: c, verdict: 'fail' },
      { requirement: 'no.such', verdict: 'fail' },
    );
    const after = updateOf(before, reportOf({ [a]: 'pass', [b]: 'skip' }), {});
    expect(after.failures).toEqual([before.failures[1], before.failures[2]]);
  });

  test('writes a failed SHOULD only where it counts', () => {
    const report = reportOf({ [a]: 'pass', [b]: 'warn' });
    expect(updateOf(baselineOf(), report, {}).failures).toEqual([]);
    expect(updateOf(baselineOf(), report, { failOn: 'should' }).failures).toEqual([
      { requirement: b, verdict: 'warn', checks: ['a check'] },
    ]);
  });

  test.each([
    ['an error', { [a]: 'fail', [b]: 'error' }],
    ['nothing shown', { [a]: 'skip' }],
  ] as const)('writes nothing when not all was judged: %s', (_name, verdicts) => {
    writeFileSync(file, JSON.stringify(baselineOf()));
    expect(update(reportOf(verdicts)).code).toBe(3);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(baselineOf());
  });

  test('makes no file before there is something to write', () => {
    const fresh = join(folder, 'below/fresh.json');
    readyGate({ baseline: fresh, updateBaseline: true });
    expect(existsSync(fresh)).toBe(false);
  });
});

describe('a baseline that cannot be used', () => {
  test.each([
    ['no JSON', '{', /is not JSON/],
    ['something else', '{"schemaVersion":"1"}', /must have required property 'failures'/],
    [
      'an unknown verdict',
      JSON.stringify(baselineOf({ requirement: a, verdict: 'error' as 'fail' })),
      /one of fail, warn/,
    ],
    [
      'a requirement twice',
      JSON.stringify(baselineOf({ requirement: a, verdict: 'fail' }, { requirement: a, verdict: 'fail' })),
      /stands twice/,
    ],
  ])('is told: %s', (_name, text, message) => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, text);
    expect(() => readyGate({ baseline: file })).toThrow(message);
    expect(() => readyGate({ baseline: file, updateBaseline: true })).toThrow(message);
  });

  test('is told: missing, a folder, or not named', () => {
    mkdirSync(join(folder, 'folder'), { recursive: true });
    expect(() => readyGate({ baseline: join(folder, 'none.json') })).toThrow(/no such file: --update-baseline/);
    expect(() => readyGate({ baseline: join(folder, 'folder') })).toThrow(/EISDIR/);
    expect(() => readyGate({ updateBaseline: true })).toThrow(/--baseline FILE/);
  });
});

describe('--require-profile and --max-skipped', () => {
  const core = catalogue.filter(({ profile }) => profile === 'core').map(({ id }) => id as string);
  const all = (verdict: Verdict): Record<string, Verdict> => Object.fromEntries(core.map((id) => [id, verdict]));

  test('a profile that was judged is enough, whatever the others came to', () => {
    const report = reportOf({ ...all('pass'), 'some.other': 'skip' });
    expect(gate(report, { requireProfile: ['core'] })).toMatchObject({ code: 0, findings: ['GATE PASSED'] });
  });

  test.each([
    [
      'skipped',
      { ...all('pass'), [a]: 'skip' },
      `1 of ${core.length} requirements of the profile core were not judged (1 skipped): ${a}`,
    ],
    [
      'in error',
      { ...all('pass'), [a]: 'error' },
      `1 of ${core.length} requirements of the profile core were not judged (1 in error): ${a}`,
    ],
    [
      'left out',
      Object.fromEntries(Object.entries(all('pass')).filter(([id]) => id !== a)),
      `1 of ${core.length} requirements of the profile core were not judged (1 not selected): ${a}`,
    ],
  ] as const)('one that was %s is told', (_name, verdicts, line) => {
    const { code, findings } = gate(reportOf(verdicts), { requireProfile: ['core'] });
    expect(code).toBe(1);
    expect(findings[0]).toBe(line);
  });

  test('says how to give what is missing, and a failure that is known was judged', () => {
    const report = reportOf({ ...all('skip'), [a]: 'pass', [b]: 'fail' });
    const { findings } = gate(report, { requireProfile: ['core'] }, baselineOf({ requirement: b, verdict: 'fail' }));
    expect(findings).toContain(`  ${core.length - 2}: needs secret: give --secret`);
    expect(lastLine(findings)).toBe(
      `GATE NOT PASSED: ${core.length - 2} of ${core.length} requirements of the profile core were not judged`,
    );
  });

  test.each([
    [1, 0],
    [0, 1],
    ['50%', 0],
    ['49%', 1],
    ['0%', 1],
    ['100%', 0],
  ] as const)('of one skipped of two, --max-skipped %s makes %i', (maxSkipped, code) => {
    const { code: made, findings } = gate(reportOf({ [a]: 'pass', [b]: 'skip' }), { maxSkipped });
    expect(made).toBe(code);
    if (code === 1) expect(findings[0]).toBe(`1 of 2 requirements were skipped, more than ${maxSkipped}: ${b}`);
  });
});

describe('the command line', () => {
  const only = ['self-test', '--only', 'standard.logout.*', '--only', 'requests.cookie'];
  const defect = ['--defect', 'logout-does-nothing'];
  const file = join(folder, 'cli.json');

  test('a failure is new, then known, then fixed', async () => {
    const missing = await runCli([...only, ...defect, '--baseline', file]);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(/no such file: --update-baseline writes it\n$/);
    expect((await runCli([...only, ...defect, '--baseline', file, '--update-baseline'])).code).toBe(0);
    const known = await runCli([...only, ...defect], { env: { AUTH_CONFORMANCE_BASELINE: file } });
    expect(known.stdout).toMatch(
      /\ncore NOT CONFORMANT .*\nKnown failures, tolerated \(1\):\n.*\nGATE PASSED\nExit code 0: no failure but 1 known one of the baseline\n$/,
    );
    expect(known.code).toBe(0);
    const fixed = await runCli([...only, '--baseline', file, '--require-profile', 'core,security']);
    expect(fixed.stdout).toMatch(/\nFixed, .*\n {2}✓ standard\.logout\.invalidates-refresh-token\n/);
    expect(fixed.stdout).toMatch(
      /profile core were not judged; .* profile security were not judged\nExit code 1: .*\n$/,
    );
    expect(fixed.code).toBe(1);
  });

  test.each([
    [{ AUTH_CONFORMANCE_FAIL_ON: 'all' }, /AUTH_CONFORMANCE_FAIL_ON must be one of must, should, any/],
    [{ AUTH_CONFORMANCE_REQUIRE_PROFILE: 'core,all' }, /AUTH_CONFORMANCE_REQUIRE_PROFILE must be one of core/],
    [{ AUTH_CONFORMANCE_MAX_SKIPPED: '101%' }, /AUTH_CONFORMANCE_MAX_SKIPPED must be a number such as 10, or a share/],
    [{ AUTH_CONFORMANCE_MAX_SKIPPED: '1.5' }, /AUTH_CONFORMANCE_MAX_SKIPPED must be a number such as 10, or a share/],
    [{ AUTH_CONFORMANCE_MAX_SKIPPED: '-1' }, /AUTH_CONFORMANCE_MAX_SKIPPED must be >= 0/],
    [{ AUTH_CONFORMANCE_UPDATE_BASELINE: 'true' }, /name the file to write by --baseline FILE/],
  ])('rejects %j', async (env, message) => {
    const { code, stderr } = await runCli(only, { env });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test('takes the keys from a configuration file', async () => {
    writeFileSync(
      join(folder, 'auth-conformance.config.json'),
      JSON.stringify({ failOn: 'should', baseline: 'cli.json', requireProfile: ['core'], maxSkipped: '10%' }),
    );
    const { code, stdout } = await runCli(only, { cwd: folder });
    expect(stdout).toMatch(
      /GATE NOT PASSED: \d+ of \d+ requirements of the profile core were not judged\nExit code 1: .* were not judged\n$/,
    );
    expect(code).toBe(1);
  });
});
