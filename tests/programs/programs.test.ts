import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root, run, type Ended } from '../helpers/run-cli.js';
import { programs } from './programs.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A PATH on which there is nothing but these commands, which do nothing. */
function pathOf(name: string, commands: readonly string[]): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const command of commands) {
    writeFileSync(join(path, command), '');
    chmodSync(join(path, command), 0o755);
  }
  return path;
}
const all = ['bash', 'curl', 'jq', 'openssl', 'chromium', 'redis-server', 'redis-cli'];
const paths = {
  nothing: pathOf('nothing', []),
  'everything but jq and redis-cli': pathOf(
    'some',
    all.filter((name) => name !== 'jq' && name !== 'redis-cli'),
  ),
  everything: pathOf('everything', all),
  'everything, by another name': pathOf(
    'other',
    all.map((name) => (name === 'chromium' ? 'chromium-browser' : name)),
  ),
};

const node = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> =>
  run(process.execPath, args, { env: { CHROMIUM: '', CI: '', ...env } });
const check = (path: keyof typeof paths, args: readonly string[] = [], env = {}): Promise<Ended> =>
  node(['--import', 'tsx', `${root}tests/programs/check.ts`, ...args], { PATH: paths[path], ...env });

describe('the check before the tests', () => {
  test('names what is missing, what it is for and how it is installed', async () => {
    const { code, stderr } = await check('everything but jq and redis-cli');
    expect(code).toBe(0);
    expect(stderr).toBe(
      [
        'Tests are skipped that need a missing program: jq (shell lines of reports), redis-server (sessions that several servers share). To run them, install:',
        '  Debian:   sudo apt-get install jq redis-server',
        '  macOS:    brew install jq redis',
        '  Windows:  winget install jqlang.jq (no package of redis-server)',
        '',
        '',
      ].join('\n'),
    );
  });

  test('names every program on a bare machine', async () => {
    const { code, stderr } = await check('nothing');
    expect(code).toBe(0);
    for (const { name, use } of programs) expect(stderr).toContain(`${name} (${use}`);
    expect(stderr).toContain('brew install bash curl jq openssl redis && brew install --cask chromium\n');
  });

  test.each([
    ['--all', ['--all'], {}],
    ['on CI', [], { CI: 'true' }],
  ])('fails by %s', async (_how, args, env) => {
    const { code, stderr } = await check('everything but jq and redis-cli', args, env);
    expect(stderr).toMatch(/^The tests need programs that are missing: jq \(.*\), redis-server \(.*\)\. Install:\n/);
    expect(code).toBe(1);
  });

  test.each(['everything', 'everything, by another name'] as const)('says nothing where there is %s', async (path) => {
    expect(await check(path, ['--all'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('takes the Chromium that CHROMIUM names, and no other', async () => {
    const given = { CHROMIUM: join(paths.everything, 'chromium') };
    expect((await check('nothing', [], given)).stderr).not.toContain('chromium');
    expect((await check('everything', [], { CHROMIUM: join(folder, 'none') })).stderr).toContain('chromium (');
  });
});

describe('tests that need a missing program', () => {
  const vitest = (env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    node(
      [
        `${root}node_modules/vitest/vitest.mjs`,
        'run',
        '--project=unit',
        '--project=redis',
        'tests/redis/stores.test.ts',
      ],
      {
        PATH: paths.nothing,
        ...env,
      },
    );

  test('are skipped, and named with the reason at the end', async () => {
    const { code, stdout, stderr } = await vitest();
    expect(code, stderr).toBe(0);
    const summary = stdout.slice(stdout.indexOf('\nNot run:\n'));
    expect(summary).toMatch(
      /^\nNot run:\n {2}redis-server is missing \(sessions that several servers share\): \d\d tests\n/,
    );
    expect(summary).toMatch(/^ {4}tests\/redis\/stores\.test\.ts \(\d\d\)$/m);
    expect(summary).toContain('\n  left to npm run test:all: the projects hostile, package, kill-table\n');
    expect(summary).toContain('    Debian:   sudo apt-get install redis-server\n');
  });

  test('fail on CI', async () => {
    const { code, stderr } = await vitest({ CI: 'true' });
    expect(code).toBe(1);
    expect(stderr).toContain('spawn redis-server ENOENT');
  });
});
