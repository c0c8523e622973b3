import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { GeneralSign, generalVerify, importSPKI, type JWSHeaderParameters } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attest, attested } from '../../report/signing/attestation.js';
import { readySigner } from '../../report/signing/sign.js';
import { readPrivateKey, readPublicKey, type SigningKey } from '../../report/signing/signing-key.js';
import type { Report } from '../../spec/generated/report.js';
import { run, runCli } from '../helpers/run-cli.js';
import { needs } from '../programs/tags.js';
import { reportFixture } from '../reporters/report-fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-sign-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string): string => join(folder, name);
interface KeyFiles {
  readonly key: string;
  readonly pub: string;
}
const keyFiles = (name: string): KeyFiles => ({ key: inFolder(`${name}.pem`), pub: inFolder(`${name}.pub.pem`) });
/** Makes a pair of keys, in the formats that openssl writes. */
function makeKeys(name: string, { privateKey, publicKey } = generateKeyPairSync('ed25519')): KeyFiles {
  const files = keyFiles(name);
  writeFileSync(files.key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(files.pub, publicKey.export({ type: 'spki', format: 'pem' }));
  return files;
}

const mine = makeKeys('mine');
const other = makeKeys('other');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (file: Uint8Array): string => new TextDecoder().decode(file);
const json = (data: unknown): string => canonicalize(data) ?? '';

let secret: SigningKey;
let by: SigningKey;
let files: { report: Uint8Array; attestation: Uint8Array };
beforeAll(async () => {
  secret = await readPrivateKey(mine.key);
  by = await readPublicKey(mine.pub);
  files = await attest(reportFixture(), secret);
});

interface Envelope {
  payload: string;
  signatures: { protected: string; signature: string }[];
}
const envelope = (): Envelope => JSON.parse(text(files.attestation)) as Envelope;
interface Statement {
  subject: { name: string; digest: { sha256: string } }[];
  predicate: Record<string, unknown>;
}
const statement = (): Statement => JSON.parse(Buffer.from(envelope().payload, 'base64url').toString()) as Statement;
/** Signs anything at all, in the form of an attestation. */
async function signed(payload: string, key: KeyObject | Uint8Array, header: JWSHeaderParameters): Promise<Uint8Array> {
  return bytes(json(await new GeneralSign(bytes(payload)).addSignature(key).setProtectedHeader(header).sign()));
}
const header = (): JWSHeaderParameters => ({ alg: 'EdDSA', cty: 'vnd.in-toto+json', kid: by.id });

describe('an attestation', () => {
  test('is a Statement of in-toto on the digest of the report, which any jose library can check', async () => {
    const spki = await importSPKI(readFileSync(mine.pub, 'utf8'), 'EdDSA');
    const { payload, protectedHeader } = await generalVerify(envelope(), spki);
    expect(protectedHeader).toEqual(header());
    const { tool, specification, startedAt, profiles, outcome, complete, summary, target } = reportFixture();
    expect(JSON.parse(text(payload))).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: target.url, digest: { sha256: createHash('sha256').update(files.report).digest('hex') } }],
      predicateType: 'urn:auth-conformance:report:1',
      predicate: { tool, specification, startedAt, profiles, outcome, complete, summary },
    });
  });

  test('goes with a report in the canonical form of RFC 8785', async () => {
    expect(text(files.report)).toBe(json(reportFixture()));
    await expect(attested(files, by)).resolves.toEqual(reportFixture());
  });

  test('can be made of a report with half a surrogate pair in it', async () => {
    const report: Report = { ...reportFixture(), notes: ['half a pair: \uD83D, a whole one: \u{1F600}'] };
    const { notes } = await attested(await attest(report, secret), by);
    expect(notes).toEqual(['half a pair: \uFFFD, a whole one: \u{1F600}']);
  });
});

