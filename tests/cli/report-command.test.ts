import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { reportFixture } from '../reporters/report-fixture.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'auth-conformance-report-'));
afterAll(() => rmSync(directory, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [main, 'report', ...args], { cwd: directory, encoding: 'utf8' });
/** What is told of the reports of the fixture in any case: another version wrote them. */
const isRemark = (line: string): boolean => /^auth-conformance: \S+:$|^ {2}/.test(line);
const html = (file: string): string => readFileSync(join(directory, file), 'utf8');
const report = reportFixture();
const given: Record<string, string> = {
  'a.json': JSON.stringify(report),
  'same.json': JSON.stringify(report, null, 2),
  'b.json': JSON.stringify({
    ...report,
    target: { url: 'http://b.example.com' },
    tool: { ...report.tool, version: '9.9.9' },
  }),
  'c.json': JSON.stringify({ ...report, target: { url: 'http://c.example.com' } }),
  'text.json': 'no report',
  'other.json': '{"schemaVersion":"1"}',
};
for (const [name, text] of Object.entries(given)) writeFileSync(join(directory, name), text);

test('one report becomes its page, also of a target that is not conformant', () => {
  const { status, stdout, stderr } = run('a.json', '--html', 'new/a.html');
  expect([status, stderr]).toEqual([0, expect.stringContaining('a.json:\n  it was written by auth-conformance 0.0.0')]);
  expect(stderr).not.toContain('was changed');
  expect(stdout).toBe(`html report: ${join(directory, 'new/a.html')}\n`);
  expect(html('new/a.html')).toContain('NOT CONFORMANT');
});

test('several become a page that compares them, and says that they are of different versions', () => {
  const { status, stdout } = run('a.json', 'b.json', 'c.json', '--html', 'matrix.html');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^html comparison of 3 reports: /);
  expect(html('matrix.html')).toContain('These reports are of different versions of the suite: auth-conformance 0.0.0');
});

test.each<[string[], RegExp]>([
  [['nowhere.json', '--html', 'x.html'], /the report nowhere\.json cannot be read \(ENOENT\)/],
  [['.', '--html', 'x.html'], /the report \. cannot be read \(EISDIR\)/],
  [['text.json', '--html', 'x.html'], /text\.json is not JSON/],
  [['a.json', 'other.json', '--html', 'x.html'], /other\.json is no JSON report of auth-conformance/],
  [['a.json', 'b.json', 'a.json', '--html', 'x.html'], /the report a\.json is given twice/],
  [['a.json', 'same.json', '--html', 'x.html'], /a\.json and same\.json are the same report/],
  [['a.json', '--html', './a.json'], /--html \.\/a\.json would overwrite a report/],
  [['a.json', '--html', '.'], /cannot be written/],
  [['a.json', '--html', 'a.json/x.html'], /cannot be written/],
  [['a.json'], /--html <FILE>' not specified/],
  [['--html', 'x.html'], /missing required argument/],
])('%j ends with exit code 2 and says why', (args, why) => {
  const { status, stdout, stderr } = run(...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(why);
  expect(
    stderr
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('See auth-conformance') && !isRemark(line)),
  ).toHaveLength(1);
  expect(existsSync(join(directory, 'x.html'))).toBe(false);
  expect(html('a.json')).toBe(given['a.json']);
});
