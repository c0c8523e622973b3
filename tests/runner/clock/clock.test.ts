import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Semaphore } from 'async-mutex';
import { afterAll, describe, expect, test } from 'vitest';
import type { Report } from '../../../spec/generated/report.js';
import { clockServer, type ClockAnswer, type ClockServer } from '../../helpers/targets/clock-server.js';
import { root, runCli, type Ended } from '../../helpers/run-cli.js';
import { serve } from '../../helpers/serve.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));
const servers: ClockServer[] = [];
afterAll(async () => Promise.all(servers.map(async (one) => one.close())));

/** A target and its clock, until all tests have ended. */
async function targetWithClock(answer: ClockAnswer): Promise<ClockServer> {
  const started = await clockServer(answer);
  servers.push(started);
  return started;
}
/** A clock that is never asked. */
const unasked: ClockAnswer = () => undefined;
/** As many runs at once as there is something to do for. */
const places = new Semaphore(3);
const certify: typeof runCli = async (args, options) => places.runExclusive(async () => runCli(args, options));

const env = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };

/** Every requirement that a real expiry shows, or that a check shows after some time. */
const overTime = [
  'standard.expires',
  'standard.reusable',
  'standard.refresh.after-expiry',
  'standard.refresh.outlives-access-token',
  'standard.refresh.expires',
  'session.expires',
  'session.authenticates',
  'session.refresh.refused-after-expiry',
  'session.refresh.extends',
  'session.refresh.ends-old',
  'static.does-not-expire',
  'storing.cookie.overwritten',
];
const only = (ids: readonly string[]): string[] => ids.flatMap((id) => ['--only', id]);

/** The verdicts that are no pass, with their reasons. */
function open({ stdout, stderr }: Ended): string[] {
  expect(stdout, stderr).not.toBe('');
  const { requirements } = JSON.parse(stdout) as Report;
  return requirements
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ id, verdict, reason }) => `${id} ${verdict} ${reason ?? ''}`);
}

/** The titles of the checks that were skipped. */
const skipped = ({ stdout }: Ended): string[] =>
  (JSON.parse(stdout) as Report).requirements.flatMap(({ checks }) =>
    checks.filter(({ verdict }) => verdict === 'skip').map(({ title }) => title),
  );

/** Skipped in every run of these: they need the target's secret, or a static token of the tester. */
const SHOWN_OTHERWISE = /expired six minutes ago|static token that is a JWT/;

describe.concurrent('a target whose clock can be advanced shows every expiry with its default lifetimes', () => {
  test('by --clock-url, as an administrator where that is demanded', async () => {
    const served = await serve(['--time-travel']);
    try {
      const args = ['--target', served.url, '--clock-url', `${served.url}/admin/api/time-travel`, '--json'];
      const ended = await certify([...args, ...only(overTime)], { env });
      expect(open(ended)).toEqual([]);
      expect(ended.code).toBe(0);
      expect(skipped(ended).filter((title) => !SHOWN_OTHERWISE.test(title))).toEqual([]);
      const report = JSON.parse(ended.stdout) as Report;
      expect(report.capabilities.find(({ name }) => name === 'clock')).toMatchObject({ given: true });
      // The administrator of the run has logged in again, to remove what it created.
      expect(report.leftovers).toEqual([]);
    } finally {
      await served.end();
    }
  });

  test('by clock.advance in a configuration file, and a ManualClock that stands still in between', async () => {
    const file = join(folder, 'manual.mjs');
    writeFileSync(
      file,
      `import { createReferenceServer, ManualClock } from ${JSON.stringify(`${root}dist/reference-server/index.js`)};
       const clock = new ManualClock();
       const server = await createReferenceServer({ clock, settings: { LOGIN_STALL_TIME: '0', SECRET: '${'s'.repeat(40)}' } });
       export default { target: await server.listen(), secret: '${'s'.repeat(40)}', clock: { advance: async (ms) => clock.advance(ms) } };`,
    );
    const args = ['--config', file, '--json', '--profile', 'core,directus', '--skip', '*.any-history*'];
    const ended = await certify([...args, ...only([...overTime, 'tfa.*', 'storing.cookie.*'])], { env });
    expect(open(ended)).toEqual([]);
    expect(skipped(ended).filter((title) => !/static token that is a JWT/.test(title))).toEqual([]);
  });

  test('but for what outlives the token of --admin-token, by which nothing could be removed then', async () => {
    const { target, clockUrl, server } = await targetWithClock((ms, clock, response) => {
      clock.aheadMs += ms;
      response.end();
    });
    const token = await accessTokenOf(target);
    const args = ['--target', target, '--clock-url', clockUrl, '--json', ...only(['standard.expires', 'static.exact'])];
    const ended = await certify([...args, ...only(['session.refresh.ends-old'])], {
      env: { AUTH_CONFORMANCE_ADMIN_TOKEN: token },
    });
    expect(open(ended)).toEqual([expect.stringMatching(/^standard\.expires skip .*--admin-token expires before that/)]);
    expect((JSON.parse(ended.stdout) as Report).leftovers).toEqual([]);
    expect(await server.store.users()).toHaveLength(1);
  });
});

