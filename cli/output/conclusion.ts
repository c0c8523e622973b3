import type { Configuration } from '../../spec/generated/configuration.js';
import type { Report } from '../../spec/generated/report.js';
import { readyGate } from '../../report/baseline.js';
import { fitted } from './fitted.js';
import { attempt, codeUnwritten, deliver, detailOf, mustBeWritable, reportFiles } from './write-reports.js';

/**
 * What ends a run: shows its report, writes it into its files, signs it, and decides whether it is good enough.
 * @returns the exit code: of a run whose verdict is good but not written into each file, 2
 */
export type Conclusion = (report: Report) => Promise<number>;

/**
 * Gets the end of a run ready, before the run: a file that could not be written at its end would waste it.
 * @param output where what is told goes
 * @throws ConfigurationError
 */
export async function readyConclusion(configuration: Configuration, output: NodeJS.WriteStream): Promise<Conclusion> {
  const files = reportFiles(configuration);
  const gateFor = readyGate(configuration);
  // What signs is loaded when there is something to sign.
  const signer =
    configuration.sign === undefined
      ? undefined
      : await (await import('../../report/signing/sign.js')).readySigner(configuration);
  mustBeWritable([...files.map(({ file }) => file), ...(signer ? [signer.file] : [])]);
  return async (report) => {
    const delivered = await deliver(report, files, output, detailOf(configuration));
    const signed =
      signer === undefined ||
      (await attempt(`the signed report, or its attestation ${signer.file},`, async () => {
        output.write(`${await signer.sign(report)}\n`);
      }));
    const { code, findings, why } = gateFor(report);
    for (const finding of findings) output.write(`${finding}\n`);
    // Of a verdict that is not written everywhere, standard error says why.
    if (code !== 0 || (delivered && signed)) output.write(`${fitted(`Exit code ${code}: ${why}`, output)}\n`);
    return delivered && signed ? code : codeUnwritten(code);
  };
}
