import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import draft04 from 'ajv-draft-04';
import formats from 'ajv-formats';
import { create } from 'xmlbuilder2';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, test } from 'vitest';
import { renderers } from '../../reporters/renderers.js';
import { progressLine } from '../../reporters/progress.js';
import { renderTerminal } from '../../reporters/terminal.js';
import { schemas } from '../../spec/schemas.js';
import { compileValidator } from '../../spec/schema-validator.js';
import type { Report } from '../../spec/generated/report.js';
import { hostile, reportFixture } from './report-fixture.js';

const published = (name: string): string => readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8');

const controls = /[\u0000-\u0008\u000B-\u001F\u007F]/;

describe('the terminal report', () => {
  const text = renderTerminal(reportFixture(), { color: false, detail: 'verbose' });
  const brief = renderTerminal(reportFixture(), { color: false });

  test('has a line for each requirement, under its chapter', () => {
    for (const { id, chapter } of reportFixture().requirements)
      expect(text).toMatch(new RegExp(`^${chapter}\\n(  .*\\n)*  .*${id.replace('.', '\\.')}$`, 'm'));
  });

  test('shows of a failure the source, expected, actual, the counterexample and the curl lines', () => {
    expect(text).toMatch(/✗ FAIL standard\.two {2}MUST, profile core/);
    expect(text).toMatch(/Specification, Standard Tokens: "They are scoped to users"/);
    expect(text).toMatch(
      /expected {2}x .*\n {4}actual .*\n {4}counterexample .*\n.*reproduce it.*\n {6}TARGET=http:\/\/127\.0\.0\.1:8055\n {6}curl /,
    );
  });

  test('shows briefly what did not pass alone: the failure in full, the others in a line each, the verdict last', () => {
    expect(brief).toMatch(/^✗ FAIL standard\.two {2}MUST, profile core$/m);
    expect(brief).toMatch(/^ {6}curl /m);
    expect(brief).toMatch(/^ {2}! .* {2}session\.four\n {2}\? .* {2}requests\.head\n {2}--verbose /m);
    expect(brief).toMatch(/– 1 skipped: needs patience/);
    expect(brief).not.toMatch(/standard\.one/);
    expect(brief.trimEnd().split('\n').at(-1)).toMatch(/^core NOT CONFORMANT 1 of 5 {2}http/);
  });

  test('of many failures names sixteen, the simplest in full', () => {
    const [, failed] = reportFixture().requirements;
    const check = failed?.checks[0];
    if (failed === undefined || check === undefined) throw new Error('the fixture has no failure');
    const plain = { ...check };
    delete plain.counterexample;
    const many = Array.from({ length: 40 }, (_one, i) => ({ ...failed, id: `standard.failed-${i}` }));
    const report = {
      ...reportFixture(),
      requirements: [...many, { ...failed, id: 'standard.plain', checks: [plain] }],
    };
    const lines = renderTerminal(report, { color: false }).split('\n');
    expect(lines.filter((line) => line.startsWith('✗ FAIL'))).toEqual(['✗ FAIL standard.plain  MUST, profile core']);
    expect(lines.filter((line) => line.startsWith('  ✗ '))).toHaveLength(16);
    expect(lines).toContain('  … and 24 more; --verbose shows each with its evidence');
    expect(lines.length).toBeLessThanOrEqual(60);
  });

  test('names what was skipped where nothing failed', () => {
    const report = reportFixture();
    const requirements = report.requirements.filter(({ verdict }) => verdict === 'pass' || verdict === 'skip');
    expect(renderTerminal({ ...report, requirements }, { color: false })).toMatch(
      /^– skipped: session\.three\n {2}needs patience/m,
    );
  });

  test('quietly is the verdict', () => {
    const quiet = renderTerminal({ ...reportFixture(), leftovers: [], notes: [] }, { color: false, detail: 'quiet' });
    expect(quiet).toMatch(/^5 requirements: .*\ncore NOT CONFORMANT .*\n$/);
  });

  test('says what was left on the target', () => expect(text).toMatch(/LEFT ON THE TARGET: user a@example\.com/));

  test('lets no target write to the terminal', () => {
    expect(text).not.toMatch(controls);
    expect(
      progressLine({ requirement: 'a.b', title: hostile, verdict: 'pass', durationMs: 1 }, { color: false }),
    ).not.toMatch(controls);
  });

  test.each<[Partial<Report>, RegExp]>([
    [{ outcome: 'not-conformant' }, /^core NOT CONFORMANT /m],
    [{ outcome: 'not-judged' }, /^core NOT JUDGED /m],
    [{ outcome: 'conformant', complete: true }, /^core CONFORMANT 1 of 5 {2}http/m],
    [
      { outcome: 'conformant', complete: false },
      /^core CONFORMANT as far as tested 1 of 5: 1 of 5 core requirements were not tested/m,
    ],
  ])('ends on the outcome %o', (change, line) => {
    expect(renderTerminal({ ...reportFixture(), ...change }, { color: false })).toMatch(line);
  });

  test('wraps sentences between words to the width of the terminal, and leaves shell lines as they are', () => {
    const [wide = '', narrow = ''] = [Infinity, 40].map((width) =>
      stripVTControlCharacters(renderTerminal(reportFixture(), { color: true, width })),
    );
    const isShell = (text: string): boolean => text.startsWith(' '.repeat(6)) && text.includes('curl ');
    expect(narrow.split('\n').filter(isShell)).toEqual(wide.split('\n').filter(isShell));
    const isOneWord = (text: string): boolean => !text.trim().includes(' ');
    const sentences = narrow.split('\n').filter((text) => !isShell(text) && !isOneWord(text));
    expect(sentences.filter((text) => text.length > 40)).toEqual([]);
    const words = new Set(wide.split(/\s+/));
    expect(
      sentences.flatMap((text) => text.trim().split(/\s+/)).filter((word) => !words.has(word) && !word.endsWith('…')),
    ).toEqual([]);
  });

  test('cuts titles to the width of the terminal', () => {
    const tree = renderTerminal(reportFixture(), { color: false, detail: 'verbose', width: 60 })
      .split('\n')
      .filter((line) => line.startsWith('  ✓'));
    expect(tree.length).toBe(1);
    expect(tree[0]?.length).toBeLessThanOrEqual(60);
  });
});

