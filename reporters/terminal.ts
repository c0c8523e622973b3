import pc from 'picocolors';
import type { CheckResult, Report, RequirementResult, Verdict } from '../spec/generated/report.js';
import { neutralReport } from '../report/foreign-text.js';
import { byChapter, labels, notPassedInWords, outcomeInWords, whatIsOpen } from '../report/wording.js';

/** How the terminal report is drawn. */
export interface TerminalOptions {
  readonly color: boolean;
  /** Columns of the terminal; longer titles are cut off. Without, nothing is. */
  readonly width?: number;
}

type Colors = ReturnType<typeof pc.createColors>;

const paintOf = (colors: Colors, verdict: Verdict): ((text: string) => string) =>
  ({ pass: colors.green, fail: colors.red, warn: colors.yellow, skip: colors.dim, error: colors.magenta })[verdict];

/** A tree of verdicts by chapter, then whatever needs attention with its evidence, then the outcome. */
export function renderTerminal(given: Report, { color, width = Infinity }: TerminalOptions): string {
  const report = neutralReport(given);
  const colors = pc.createColors(color);
  const lines = [
    ...byChapter(report).flatMap(([chapter, requirements]) => [
      '',
      colors.bold(chapter),
      ...requirements.map((one) => line(one, colors, width)),
    ]),
    ...report.requirements
      .filter(({ verdict }) => verdict === 'fail' || verdict === 'warn' || verdict === 'error')
      .flatMap((requirement) => ['', ...details(requirement, colors)]),
    ...skippedLines(report, colors),
    '',
    ...closing(report, colors),
    '',
  ];
  return lines.join('\n');
}

function line({ id, title, verdict }: RequirementResult, colors: Colors, width: number): string {
  const { sign } = labels[verdict];
  const room = Math.max(20, width - id.length - 7);
  const characters = [...title];
  const shown = characters.length > room ? `${characters.slice(0, room - 1).join('')}…` : title;
  return `  ${paintOf(colors, verdict)(sign)} ${verdict === 'skip' ? colors.dim(shown) : shown}  ${colors.dim(id)}`;
}

function details(requirement: RequirementResult, colors: Colors): string[] {
  const { id, level, profile, title, source, verdict, checks } = requirement;
  const paint = paintOf(colors, verdict);
  return [
    `${paint(`${labels[verdict].sign} ${labels[verdict].word.toUpperCase()}`)} ${colors.bold(id)}  ${level}, profile ${profile}`,
    `  ${title}`,
    colors.dim(
      `  ${source.document === 'seed' ? 'Specification' : source.document}, ${source.section}: "${source.quote}"`,
    ),
    ...checks.filter((check) => check.verdict === verdict).flatMap((check) => checkDetails(check, colors)),
  ];
}

function checkDetails(
  { title, reason, expected, actual, counterexample, curl }: CheckResult,
  colors: Colors,
): string[] {
  const indented = (text: string): string => text.replaceAll('\n', '\n      ');
  return [
    '',
    `  Check: ${title}`,
    ...(expected === undefined
      ? [`    ${indented(reason ?? '')}`]
      : [`    expected  ${indented(expected)}`, `    actual    ${indented(actual ?? '')}`]),
    ...(counterexample === undefined ? [] : [`    counterexample  ${indented(counterexample)}`]),
    ...(curl.length === 0
      ? []
      : [colors.dim('    reproduce it in a shell (bash, curl, jq):'), ...curl.map((one) => `      ${indented(one)}`)]),
  ];
}

/** What was skipped, once for each reason. */
function skippedLines(report: Report, colors: Colors): string[] {
  const reasons = new Map<string, string[]>();
  for (const { verdict, reason = '', id } of report.requirements) {
    if (verdict === 'skip') reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  return [...reasons].flatMap(([reason, ids]) => [
    '',
    colors.dim(`– skipped: ${ids.join(', ')}`),
    colors.dim(`  ${reason}`),
  ]);
}

function closing(report: Report, colors: Colors): string[] {
  const { requirements, checks } = report.summary;
  const counts = [`${requirements.pass} passed`, ...notPassedInWords(report)].join(', ');
  const paint = report.outcome === 'conformant' ? (report.complete ? colors.green : colors.yellow) : colors.red;
  const open = whatIsOpen(report);
  return [
    ...report.notes.map((note) => `Note: ${note}`),
    ...report.leftovers.map(({ kind, name, id, reason }) =>
      colors.yellow(`LEFT ON THE TARGET: ${kind} ${name} (${id}): ${reason}`),
    ),
    `${requirements.total} requirements: ${counts} (${checks.total} checks in ${(report.durationMs / 1000).toFixed(1)} s, seed ${report.seed})`,
    colors.bold(paint(`${outcomeInWords(report)}${open === undefined ? '' : `: ${open}`}`)) + `  ${report.target.url}`,
  ];
}
