import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderers } from '../reporters/renderers.js';
import { mustBeWritable } from './deliver.js';
import { ConfigurationError } from './errors.js';
import { readReport } from './read-report.js';

/** Flags of `auth-conformance report`. */
export interface ReportFlags {
  readonly html: string;
}

/**
 * The command `report`: makes the HTML report of a JSON report again, or of several a page that compares them.
 * @param paths of JSON reports, at least one
 * @throws ConfigurationError when one of them is no report, or the page cannot be written
 */
export async function writeReport(paths: readonly string[], { html }: ReportFlags): Promise<void> {
  const file = resolve(html);
  if (paths.some((path) => resolve(path) === file))
    throw new ConfigurationError(`--html ${html} would overwrite a report that is to be read: name another file`);
  const reports = paths.map((path) => readReport(path));
  mustBeWritable([file]);
  const [first, ...others] = reports;
  if (first !== undefined && others.length === 0) {
    writeFileSync(file, await renderers.html(first));
    process.stdout.write(`html report: ${file}\n`);
    return;
  }
  const { renderComparison } = await import('../reporters/comparison-page.js');
  writeFileSync(file, renderComparison(reports));
  process.stdout.write(`html comparison of ${reports.length} reports: ${file}\n`);
}