describe('the JSON report', () => {
  test('is what its schema says', async () => {
    const validator = compileValidator(Object.values(schemas), 'report.schema.json');
    expect(validator(JSON.parse(await renderers.json(reportFixture())))).toEqual([]);
    expect(validator({ ...reportFixture(), outcome: 'perhaps' })).not.toEqual([]);
  });
});

describe('the JUnit report', () => {
  interface Element {
    testsuites: {
      '@tests': string;
      '@failures': string;
      '@errors': string;
      testsuite: { '@name': string; '@skipped': string; testcase: unknown }[];
    };
  }

  test('can be parsed, and its counts are those of the checks', async () => {
    const xml = await renderers.junit(reportFixture());
    expect(xml).not.toMatch(controls);
    const { testsuites } = create(xml).end({ format: 'object' }) as unknown as Element;
    expect(testsuites).toMatchObject({ '@tests': '5', '@failures': '1', '@errors': '1' });
    expect(testsuites.testsuite.map((suite) => suite['@name'])).toEqual([
      'Standard Tokens',
      'Session Tokens',
      'Making Requests',
    ]);
    expect(testsuites.testsuite.map((suite) => suite['@skipped'])).toEqual(['0', '1', '0']);
  });

  test("is valid by the schema of Jenkins' xUnit plugin", async () => {
    const validate = (xml: string) =>
      validateXML({ xml: { fileName: 'report.xml', contents: xml }, schema: published('junit-10.xsd') });
    const xml = await renderers.junit(reportFixture());
    expect((await validate(xml)).errors).toEqual([]);
    expect((await validate(xml.replaceAll('testcase', 'case'))).valid).toBe(false);
  });

  test('explains a failure', async () => {
    const xml = await renderers.junit(reportFixture());
    expect(xml).toMatch(
      /<failure message="expected x, but [^"]*" type="MUST">MUST; Specification, Standard Tokens: "They are scoped to users"/,
    );
    expect(xml).toContain('TARGET=http://127.0.0.1:8055');
  });
});

