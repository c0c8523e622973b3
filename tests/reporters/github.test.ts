import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gitHubStep } from '../../cli/output/github-actions.js';
import { renderAnnotations, renderStepSummary } from '../../reporters/github.js';
import { renderJson } from '../../reporters/json.js';
import { renderMarkdown } from '../../reporters/markdown.js';
import type { Report } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';
import { hostile, reportFixture } from './report-fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-github-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The workflow commands that the runner would obey: as ActionCommand.cs and ActionCommandManager.cs of actions/runner read a line. */
function commandsIn(output: string): string[] {
  const obeyed: string[] = [];
  let token: string | undefined;
  for (const line of output.split(/\r\n|\r|\n/).map((one) => one.trimStart())) {
    if (token !== undefined) {
      if (line === `::${token}::`) token = undefined;
      continue;
    }
    const stop = /^::stop-commands::(.*)$/.exec(line)?.[1];
    if (stop !== undefined) token = stop;
    else if (line.startsWith('::') || line.includes('##[')) obeyed.push(line);
  }
  return obeyed;
}

/** What a target may say to be obeyed. */
const commanding = '\n::set-env name=PATH::/evil\r::add-mask::x\n  ::error::forged\n##[error]forged 100%';

/** The fixture, with texts of the target that are commands; its failure as often as told. */
function report(failures = 1): Report {
  const given = JSON.parse(
    JSON.stringify(reportFixture(), (_key, value: unknown) => (value === hostile ? `${hostile}${commanding}` : value)),
  ) as Report;
  return {
    ...given,
    requirements: given.requirements.flatMap((one) =>
      one.verdict === 'fail'
        ? Array.from({ length: failures }, (_, index) => ({
            ...one,
            id: `standard.two-${index}`,
            reason: `${one.reason ?? ''}${commanding}`,
          }))
        : [one],
    ),
  };
}

describe('annotations', () => {
  test('are errors for what failed or was not judged, warnings for what warned, each on a line of its own', () => {
    const lines = renderAnnotations(report()).trimEnd().split('\n');
    expect(lines.map((line) => line.split('::')[1])).toEqual([
      'error title=standard.two-0',
      'error title=requests.head',
      'warning title=session.four',
    ]);
    expect(lines[0]).toContain('ends in fail.%0Aexpected x, but ');
    expect(lines[0]).toContain('forged 100%25');
    expect(commandsIn(lines.join('\n'))).toEqual(lines);
  });

  test('are ten of a kind, the last of which says how many more there are', () => {
    const errors = renderAnnotations(report(12))
      .split('\n')
      .filter((line) => line.startsWith('::error'));
    expect(errors).toHaveLength(10);
    // Twelve failed, one was not judged, nine are shown.
    expect(errors.at(-1)).toBe('::error title=auth-conformance::and 4 more: see the report');
  });
});

describe('the step summary', () => {
  test('is the Markdown report', () => expect(renderStepSummary(report())).toMatch(/^\*\*core NOT CONFORMANT /m));

  test('is cut at 1 MiB, with what stands there already, outside of a block of code', () => {
    const long = report();
    for (const check of long.requirements.flatMap(({ checks }) => checks))
      check.curl = ['`'.repeat(900), ...(Array(60_000).fill('# ä long') as string[])];
    for (const taken of [0, 500_000]) {
      const text = renderStepSummary(long, taken);
      expect(Buffer.byteLength(text) + taken).toBeLessThanOrEqual(1024 * 1024);
      expect(Buffer.byteLength(text) + taken).toBeGreaterThan(1024 * 1024 - 2000);
      expect(text).toMatch(/^`{3,}\n\n\nThe report is cut here/m);
      expect(renderMarkdown(long)).toContain(text.slice(0, text.lastIndexOf('\n```')));
    }
    expect(renderStepSummary(long, 1024 * 1024)).toBe('');
  });

  test('is cut, too, when a target has sent backticks and nothing else', () => {
    const long = report();
    for (const check of long.requirements.flatMap(({ checks }) => checks)) check.actual = '` '.repeat(500_000);
    expect(Buffer.byteLength(renderStepSummary(long))).toBeLessThanOrEqual(1024 * 1024);
  });
});

describe('a step of a GitHub workflow', () => {
  test('is not found elsewhere', () => {
    expect(gitHubStep({}, process.stdout)).toBeUndefined();
    expect(gitHubStep({ GITHUB_ACTIONS: 'false' }, process.stdout)).toBeUndefined();
  });

  test('is annotated and gets a summary by a run', async () => {
    const summary = join(folder, 'summary.md');
    const { code, stdout, stderr } = await runCli(
      ['self-test', '--only', 'standard.logout.*', '--defect', 'logout-does-nothing'],
      { env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary } },
    );
    expect(code).toBe(1);
    expect(stderr).toBe('');
    const commands = commandsIn(stdout);
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.every((line) => /^::error title=standard\.logout\.[a-z-]+::/.test(line))).toBe(true);
    expect(readFileSync(summary, 'utf8')).toMatch(/^# Access-token conformance report\n\n\*\*core NOT CONFORMANT /);
  });

  test('is annotated on standard error when standard output is for JSON', async () => {
    const { stdout, stderr } = await runCli(
      ['self-test', '--json', '--only', 'standard.logout.*', '--defect', 'logout-does-nothing'],
      { env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'no-such-folder/summary.md') } },
    );
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'not-conformant' });
    expect(commandsIn(stderr)[0]).toMatch(/^::error title=standard\.logout\./);
    expect(stderr).toMatch(/^The step summary .* cannot be written: ENOENT/m);
  });

  test('obeys no target that answers with commands', async () => {
    const text = commanding.replaceAll('\r', '\n');
    const target = createServer((_request, response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ message: text, extensions: { code: text } }] }) + text);
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { code, stdout, stderr } = await runCli(
      ['--target', `http://127.0.0.1:${(target.address() as AddressInfo).port}`],
      {
        env: {
          GITHUB_ACTIONS: 'true',
          AUTH_CONFORMANCE_EMAIL: 'a@example.com',
          AUTH_CONFORMANCE_PASSWORD: 'secret',
        },
      },
    );
    target.close();
    expect([2, 3]).toContain(code);
    expect(commandsIn(stdout)).toEqual([]);
    expect(commandsIn(stderr)).toEqual([]);
  });

  test('obeys nothing that the reports on a terminal show of a target', () => {
    let written = '';
    const output = { write: (text: string) => (written += text) } as unknown as NodeJS.WritableStream;
    const step = gitHubStep({ GITHUB_ACTIONS: 'true' }, output);
    output.write(`${commanding}\n`);
    step?.finish(report());
    expect(commandsIn(renderJson(report()))).toEqual([]);
    expect(commandsIn(commanding).length).toBeGreaterThan(2);
    expect(commandsIn(written).map((line) => line.split('::')[1])).toEqual([
      'error title=standard.two-0',
      'error title=requests.head',
      'warning title=session.four',
    ]);
  });
});
