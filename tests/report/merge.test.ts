import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mergeReports } from '../../report/merge.js';
import { conclusionOf } from '../../report/conclusion.js';
import { version } from '../../report/build.js';
import { createReferenceServer } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import { requirements } from '../../spec/catalogue.js';
import type { Report, Verdict } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';
import { reportFixture } from '../reporters/report-fixture.js';

/** A report of the whole catalogue, in which one requirement has a verdict of its own. */
function whole(verdict: Verdict = 'pass'): Report {
  const results = requirements.map(({ id, title, level, profile, chapter, source }, position) => {
    const one = position === 4 ? verdict : 'pass';
    return { id, title, level, profile, chapter, source, verdict: one, checks: [] };
  });
  const tool = { name: 'auth-conformance', version };
  return { ...reportFixture(), tool, requirements: results, ...conclusionOf(results) };
}

/** A shard of a report, as a run makes it. */
function shardOf(report: Report, index: number, count: number): Report {
  const results = report.requirements.filter((_one, position) => position % count === index - 1);
  return { ...report, requirements: results, ...conclusionOf(results), leftovers: [], shard: { index, count } };
}

describe('merge', () => {
  test.each<Verdict>(['pass', 'fail', 'error', 'skip'])(
    'makes of shards, one with %s, what the whole is',
    (verdict) => {
      const all = { ...whole(verdict), leftovers: [] };
      const shards = [3, 1, 2].map((index) => shardOf(all, index, 3));
      expect(shards.some(({ complete }) => complete)).toBe(false);
      expect(mergeReports(shards)).toEqual(all);
    },
  );

  const [one, two, three] = [1, 2, 3].map((index) => shardOf(whole(), index, 3)) as [Report, Report, Report];
  test.each<[string, Report[], RegExp]>([
    [
      'another target',
      [one, { ...two, target: { url: 'http://b' } }],
      /different targets: .*Merge those of one target/,
    ],
    ['another version', [one, { ...two, tool: { ...two.tool, version: '9.9.9' } }], /different versions.*9\.9\.9/],
    ['other profiles', [one, { ...two, profiles: ['directus'] }], /different profiles/],
    ['a missing shard', [one, three], /missing: shard 2\/3/],
    ['a shard that is there twice', [one, two, three, { ...one, seed: 1 }], /two different reports are of shard 1\/3/],
    ['another count', [one, shardOf(whole(), 2, 4)], /different ways to split/],
    ['nothing', [], /no report to merge/],
  ])('rejects %s', (_what, reports, message) => expect(() => mergeReports(reports)).toThrow(message));

  test('goes on without a shard when told to, and says so; takes a report that is given twice once', () => {
    const merged = mergeReports([one, three, one], { allowMissing: true });
    expect(merged).toMatchObject({ complete: false, outcome: 'conformant' });
    expect(merged.notes).toContain('Not in this report: shard 2/3.');
    expect(merged.requirements).toHaveLength(one.requirements.length + three.requirements.length);
  });
});

describe('the parts of a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const env = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };

  test.each<[string, readonly string[], number]>([
    ['a server that keeps the specification', [], 0],
    ['one that does not', ['logout-does-nothing'], 1],
  ])('of %s come to what the whole run comes to', async (name, defects, exitCode) => {
    const server = await createReferenceServer({ argon2Cost: cheapHash, settings: { LOGIN_STALL_TIME: 0 }, defects });
    const target = await server.listen();
    const certify = (...more: string[]): ReturnType<typeof runCli> =>
      runCli(['--target', target, '--only', 'standard.logout*', '--seed', '7', ...more], { env });
    const file = (part: string): string => join(folder, `${name}-${part}.json`);
    await certify('--shard', '1/2', '--report', `json=${file('1')}`);
    const part = await certify('--shard', '2/2', '--report', `json=${file('2')}`);
    expect(part.stdout).toContain('this is shard 2 of 2');
    const all = JSON.parse((await certify('--json')).stdout) as Report;
    await server.close();
    const merged = await runCli(['merge', file('2'), file('1'), '--json']);
    const report = JSON.parse(merged.stdout) as Report;
    const verdicts = ({ requirements: results }: Report): unknown => results.map(({ id, verdict }) => [id, verdict]);
    expect(verdicts(report)).toEqual(verdicts(all));
    expect(report).toMatchObject({ outcome: all.outcome, complete: all.complete, summary: all.summary, seed: 7 });
    expect([merged.code, report.shard]).toEqual([exitCode, undefined]);
    const missing = await runCli(['merge', file('1')]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('missing: shard 2/2')]);
  });

  test('pass the gate of a run together, are annotated and signed', async () => {
    const server = await createReferenceServer({
      argon2Cost: cheapHash,
      settings: { LOGIN_STALL_TIME: 0 },
      defects: ['logout-does-nothing'],
    });
    const target = await server.listen();
    const parts = [1, 2].map((index) => join(folder, `gate-${index}.json`));
    for (const [position, part] of parts.entries()) {
      const shard = ['--shard', `${position + 1}/2`, '--report', `json=${part}`];
      await runCli(['--target', target, '--only', 'standard.logout*', ...shard], { env });
    }
    await server.close();
    const baseline = ['--baseline', join(folder, 'known.json')];
    const updated = await runCli(['merge', ...parts, ...baseline, '--update-baseline']);
    expect([updated.code, updated.stdout]).toEqual([0, expect.stringContaining('GATE PASSED')]);
    const tolerated = await runCli(['merge', ...parts, ...baseline]);
    expect([tolerated.code, tolerated.stdout]).toEqual([0, expect.stringContaining('Known failures, tolerated')]);
    const core = await runCli(['merge', ...parts, ...baseline, '--require-profile', 'core']);
    expect([core.code, core.stdout]).toEqual([1, expect.stringContaining('of the profile core were not judged')]);
    const annotated = await runCli(['merge', ...parts], { env: { GITHUB_ACTIONS: 'true' } });
    expect([annotated.code, annotated.stdout]).toEqual([1, expect.stringContaining('\n::error title=standard.logout')]);

    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const key = join(folder, 'key.pem');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, 'pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    const signed = join(folder, 'signed.json');
    const unsigned = await runCli(['merge', ...parts, '--report', `json=${signed}`, '--sign', key]);
    expect([unsigned.code, unsigned.stderr]).toEqual([2, expect.stringContaining('is not signed, there is no ')]);
    await runCli(['merge', ...parts, '--report', `json=${signed}`, '--sign', key, '--allow-unsigned']);
    const verified = await runCli(['verify', signed, '--key', join(folder, 'pub.pem'), '--target', target]);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
  });

  test('are reports', async () => {
    const { code, stderr } = await runCli(['merge', 'package.json']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('package.json is no JSON report')]);
  });
});