describe('the Markdown report', () => {
  test('is not broken by what a target says', async () => {
    const text = await renderers.markdown(reportFixture());
    expect(text).not.toMatch(controls);
    const outside = text.replace(/^(`{3,})[\s\S]*?^\1$/gm, '');
    // Every row of a table has as many cells as its head.
    for (const table of outside.split('\n\n').filter((block) => block.startsWith('| Verdict'))) {
      expect(
        new Set(
          table
            .trimEnd()
            .split('\n')
            .map((row) => row.replaceAll('\\|', '').split('|').length),
        ).size,
      ).toBe(1);
    }
  });

  test('has the outcome, the verdicts, the failure and the skipped', async () => {
    const text = await renderers.markdown(reportFixture());
    expect(text).toMatch(/^\*\*core NOT CONFORMANT 1 of 5\*\*/m);
    expect(text).toMatch(/^\| ✓ pass \| MUST \|/m);
    expect(text).toMatch(/^### ✗ standard\.two$/m);
    expect(text).toMatch(/^- `session\.three`: needs patience/m);
    expect(text.indexOf('## What did not pass')).toBeLessThan(text.indexOf('## Standard Tokens'));
  });
});

describe('the HTML report', () => {
  test('is one file that asks for nothing and runs nothing of what a target says', async () => {
    const html = await renderers.html(reportFixture());
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).not.toMatch(/<(?:link|img|iframe|object)\b/);
    // A link to a clause of the specification is followed by a reader alone.
    const clauses = /href="https:[^"]*\/spec\/SPECIFICATION\.md#[\w-]*"/g;
    expect(html.replace(clauses, '')).not.toMatch(/<[^>]*\s(?:src=|href="[^#])/);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(controls);
  });

  test('opens what needs attention, and shows expected beside actual', async () => {
    const html = await renderers.html(reportFixture());
    expect(html).toMatch(/<details class="requirement attention exemplary" id="standard\.two" open/);
    expect(html).toMatch(/<details class="requirement" id="standard\.one" data-verdict="pass"/);
    expect(html).toMatch(/<dt>Expected<\/dt><dd>x /);
    expect(html).toMatch(/NOT CONFORMANT/);
  });
});

describe('the SARIF report', () => {
  interface Log {
    runs: {
      tool: { driver: { rules: { id: string; defaultConfiguration: { level: string } }[] } };
      invocations: { executionSuccessful: boolean; toolExecutionNotifications: { associatedRule: { id: string } }[] }[];
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
        partialFingerprints: Record<string, string>;
        properties: { reproduce: string[] };
      }[];
      properties: { seed: number };
    }[];
  }
  const runOf = async (report: Report) => {
    const [run] = (JSON.parse(await renderers.sarif(report)) as Log).runs;
    if (run === undefined) throw new Error('a report without a run');
    return run;
  };

  test('is valid by the published schema', async () => {
    const ajv = new draft04.default({ strict: false, unicodeRegExp: false });
    formats.default(ajv);
    const validate = ajv.compile(JSON.parse(published('sarif-2.1.0-rtm.5.json')) as object);
    const log = JSON.parse(await renderers.sarif(reportFixture())) as object;
    validate(log);
    expect(validate.errors).toBeNull();
    expect(validate({ ...log, version: '2.0.0' })).toBe(false);
  });

  test('tells what the catalogue advises: impact, remediation, weaknesses and how severe it is', async () => {
    const report = reportFixture();
    const requirements = report.requirements.map((one, at) => (at === 1 ? { ...one, id: 'standard.expires' } : one));
    const { tool } = await runOf({ ...report, requirements });
    expect(tool.driver.rules[1]).toMatchObject({
      help: {
        text: expect.stringMatching(
          /\nImpact: .+\nRemediation: .*`exp`.*\nClassification: severity high, CWE-613/,
        ) as string,
      },
      properties: { tags: ['core', 'external/cwe/cwe-613'], 'security-severity': '8.0' },
    });
    expect(tool.driver.rules[0]).toMatchObject({ properties: { tags: ['core'] } });
  });

  test('has a rule for each requirement, results for what failed and warned, notifications for the rest that did not pass', async () => {
    const { tool, invocations, results, properties } = await runOf(reportFixture());
    expect(tool.driver.rules.map(({ id, defaultConfiguration }) => [id, defaultConfiguration.level])).toEqual([
      ['standard.one', 'error'],
      ['standard.two', 'error'],
      ['session.three', 'error'],
      ['session.four', 'warning'],
      ['requests.head', 'error'],
    ]);
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['standard.two', 'error'],
      ['session.four', 'warning'],
    ]);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(invocations[0]?.executionSuccessful).toBe(false);
    expect(invocations[0]?.toolExecutionNotifications.map(({ associatedRule }) => associatedRule.id)).toEqual([
      'session.three',
      'requests.head',
    ]);
    expect(properties.seed).toBe(42);
  });

  test('locates results by relative paths, and knows them again when the target answers otherwise', async () => {
    const first = await runOf(reportFixture());
    const moved = reportFixture();
    moved.target.url = 'http://127.0.0.1:1';
    for (const check of moved.requirements.flatMap(({ checks }) => checks)) check.actual = 'something else';
    const second = await runOf(moved);
    const keys = ({ results }: Log['runs'][number]) =>
      results.map((one) => [one.partialFingerprints, one.locations[0]?.physicalLocation.artifactLocation.uri]);
    expect(keys(second)).toEqual(keys(first));
    expect(new Set(first.results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))).size).toBe(2);
    for (const { locations } of first.results)
      expect(locations[0]?.physicalLocation.artifactLocation.uri).toMatch(/^auth-conformance\/[a-z.]+$/);
  });

  test('has no links and placeholders of a target in its messages', async () => {
    const report = reportFixture();
    for (const check of report.requirements.flatMap(({ checks }) => checks)) check.actual = '[x](http://evil) {0}';
    const { results } = await runOf(report);
    expect(results[0]?.message.text).toContain('actual \\[x\\](http://evil) {{0}}');
    expect(JSON.stringify((await runOf(reportFixture())).results)).not.toMatch(/\\u00(?:0[0-8bcef]|1)/);
    expect(results[0]?.properties.reproduce[0]).toBe('TARGET=http://127.0.0.1:8055');
  });
});

describe('the badge', () => {
  const badgeOf = async (change: Partial<Report>): Promise<unknown> =>
    JSON.parse(await renderers.badge({ ...reportFixture(), ...change }));
  const passed = reportFixture().requirements.map((one) => ({ ...one, verdict: 'pass' as const }));

  test.each<[Partial<Report>, object]>([
    [{}, { message: 'core not conformant 1 of 5', color: 'red', isError: true }],
    [{ outcome: 'not-judged' }, { message: 'core not judged 1 of 5', color: 'lightgrey', isError: true }],
    [{ outcome: 'conformant' }, { message: 'core as far as tested 1 of 5', color: 'yellow' }],
    [
      { outcome: 'conformant', complete: true, requirements: passed },
      { message: 'core conformant 5/5', color: 'brightgreen' },
    ],
    [
      { outcome: 'conformant', requirements: passed },
      { message: 'core as far as tested 5/5', color: 'yellow' },
    ],
  ])('says what the outcome is (case %#)', async (change, shown) => {
    expect(await badgeOf(change)).toEqual({ schemaVersion: 1, label: 'auth-conformance', ...shown });
    const svg = await renderers['badge-svg']({ ...reportFixture(), ...change });
    expect(svg).toContain((shown as { message: string }).message);
    expect(() => create(svg)).not.toThrow();
  });
});
