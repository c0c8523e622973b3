import type { Report } from '../spec/generated/report.js';
import { QUOTE_LIMIT } from '../spec/values/quote-limit.js';

/*
 * Text that was written by others: by a target, or by the author of a report that is read. Whatever shows it calls one of these
 * functions first: what it shows is then text, and neither a command to a terminal or a CI system nor a line of its own.
 */

/**
 * Characters that cannot be seen, or that change how others are shown: controls (C0, C1), formats such as the bidirectional
 * controls and zero-width characters (Unicode Standard Annex #9, Bidi_Control; Unicode Technical Report #36, 3), line and
 * paragraph separators, lone surrogates, code points that are no characters. None of them has a place in XML 1.0 that would matter.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** The escape by which a character is shown, as \u{202E}. */
const escapeOf = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;

/** A text whose unseen characters are shown as \u{202E}, but for the line feed and the tab. A CRLF counts as a line feed. */
const visible = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : escapeOf(character)));

/**
 * A text of several lines as text alone: unseen characters are shown as escapes, and no line is a command of a CI system: of
 * GitHub (`::command` at the beginning of a line, `##[command]` anywhere: actions/runner, ActionCommand.cs) or of Azure Pipelines
 * (`##vso[…]`, its docs, "Logging commands").
 */
export const neutral = (text: string): string =>
  visible(text)
    .replace(/##(?=[a-z]{0,40}\[)/gi, '#\\u{23}')
    .split('\n')
    .map((line) => (line.trimStart().startsWith('::') ? line.replace(':', '\\u{3A}') : line))
    .join('\n');

/** As `neutral`, on one line: none of it can pass itself off as a line of its own. */
export const onOneLine = (text: string): string => neutral(text.replace(/[^\S ]+/g, ' '));

/** As `onOneLine`, cut to QUOTE_LIMIT characters: what a message quotes. */
export function quoted(text: string): string {
  const shown = onOneLine(text.slice(0, QUOTE_LIMIT + 1));
  return shown.length <= QUOTE_LIMIT ? shown : `${shown.slice(0, QUOTE_LIMIT - 1)}…`;
}

/** Members of a report whose texts may have several lines. Whatever shows them sets them apart from lines of its own. */
const OF_SEVERAL_LINES: ReadonlySet<string> = new Set(['expected', 'actual', 'counterexample', 'curl', 'body']);

/**
 * A report whose texts are text alone, all but a few of them on one line. It is where every reporter begins.
 * @param shorten makes a text shorter before that
 */
export function neutralReport(report: Report, shorten: (text: string) => string = (text) => text): Report {
  return withTexts(report, (text, member) =>
    OF_SEVERAL_LINES.has(member) ? neutral(shorten(text)) : onOneLine(shorten(text)),
  ) as Report;
}

/** The same data with other texts; those of an array are told the member that holds it. */
function withTexts(data: unknown, other: (text: string, member: string) => string, member = ''): unknown {
  if (typeof data === 'string') return other(data, member);
  if (Array.isArray(data)) return data.map((one) => withTexts(one, other, member));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, withTexts(value, other, name)]));
}
