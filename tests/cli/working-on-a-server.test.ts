import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { selectRequirements } from '../../runner/selection.js';
import { nearest } from '../../spec/values/suggestion.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { Report } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-working-'));
afterAll(() => rmSync(folder, { recursive: true }));
const idsOf = (only: string[]): string[] => selectRequirements({ only }).map(({ id }) => id);

describe('--only', () => {
  test('takes the segments that ids begin with', () => {
    const logouts = catalogue.map(({ id }): string => id).filter((id) => id.startsWith('standard.logout.'));
    expect(logouts.length).toBeGreaterThan(1);
    expect(idsOf(['standard.logout'])).toEqual(logouts);
  });

  test('takes an id for that one alone, and no part of a segment', () => {
    expect(idsOf(['standard.expires'])).toEqual(['standard.expires']);
    expect(() => idsOf(['standard.logou'])).toThrow(/matches no requirement\. Do you mean standard\.logout\?/);
  });
});

test.each<[string, readonly string[], string | undefined]>([
  ['htlm', ['json', 'junit', 'html'], 'html'],
  ['profle', ['profile', 'report'], 'profile'],
  ['somethingelse', ['profile', 'report'], undefined],
  ['x', ['ca', 'only'], undefined],
])('%s among %j means %s', (word, known, meant) => expect(nearest(word, known)).toBe(meant));

describe('the command', () => {
  test.each<[string[], RegExp]>([
    [['self-tset'], /unknown command 'self-tset'\. Do you mean self-test\?/],
    [['reprot', 'x.json'], /unknown command 'reprot'\. Do you mean report\?/],
    [['help', 'mereg'], /unknown command 'mereg'\. Do you mean merge\?/],
    [['http://127.0.0.1:1', 'http://127.0.0.1:2'], /one URL can stand by itself: give each by --target URL/],
    [['explain', 'standard.logot.post-only'], /Do you mean standard\.logout\.post-only\?/],
    [['self-test', '--onyl', 'x'], /unknown option '--onyl'.*--only/],
    [['self-test', '--report', 'htlm=x'], /there is no format "htlm"\. Do you mean html\?/],
    [['self-test', '--open'], /--open opens the HTML report: name it by --report html=FILE/],
    [['self-test', '--last-failed'], /--last-failed: name the JSON report of the last run/],
    [['self-test', '--bail', '0'], /--bail must be >= 1/],
  ])('%j says what was meant', async (args, says) => {
    const { code, stderr } = await runCli(args, { cwd: folder });
    expect(stderr).toMatch(says);
    expect(code).toBe(2);
  });

  test('takes a URL by itself for the target', async () => {
    const { code, stderr } = await runCli(['http://127.0.0.1:1', '--email', 'a@example.com', '--password', 'x']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('http://127.0.0.1:1 refuses connections')]);
  });

  test('explains a requirement as JSON', async () => {
    const { stdout } = await runCli(['explain', 'standard.logout.post-only', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'standard.logout.post-only',
      level: 'MUST',
      checks: [expect.any(String)],
    });
  });

  test('has help and version as commands', async () => {
    expect((await runCli(['version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await runCli(['help', 'diff'])).stdout).toMatch(/^Usage: auth-conformance diff /);
  });

  test.each<[name: string, text: string, place: string]>([
    ['json', '{"profile":"core",\n  "only": ]}', 'line 2, column 11'],
    ['mjs', 'export default {\n  only: [\n};\n', 'line 3, column 1'],
    ['ts', 'export default {\n  only: [\n};\n', 'line 3, column 1'],
  ])('says where a configuration file in %s is wrong', async (extension, text, place) => {
    const file = join(folder, `wrong.${extension}`);
    writeFileSync(file, text);
    const { code, stderr } = await runCli(['--config', file]);
    expect(stderr).toContain(`see ${place}`);
    expect(code).toBe(2);
  });

  test('ends at the first failure with --bail, and runs it again alone with --last-failed', async () => {
    writeFileSync(
      join(folder, 'auth-conformance.config.json'),
      JSON.stringify({ profile: 'core', only: 'standard.logout' }),
    );
    const report = join(folder, 'report.json');
    const bailed = await runCli(
      [
        'self-test',
        '--defect',
        'logout-does-nothing',
        '--bail',
        '--concurrency',
        '1',
        '--report',
        `json=${report}`,
        '--json',
      ],
      { cwd: folder },
    );
    const { requirements } = JSON.parse(bailed.stdout) as Report;
    expect(bailed.code).toBe(1);
    expect(requirements.filter(({ verdict }) => verdict === 'fail')).toHaveLength(1);
    expect(requirements.every(({ profile }) => profile === 'core')).toBe(true);
    const again = await runCli(['self-test', '--last-failed', report, '--json'], { cwd: folder });
    expect((JSON.parse(again.stdout) as Report).requirements).toMatchObject([
      { id: 'standard.logout.invalidates-refresh-token', verdict: 'pass' },
    ]);
    expect(again.code).toBe(0);
  });
});
