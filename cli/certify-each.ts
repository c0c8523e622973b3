import { resolve } from 'node:path';
import { withoutUserinfo } from '../spec/values/mask.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Report } from '../spec/generated/report.js';
import { renderers } from '../reporters/renderers.js';
import { onOneLine } from '../report/foreign-text.js';
import { notPassedInWords, outcomeInWords } from '../report/wording.js';
import { certifyOne } from './certify-one.js';
import { readyConclusion } from './output/conclusion.js';
import { errorLine } from './output/error-line.js';
import { credentialsIn } from '../runner/credentials.js';
import { attempt, codeUnwritten, mustBeWritable } from './output/write-reports.js';
import { ConfigurationError, NotJudgeable } from '../report/errors.js';
import { SecretInReport } from '../report/masking/scan.js';
import { writeWhole } from '../report/files/write-file.js';
import { gitHubStep } from './output/github-actions.js';

/** What became of one of several targets. */
interface Row {
  readonly target: string;
  readonly outcome: string;
  readonly counts: string;
  readonly code: number;
}

/** The exit codes, the one that says most first. */
const codes = [1, 2, 3, 0];

/**
 * Certifies several targets, one after the other, and tells at the end what became of each. A target that cannot be judged does not
 * keep the others from being.
 * @param runs the configuration of each
 * @param output where it is told what happens
 * @param options.json whether to print the reports on standard output, as a JSON array
 * @param options.comparison a file for a page that compares the targets
 * @returns the exit code: 1 when one is not good enough, else 2 when something given for one is wrong, else 3 when one cannot be judged
 * @throws ConfigurationError when something is wrong before any run, Interrupted
 */
export async function certifyEach(
  runs: readonly Configuration[],
  output: NodeJS.WriteStream,
  { json, comparison }: { readonly json: boolean; readonly comparison: string | undefined },
): Promise<number> {
  if (comparison !== undefined) mustBeWritable([comparison]);
  const compared: Report[] = [];
  const ready = [];
  for (const run of runs) {
    mustHaveCredentials(run);
    ready.push({ run, conclude: await readyConclusion(run, output) });
  }
  const rows: Row[] = [];
  let separator = '[';
  for (const { run, conclude } of ready) {
    const target = onOneLine(withoutUserinfo(run.target ?? ''));
    const step = gitHubStep(process.env, output, run.reporter);
    try {
      const report = await certifyOne(run, output);
      const code = await conclude(report);
      rows.push({ target, outcome: outcomeInWords(report), counts: countsOf(report), code });
      if (json) process.stdout.write(separator + (await renderers.json(report)).trimEnd());
      separator = ',\n';
      if (comparison !== undefined) compared.push(withoutPasses(report));
      step?.finish(report);
    } catch (error) {
      if (!(error instanceof ConfigurationError || error instanceof NotJudgeable || error instanceof SecretInReport))
        throw error;
      process.stderr.write(errorLine(error.message));
      step?.finish();
      const [why = ''] = error.message.split('\n');
      rows.push({
        target,
        outcome: 'NOT JUDGED',
        counts: onOneLine(why.replace(/^the target cannot be judged: /, '')),
        code: error instanceof ConfigurationError ? 2 : 3,
      });
    }
  }
  if (json) process.stdout.write(separator === '[' ? '[]\n' : ']\n');
  output.write(table(rows));
  const code = codes.find((one) => rows.some((row) => row.code === one)) ?? 0;
  const why = (): number => {
    const deciding = rows.filter((row) => row.code === code).length;
    const whose = deciding === rows.length ? 'each target' : `${deciding} of ${rows.length} targets`;
    output.write(`Exit code ${code}: that of ${whose}\n`);
    return code;
  };
  if (comparison === undefined || compared.length === 0) return why();
  const { renderComparison } = await import('../reporters/html/comparison-page.js');
  const written = await attempt(`the html comparison ${resolve(comparison)}`, () =>
    writeWhole(comparison, renderComparison(compared)),
  );
  if (written) output.write(`html comparison: ${resolve(comparison)}\n`);
  return written ? why() : codeUnwritten(code);
}

/** A report without the evidence of what passed, which a comparison does not show: that of many targets would not fit into memory. */
const withoutPasses = (report: Report): Report => ({
  ...report,
  requirements: report.requirements.map((one) => (one.verdict === 'pass' ? { ...one, checks: [] } : one)),
});

/** Says which target nothing was given for. */
function mustHaveCredentials(run: Configuration): void {
  try {
    credentialsIn(run);
  } catch (error) {
    throw new ConfigurationError(`${withoutUserinfo(run.target ?? '')}: ${(error as Error).message}`);
  }
}

function countsOf(report: Report): string {
  const { pass, total } = report.summary.requirements;
  const seconds = (report.durationMs / 1000).toFixed(1);
  return [`${pass} of ${total} passed`, ...notPassedInWords(report), `${seconds} s`].join(', ');
}

function table(rows: readonly Row[]): string {
  const width = (column: (row: Row) => string): number => Math.max(...rows.map((row) => column(row).length));
  const widths = [width(({ target }) => target), width(({ outcome }) => outcome)] as const;
  const lines = rows.map(
    ({ target, outcome, counts }) => `${target.padEnd(widths[0])}  ${outcome.padEnd(widths[1])}  ${counts}\n`,
  );
  return `\n${rows.length} targets\n${lines.join('')}`;
}
