import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runsOf } from '../../cli/targets.js';
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import type { Configuration } from '../../spec/generated/configuration.js';
import type { Report } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';

const nowhere = 'http://127.0.0.1:1';
const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-targets-'));
const env = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };
const part = ['--only', 'standard.logout.*', '--only', 'requests.cookie'];
let servers: ReferenceServer[] = [];
let good: string;
let bad: string;
let other: string;

beforeAll(async () => {
  const settings = { LOGIN_STALL_TIME: '0' };
  servers = await Promise.all([
    createReferenceServer({ argon2Cost: cheapHash, settings }),
    createReferenceServer({ argon2Cost: cheapHash, settings, defects: ['logout-does-nothing'] }),
    createReferenceServer({ argon2Cost: cheapHash, settings: { ...settings, ADMIN_PASSWORD: 'another-password' } }),
  ]);
  [good = '', bad = '', other = ''] = await Promise.all(servers.map(async (server) => server.listen()));
});

afterAll(async () => {
  await Promise.all(servers.map(async (server) => server.close()));
  rmSync(folder, { recursive: true });
});

/** The lines of the table at the end. */
const tableOf = (output: string): string[] =>
  output
    .split(/\n\d+ targets\n/)[1]
    ?.trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('Exit code ')) ?? [];
const nameOf = (url: string): string => url.replace('http://', '').replace(':', '-');

