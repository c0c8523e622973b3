import { afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import type { Report } from '../../spec/generated/report.js';
import { limiter, type Limiter, type Limits } from '../helpers/targets/limiter.js';
import { runCli, type Ended } from '../helpers/run-cli.js';

const admin = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };
const some = [
  ...[
    'static.one-per-user',
    'static.does-not-expire',
    'static.authenticates',
    'standard.refresh.concurrent',
    'realtime.*',
  ].flatMap((id) => ['--only', id]),
  ...['--runs', '5'],
];
let server: ReferenceServer | undefined;
let front: Limiter | undefined;

afterEach(async () => {
  await front?.close();
  await server?.close();
  front = server = undefined;
});

async function behind(limits: Limits, defects: readonly string[] = []): Promise<Limiter> {
  server = await createReferenceServer({ settings: { LOGIN_STALL_TIME: '0' }, defects });
  front = await limiter(await server.listen(), limits);
  return front;
}

const certify = async (
  target: string,
  args: readonly string[],
  during?: Parameters<typeof runCli>[1],
): Promise<Ended> => runCli(['--target', target, '--json', ...args], { ...during, env: admin });

const reportOf = ({ stdout, stderr }: Ended): Report => {
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Report;
};

/** The users and sessions that are there. */
const whatIsLeft = async (): Promise<unknown> => ({
  users: ((await server?.store.users()) ?? []).map(({ email }) => email),
  sessions: ((await server?.store.sessions()) ?? []).filter(({ expires }) => expires > Date.now()).length,
});
const untouched = { users: ['admin@example.com'], sessions: 0 };
const inSeconds = (ms: number): string => String(Math.ceil(ms / 1000));

describe('a target that limits the rate of requests is judged as one that does not', () => {
  test.each<[string, Limits]>([
    [
      'by the second, told in whole seconds, rounded',
      { points: 40, windowMs: 1000, headers: ({ resetMs }) => ({ 'retry-after': String(Math.round(resetMs / 1000)) }) },
    ],
    [
      'by a date',
      {
        points: 60,
        windowMs: 2000,
        headers: ({ resetMs }) => ({ 'retry-after': new Date(Date.now() + resetMs + 1000).toUTCString() }),
      },
    ],
    [
      'by RateLimit of the draft, in each response',
      {
        points: 60,
        windowMs: 2000,
        always: true,
        headers: ({ resetMs, remaining }) => ({
          'ratelimit-policy': '"default";q=60;w=2',
          ratelimit: `"default";r=${remaining};t=${inSeconds(resetMs)}`,
        }),
      },
    ],
    [
      'by X-RateLimit-Reset since 1970',
      {
        points: 60,
        windowMs: 2000,
        headers: ({ resetMs }) => ({ 'x-ratelimit-reset': inSeconds(Date.now() + resetMs) }),
      },
    ],
    ['without a word', { points: 60, windowMs: 2000 }],
    ['by 503 without a word', { points: 60, windowMs: 2000, status: 503 }],
    [
      'by 503 with Retry-After',
      { points: 60, windowMs: 2000, status: 503, headers: ({ resetMs }) => ({ 'retry-after': inSeconds(resetMs) }) },
    ],
  ])('%s', async (_how, limits) => {
    const { url, counts } = await behind(limits);
    const ended = await certify(url, some);
    const { requirements, leftovers, notes } = reportOf(ended);
    expect(requirements.filter(({ verdict }) => !['pass', 'skip'].includes(verdict))).toEqual([]);
    expect(requirements.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(15);
    expect(ended.code).toBe(0);
    expect(leftovers).toEqual([]);
    expect(await whatIsLeft()).toEqual(untouched);
    const { passed, rejected } = counts();
    expect(passed).toBeGreaterThan(3 * limits.points);
    // The pace is learned: only a few are rejected.
    expect(rejected).toBeLessThan(passed / 4);
    if (rejected > 0) expect(notes.join('\n')).toMatch(/The target limits the rate of requests: what it rejected/);
  });

  test.each<[string, Omit<Limits, 'points' | 'windowMs'>]>([
    ['without a word', {}],
    ['by 503 with Retry-After', { status: 503, headers: () => ({ 'retry-after': '1' }) }],
  ])('also where it takes few at once, %s', async (_how, limits) => {
    const { url, counts } = await behind({ points: Infinity, windowMs: 1000, atOnce: 4, ...limits });
    const ended = await certify(url, some);
    const { requirements, leftovers, notes } = reportOf(ended);
    expect(requirements.filter(({ verdict }) => !['pass', 'skip'].includes(verdict))).toEqual([]);
    expect(leftovers).toEqual([]);
    expect(await whatIsLeft()).toEqual(untouched);
    expect(notes.join('\n')).toMatch(/The target takes [234] requests at once/);
    const { passed, rejected } = counts();
    expect(rejected).toBeLessThan(passed / 4);
  });

  test('and what is wrong with it is found', async () => {
    const { url, counts } = await behind({ points: 20, windowMs: 1000 }, ['logout-does-nothing']);
    const ended = await certify(url, ['--only', 'standard.logout.*']);
    const failed = reportOf(ended).requirements.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ id }) => id)).toContain('standard.logout.invalidates-refresh-token');
    expect(reportOf(ended).requirements.filter(({ verdict }) => verdict === 'error')).toEqual([]);
    expect(counts().rejected).toBeGreaterThan(0);
  });

  test('where an account is locked by 429, that is the answer to one attempt too many', async () => {
    // Logins of the suite's own user, whose email and password are longer than those of the administrator.
    const { url } = await behind({
      points: 6,
      windowMs: 600_000,
      headers: () => ({ 'retry-after': '900' }),
      counts: ({ url: path, headers }) => path === '/auth/login' && Number(headers['content-length']) > 80,
    });
    const ended = await certify(url, ['--only', 'login.attempts-limited']);
    expect(reportOf(ended).requirements.map(({ verdict }) => verdict)).toEqual(['pass']);
    expect(reportOf(ended).leftovers).toEqual([]);
  });
});

