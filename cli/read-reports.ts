import type { Report } from '../spec/generated/report.js';
import { readReport } from '../report/read.js';
import type { Rejudged } from '../report/rejudge.js';

/**
 * Reads JSON reports, and says on standard error where one disagrees with itself: what its checks come to is used then.
 * @throws ConfigurationError when one cannot be read, or is no report
 */
export function readReports(paths: readonly string[]): Report[] {
  const read = paths.map((path) => ({ path, ...readReport(path) }));
  for (const one of read) sayWhatDisagrees(one.path, one);
  return read.map(({ report }) => report);
}

/** Says on standard error where a report disagrees with itself, and what else is to be known of it. */
export function sayWhatDisagrees(path: string, { disagreements, remarks }: Omit<Rejudged, 'report'>): void {
  const lines = (sentences: readonly string[]): string => sentences.map((sentence) => `  ${sentence}\n`).join('');
  if (disagreements.length > 0)
    process.stderr.write(
      `auth-conformance: ${path} was changed after it was written, it is judged by the checks that it holds:\n${lines(disagreements)}`,
    );
  if (remarks.length > 0) process.stderr.write(`auth-conformance: ${path}:\n${lines(remarks)}`);
}
