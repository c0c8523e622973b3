import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { readyConclusion } from '../../cli/output/conclusion.js';
import { writeWhole } from '../../report/files/write-file.js';
import type { Configuration } from '../../spec/generated/configuration.js';
import type { Report, Verdict } from '../../spec/generated/report.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import { cli, run, runCli } from '../helpers/run-cli.js';
import { needs } from '../programs/tags.js';
import { wholeReport } from '../report/whole-report.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-unwritten-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());
const inFolder = (name: string): string => join(folder, name);
const must = catalogue.find(({ level, profile }) => level === 'MUST' && profile === 'core')?.id as string;

/** A folder that is gone when the run ends: there is a file in its place. */
function vanishing(): { folder: string; vanish: () => void } {
  const made = mkdtempSync(join(folder, 'vanishing-'));
  const vanish = (): void => {
    rmSync(made, { recursive: true });
    writeFileSync(made, '');
  };
  return { folder: made, vanish };
}

/** Ends a run with this report; something happens between its beginning and its end. */
async function concluded(
  configuration: Configuration,
  report: Report,
  meanwhile: () => void = () => undefined,
): Promise<{ code: number; shown: string; told: string }> {
  let shown = '';
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      shown += String(chunk);
      done();
    },
  });
  let told = '';
  const telling = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
  const conclude = await readyConclusion(configuration, output as unknown as NodeJS.WriteStream);
  meanwhile();
  const code = await conclude(report);
  telling.mockRestore();
  return { code, shown, told };
}

describe('a report that cannot be written', () => {
  test.each<[Verdict, number, string]>([
    ['pass', 2, 'CONFORMANT'],
    ['fail', 1, 'NOT CONFORMANT'],
    ['error', 3, 'NOT JUDGED'],
  ])('costs neither the verdict nor the other reports: %s ends with %i', async (verdict, expected, word) => {
    const html = inFolder(`${verdict}.html`);
    const report = { json: '/dev/full', html, markdown: '/dev/full' };
    const { code, shown, told } = await concluded({ report }, wholeReport({ [must]: verdict }));
    expect(code).toBe(expected);
    expect(shown).toContain(`\ncore ${word} `);
    expect(shown).toContain(`html report: ${html}\n`);
    expect(shown).not.toContain('/dev/full');
    expect(readFileSync(html, 'utf8')).toContain('</html>');
    const unwritten = 'cannot be written: no space is left on the device (ENOSPC)\n';
    expect(told).toBe(
      `auth-conformance: the json report /dev/full ${unwritten}auth-conformance: the markdown report /dev/full ${unwritten}${
        expected === 2 ? 'auth-conformance: exit code 2: the verdict is as shown, but not all was written\n' : ''
      }`,
    );
  });

  test('for its folder is gone meanwhile, nor can its signature, is told too', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(inFolder('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { folder: gone, vanish } = vanishing();
    const configuration = {
      report: { json: join(gone, 'r.json'), junit: inFolder('r.xml') },
      sign: inFolder('key.pem'),
    };
    const { code, shown, told } = await concluded(configuration, wholeReport(), vanish);
    expect(code).toBe(2);
    expect(shown).toContain(`junit report: ${inFolder('r.xml')}\n`);
    expect(told).toMatch(/the json report .*r\.json cannot be written: /);
    expect(told).toMatch(/the signed report, or its attestation .*r\.json\.intoto\.json, cannot be written: /);
    expect(shown).not.toContain('signed by');
  });

  test('is written where its folder was but removed', async () => {
    const { folder: gone } = vanishing();
    const configuration = { report: { json: join(gone, 'r.json') } };
    const { code, told } = await concluded(configuration, wholeReport(), () => rmSync(gone, { recursive: true }));
    expect([code, told]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(join(gone, 'r.json'), 'utf8'))).toEqual(wholeReport());
  });

  test('and neither a baseline is: it is told, and judged by the one that was there', async () => {
    const { folder: gone, vanish } = vanishing();
    const configuration = { baseline: join(gone, 'baseline.json'), updateBaseline: true };
    const failed = await concluded(configuration, wholeReport({ [must]: 'fail' }), vanish);
    expect(failed.code).toBe(1);
    expect(failed.shown).toMatch(/\nbaseline: .*baseline\.json cannot be written: .*; it is left as it was\n/);
    const again = vanishing();
    const passed = await concluded(
      { ...configuration, baseline: join(again.folder, 'baseline.json') },
      wholeReport(),
      again.vanish,
    );
    expect(passed.code).toBe(2);
  });

  test('into a pipe that nothing reads from is no wait without end', async () => {
    execFileSync('mkfifo', [inFolder('pipe')]);
    const { code, told } = await concluded({ report: { json: inFolder('pipe') } }, wholeReport());
    expect(code).toBe(2);
    expect(told).toContain('cannot be written: nothing reads from the pipe (ENXIO)');
  });
});