describe('several targets', () => {
  test('are certified one after the other, each with reports of its own, and one that is down holds up none', async () => {
    const report = ['--report', `html=${folder}/{target}.html`, '--report', `json=${folder}/{target}.json`];
    const targets = [bad, nowhere, good].flatMap((url) => ['--target', url]);
    const { code, stdout, stderr } = await runCli([...targets, ...part, ...report], { env });
    expect(code).toBe(1);
    const rows = tableOf(stdout);
    expect(rows[0]).toMatch(new RegExp(`^${bad} +NOT CONFORMANT +\\d+ of \\d+ passed, \\d+ failed`));
    expect(rows[1]).toMatch(new RegExp(`^${nowhere} +NOT JUDGED +${nowhere} refuses connections`));
    expect(rows[2]).toMatch(new RegExp(`^${good} +CONFORMANT as far as tested +(\\d+) of \\1 passed, [\\d.]+ s$`));
    expect(stderr).toMatch(
      /^auth-conformance: the target cannot be judged: http:\/\/127\.0\.0\.1:1 refuses connections/,
    );
    for (const url of [bad, good]) {
      const written = JSON.parse(readFileSync(join(folder, `${nameOf(url)}.json`), 'utf8')) as Report;
      expect(written.target.url).toBe(url);
      expect(readFileSync(join(folder, `${nameOf(url)}.html`), 'utf8')).toContain(url);
    }
  });

  test('are compared on one page, when the HTML report has no place for the name of one', async () => {
    const page = join(folder, 'comparison.html');
    const { code, stdout } = await runCli(
      [...[bad, nowhere, good].flatMap((url) => ['--target', url]), ...part, '--report', `html=${page}`],
      { env },
    );
    expect([code, stdout]).toEqual([1, expect.stringContaining(`html comparison: ${page}`)]);
    const html = readFileSync(page, 'utf8');
    for (const told of [good, bad, 'NOT CONFORMANT', 'Reproduce with curl']) expect(html).toContain(told);
    expect(html).not.toContain(nowhere);
  });

  test('are one JSON array for --json', async () => {
    const { code, stdout, stderr } = await runCli(
      ['--json', '--target', good, '--target', nowhere, '--target', bad, '--fail-on', 'any', ...part],
      { env },
    );
    expect((JSON.parse(stdout) as Report[]).map(({ target, outcome }) => [target.url, outcome])).toEqual([
      [good, 'conformant'],
      [bad, 'not-conformant'],
    ]);
    expect(tableOf(stderr)).toHaveLength(3);
    expect(stderr).toContain('GATE NOT PASSED');
    expect(code).toBe(1);
  });

  test('may be given in the environment, and all but one that is down end with 3', async () => {
    const { code, stdout } = await runCli(part, {
      env: { ...env, AUTH_CONFORMANCE_TARGETS: `${good}, ${nowhere}` },
    });
    expect(tableOf(stdout).map((row) => row.split(/ +/)[0])).toEqual([good, nowhere]);
    expect(code).toBe(3);
  });

  test('leave no report of one that is down', async () => {
    const reports = join(folder, 'reports');
    const { code } = await runCli(
      ['--target', good, '--target', nowhere, '--report', `junit=${reports}/{target}.xml`, ...part],
      { env },
    );
    expect(readdirSync(reports)).toEqual([`${good.replace('http://', '').replace(':', '-')}.xml`]);
    expect(code).toBe(3);
  });

  test('may have passwords of their own, in a configuration file', async () => {
    const file = join(folder, 'own.json');
    const targets = [{ target: good }, { target: other, adminPassword: 'another-password' }];
    writeFileSync(file, JSON.stringify({ targets }));
    const right = await runCli(['--config', file, ...part], { env });
    expect(tableOf(right.stdout).map((row) => row.includes('CONFORMANT as far as tested'))).toEqual([true, true]);
    expect(right.code).toBe(0);
    writeFileSync(file, JSON.stringify({ targets: [{ target: good }, { target: other }] }));
    const wrong = await runCli(['--config', file, ...part], { env });
    expect(tableOf(wrong.stdout)[1]).toContain('NOT JUDGED');
    expect(wrong.code).toBe(2);
    // One --target goes before the targets of the file.
    const one = await runCli(['--config', file, '--target', good, ...part], { env });
    expect(one.code).toBe(0);
    expect(one.stdout).not.toMatch(/\d targets/);
  });

  test('tell a GitHub workflow what failed of each, even after one that is down', async () => {
    const { stdout, stderr } = await runCli(['--target', nowhere, '--target', bad, ...part], {
      env: { ...env, GITHUB_ACTIONS: 'true' },
    });
    // The commands that stop commands, and those that let them go on.
    const tokens = [...stdout.matchAll(/^::stop-commands::(.+)$/gm)].map(([, token = '']) => token);
    expect(tokens).toHaveLength(2);
    for (const token of tokens) expect(stdout).toContain(`\n::${token}::\n`);
    expect(stdout.split(`\n::${tokens[1] ?? ''}::\n`)[1]).toContain('::error title=standard.logout.');
    expect(stderr).not.toContain('::');
  });

  test.each<[what: string, args: () => string[], configuration: object | undefined, message: RegExp]>([
    [
      'a report that all would write into',
      () => ['--target', good, '--target', bad, '--report', `json=${folder}/same.json`],
      undefined,
      /--report json=.*same\.json: there are several targets, put \{target\} into the name of the file/,
    ],
    [
      'a baseline that all would write into',
      () => ['--target', good, '--target', bad, '--baseline', `${folder}/same.json`, '--update-baseline'],
      undefined,
      /--baseline .*same\.json: there are several targets/,
    ],
    ['one given twice', () => ['--target', good, '--target', `${good}/`], undefined, /is given twice/],
    [
      'one that is no URL',
      () => ['--target', good, '--target', 'nowhere'],
      undefined,
      /--target, 1\.target must be a URL/,
    ],
    ['one and several', () => [], { target: nowhere, targets: [{ target: nowhere }] }, /give one of them/],
    [
      'a slip of the pen, without the passwords beside it',
      () => [],
      { targets: [{ target: nowhere, adminPasword: 'in-clear', adminPassword: 'in-clear' }] },
      /^(?!.*in-clear).*targets.*0\.adminPasword is not known here/,
    ],
  ])('reject %s', async (_what, args, configuration, message) => {
    const file = join(folder, 'rejected.json');
    if (configuration !== undefined) writeFileSync(file, JSON.stringify(configuration));
    const { code, stdout, stderr } = await runCli(
      [...args(), ...(configuration === undefined ? [] : ['--config', file])],
      { env },
    );
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(existsSync(join(folder, 'same.json'))).toBe(false);
  });

  test('reject one that nothing is given to log in for, before any is run', async () => {
    const { code, stdout, stderr } = await runCli(['--target', good, '--target', bad]);
    expect(stderr).toContain(`${good}: nothing to log in with`);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('the runs of a configuration', () => {
  test('name each file after its target, also where two would be named alike', () => {
    const configuration: Configuration = {
      targets: [
        { target: 'http://a.example/x/' },
        { target: 'https://a.example/x' },
        { target: 'https://b.example:8055' },
      ],
      report: { json: 'out/{target}.json' },
      baseline: 'known-{target}.json',
    };
    expect(runsOf(configuration).map(({ target, report, baseline }) => [target, report?.json, baseline])).toEqual([
      ['http://a.example/x/', 'out/a.example-x-1.json', 'known-a.example-x-1.json'],
      ['https://a.example/x', 'out/a.example-x-2.json', 'known-a.example-x-2.json'],
      ['https://b.example:8055', 'out/b.example-8055.json', 'known-b.example-8055.json'],
    ]);
  });

  test('of one target is one, with its name in files', () => {
    expect(runsOf({ target: 'http://127.0.0.1:8055', report: { html: '{target}.html' } })).toEqual([
      { target: 'http://127.0.0.1:8055', report: { html: '127.0.0.1-8055.html' } },
    ]);
  });
});