describe.concurrent(
  'a clock that does not do as it is told ends the run before the first check, in one sentence',
  () => {
    const clocks: [string, ClockAnswer, RegExp, string[]?][] = [
      ['does not move', (_ms, _clock, response) => response.end(), /told to advance by 10 s.*it did not move: check/],
      [
        'moves only part',
        (ms, clock, response) => {
          clock.aheadMs += ms / 2;
          response.end();
        },
        /it moved by [56] s only/,
      ],
      [
        'moves backwards',
        (ms, clock, response) => {
          clock.aheadMs -= ms;
          response.end();
        },
        /it moved backwards by (?:9|10) s/,
      ],
      [
        'takes milliseconds for seconds',
        (ms, clock, response) => {
          clock.aheadMs += ms * 1000;
          response.end();
        },
        /it moved by 1000\d s \(the number is one of milliseconds\)/,
      ],
      ...([302, 404, 500] as const).map((status): [string, ClockAnswer, RegExp] => [
        `answers ${status}`,
        (_ms, _clock, response) => response.writeHead(status).end(),
        new RegExp(`/clock answered ${status} to POST \\{"advanceMs":10000\\}; it must answer 2xx .*check --clock-url`),
      ]),
      [
        'is of another origin and demands an authorization',
        (_ms, _clock, response) => response.writeHead(401).end(),
        /answered 401 .*an administrator's session is sent to the target's own origin alone: put user and password into the URL/,
      ],
      [
        'hangs',
        () => undefined,
        /\/clock cannot be asked: .* gave no answer within 5 s: check --clock-url/,
        ['--timeout', '5s'],
      ],
      [
        'breaks off',
        (_ms, _clock, response) => response.socket?.destroy(),
        /\/clock cannot be asked: .*: check --clock-url/,
      ],
    ];

    for (const [what, answer, sentence, args = []] of clocks) {
      test(`one that ${what}`, async () => {
        const target = await targetWithClock(answer);
        await expectRejected(target, target.clockUrl, sentence, args);
      });
    }

    test('one where nothing listens', async () => {
      const target = await targetWithClock(unasked);
      await expectRejected(target, 'http://127.0.0.1:1/clock', /\/clock cannot be asked: .*refuses connections/);
    });

    test('a URL that is none', async () => {
      const target = await targetWithClock(unasked);
      const sentence = /--clock-url must be a URL that begins with http:\/\/ or https:\/\/$/m;
      await expectRejected(target, 'ftp://user:Pass-Word-17@clock', sentence);
    });

    test('and no secret of its URL is shown', async () => {
      const target = await targetWithClock((_ms, _clock, response) => response.writeHead(403).end());
      const url = target.clockUrl.replace('http://', 'http://tester:Pass-Word-17@');
      const secret = `${url}/hook-3f9a1c77d2b04e5f?key=Key-8c1f2a9b`;
      const { stderr } = await expectRejected(target, secret, /answered 403/);
      expect(stderr).not.toMatch(/Pass-Word-17|3f9a1c77d2b04e5f|Key-8c1f2a9b/);
    });

    test.each([
      ['{ "clock": { "advance": "1s" } }', '', /"clock" in .*, advance must be a function/],
      ['', 'export default { clock: {} };', /"clock" in .* must have required property 'advance'/],
      [
        '',
        'export default { clock: { advance: () => { throw new Error("no such container"); } } };',
        /clock\.advance\(10000\) failed: no such container/,
      ],
      [
        '',
        'export default { clock: { advance: () => new Promise(() => undefined) } };',
        /clock\.advance\(10000\) has not ended within 5 s/,
      ],
      [
        '',
        'export default { clockUrl: "http://127.0.0.1:1/", clock: { advance: () => undefined } };',
        /give one of them/,
      ],
    ])('a configuration file with %s%s', async (json, module, sentence) => {
      const { target } = await targetWithClock(unasked);
      const file = join(folder, `wrong-${sentence.source.length}.${json === '' ? 'mjs' : 'json'}`);
      writeFileSync(file, json + module);
      const { code, stderr } = await certify(['--target', target, '--config', file, '--timeout', '5s'], { env });
      expect(stderr).toMatch(sentence);
      expect(code).toBe(2);
    });

    async function expectRejected(
      { server, target }: ClockServer,
      clockUrl: string,
      sentence: RegExp,
      args: readonly string[] = [],
    ): Promise<Ended> {
      const ended = await certify(['--target', target, ...args], {
        env: { ...env, AUTH_CONFORMANCE_CLOCK_URL: clockUrl },
      });
      expect(ended.stderr.replace('AUTH_CONFORMANCE_CLOCK_URL', '--clock-url')).toMatch(sentence);
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
      expect(ended.code).toBe(2);
      expect(ended.stdout).not.toContain('Certifying');
      // Nothing was created, and the logins that the clock was read by have ended.
      expect(await server.store.users()).toHaveLength(1);
      expect(await server.store.sessions()).toEqual([]);
      return ended;
    }
  },
);

