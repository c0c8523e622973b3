import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfiguration } from '../../cli/configuration.js';
import { readInitialData } from '../../cli/initial-data.js';
import { attest } from '../../report/signing/attestation.js';
import { readBaseline } from '../../report/baseline.js';
import { readReport } from '../../report/read.js';
import { readText } from '../../report/files/read-text.js';
import { readPrivateKey, readPublicKey } from '../../report/signing/signing-key.js';
import { certificateIn } from '../helpers/certificate.js';
import { runCli } from '../helpers/run-cli.js';
import { needs } from '../programs/tags.js';
import { wholeReport } from './whole-report.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-text-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string): string => join(folder, name);

/** Ways in which an editor or a shell saves a text. */
const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a byte order mark': (text) => Buffer.from(`\uFEFF${text}`),
  'UTF-16 little-endian': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'UTF-16 big-endian': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
};
const configured = async (file: string): Promise<object> =>
  readConfiguration({ flags: {}, environment: {}, file, directory: folder });

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
let cert: string;
let key: string;
beforeAll(async () => {
  const files = await certificateIn(folder);
  [cert, key] = [readFileSync(files.cert, 'utf8'), readFileSync(files.key, 'utf8')];
});

describe.each(Object.entries(encodings))('a file in %s', (name, encoded) => {
  const written = (file: string, text: string): string => {
    writeFileSync(inFolder(`${name}-${file}`), encoded(text));
    return inFolder(`${name}-${file}`);
  };

  test('is read, whatever it holds', async () => {
    expect(readText(written('text', 'ä€\u{1F600}'), Error)).toBe('ä€\u{1F600}');
    await expect(configured(written('c.json', '{"target":"http://127.0.0.1:1"}'))).resolves.toEqual({
      target: 'http://127.0.0.1:1',
    });
    const report = wholeReport();
    expect(readReport(written('report.json', JSON.stringify(report))).report).toEqual(report);
    expect(readInitialData(written('seed.json', '{"users":[]}'))).toEqual({ users: [] });
    const baseline = '{"schemaVersion":"1","tool":{"name":"auth-conformance","version":"1"},"failures":[]}';
    expect(readBaseline(written('baseline.json', baseline)).failures).toEqual([]);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const by = await readPrivateKey(written('key.pem', pem));
    const { id } = await readPublicKey(written('key.jwk', JSON.stringify(publicKey.export({ format: 'jwk' }))));
    expect(by.id).toBe(id);
    await expect(attest(report, by)).resolves.toBeDefined();
  });

  test('is read as a certificate and its key', async () => {
    const flags = ['--tls-cert', written('tls.crt', cert), '--tls-key', written('tls.key', key)];
    const { stdout, stderr } = await runCli(['serve', '--port', '0', ...flags], {
      during: (child, output) => {
        const poll = setInterval(() => {
          if (child.exitCode !== null || output().includes('https://127.0.0.1')) {
            clearInterval(poll);
            child.kill('SIGTERM');
          }
        }, 50);
      },
    });
    expect(stdout + stderr).toContain('https://127.0.0.1');
  });

  test.each(['ts', 'js', 'mjs'])('is read as a module, or is told how to be saved (.%s)', async (extension) => {
    const file = written(`c.${extension}`, 'export default { target: "http://127.0.0.1:1" };');
    if (name.startsWith('UTF-8')) await expect(configured(file)).resolves.toEqual({ target: 'http://127.0.0.1:1' });
    else await expect(configured(file)).rejects.toThrow(/is in UTF-16(LE|BE): save it as UTF-8$/);
  });
});

