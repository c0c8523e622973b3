import { withoutTrailingSlashes } from '../../spec/values/base-url.js';
import type { Report } from '../../spec/generated/report.js';
import { onOneLine } from '../../report/foreign-text.js';
import { outcomeInWords, profilesInWords, incompleteReason } from '../../report/wording.js';
import { attested, NotValid } from '../../report/signing/attestation.js';
import { ConfigurationError } from '../../report/errors.js';
import { attestationOf } from '../../report/signing/sign.js';
import { readBytes } from '../../report/files/read-text.js';
import { rejudge } from '../../report/rejudge.js';
import { readPublicKey } from '../../report/signing/signing-key.js';
import { partInWords } from '../../report/signing/verified-parts.js';

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
    if (target !== undefined && report.target.url !== withoutTrailingSlashes(target))
      throw new NotValid(`the report is of another target: ${report.target.url}`);
    const { disagreements, remarks } = rejudge(report, 'the report');
    if (disagreements.length > 0)
      throw new NotValid(`what was signed disagrees with the checks that it holds: ${disagreements.join('; ')}`);
    process.stdout.write(
      `${onOneLine(`VALID  ${file}`)}\n${[
        ...described(report, by.id),
        ...remarks.map((remark) => `note           ${remark}`),
      ]
        .map((line) => `  ${onOneLine(line)}\n`)
        .join('')}`,
    );
    return 0;
  } catch (error) {
    // A report that no run can have written is rejected as a configuration where it is read, and is not valid here.
    if (!(error instanceof NotValid || error instanceof ConfigurationError)) throw error;
    process.stdout.write(`${onOneLine(`NOT VALID  ${file}: ${error.message}`)}\n`);
    return 1;
  }
}

function described(report: Report, key: string): string[] {
  const { total, pass, fail, warn, skip, error } = report.summary.requirements;
  const open = incompleteReason(report);
  return [
    `target         ${report.target.url}`,
    `date           ${report.startedAt}`,
    `outcome        ${outcomeInWords(report)}${open === undefined ? '' : `: ${open}`}`,
    `profiles       ${profilesInWords(report)}`,
    `requirements   ${total}: ${pass} passed, ${fail} failed, ${warn} warned, ${error} not judged, ${skip} skipped`,
    `specification  ${report.specification.title}, SHA-256 ${report.specification.sha256}`,
    `suite          ${report.tool.name} ${report.tool.version}`,
    `signed by      ${key}`,
    ...(report.parts ?? []).map((part) => `part           ${partInWords(part)}`),
  ];
}

const bytesOf = (what: string, file: string): Uint8Array =>
  readBytes(
    file,
    (why) =>
      new ConfigurationError(
        `the ${what} ${file} ${why}${what === 'attestation' ? ': name it by --attestation FILE' : ''}`,
      ),
  );
