import { resolve } from 'node:path';
import type { Configuration } from '../../spec/generated/configuration.js';
import type { Report } from '../../spec/generated/report.js';
import { attest } from './attestation.js';
import { ConfigurationError } from '../errors.js';
import { readPrivateKey } from './signing-key.js';
import { writeWhole } from '../files/write-file.js';

/** Where the attestation of a report stands: beside it. */
export const attestationOf = (report: string): string => `${report}.intoto.json`;

/** What signs the report at the end of a run. */
export interface ReportSigner {
  /** The file that the attestation is written into. */
  readonly file: string;
  /**
   * Writes the JSON report in its canonical form, and the attestation.
   * @returns a line to tell
   * @throws an error of the file system
   */
  readonly sign: (report: Report) => Promise<string>;
}

/**
 * Gets the signing of a report ready, before the run: reads the key.
 * @returns undefined when nothing is to be signed
 * @throws ConfigurationError when the key cannot be used, or no JSON report is to be written
 */
export async function readySigner({
  sign,
  report,
}: Pick<Configuration, 'sign' | 'report'>): Promise<ReportSigner | undefined> {
  if (sign === undefined) return undefined;
  if (report?.json === undefined)
    throw new ConfigurationError('--sign: there is no JSON report to sign: give --report json=FILE');
  const key = await readPrivateKey(sign);
  const reportFile = resolve(report.json);
  const file = attestationOf(reportFile);
  return {
    file,
    sign: async (signed) => {
      const files = await attest(signed, key);
      writeWhole(reportFile, files.report);
      writeWhole(file, files.attestation);
      return `signed by ${key.id}: ${file}`;
    },
  };
}
