import pc from 'picocolors';
import type { Verdict } from '../spec/generated/report.js';
import { onOneLine } from '../report/foreign-text.js';
import { labels } from '../report/wording.js';

/** A check that has ended, as far as a line about it goes. */
export interface ProgressedCheck {
  readonly requirement: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly durationMs: number;
}

/** A line about a check that has just ended. */
export function progressLine(
  { requirement, title, verdict, durationMs }: ProgressedCheck,
  { color }: { readonly color: boolean },
): string {
  const colors = pc.createColors(color);
  const paint = { pass: colors.green, fail: colors.red, warn: colors.yellow, skip: colors.dim, error: colors.magenta }[
    verdict
  ];
  const { sign, word } = labels[verdict];
  return `${paint(`${sign} ${word.padEnd(5)}`)} ${onOneLine(requirement)} ${colors.dim(`· ${onOneLine(title)} (${durationMs} ms)`)}`;
}