describe('the command line', () => {
  const good = inFolder('good.json');
  const bad = inFolder('bad.json');
  writeFileSync(good, JSON.stringify(wholeReport()));
  writeFileSync(bad, JSON.stringify(wholeReport({ [must]: 'fail' })));

  test.each([
    [good, 2],
    [bad, 1],
  ])('says of a merged report what became of it, and calls it no defect: %s', async (file, code) => {
    const badge = `badge=${inFolder('badge.json')}`;
    const ended = await runCli(['merge', file, '--report', 'html=/dev/full', '--report', badge]);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toMatch(/\ncore (?:NOT )?CONFORMANT \d+.* {2}http[^]*\nbadge report: /);
    expect(ended.stderr).toContain('the html report /dev/full cannot be written: no space is left on the device');
    expect(ended.stderr).not.toContain('defect');
    expect(ended.stderr).not.toMatch(/^ {4}at /m);
  });

  test('rejects a page that it cannot write', async () => {
    const { code, stderr } = await runCli(['report', good, '--html', '/dev/full']);
    expect(stderr).toBe(
      'auth-conformance: the page /dev/full cannot be written: no space is left on the device (ENOSPC)\n',
    );
    expect(code).toBe(2);
  });

  test.each([
    ['list', 2],
    [`merge "${good}"`, 2],
    [`merge "${good}" --json`, 2],
    [`merge "${bad}"`, 1],
    [`diff "${good}" "${good}" --json`, 2],
    [`diff "${good}" "${bad}"`, 1],
  ])('on a full disk, %s is told in a line', { tags: needs('bash') }, async (line, code) => {
    const ended = await run('bash', ['-c', `exec "${process.execPath}" "${cli}" ${line} > /dev/full`]);
    // With --json, what is told goes there, too.
    const lines = ended.stderr.split('\n').filter((told) => told.startsWith('auth-conformance: '));
    expect(lines).toEqual([
      'auth-conformance: standard output cannot be written: ENOSPC: no space left on device, write',
    ]);
    expect(ended.stderr).not.toMatch(/defect|^ {4}at /m);
    expect(ended.code).toBe(code);
  });

  test('goes on when it is not read, be it standard output or standard error', { tags: needs('bash') }, async () => {
    const lines = [`merge "${bad}" --json | true`, `merge "${bad}" --report html=/dev/full 2> >(true)`];
    for (const line of lines) {
      const ended = await run('bash', ['-c', `"${process.execPath}" "${cli}" ${line}; exit "\${PIPESTATUS[0]}"`]);
      expect(ended.code).toBe(1);
    }
  });
});

describe('a file is written whole', () => {
  test('or not at all, and nothing is left beside it', () => {
    const own = mkdtempSync(join(folder, 'whole-'));
    const file = join(own, 'report.json');
    writeFileSync(file, 'before', { mode: 0o640 });
    chmodSync(file, 0o640);
    const reader = openSync(file, 'r');
    writeWhole(file, 'after');
    // Who had it open still reads the old one: it was replaced, not written over.
    expect(readFileSync(reader, 'utf8')).toBe('before');
    expect(readFileSync(file, 'utf8')).toBe('after');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    mkdirSync(join(own, 'folder'));
    expect(() => writeWhole(join(own, 'folder'), 'x')).toThrow(/EISDIR/);
    expect(readdirSync(own).sort()).toEqual(['folder', 'report.json']);
  });

  test('a symbolic link stays one', () => {
    const own = mkdtempSync(join(folder, 'link-'));
    writeFileSync(join(own, 'real'), 'before');
    symlinkSync('real', join(own, 'link'));
    symlinkSync('later', join(own, 'dangling'));
    writeWhole(join(own, 'link'), 'after');
    writeWhole(join(own, 'dangling'), 'new');
    expect(lstatSync(join(own, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(own, 'real'), 'utf8')).toBe('after');
    expect(readFileSync(join(own, 'later'), 'utf8')).toBe('new');
  });
});
