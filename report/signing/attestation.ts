import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { generalVerify, GeneralSign, type JWSHeaderParameters } from 'jose';
import type { Report } from '../../spec/generated/report.js';
import { onOneLine } from '../foreign-text.js';
import { ConfigurationError } from '../errors.js';
import { parseReport } from '../read.js';
import type { SigningKey } from './signing-key.js';

// The envelope is a JWS in its general JSON serialization (RFC 7515 section 7.2.1), which every jose library can check. in-toto
// recommends DSSE, and allows what has an array of signatures, a signed payload type and a hint at the key
// (https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md): these are `signatures`, `cty` and `kid`.

/** Fixes what the predicate says: change it when a member changes its meaning. One that may be missing can be added. */
const PREDICATE_TYPE = 'urn:auth-conformance:report:1';

/** An in-toto Statement: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly [{ readonly name: string; readonly digest: { readonly sha256: string } }];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: Pick<
    Report,
    'tool' | 'specification' | 'startedAt' | 'profiles' | 'parts' | 'outcome' | 'complete' | 'byProfile' | 'summary'
  >;
}

/** A report was tampered with, or signed by another key, or is not the one that was signed. */
export class NotValid extends Error {
  override readonly name = 'NotValid';
}

/** A report was signed, as it seems, but by another key than the one that was given. */
export class SignedByAnotherKey extends NotValid {}

/** Data in the canonical form of RFC 8785. */
const canonical = (data: unknown): string => canonicalize(data) ?? '';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What is signed of a report: who was judged, the digest of the report's file, and what it comes to. */
function statementOf(report: Report, file: Uint8Array): Statement {
  const { target, tool, specification, startedAt, profiles, parts, outcome, complete, byProfile, summary } = report;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: target.url, digest: { sha256: createHash('sha256').update(file).digest('hex') } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      ...{ tool, specification, startedAt, profiles, outcome, complete, summary },
      ...(byProfile !== undefined && { byProfile }),
      ...(parts !== undefined && { parts }),
    },
  };
}

/** The one header that a signature may have. EdDSA: RFC 8037 section 3.1. */
const headerOf = ({ id }: SigningKey): JWSHeaderParameters => ({ alg: 'EdDSA', cty: 'vnd.in-toto+json', kid: id });

/**
 * Signs a report.
 * @returns what is to be written: the report in its canonical form (RFC 8785), and the attestation that goes with it
 */
export async function attest(report: Report, by: SigningKey): Promise<{ report: Uint8Array; attestation: Uint8Array }> {
  // RFC 8785 section 3.2.2.2 knows no lone surrogates, which a target may have sent.
  const wellFormed = JSON.parse(JSON.stringify(report), (_key, value: unknown) =>
    typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\u{FFFD}') : value,
  ) as Report;
  const file = bytesOf(canonical(wellFormed));
  const jws = await new GeneralSign(bytesOf(canonical(statementOf(wellFormed, file))))
    .addSignature(by.key)
    .setProtectedHeader(headerOf(by))
    .sign();
  return { report: file, attestation: bytesOf(canonical(jws)) };
}

/**
 * Tells whether a report is the one that was signed, by this key. Each byte of both files counts: there is one form of an
 * attestation, and no other is accepted.
 * @param files the bytes of the report and of its attestation
 * @param by the public key
 * @returns the report, which can be trusted as far as who holds the private key
 * @throws NotValid, which says what is wrong
 */
export async function attested(
  files: { readonly report: Uint8Array; readonly attestation: Uint8Array },
  by: SigningKey,
): Promise<Report> {
  const statement = await signedStatement(files.attestation, by);
  const sha256 = createHash('sha256').update(files.report).digest('hex');
  if (!statement.includes(`"${sha256}"`))
    throw new NotValid('the report was changed after it was signed, or it is not the one that was signed');
  const report = reportIn(files.report);
  if (statement !== canonical(statementOf(report, files.report)))
    throw new NotValid('what was signed disagrees with the report');
  return report;
}

function reportIn(file: Uint8Array): Report {
  try {
    return parseReport(utf8(file) ?? '', 'the report');
  } catch (error) {
    if (error instanceof ConfigurationError) throw new NotValid(error.message);
    throw error;
  }
}

/** The text that was signed by this key. */
async function signedStatement(attestation: Uint8Array, by: SigningKey): Promise<string> {
  const [payload, protectedHeader, signature] = partsOf(attestation);
  const header = decoded(protectedHeader);
  if (header !== canonical(headerOf(by))) throw whatIsWrongWith(header, by);
  try {
    await generalVerify({ payload, signatures: [{ protected: protectedHeader, signature }] }, by.key, {
      algorithms: ['EdDSA'],
    });
  } catch {
    throw new NotValid('the signature is wrong: the attestation was changed, or another key has signed it');
  }
  return decoded(payload) ?? '';
}

/** Payload, protected header and signature, as they are in an attestation that has the form that attest gives it. */
function partsOf(attestation: Uint8Array): [payload: string, protectedHeader: string, signature: string] {
  const text = utf8(attestation) ?? '';
  const found = /^\{"payload":"([\w-]+)","signatures":\[\{"protected":"([\w-]+)","signature":"([\w-]+)"\}\]\}$/.exec(
    text,
  );
  const [, payload = '', protectedHeader = '', signature = ''] = found ?? [];
  // base64url has several spellings of the same bytes, of which one is right (RFC 4648 section 3.5).
  const spelled = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;
  if (found === null || ![payload, protectedHeader, signature].every(spelled))
    throw new NotValid('the attestation was changed, or is none: it is not in the form that --sign writes');
  return [payload, protectedHeader, signature];
}

function whatIsWrongWith(header: string | undefined, by: SigningKey): NotValid {
  let data: unknown;
  try {
    data = JSON.parse(header ?? '');
  } catch {
    data = undefined;
  }
  const { alg, kid } = (data ?? {}) as JWSHeaderParameters;
  if (alg !== 'EdDSA') return new NotValid(`the attestation is signed by ${shown(alg)}, and must be by EdDSA`);
  if (kid !== by.id) return new SignedByAnotherKey(`signed by another key: ${shown(kid)}, and not ${by.id}`);
  return new NotValid('the header of the signature is not the one that --sign writes');
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? onOneLine(value).slice(0, 100) : 'nothing known';

const decoded = (part: string): string | undefined => utf8(Buffer.from(part, 'base64url'));

/** The text that bytes are; undefined when they are none. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
