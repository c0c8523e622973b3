import { resolve } from 'node:path';
import type { Configuration } from '../../spec/generated/configuration.js';
import type { Report } from '../../spec/generated/report.js';
import { renderers, type Format } from '../../reporters/renderers.js';
import { renderTerminal, type Detail } from '../../reporters/terminal.js';
import { usesColor } from './color.js';
import { ConfigurationError } from '../../report/errors.js';
import { mustBeWritable as mustBeWritableFile, whyUnwritable, writeWhole } from '../../report/files/write-file.js';

/** A file that a report is to be written into. */
export interface ReportFile {
  readonly format: Format;
  readonly file: string;
}

/** The files that a configuration names. */
export const reportFiles = ({ report = {} }: Pick<Configuration, 'report'>): ReportFile[] =>
  Object.entries(report).map(([format, file]) => ({ format: format as Format, file: resolve(file) }));

/** How much the terminal shows. */
export function detailOf({ verbose, quiet, reporter }: Pick<Configuration, 'verbose' | 'quiet' | 'reporter'>): Detail {
  if (reporter === 'quiet' || reporter === 'verbose') return reporter;
  return quiet === true ? 'quiet' : verbose === true ? 'verbose' : 'brief';
}

/**
 * Shows a report, and writes it into its files. One that cannot be written keeps none of the others from being.
 * @returns whether all of them were written; standard error says which were not, and why
 */
export async function deliver(
  report: Report,
  files: readonly ReportFile[],
  output: NodeJS.WriteStream,
  detail: Detail = 'brief',
): Promise<boolean> {
  const columns = output.columns && { width: output.columns };
  output.write(renderTerminal(report, { color: usesColor(output), detail, ...columns }));
  let all = true;
  for (const { format, file } of files) {
    const written = await attempt(`the ${format} report ${file}`, async () =>
      writeWhole(file, await renderers[format](report)),
    );
    if (!written) all = false;
    else if (detail !== 'quiet') output.write(`${format} report: ${file}\n`);
  }
  return all;
}

/**
 * Writes something at the end of a run, when the verdict is there already: what goes wrong is told on standard error, in a line.
 * @returns whether it was written
 */
export async function attempt(what: string, write: () => void | Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    process.stderr.write(`auth-conformance: ${what} cannot be written: ${whyUnwritable(error)}\n`);
    return false;
  }
}

/** The exit code of a run whose verdict has this one, of which something was to be written and was not: never 0. */
export function codeUnwritten(code: number): number {
  if (code !== 0) return code;
  process.stderr.write('auth-conformance: exit code 2: the verdict is as shown, but not all was written\n');
  return 2;
}

/**
 * Checks, before a run, that reports can be written at its end. Leaves everything as it was, but for folders.
 * @throws ConfigurationError
 */
export function mustBeWritable(files: readonly string[]): void {
  for (const file of files) {
    try {
      mustBeWritableFile(file);
    } catch (error) {
      throw new ConfigurationError(`the report ${file} cannot be written: ${whyUnwritable(error)}`);
    }
  }
}
