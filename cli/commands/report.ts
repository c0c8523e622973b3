import { resolve } from 'node:path';
import type { Report } from '../../spec/generated/report.js';
import { renderers } from '../../reporters/renderers.js';
import { ConfigurationError } from '../../report/errors.js';
import { whyUnwritable, writeWhole } from '../../report/files/write-file.js';
import { readReports } from '../read-reports.js';
import { mustBeWritable } from '../output/write-reports.js';

/** Flags of `auth-conformance report`. */
export interface ReportFlags {
  readonly html: string;
}

/**
 * The command `report`: makes the HTML report of a JSON report again, or of several a page that compares them.
 * @param paths of JSON reports, at least one
 * Reports of one target are told apart by their dates. A page of a target that is not conformant is no failure.
 * @throws ConfigurationError when one of them is no report, or given twice, or the page cannot be written
 */
export async function writeReport(paths: readonly string[], { html }: ReportFlags): Promise<void> {
  const file = resolve(html);
  if (paths.some((path) => resolve(path) === file))
    throw new ConfigurationError(`--html ${html} would overwrite a report that is to be read: name another file`);
  const reports = readReports(paths);
  mustDiffer(reports, paths);
  mustBeWritable([file]);
  const [first, ...others] = reports;
  if (first !== undefined && others.length === 0) {
    write(file, await renderers.html(first));
    process.stdout.write(`html report: ${file}\n`);
    return;
  }
  const { renderComparison } = await import('../../reporters/html/comparison-page.js');
  write(file, renderComparison(reports));
  process.stdout.write(`html comparison of ${reports.length} reports: ${file}\n`);
}

function write(file: string, page: string): void {
  try {
    writeWhole(file, page);
  } catch (error) {
    throw new ConfigurationError(`the page ${file} cannot be written: ${whyUnwritable(error)}`);
  }
}

/** A report beside itself would compare nothing. */
function mustDiffer(reports: readonly Report[], paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const [i, report] of reports.entries()) {
    const path = paths[i] ?? '';
    const content = JSON.stringify(report);
    const before = seen.get(content);
    if (before === path) throw new ConfigurationError(`the report ${path} is given twice: name it once`);
    if (before !== undefined)
      throw new ConfigurationError(`${before} and ${path} are the same report: name one of them`);
    seen.set(content, path);
  }
}