describe.concurrent('a clock that fails later', () => {
  test('is no verdict on the target: what waits for it cannot be judged', async () => {
    const { target, clockUrl } = await targetWithClock((ms, clock, response) => {
      // A minute at most, and no word of it.
      clock.aheadMs += Math.min(ms, 60_000);
      response.end();
    });
    const ids = ['standard.expires', 'session.expires', 'static.exact'];
    const args = ['--target', target, '--clock-url', clockUrl, '--json', ...only(ids)];
    const ended = await certify(args, { env });
    const why = /error the target's clock was told to advance by \d+ s, but .* it moved by \d+ s only/;
    expect(open(ended)).toEqual([
      expect.stringMatching(new RegExp(`^standard\\.expires ${why.source}`)),
      expect.stringMatching(new RegExp(`^session\\.expires ${why.source}`)),
    ]);
    expect(ended.code).toBe(3);
  });
});

describe.concurrent('a target without such a clock is waited for, with --patience', () => {
  const lifetimes = {
    ACCESS_TOKEN_TTL: '4s',
    SESSION_COOKIE_TTL: '6s',
    REFRESH_TOKEN_TTL: '10s',
    SESSION_REFRESH_GRACE_PERIOD: '1s',
  };

  async function waited(ids: readonly string[], ...defects: string[]): Promise<Ended> {
    const served = await serve(
      defects.flatMap((name) => ['--defect', name]),
      lifetimes,
    );
    try {
      const args = ['--target', served.url, '--patience', '12s', '--session-grace', '1s', '--json'];
      return await certify([...args, ...only(ids)], { env });
    } finally {
      await served.end();
    }
  }

  test('and every expiry is shown', async () => {
    const ended = await waited(overTime);
    expect(open(ended)).toEqual([]);
    const byTheClockAlone = 'A static token is accepted more than a year after it was set';
    expect(skipped(ended).filter((title) => !SHOWN_OTHERWISE.test(title))).toEqual([byTheClockAlone]);
  });

  test.each([
    ['expired-standard-token-accepted', 'standard.expires'],
    ['expired-session-token-accepted', 'session.expires'],
    ['expired-session-token-refreshable', 'session.refresh.refused-after-expiry'],
    ['refresh-token-never-expires', 'standard.refresh.expires'],
    ['refresh-token-expires-with-access-token', 'standard.refresh.after-expiry'],
    ['old-session-token-survives', 'session.refresh.ends-old'],
    ['static-token-expires', 'static.does-not-expire'],
  ])('and a server with the defect %s fails %s', async (defect, id) => {
    expect(open(await waited([id], defect))).toEqual([expect.stringMatching(new RegExp(`^${id} fail `))]);
  });
});

async function accessTokenOf(target: string): Promise<string> {
  const response = await fetch(`${target}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@example.com', password: 'd1r3ctu5' }),
  });
  return ((await response.json()) as { data: { access_token: string } }).data.access_token;
}
