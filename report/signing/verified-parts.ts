import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Report, ReportPart } from '../../spec/generated/report.js';
import { attested, NotValid, SignedByAnotherKey } from './attestation.js';
import { ConfigurationError } from '../errors.js';
import { parseReport } from '../read.js';
import { readBytes, textIn } from '../files/read-text.js';
import { rejudge } from '../rejudge.js';
import { attestationOf } from './sign.js';
import type { SigningKey } from './signing-key.js';
import { onOneLine } from '../foreign-text.js';

/** A part of a run, and what is known of where it came from. */
export interface VerifiedPart {
  readonly report: Report;
  readonly part: ReportPart;
}

/**
 * Reads parts of a run whose merged report is to be signed. A part is what its attestation says, which stands beside it: one that was
 * changed since is rejected, whatever is allowed; and so is one that disagrees with the checks that it holds.
 * @param paths of JSON reports
 * @param keys public keys that the parts may be signed with
 * @param allowUnsigned whether a part may be without attestation
 * @throws ConfigurationError
 */
export async function readVerifiedParts(
  paths: readonly string[],
  { keys, allowUnsigned }: { readonly keys: readonly SigningKey[]; readonly allowUnsigned: boolean },
): Promise<VerifiedPart[]> {
  const parts: VerifiedPart[] = [];
  for (const path of paths) {
    const file = readBytes(path, (why) => new ConfigurationError(`the report ${path} ${why}`));
    const attestation = attestationOf(path);
    const signed = existsSync(attestation);
    if (!signed && !allowUnsigned)
      throw new ConfigurationError(
        `${path} is not signed, there is no ${attestation}: sign each part by --sign, or take it as it is by --allow-unsigned, which the report will say`,
      );
    const { report, by } = signed ? await verified(path, file, keys) : { report: textOf(file, path), by: undefined };
    const { disagreements } = rejudge(report, path);
    if (disagreements.length > 0)
      throw new ConfigurationError(
        `${path} disagrees with the checks that it holds, and is not signed: ${disagreements.join('; ')}`,
      );
    const { startedAt, shard } = report;
    parts.push({
      report,
      part: {
        sha256: createHash('sha256').update(file).digest('hex'),
        startedAt,
        ...(shard && { shard: `${shard.index}/${shard.count}` }),
        ...(by !== undefined && { signedBy: by }),
      },
    });
  }
  return parts;
}

/** The report in a file that was signed by one of the keys, and the id of that key. */
async function verified(
  path: string,
  report: Uint8Array,
  keys: readonly SigningKey[],
): Promise<{ report: Report; by: string }> {
  const attestation = readBytes(
    attestationOf(path),
    (why) => new ConfigurationError(`the attestation ${attestationOf(path)} ${why}`),
  );
  let last = new NotValid('there is no key to verify it with');
  for (const key of keys) {
    try {
      return { report: await attested({ report, attestation }, key), by: key.id };
    } catch (error) {
      if (!(error instanceof NotValid)) throw error;
      last = error;
      if (!(error instanceof SignedByAnotherKey)) break;
    }
  }
  const hint = last instanceof SignedByAnotherKey ? ': name the public key of its signer by --part-key' : '';
  throw new ConfigurationError(`the part ${path} is not valid: ${onOneLine(last.message)}${hint}`);
}

const textOf = (file: Uint8Array, path: string): Report =>
  parseReport(
    textIn(file, (why) => new ConfigurationError(`the report ${path} ${why}`)),
    path,
  );

/** What a reader of the merged report should know of its parts: which of them were not signed. */
export function notesOnParts(parts: readonly ReportPart[]): string[] {
  const unsigned = parts.filter(({ signedBy }) => signedBy === undefined).map(nameOf);
  return unsigned.length === 0 ? [] : [`Not signed by themselves, and taken as they were: ${unsigned.join(', ')}.`];
}

const nameOf = ({ shard, startedAt }: ReportPart): string =>
  shard === undefined ? `the report of ${startedAt}` : `shard ${shard}`;

/** A part in a line: what it was, its digest, and who has signed it. */
export const partInWords = (part: ReportPart): string =>
  `${nameOf(part)}, SHA-256 ${part.sha256}, ${part.signedBy === undefined ? 'not signed' : `signed by ${part.signedBy}`}`;
