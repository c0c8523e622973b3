import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Report } from '../spec/generated/report.js';
import { renderers, type Format } from '../reporters/renderers.js';
import { renderTerminal } from '../reporters/terminal.js';
import { usesColor } from './color.js';
import { ConfigurationError } from '../report/errors.js';

/** A file that a report is to be written into. */
export interface ReportFile {
  readonly format: Format;
  readonly file: string;
}

/** The files that a configuration names. */
export const reportFiles = ({ report = {} }: Pick<Configuration, 'report'>): ReportFile[] =>
  Object.entries(report).map(([format, file]) => ({ format: format as Format, file: resolve(file) }));

/** Writes a report into its files, and shows it. */
export async function deliver(report: Report, files: readonly ReportFile[], output: NodeJS.WriteStream): Promise<void> {
  for (const { format, file } of files) writeFileSync(file, await renderers[format](report));
  output.write(renderTerminal(report, { color: usesColor(output), ...(output.columns && { width: output.columns }) }));
  for (const { format, file } of files) output.write(`${format} report: ${file}\n`);
}

/**
 * A report that cannot be written at the end of a run would be a run for nothing. Leaves everything as it was, but for folders.
 * @throws ConfigurationError
 */
export function mustBeWritable(files: readonly string[]): void {
  for (const file of files) {
    try {
      mkdirSync(dirname(file), { recursive: true });
      const isNew = !existsSync(file);
      writeFileSync(file, '', { flag: 'a' });
      if (isNew) rmSync(file);
    } catch (error) {
      throw new ConfigurationError(`the report ${file} cannot be written: ${(error as Error).message}`);
    }
  }
}
