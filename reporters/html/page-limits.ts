import type { CheckResult, Exchange, Report } from '../../spec/generated/report.js';
import { neutralReport, onOneLine } from '../../report/foreign-text.js';
import { notPassedOf, simplestCheckOf } from '../simplest.js';

/** Characters that a page shows, at most: of one text, which may be a shell line; of the shell lines of a check. */
const TEXT = 5_000;
const SHELL_LINES = 24_000;
/** Characters of all shell lines, and of all exchanges, of one report: those of what is understood most easily go first. */
const ALL_SHELL_LINES = 80_000;
const ALL_EXCHANGES = 40_000;
/** Characters that are shown of a shell line which is too long. */
const BEGINNING = 160;

const inDigits = (count: number): string => count.toLocaleString('en');

/**
 * A report as a page can show it: its texts are text alone, and none is longer than a browser and a reader can bear.
 * Where something was cut, it says how much, and that the JSON report has it.
 */
export function fitForPage(report: Report): Report {
  const lines = new Map<CheckResult, string[]>();
  let room = ALL_SHELL_LINES;
  for (const check of byImportance(report)) {
    const fitting = fittingLines(check.curl);
    const length = fitting.join('\n').length;
    lines.set(
      check,
      length > room ? [`# Left out here, ${fitting.length} lines that are in the JSON report.`] : fitting,
    );
    if (length <= room) room -= length;
  }
  const requirements = report.requirements.map((requirement) => ({
    ...requirement,
    checks: requirement.checks.map((check) => ({ ...check, curl: lines.get(check) ?? [] })),
  }));
  return neutralReport({ ...report, requirements }, fitting);
}

function fitting(text: string): string {
  if (text.length <= TEXT) return text;
  return `${text.slice(0, TEXT)} […${inDigits(text.length - TEXT)} more characters are in the JSON report]`;
}

/** Shell lines, those that are too long or too many as a comment: what is shown can still be pasted into a shell, its subshell closed. */
function fittingLines(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let length = 0;
  for (const [i, line] of lines.entries()) {
    const one =
      line.length <= TEXT
        ? line
        : `# Left out here, ${inDigits(line.length)} characters that are in the JSON report: ${onOneLine(line.slice(0, BEGINNING))}…`;
    length += one.length + 1;
    if (length > SHELL_LINES) {
      const end = lines.at(-1) === ')' ? [')'] : [];
      const left = lines.length - i - end.length;
      return [...shown, `# Left out here, the last ${left} lines. They are in the JSON report.`, ...end];
    }
    shown.push(one);
  }
  return shown;
}

/**
 * The exchanges that a page shows, for each check: the last ones, on which its verdict mostly rests, as many as fit. What is left out is in
 * the JSON report.
 */
export function fittingExchanges(report: Report): ReadonlyMap<CheckResult, readonly Exchange[]> {
  const shown = new Map<CheckResult, readonly Exchange[]>();
  let room = ALL_EXCHANGES;
  for (const check of byImportance(report)) {
    let length = 0;
    const tooMany = check.exchanges.findLastIndex((exchange) => {
      const next = length + JSON.stringify(exchange).length;
      if (next <= room) length = next;
      return next > room;
    });
    shown.set(check, check.exchanges.slice(tooMany + 1));
    room -= length;
  }
  return shown;
}

/** All checks of a report, those first that a reader needs: the simplest of each requirement that did not pass, then its others. */
function byImportance(report: Report): CheckResult[] {
  const notPassed = notPassedOf(report);
  return [
    ...new Set([
      ...notPassed.flatMap((requirement) => simplestCheckOf(requirement) ?? []),
      ...[...notPassed, ...report.requirements].flatMap(({ checks }) => checks),
    ]),
  ];
}
