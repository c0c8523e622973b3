import { afterEach, describe, expect, test } from 'vitest';
import { startServerToCertify, type ServerToCertify } from '../../../cli/server-to-certify.js';
import { inProcess } from '../../../runner/in-process.js';
import { runConformance, type Configuration, type Report } from '../../../runner/run-conformance.js';
import { oldServer, type OldServerOptions } from '../../helpers/targets/old-server.js';
import type { Proxy } from '../../helpers/targets/proxy.js';

let behind: ServerToCertify | undefined;
let front: Proxy | undefined;

afterEach(async () => {
  await front?.close();
  await behind?.server.close();
  front = behind = undefined;
});

/** Certifies the reference server behind what makes it look as if it were old. */
async function certifyOld(more: Configuration, options: OldServerOptions = {}): Promise<Report> {
  behind = await startServerToCertify([]);
  const given = { ...behind.given };
  delete given.name;
  front = await oldServer(given.target ?? '', options);
  return runConformance({ ...given, target: front.url, runs: 5, seed: 3, ...more }, {}, inProcess);
}

const verdicts = ({ requirements }: Report): Record<string, string> =>
  Object.fromEntries(requirements.map(({ id, verdict }) => [id, verdict]));

describe('a server without session tokens', () => {
  test('fails once, what needs them is skipped, and all else is judged', { timeout: 400_000 }, async () => {
    // A busy machine plays no whole sequence of it in its time.
    const report = await certifyOld({ concurrency: 16, skip: ['access.any-history-of-users'] });
    const notPassed = report.requirements.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip');
    expect(notPassed.map(({ id, verdict, reason }) => ({ id, verdict, reason }))).toEqual([
      {
        id: 'session.login.returns-session-token',
        verdict: 'fail',
        reason:
          'expected a login in mode session to set a session token, but POST /auth/login returned 400 INVALID_PAYLOAD: the target offers no session tokens',
      },
    ]);
    const skipped = report.requirements.filter(({ verdict }) => verdict === 'skip');
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['the target offers no session tokens']));
    expect(skipped.map(({ id }) => id).filter((id) => !/session|cookie|any-history-of/.test(id))).toEqual([
      'access.own-password-change',
      'requests.cross-origin',
      'realtime.own-origin',
      'realtime.cross-origin',
    ]);
    expect(report.leftovers).toEqual([]);
    expect(report.notes.join()).toMatch(/older than 10\.10\.0.*--directus-version/);
  });

  test('is found out with a token of the administrator alone', { timeout: 120_000 }, async () => {
    behind = await startServerToCertify([]);
    const { target = '', adminEmail, adminPassword } = behind.given;
    front = await oldServer(target);
    const login = await fetch(`${target}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: adminEmail, password: adminPassword }),
    });
    const { data } = (await login.json()) as { data: { access_token: string } };
    const only = ['session.authenticates', 'access.deleted-user'];
    const report = await runConformance({ target: front.url, adminToken: data.access_token, only }, {}, inProcess);
    expect(verdicts(report)).toEqual({ 'access.deleted-user': 'pass', 'session.authenticates': 'skip' });
  });
});

describe('the version of Directus', () => {
  const only = ['access.email-change', 'standard.authenticates'];

  test('is the one that the target names, and what is not true of it is skipped', { timeout: 120_000 }, async () => {
    const report = await certifyOld({ only }, { version: '11.4.1' });
    expect(report.target).toMatchObject({ name: 'Directus', version: '11.4.1' });
    expect(report.target.judgedAs).toEqual({ version: '11.4.1', from: 'target' });
    expect(verdicts(report)).toEqual({ 'access.email-change': 'skip', 'standard.authenticates': 'pass' });
    expect(report.requirements.find(({ id }) => id === 'access.email-change')?.reason).toMatch(
      /^not true of Directus 11\.4\.1: a Directus >=11\.6\.1 does it/,
    );
  });

  test('is the one that is given, before the one that the target names', { timeout: 120_000 }, async () => {
    const report = await certifyOld({ only, directusVersion: '11.6.1', name: 'mine 2' }, { version: '11.4.1' });
    expect(report.target).toMatchObject({ name: 'mine 2', version: '11.4.1' });
    expect(report.target.judgedAs).toEqual({ version: '11.6.1', from: 'tester' });
    expect(verdicts(report)).toEqual({ 'access.email-change': 'pass', 'standard.authenticates': 'pass' });
  });

  test('is the newest where nothing names one', { timeout: 120_000 }, async () => {
    const report = await certifyOld({ only });
    expect(report.target.judgedAs).toEqual({ version: '12.4.1', from: 'newest' });
    expect(verdicts(report)).toEqual({ 'access.email-change': 'pass', 'standard.authenticates': 'pass' });
  });
});
