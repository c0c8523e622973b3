import pc from 'picocolors';
import type { Report, Verdict } from '../../spec/generated/report.js';
import { onOneLine } from '../../report/foreign-text.js';
import { jsonText } from '../../report/files/json-text.js';
import { labels, outcomeInWords } from '../../report/wording.js';
import { usesColor } from '../output/color.js';
import { compareReports, type Change, type Comparison } from '../../report/compare.js';
import { readReports } from '../read-reports.js';

/** Flags of `auth-conformance diff`. */
export interface DiffFlags {
  readonly strict?: boolean;
  readonly json?: boolean;
}

/**
 * The command `diff`: compares two JSON reports and says what regressed.
 * @param before path of the old report
 * @param after path of the new one
 * Each is judged by the checks that it holds, whatever it says of itself.
 * @returns the exit code: 0 nothing regressed, 1 something did
 * @throws ConfigurationError when one of them is no report
 */
export function diff(before: string, after: string, { strict = false, json = false }: DiffFlags): number {
  const [old, current] = readReports([before, after]) as [Report, Report];
  const comparison = compareReports(old, current);
  process.stdout.write(
    json
      ? `${jsonText({ old: summaryOf(old), new: summaryOf(current), ...comparison }, 2)}\n`
      : renderComparison(old, current, comparison, { strict, color: usesColor(process.stdout) }),
  );
  return hasRegressed(comparison, strict) ? 1 : 0;
}

/** Whether a comparison is to fail. Strictly: also when what passed is not judged any more, be it skipped, in error or gone. */
export function hasRegressed({ regressed, noLongerJudged, gone }: Comparison, strict: boolean): boolean {
  return regressed.length > 0 || (strict && [...noLongerJudged, ...gone].some(({ before }) => before === 'pass'));
}

const summaryOf = ({ target, startedAt, tool, outcome, complete }: Report): object => ({
  target: target.url,
  startedAt,
  version: tool.version,
  outcome,
  complete,
});

/** The comparison as a reader at a terminal wants it. */
export function renderComparison(
  old: Report,
  current: Report,
  comparison: Comparison,
  { strict, color }: { readonly strict: boolean; readonly color: boolean },
): string {
  const colors = pc.createColors(color);
  const { differences, regressed, fixed, noLongerJudged, added, gone, other } = comparison;
  const headline = (name: string, report: Report): string =>
    onOneLine(`${name}  ${report.startedAt}  ${outcomeInWords(report)}  ${report.target.url}`);
  const listed = (heading: string, changes: readonly Change[], paint: (text: string) => string): string[] =>
    changes.length === 0
      ? []
      : ['', colors.bold(`${heading} (${changes.length})`), ...changes.flatMap((change) => linesOf(change, paint))];
  const failed = hasRegressed(comparison, strict);
  const counts = [
    `${regressed.length} regressed`,
    `${fixed.length} fixed`,
    ...(noLongerJudged.length === 0 ? [] : [`${noLongerJudged.length} no longer judged`]),
    ...(added.length === 0 ? [] : [`${added.length} new`]),
    ...(gone.length === 0 ? [] : [`${gone.length} gone`]),
    ...(other.length === 0 ? [] : [`${other.length} changed otherwise`]),
  ].join(', ');
  return [
    headline('old', old),
    headline('new', current),
    ...differences.map((difference) => colors.yellow(onOneLine(`Note: ${difference}`))),
    ...listed('Regressed', regressed, colors.red),
    ...listed('Fixed', fixed, colors.green),
    ...listed('No longer judged', noLongerJudged, colors.magenta),
    ...listed('New', added, colors.dim),
    ...listed('Gone', gone, colors.dim),
    ...listed('Changed otherwise', other, colors.yellow),
    '',
    colors.bold((failed ? colors.red : colors.green)(`${failed ? 'REGRESSED' : 'NO REGRESSION'}: ${counts}`)),
    '',
  ].join('\n');
}

function linesOf({ id, title, before, after, reason, checks = [] }: Change, paint: (text: string) => string): string[] {
  const named = (verdict: Verdict | undefined): string => (verdict === undefined ? 'not there' : labels[verdict].word);
  const sign = labels[after ?? before ?? 'skip'].sign;
  return [
    `  ${paint(sign)} ${onOneLine(id)}  ${paint(`${named(before)} → ${named(after)}`)}  ${onOneLine(title)}`,
    ...checks.map((check) => `      check: ${onOneLine(check)}`),
    ...(reason === undefined || after === 'pass' ? [] : [`      ${onOneLine(reason)}`]),
  ];
}
