import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attest } from '../../report/signing/attestation.js';
import { readPrivateKey, type SigningKey } from '../../report/signing/signing-key.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { Report } from '../../spec/generated/report.js';
import { runCli, type Ended } from '../helpers/run-cli.js';
import { shardOf, wholeReport } from './whole-report.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-merge-signed-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string): string => join(folder, name);

function makeKey(name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(inFolder(`${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(inFolder(`${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }));
  return inFolder(`${name}.pem`);
}
const mine = makeKey('mine');
const theirs = makeKey('theirs');
const must = catalogue.find(({ level, profile }) => level === 'MUST' && profile === 'core')?.id as string;
const whole = wholeReport({ [must]: 'fail' });
let by: SigningKey;
let other: SigningKey;

/** Writes a part, and its attestation where somebody signs it. */
async function part(name: string, report: Report, key?: SigningKey): Promise<string> {
  const file = inFolder(name);
  if (key === undefined) {
    writeFileSync(file, JSON.stringify(report));
    return file;
  }
  const signed = await attest(report, key);
  writeFileSync(file, signed.report);
  writeFileSync(`${file}.intoto.json`, signed.attestation);
  return file;
}
const merged = inFolder('merged.json');
async function mergeSigned(parts: readonly string[], ...more: string[]): Promise<Ended & { report?: Report }> {
  rmSync(merged, { force: true });
  const ended = await runCli(['merge', ...parts, '--report', `json=${merged}`, '--sign', mine, ...more]);
  return ended.code === 2 ? ended : { ...ended, report: JSON.parse(readFileSync(merged, 'utf8')) as Report };
}
let one: string;
let two: string;
beforeAll(async () => {
  [by, other] = await Promise.all([readPrivateKey(mine), readPrivateKey(theirs)]);
  one = await part('1.json', shardOf(whole, 1, 2), by);
  two = await part('2.json', shardOf(whole, 2, 2), by);
});

describe('merge --sign', () => {
  test('signs parts that were signed, and says by which key each was', async () => {
    const { code, stderr, report } = await mergeSigned([one, two]);
    expect([code, stderr]).toEqual([1, '']);
    expect(report?.parts).toMatchObject([
      { shard: '1/2', signedBy: by.id },
      { shard: '2/2', signedBy: by.id },
    ]);
    const verified = await runCli(['verify', merged, '--key', inFolder('mine.pub')]);
    expect(verified.stdout).toMatch(new RegExp(`\\n  part {11}shard 1/2, SHA-256 [0-9a-f]{64}, signed by ${by.id}\\n`));
    expect(verified.code).toBe(0);
    const { payload } = JSON.parse(readFileSync(`${merged}.intoto.json`, 'utf8')) as { payload: string };
    const statement = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { predicate: { parts: unknown } };
    expect(statement.predicate.parts).toEqual(report?.parts);
  });

  test('rejects a part that was changed after it was signed, whatever is allowed', async () => {
    const changed = inFolder('changed.json');
    writeFileSync(changed, readFileSync(one, 'utf8').replaceAll('"verdict":"fail"', '"verdict":"pass"'));
    writeFileSync(`${changed}.intoto.json`, readFileSync(`${one}.intoto.json`));
    for (const more of [[], ['--allow-unsigned']]) {
      const { code, stderr } = await mergeSigned([changed, two], ...more);
      expect(stderr).toMatch(/the part .*changed\.json is not valid: the report was changed after it was signed/);
      expect(code).toBe(2);
    }
  });

  test('takes a part that is not signed only when told to, and says which it was', async () => {
    const unsigned = await part('unsigned.json', shardOf(whole, 2, 2));
    const rejected = await mergeSigned([one, unsigned]);
    expect(rejected.stderr).toMatch(
      /unsigned\.json is not signed, there is no .*unsigned\.json\.intoto\.json: .*--allow-unsigned/,
    );
    expect(rejected.code).toBe(2);
    const { code, report } = await mergeSigned([one, unsigned], '--allow-unsigned');
    expect(code).toBe(1);
    expect(report?.parts?.map(({ signedBy }) => signedBy)).toEqual([by.id, undefined]);
    expect(report?.notes).toContain('Not signed by themselves, and taken as they were: shard 2/2.');
    const verified = await runCli(['verify', merged, '--key', inFolder('mine.pub')]);
    expect(verified.stdout).toMatch(/\n {2}part {11}shard 2\/2, SHA-256 [0-9a-f]{64}, not signed\n/);
  });

  test('rejects a part that disagrees with its checks, be it signed or not', async () => {
    const lie = { ...shardOf(whole, 1, 2), outcome: 'conformant' as const };
    for (const file of [await part('lie.json', lie), await part('signed-lie.json', lie, by)]) {
      const { code, stderr } = await mergeSigned([file, two], '--allow-unsigned');
      expect(stderr).toMatch(/disagrees with the checks that it holds, and is not signed: outcome says conformant/);
      expect(code).toBe(2);
    }
    const verified = await runCli(['verify', inFolder('signed-lie.json'), '--key', inFolder('mine.pub')]);
    expect(verified.stdout).toMatch(
      /^NOT VALID .* what was signed disagrees with the checks that it holds: outcome says/,
    );
    expect(verified.code).toBe(1);
  });

  test('takes a part that another key has signed when that key is named', async () => {
    const foreign = await part('foreign.json', shardOf(whole, 2, 2), other);
    const rejected = await mergeSigned([one, foreign], '--allow-unsigned');
    expect(rejected.stderr).toMatch(
      /foreign\.json is not valid: signed by another key: .*: name the public key .* by --part-key/,
    );
    expect(rejected.code).toBe(2);
    const { report } = await mergeSigned([one, foreign], '--part-key', inFolder('theirs.pub'));
    expect(report?.parts?.map(({ signedBy }) => signedBy)).toEqual([by.id, other.id]);
  });

  test('is what its flags go with', async () => {
    const { code, stderr } = await runCli(['merge', one, two, '--allow-unsigned']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--allow-unsigned and --part-key go with --sign')]);
  });
});
