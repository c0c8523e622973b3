import * as fc from 'fast-check';
import { onOneLine } from '../../report/foreign-text.js';
import type { Report } from '../../spec/generated/report.js';
import { reportFixture } from './report-fixture.js';

/** What is code to something that shows a report. */
const payloads = [
  '[a](http://evil.example)',
  '![a](//evil.example/a.png)',
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '</code></pre>',
  '<!--',
  ']]>',
  '&lt;b&gt;',
  '" onload="x',
  'javascript:alert(1)',
  'http://evil.example',
  'https://evil.example/a?b=c',
  'www.evil.example',
  'mailto:a@evil.example',
  'a@evil.example',
  '@octocat',
  '@org/team',
  '#1',
  'GH-1',
  'octo/repo#1',
  'a5c3785ed8d6a35868bc169f07e40e889087fd2e',
  ':+1:',
  ':smile:',
  '$\\pi$',
  '**b**',
  '_e_',
  '~~s~~',
  '`',
  '```',
  '~~~',
  '```sh',
  '|',
  '\\|',
  '\\',
  '# h',
  '- item',
  '1. item',
  '> quote',
  '[!WARNING]',
  '---',
  '===',
  '| --- |',
  '[^1]',
  '[ref]: http://evil.example',
  '- [x] task',
  '::set-env name=PATH::/evil',
  '::error::forged',
  '##[add-mask]secret',
  '##vso[task.complete]',
  '\u001B[31m',
  '\u001B]0;title\u0007',
  '\u009B2J',
  '\u0000',
  '\u0008',
  '\u000B',
  '\u007F',
  '\u0085',
  '\u202E',
  '\u202A',
  '\u2066',
  '\u2069',
  '\u200E',
  '\u200F',
  '\u061C',
  '\u200B',
  '\u200D',
  '\u2060',
  '\uFEFF',
  '\u00AD',
  '\u3164',
  '\u2028',
  '\u2029',
  '\uD800',
  '\uDC00',
  '\uFFFE',
  '\u{E0041}',
  '\u{1D173}',
  '\n',
  '\r',
  '\r\n',
  '\t',
  ' ',
  'word',
  'NOT CONFORMANT',
];

/** A text that a target may have written, with something in it that can be seen. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...payloads) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))
  .filter((text) => onOneLine(text).trim() !== '');

/** Members of a report whose values its schema fixes. */
const FIXED = new Set(
  'schemaVersion sha256 startedAt profiles profile capabilities outcome level verdict kind'.split(' '),
);

/** The report of the fixture with other texts wherever one may stand, one after the other; an id keeps its beginning. */
function reportWith(texts: readonly string[]): Report {
  let place = 0;
  const next = (): string => texts[place++ % texts.length] ?? '';
  const other = (value: unknown, member: string): unknown => {
    if (FIXED.has(member)) return value;
    if (typeof value === 'string') return /^[a-z]+\.[a-z]+$/.test(value) ? `${value}${next()}` : next();
    if (Array.isArray(value)) return value.map((one) => other(one, member));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, other(one, name)]));
  };
  return other(reportFixture(), '') as Report;
}

/** Texts of a hostile target, and harmless words in their place. */
export const hostileTexts = fc.uniqueArray(hostileText, { minLength: 4, maxLength: 5, selector: onOneLine });

/** A report in which every text is a hostile one, and the same report with harmless words in their place. */
export const hostileReports: fc.Arbitrary<{ readonly hostile: Report; readonly neutral: Report }> = hostileTexts.map(
  (texts) => ({ hostile: reportWith(texts), neutral: reportWith(texts.map((_one, i) => `word${'abcde'[i] ?? ''}`)) }),
);

/** Characters that no reader sees, or that change how others are shown, but for the line feed and the tab. */
export const unseen =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;

/** The lines that a CI system would obey: of GitHub (actions/runner, ActionCommand.cs) or of Azure Pipelines. */
export const commandsIn = (output: string): string[] =>
  output.split(/[\r\n\u0085\u2028\u2029]+/).filter((line) => /^\s*::/.test(line) || /##\[|##vso\[/.test(line));
