import type { Report } from '../spec/generated/report.js';
import { neutralReport } from '../report/foreign-text.js';
import { renderMarkdown } from './markdown.js';

/** GitHub shows that many annotations of each kind of a step, and drops the others (github.com/orgs/community/discussions/26680). */
const MOST_ANNOTATIONS = 10;
/** Size of a step summary that GitHub takes, in bytes: 1 MiB (GitHub's docs, "Workflow commands": adding a job summary). */
const SUMMARY_BYTES = 1024 * 1024;

/** As escapeData in actions/toolkit, packages/core/src/command.ts. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** As escapeProperty there. */
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/**
 * Workflow commands that annotate a GitHub run: an error for each requirement that failed or could not be judged, a warning for
 * each that warned. Of more than ten, the last annotation says how many more there are.
 */
export function renderAnnotations(given: Report): string {
  const { requirements } = neutralReport(given);
  const kinds = [
    { command: 'error', all: requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'error') },
    { command: 'warning', all: requirements.filter(({ verdict }) => verdict === 'warn') },
  ];
  return kinds
    .flatMap(({ command, all }) => {
      const shown = all.length > MOST_ANNOTATIONS ? all.slice(0, MOST_ANNOTATIONS - 1) : all;
      const lines = shown.map(({ id, title, reason = '' }) => ({ title: id, message: `${title}\n${reason}` }));
      if (shown.length < all.length)
        lines.push({ title: 'auth-conformance', message: `and ${all.length - shown.length} more: see the report` });
      return lines.map((line) => `::${command} title=${escapeProperty(line.title)}::${escapeData(line.message)}\n`);
    })
    .join('');
}

/**
 * The Markdown report, cut to what a step summary may hold.
 * @param taken bytes that the summary holds already
 */
export function renderStepSummary(report: Report, taken = 0): string {
  const whole = Buffer.from(`${renderMarkdown(report)}\n`);
  if (whole.length + taken <= SUMMARY_BYTES) return whole.toString();
  let longestFence = 0;
  for (const [run] of whole.toString().matchAll(/`+/g)) longestFence = Math.max(longestFence, run.length + 1);
  const note = Buffer.from(
    '\n\nThe report is cut here: GitHub takes no more than 1 MiB. Write it to a file by --report.\n',
  );
  const room = SUMMARY_BYTES - taken - note.length - longestFence;
  if (room <= 0) return '';
  // At the end of a line: no sign is cut in half. A block of code that was open is closed.
  const cut = whole.subarray(0, whole.lastIndexOf('\n', room - 1) + 1).toString();
  return cut + closing(cut) + note.toString();
}

/** The fence of the block of code that is open at the end of a text, to close it. */
function closing(text: string): string {
  let open = '';
  for (const [, fence = '', info = ''] of text.matchAll(/^(`{3,})([^`\n]*)$/gm)) {
    if (open === '') open = fence;
    else if (fence.length >= open.length && info === '') open = '';
  }
  return open === '' ? '' : `${open}\n`;
}