describe('tampering is found', () => {
  test('in each bit of the attestation', async () => {
    let slipped = 0;
    for (let at = 0; at < files.attestation.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const attestation = Uint8Array.from(files.attestation);
        attestation[at] = (attestation[at] ?? 0) ^ (1 << bit);
        slipped += await attested({ ...files, attestation }, by).then(
          () => 1,
          (error: Error) => (expect(error.name).toBe('NotValid'), 0),
        );
      }
    }
    expect(slipped).toBe(0);
  });

  test.each(['report', 'attestation'] as const)(
    'in any byte of the %s: changed, put in, taken out, cut off',
    async (which) => {
      const length = files[which].length;
      const change = fc.oneof(
        fc.record({
          kind: fc.constant('changed' as const),
          at: fc.nat(length - 1),
          byte: fc.integer({ min: 1, max: 255 }),
        }),
        fc.record({
          kind: fc.constant('put in' as const),
          at: fc.nat(length),
          byte: fc.oneof(fc.nat(255), fc.constantFrom(9, 10, 13, 32, 61)),
        }),
        fc.record({ kind: fc.constant('taken out' as const), at: fc.nat(length - 1), byte: fc.constant(0) }),
        fc.record({ kind: fc.constant('cut off' as const), at: fc.nat(length - 1), byte: fc.constant(0) }),
      );
      await fc.assert(
        fc.asyncProperty(change, async ({ kind, at, byte }) => {
          const before = [...files[which]];
          if (kind === 'changed') before[at] = (before[at] ?? 0) ^ byte;
          else if (kind === 'put in') before.splice(at, 0, byte);
          else before.splice(at, kind === 'taken out' ? 1 : length);
          await expect(attested({ ...files, [which]: Uint8Array.from(before) }, by)).rejects.toMatchObject({
            name: 'NotValid',
          });
        }),
        { numRuns: 1000 },
      );
    },
  );

  test('in another spelling of the same attestation', async () => {
    const { payload, signatures } = envelope();
    const [signature = { protected: '', signature: '' }] = signatures;
    // The last of 86 characters holds 2 bits of the signature and 4 that mean nothing.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(signature.signature.at(-1) ?? '');
    const respelled = signature.signature.slice(0, -1) + (alphabet[last ^ 1] ?? '');
    expect(Buffer.from(respelled, 'base64url')).toEqual(Buffer.from(signature.signature, 'base64url'));
    const spellings = [
      json({ payload, signatures: [{ ...signature, signature: respelled }] }),
      json({ payload, signatures: [{ ...signature, signature: `${signature.signature}==` }] }),
      `${json(envelope())}\n`,
      ` ${json(envelope())}`,
      `\uFEFF${json(envelope())}`,
      JSON.stringify(envelope(), null, 2),
      JSON.stringify({ signatures, payload }),
      json({ payload, signatures, more: true }),
      json({ payload, signatures: [{ ...signature, header: {} }] }),
      json({ payload, signatures: [signature, signature] }),
      json(envelope()).replace('"payload":', `"payload":"e30","payload":`),
      json(envelope()).replace('"payload"', '"\\u0070ayload"'),
    ];
    for (const spelling of spellings) {
      expect(spelling).not.toBe(text(files.attestation));
      await expect(attested({ ...files, attestation: bytes(spelling) }, by), spelling).rejects.toThrow(
        /not in the form/,
      );
    }
  });

  test('in the attestation of another report', async () => {
    const another = await attest({ ...reportFixture(), notes: [] }, secret);
    await expect(attested({ ...files, attestation: another.attestation }, by)).rejects.toThrow(/was changed after/);
  });

  test('in a report and an attestation of another key', async () => {
    const theirs = await attest(reportFixture(), await readPrivateKey(other.key));
    await expect(attested(theirs, by)).rejects.toThrow(/signed by another key: [\w-]{43}, and not [\w-]{43}/);
  });

  test('in a signature of another key under the name of this one', async () => {
    const { key } = await readPrivateKey(other.key);
    const attestation = await signed(json(statement()), key, header());
    await expect(attested({ ...files, attestation }, by)).rejects.toThrow(/signature is wrong/);
  });

  test.each([
    ['two subjects', (it: Statement) => ({ ...it, subject: [...it.subject, ...it.subject] })],
    [
      'another name of the subject',
      (it: Statement) => ({ ...it, subject: [{ ...it.subject[0], name: 'http://other' }] }),
    ],
    ['another outcome', (it: Statement) => ({ ...it, predicate: { ...it.predicate, outcome: 'conformant' } })],
    ['another predicate', (it: Statement) => ({ ...it, predicateType: 'urn:other' })],
    ['one member more', (it: Statement) => ({ ...it, more: true })],
  ])('in a statement that was signed, but says otherwise than the report: %s', async (_name, changed) => {
    const attestation = await signed(json(changed(statement())), secret.key, header());
    await expect(attested({ ...files, attestation }, by)).rejects.toThrow(/disagrees with the report/);
  });

  test('in a statement that was signed in another form', async () => {
    const attestation = await signed(JSON.stringify(statement(), null, 2), secret.key, header());
    await expect(attested({ ...files, attestation }, by)).rejects.toThrow(/disagrees with the report/);
  });

  test.each([
    [{ more: true }, /the header of the signature is not the one/],
    [{ cty: 'JWT' }, /the header of the signature is not the one/],
    [{ kid: 'another\u001B[31m\n' }, /signed by another key: another/],
  ])('in a header that was signed, but is not the one: %j', async (more, message) => {
    const attestation = await signed(json(statement()), secret.key, { ...header(), ...more });
    await expect(attested({ ...files, attestation }, by)).rejects.toThrow(message);
  });
});

