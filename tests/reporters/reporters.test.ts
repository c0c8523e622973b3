import { create } from 'xmlbuilder2';
import { describe, expect, test } from 'vitest';
import { renderers } from '../../reporters/renderers.js';
import { progressLine } from '../../reporters/progress.js';
import { renderTerminal } from '../../reporters/terminal.js';
import { schemas } from '../../spec/generated/schemas.js';
import { compileValidator } from '../../spec/schema-validator.js';
import type { Report } from '../../spec/generated/report.js';
import { hostile, reportFixture } from './report-fixture.js';

const controls = /[\u0000-\u0008\u000B-\u001F\u007F]/;

describe('the terminal report', () => {
  const text = renderTerminal(reportFixture(), { color: false });

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

  test('says what was left on the target', () => expect(text).toMatch(/LEFT ON THE TARGET: user a@example\.com/));

  test('lets no target write to the terminal', () => {
    expect(text).not.toMatch(controls);
    expect(
      progressLine({ requirement: 'a.b', title: hostile, verdict: 'pass', durationMs: 1 }, { color: false }),
    ).not.toMatch(controls);
  });

  test.each<[Partial<Report>, RegExp]>([
    [{ outcome: 'not-conformant' }, /^NOT CONFORMANT /m],
    [{ outcome: 'not-judged' }, /^NOT JUDGED /m],
    [{ outcome: 'conformant', complete: true }, /^CONFORMANT {2}http/m],
    [
      { outcome: 'conformant', complete: false },
      /^CONFORMANT as far as tested: 1 of 5 core requirements were not tested/m,
    ],
  ])('ends on the outcome %o', (change, line) => {
    expect(renderTerminal({ ...reportFixture(), ...change }, { color: false })).toMatch(line);
  });

  test('cuts titles to the width of the terminal', () => {
    const tree = renderTerminal(reportFixture(), { color: false, width: 60 })
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
      '@skipped': string;
      testsuite: { '@name': string; testcase: unknown }[];
    };
  }

  test('can be parsed, and its counts are those of the checks', async () => {
    const xml = await renderers.junit(reportFixture());
    expect(xml).not.toMatch(controls);
    const { testsuites } = create(xml).end({ format: 'object' }) as unknown as Element;
    expect(testsuites).toMatchObject({ '@tests': '5', '@failures': '1', '@errors': '1', '@skipped': '1' });
    expect(testsuites.testsuite.map((suite) => suite['@name'])).toEqual([
      'Standard Tokens',
      'Session Tokens',
      'Making Requests',
    ]);
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
    expect(outside.replaceAll('\\<', '')).not.toContain('<');
    // Every row of a table has as many cells as its head.
    for (const table of outside.split('\n\n').filter((block) => block.startsWith('| Verdict'))) {
      expect(new Set(table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length)).size).toBe(1);
    }
  });

  test('has the outcome, the verdicts, the failure and the skipped', async () => {
    const text = await renderers.markdown(reportFixture());
    expect(text).toMatch(/^\*\*NOT CONFORMANT\*\*/m);
    expect(text).toMatch(/^\| ✓ pass \| MUST \|/m);
    expect(text).toMatch(/^### ✗ standard\.two$/m);
    expect(text).toMatch(/^- `session\.three`: needs patience/m);
  });
});

describe('the HTML report', () => {
  test('is one file that asks for nothing and runs nothing of what a target says', async () => {
    const html = await renderers.html(reportFixture());
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).not.toMatch(/<(?:link|img|iframe|object)\b/);
    expect(html).not.toMatch(/<[^>]*\s(?:src|href)=/);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(controls);
  });

  test('opens what needs attention, and shows expected beside actual', async () => {
    const html = await renderers.html(reportFixture());
    expect(html).toMatch(/<details class="requirement" id="standard\.two" open/);
    expect(html).toMatch(/<details class="requirement" id="standard\.one" data-verdict="pass"/);
    expect(html).toMatch(/<dt>Expected<\/dt><dd>x /);
    expect(html).toMatch(/NOT CONFORMANT/);
  });
});
