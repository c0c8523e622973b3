import { readFileSync } from 'node:fs';
import type { Report } from '../../spec/generated/report.js';
import { onOneLine, outcomeInWords, whatIsOpen } from '../../report/wording.js';
import { attested, NotValid } from '../../report/attestation.js';
import { ConfigurationError } from '../../report/errors.js';
import { attestationOf } from '../../report/sign.js';
import { readPublicKey } from '../../report/signing-key.js';

/** Flags of `auth-conformance verify`. */
export interface VerifyFlags {
  readonly key: string;
  readonly attestation?: string;
  readonly target?: string;
}

/**
 * The command `verify`: tells whether a signed report is untouched, by whom it was signed and for which target.
 * @param file the JSON report
 * @returns the exit code: 0 valid, 1 not valid
 * @throws ConfigurationError when a file cannot be read, or the key or the target is none
 */
export async function verify(
  file: string,
  { key, attestation = attestationOf(file), target }: VerifyFlags,
): Promise<number> {
  const by = await readPublicKey(key);
  if (target !== undefined && !URL.canParse(target)) throw new ConfigurationError(`--target ${target} is not a URL`);
  const files = { report: bytesOf('report', file), attestation: bytesOf('attestation', attestation) };
  try {
    const report = await attested(files, by);
    if (target !== undefined && report.target.url !== target.replace(/(?<!\/)\/+$/, ''))
      throw new NotValid(`the report is of another target: ${report.target.url}`);
    process.stdout.write(
      `VALID  ${file}\n${described(report, by.id)
        .map((line) => `  ${onOneLine(line)}\n`)
        .join('')}`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof NotValid)) throw error;
    process.stdout.write(`NOT VALID  ${file}: ${onOneLine(error.message)}\n`);
    return 1;
  }
}

function described(report: Report, key: string): string[] {
  const { total, pass, fail, warn, skip, error } = report.summary.requirements;
  const open = whatIsOpen(report);
  return [
    `target         ${report.target.url}`,
    `date           ${report.startedAt}`,
    `outcome        ${outcomeInWords(report)}${open === undefined ? '' : `: ${open}`}`,
    `profiles       ${report.profiles.join(', ')}`,
    `requirements   ${total}: ${pass} passed, ${fail} failed, ${warn} warned, ${error} not judged, ${skip} skipped`,
    `specification  ${report.specification.title}, SHA-256 ${report.specification.sha256}`,
    `suite          ${report.tool.name} ${report.tool.version}`,
    `signed by      ${key}`,
  ];
}

function bytesOf(what: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(
      `the ${what} ${file} cannot be read (${code})${what === 'attestation' ? ': name it by --attestation FILE' : ''}`,
    );
  }
}