describe('no other algorithm is accepted', () => {
  test('HS256, with the public key as the secret', async () => {
    for (const shared of [readFileSync(mine.pub), by.key.export({ type: 'spki', format: 'der' })]) {
      const attestation = await signed(json(statement()), new Uint8Array(shared), { ...header(), alg: 'HS256' });
      await expect(attested({ ...files, attestation }, by)).rejects.toThrow(/signed by HS256, and must be by EdDSA/);
    }
  });

  test('ES256', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const attestation = await signed(json(statement()), privateKey, { ...header(), alg: 'ES256' });
    await expect(attested({ ...files, attestation }, by)).rejects.toThrow(/signed by ES256, and must be by EdDSA/);
  });

  test('none', async () => {
    const none = Buffer.from(json({ ...header(), alg: 'none' })).toString('base64url');
    for (const signature of ['', envelope().signatures[0]?.signature]) {
      const attestation = bytes(json({ payload: envelope().payload, signatures: [{ protected: none, signature }] }));
      await expect(attested({ ...files, attestation }, by)).rejects.toThrow(/signed by none|not in the form/);
    }
  });
});

describe('keys', () => {
  const jwkOf = (key: KeyObject): string => JSON.stringify(key.export({ format: 'jwk' }));
  const written = (name: string, content: string): string => {
    writeFileSync(inFolder(name), content);
    return inFolder(name);
  };
  const privateKey = (): KeyObject => createPrivateKey(readFileSync(mine.key));

  test('are read as JWK too, and are the same ones', async () => {
    const jwk = await readPrivateKey(written('mine.jwk', jwkOf(privateKey())));
    const pub = await readPublicKey(written('mine.pub.jwk', jwkOf(createPublicKey(privateKey()))));
    expect([jwk.id, pub.id]).toEqual([secret.id, by.id]);
    expect(by.id).toBe(secret.id);
    await expect(attested(await attest(reportFixture(), jwk), pub)).resolves.toEqual(reportFixture());
  });

  test('have the thumbprint of RFC 8037, appendix A.3', async () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    const { id } = await readPublicKey(written('rfc8037.jwk', JSON.stringify(jwk)));
    expect(id).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  test('that do not fit are rejected', async () => {
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'x' };
    const encrypted = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher });
    writeFileSync(inFolder('encrypted.pem'), encrypted);
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { key, pub } = makeKeys('x25519', generateKeyPairSync('x25519'));
    await expect(readPrivateKey(inFolder('encrypted.pem'))).rejects.toThrow(/is encrypted: decrypt it by/);
    await expect(readPrivateKey(key)).rejects.toThrow(/is not an Ed25519 key: make one by/);
    await expect(readPublicKey(pub)).rejects.toThrow(/is not an Ed25519 key/);
    await expect(readPublicKey(written('ec.jwk', jwkOf(ec.publicKey)))).rejects.toThrow(/is not an Ed25519 key/);
    await expect(readPrivateKey(mine.pub)).rejects.toThrow(/holds no private key/);
    await expect(readPublicKey(mine.key)).rejects.toThrow(/holds a private key, .* -pubout/);
    await expect(readPublicKey(inFolder('encrypted.pem'))).rejects.toThrow(/holds a private key/);
    await expect(readPublicKey(written('private.jwk', jwkOf(privateKey())))).rejects.toThrow(/holds a private key/);
    for (const content of [
      '',
      '{',
      '{}',
      'null',
      '-----BEGIN PUBLIC KEY-----\n',
      readFileSync(mine.pub, 'utf8').slice(0, 60),
    ])
      await expect(readPublicKey(written('none.pem', content))).rejects.toThrow(/holds no public key/);
    await expect(readPublicKey(inFolder('missing.pem'))).rejects.toThrow(/cannot be read \(ENOENT\)/);
    await expect(readPublicKey(folder)).rejects.toThrow(/cannot be read \(EISDIR\)/);
  });

  test('given in the place of a file name are not repeated', async () => {
    for (const given of [readFileSync(mine.key, 'utf8'), jwkOf(privateKey())]) {
      const error: Error = await readPrivateKey(given).then(
        () => new Error('it was read'),
        (thrown: Error) => thrown,
      );
      expect(error).toMatchObject({
        name: 'ConfigurationError',
        message: '--sign: give the name of the file that holds the key',
      });
    }
  });

  test('are read before the run, and so is whether there is a report to sign', async () => {
    await expect(readySigner({ sign: mine.key })).rejects.toThrow(/give --report json=FILE/);
    await expect(readySigner({ sign: mine.pub, report: { json: 'x.json' } })).rejects.toThrow(/holds no private key/);
    await expect(readySigner({})).resolves.toBeUndefined();
  });
});

