import type { Exchange, Report } from '../../spec/generated/report.js';
import { neutralReport, onOneLine } from '../../report/foreign-text.js';

/** Characters that a page shows, at most: of one text, which may be a shell line; of the shell lines of a check; of its exchanges. */
const TEXT = 5_000;
const SHELL_LINES = 24_000;
const EXCHANGES = 60_000;
/** Characters that are shown of a shell line which is too long. */
const BEGINNING = 160;

const inDigits = (count: number): string => count.toLocaleString('en');

/**
 * A report as a page can show it: its texts are text alone, and none is longer than a browser and a reader can bear.
 * Where something was cut, it says how much, and that the JSON report has it.
 */
export function fitForPage(report: Report): Report {
  const requirements = report.requirements.map((requirement) => ({
    ...requirement,
    checks: requirement.checks.map((check) => ({ ...check, curl: fittingLines(check.curl) })),
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

/** The last exchanges of a check, as many as a page shows: the last one is mostly what the verdict rests on. */
export function fittingExchanges(exchanges: readonly Exchange[]): Exchange[] {
  let length = 0;
  const firstThatFits = exchanges.findLastIndex((exchange) => (length += JSON.stringify(exchange).length) > EXCHANGES);
  return exchanges.slice(firstThatFits + 1);
}