describe('a file that is no text', () => {
  mkdirSync(inFolder('folder.json'));
  mkdirSync(inFolder('folder.ts'));
  execFileSync('mkfifo', [inFolder('pipe.json'), inFolder('pipe.ts')]);
  const files: Readonly<Record<string, string | Buffer>> = {
    'empty.json': '',
    'empty.ts': '',
    'blank.json': '\uFEFF \n',
    'latin1.json': Buffer.from([0x7b, 0x22, 0xe4, 0x22]),
    'odd.json': Buffer.from([0xff, 0xfe, 0x7b]),
    'comma.json': '{\n  "password": "tops3cret",\n}',
    'quote.json': '{"password": tops3cret}',
    'cut.json': '{"password": "tops3cret"',
    'throws.mjs': 'throw "a word";',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(inFolder(name), content);

  test.each([
    ['folder.json', /cannot be read \(EISDIR\): it is a folder, name a file$/],
    ['folder.ts', /cannot be read \(EISDIR\): it is a folder, name a file$/],
    ['pipe.json', /is a named pipe: name a file$/],
    ['pipe.ts', /is a named pipe: name a file$/],
    ['/dev/zero', /is a device: name a file$/],
    ['empty.json', /is empty$/],
    ['empty.ts', /is empty$/],
    ['blank.json', /is empty$/],
    ['latin1.json', /is no text in UTF-8: save it as UTF-8$/],
    ['odd.json', /is no text in UTF-16LE: save it as UTF-8$/],
    ['comma.json', /is not JSON(: see line 3, column 1)?$/],
    ['quote.json', /is not JSON(: see line 1, column \d+)?$/],
    ['cut.json', /is not JSON: (it ends too early|see line 1, column 25)$/],
    ['throws.mjs', /cannot be read: a word$/],
  ])('is rejected in a sentence, which tells nothing of what it holds: %s', async (name, message) => {
    const file = name.startsWith('/') ? name : inFolder(name);
    const error = await configured(file).then(
      () => new Error('it was read'),
      (thrown: Error) => thrown,
    );
    expect(error.name).toBe('ConfigurationError');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('s3cret');
    expect(error.message.split('\n')).toHaveLength(1);
  });

  test('is rejected as a report, a seed, a baseline and a key, too', async () => {
    const pipe = inFolder('pipe.json');
    expect(() => readReport(pipe)).toThrow(/the report .* is a named pipe/);
    expect(() => readInitialData(pipe)).toThrow(/is a named pipe/);
    expect(() => readBaseline(pipe)).toThrow(/is a named pipe/);
    await expect(readPrivateKey(pipe)).rejects.toThrow(/is a named pipe/);
    await expect(readPublicKey(inFolder('folder.json'))).rejects.toThrow(/EISDIR/);
    expect(() => readReport(inFolder('blank.json'))).toThrow(/is empty/);
  });

  test('but for what a shell hands over by a pipe that is open', { tags: needs('bash') }, async () => {
    writeFileSync(inFolder('given.json'), '{"target":"not a url"}');
    const cli = new URL('../../dist/cli/main.js', import.meta.url).pathname;
    const line = `"${process.execPath}" "${cli}" report <(cat "${inFolder('given.json')}") --html "${inFolder('x.html')}"`;
    const child = spawn('bash', ['-c', line], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (data: string) => (stderr += data));
    await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toMatch(/^auth-conformance: \/dev\/fd\/\d+ is no JSON report/);
  });
});

describe('a configuration file that is none', () => {
  test.each<[string, string, string | Buffer, RegExp]>([
    ['UTF-16 without a byte order mark', 'none.json', Buffer.from('{}', 'utf16le'), /holds NUL.*: save it as UTF-8$/],
    [
      'a program',
      'program.json',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff]),
      /is no text in UTF-8: save it as UTF-8$/,
    ],
    [
      'YAML',
      'config.yaml',
      'target: http://127.0.0.1:1\n',
      /is no configuration: name one in JSON \(\.json\), or a module/,
    ],
    ['nothing', 'empty.mjs', '', /is empty$/],
  ])('%s is rejected in a sentence', async (_what, name, content, says) => {
    writeFileSync(inFolder(name), content);
    const error = await configured(inFolder(name)).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).toMatch(says);
    expect((error as Error).message).not.toContain('\n');
  });
});