describe('the command line', () => {
  const report = inFolder('report.json');

  test(
    'signs by keys as docs/reports.md makes them, the digest that openssl makes',
    { tags: needs('openssl') },
    async () => {
      const { key, pub } = keyFiles('openssl');
      const openssl = async (...args: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await run('openssl', args);
        expect(code, stderr).toBe(0);
        return stdout;
      };
      await openssl('genpkey', '-algorithm', 'ed25519', '-out', key);
      await openssl('pkey', '-in', key, '-pubout', '-out', pub);
      const file = inFolder('openssl.json');
      const { report: text, attestation } = await attest(reportFixture(), await readPrivateKey(key));
      writeFileSync(file, text);
      writeFileSync(`${file}.intoto.json`, attestation);
      const { stdout, code } = await runCli(['verify', file, '--key', pub]);
      expect(stdout).toMatch(/^VALID {2}/);
      expect(code).toBe(0);
      const { payload } = JSON.parse(new TextDecoder().decode(attestation)) as Envelope;
      const [digest] = (await openssl('dgst', '-sha256', '-r', file)).split(' ');
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(Buffer.from(payload, 'base64url').toString()).toContain(digest);
    },
  );

  test('signs a run, and verifies it', async () => {
    const signed = await runCli(['self-test', '--only', 'requests.cookie', '--report', `json=${report}`], {
      env: { AUTH_CONFORMANCE_SIGN: mine.key },
    });
    expect(signed.stdout).toContain(`\nsigned by ${by.id}: ${report}.intoto.json\n`);
    expect(signed.code).toBe(0);
    const target = (JSON.parse(readFileSync(report, 'utf8')) as Report).target.url;
    const valid = await runCli(['verify', report, '--key', mine.pub, '--target', `${target}/`]);
    expect(valid.stdout).toMatch(/^VALID {2}/);
    expect(valid.stdout).toContain(`\n  target         ${target}\n`);
    expect(valid.stdout).toMatch(/\n {2}outcome {8}CONFORMANT as far as tested: not all core/);
    expect(valid.stdout).toContain(`\n  signed by      ${by.id}\n`);
    expect(valid.code).toBe(0);
    const elsewhere = await runCli(['verify', report, '--key', mine.pub, '--target', 'http://127.0.0.1:1']);
    expect(elsewhere.stdout).toMatch(/^NOT VALID .*: the report is of another target: http:/);
    expect(elsewhere.code).toBe(1);
    const another = await runCli(['verify', report, '--key', other.pub]);
    expect(another.stdout).toMatch(/^NOT VALID .*: signed by another key/);
    expect(another.code).toBe(1);
    writeFileSync(inFolder('changed.json'), readFileSync(report, 'utf8').replace('"pass"', '"fail"'));
    const changed = await runCli([
      ...['verify', inFolder('changed.json'), '--key', mine.pub],
      ...['--attestation', `${report}.intoto.json`],
    ]);
    expect(changed.stdout).toMatch(/^NOT VALID .*: the report was changed after it was signed/);
    expect(changed.code).toBe(1);
  });

  test.each([
    [['verify', 'none.json', '--key', mine.pub], /the report none\.json cannot be read \(ENOENT\)/],
    [['verify', mine.pub, '--key', mine.pub], /the attestation .* cannot be read \(ENOENT\): name it by --attestation/],
    [['verify', mine.pub, '--key', mine.pub, '--target', 'x'], /--target x is not a URL/],
    [['verify', mine.pub], /required option '--key <PUB>'/],
    [['verify', mine.pub, '--key', mine.key], /holds a private key/],
    [['self-test', '--sign', mine.key], /give --report json=FILE/],
    [['self-test', '--sign', mine.pub, '--report', `json=${inFolder('no.json')}`], /holds no private key/],
  ])('rejects %j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(existsSync(inFolder('no.json'))).toBe(false);
  });
});