describe('a limiter that never yields', () => {
  test('ends the run in one sentence, within a minute', async () => {
    const { url } = await behind({ points: 0, windowMs: 1000 });
    const { code, stderr, stdout, ms } = await certify(url, some);
    const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('auth-conformance: waiting'));
    expect({ code, stdout, lines }).toEqual({
      code: 3,
      stdout: '',
      lines: [
        expect.stringMatching(
          /cannot be judged: the target limits the rate of requests, and has rejected each one for 5\d s/,
        ),
      ],
    });
    expect(stderr).toMatch(/waiting for the target, which limits the rate of requests/);
    expect(ms).toBeLessThan(75_000);
  });

  test('and asks to wait for longer than is waited, ends it at once', async () => {
    const { url } = await behind({ points: 0, windowMs: 1000, headers: () => ({ 'retry-after': '3600' }) });
    const { code, stderr } = await certify(url, some);
    expect(code).toBe(3);
    expect(stderr).toMatch(/asks to wait 3600 s before the next one \(it answered 429\)/);
  });
});

describe('what a run created is removed', () => {
  test('by a target that rejects a full batch as the run ends', async () => {
    const { url, rejectAll } = await behind({ points: 1e9, windowMs: 1e9 });
    let begun = false;
    const ended = await certify(url, ['--only', 'static.*', '--runs', '5', '--verbose'], {
      during: (child, output) => {
        const timer = setInterval(() => {
          if (begun || (output().match(/✓/g) ?? []).length < 18) return;
          begun = true;
          rejectAll(3000);
        }, 5);
        child.on('close', () => clearInterval(timer));
      },
    });
    expect(begun).toBe(true);
    expect(reportOf(ended).leftovers).toEqual([]);
    expect(await whatIsLeft()).toEqual(untouched);
  });

  test('by a target that is gone as the run ends, and comes back', async () => {
    server = await createReferenceServer({ settings: { LOGIN_STALL_TIME: '0' } });
    const origin = await server.listen();
    const first = await limiter(origin, { points: 1e9, windowMs: 1e9 });
    let isGone = false;
    const ended = await certify(first.url, ['--only', 'static.*', '--runs', '5', '--verbose'], {
      during: (child, output) => {
        const timer = setInterval(() => {
          if (isGone || (output().match(/✓/g) ?? []).length < 5) return;
          isGone = true;
          const { port } = new URL(first.url);
          void first.close().then(() =>
            setTimeout(() => {
              void limiter(origin, { points: 1e9, windowMs: 1e9, port: Number(port) }).then((again) => (front = again));
            }, 4000),
          );
        }, 5);
        child.on('close', () => clearInterval(timer));
      },
    });
    expect(isGone).toBe(true);
    expect(reportOf(ended).leftovers).toEqual([]);
    expect(await whatIsLeft()).toEqual(untouched);
  });

  test('after Ctrl-C under the limiter', async () => {
    const { url, counts } = await behind({ points: 30, windowMs: 1000 });
    const ended = await certify(url, ['--verbose'], {
      during: (child, output) => {
        const timer = setInterval(() => {
          if ((output().match(/✓/g) ?? []).length < 5 || counts().rejected === 0) return;
          clearInterval(timer);
          child.kill('SIGINT');
        }, 20);
        child.on('close', () => clearInterval(timer));
      },
    });
    expect(ended.code).toBe(130);
    expect(ended.stderr).not.toMatch(/left on the target/);
    expect(await whatIsLeft()).toEqual(untouched);
  });
});
