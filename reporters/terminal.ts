import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import wrapAnsi from 'wrap-ansi';
import { adviceOn, adviceOnCause, classificationInWords, type Advice } from './advice.js';
import { notPassedOf, shownOf, simplestCheckOf } from './simplest.js';
import type { CheckResult, LikelyCause, Report, RequirementResult, Verdict } from '../spec/generated/report.js';
import { neutralReport } from '../report/foreign-text.js';
import {
  byChapter,
  causesInWords,
  confirmationInWords,
  identityInWords,
  inNumbers,
  labels,
  matchInWords,
  notPassedInWords,
  profilesInWords,
  skippedByReason,
  incompleteReason,
} from '../report/wording.js';

/** How much of a report a terminal shows: what did not pass, briefly; everything; or nothing but the verdict. */
export type Detail = 'brief' | 'verbose' | 'quiet';

/** How the terminal report is drawn. */
export interface TerminalOptions {
  readonly color: boolean;
  /** 'brief' when not given. */
  readonly detail?: Detail;
  /** Columns of the terminal: longer titles are cut off, other lines wrapped between words, but for shell lines. Without, nothing is. */
  readonly width?: number;
}

type Colors = ReturnType<typeof pc.createColors>;

const paintOf = (colors: Colors, verdict: Verdict): ((text: string) => string) =>
  ({ pass: colors.green, fail: colors.red, warn: colors.yellow, skip: colors.dim, error: colors.magenta })[verdict];

/** Requirements that a brief report names, beside the one that it shows in full; fewer where causes are told, which say it better. */
const NAMED = 16;
const NAMED_BESIDE_CAUSES = 5;
/** Ids of unexplained failures, and defects that match as well, that are named. */
const NAMED_IDS = 5;
const ALTERNATIVES = 3;
/** Causes that are told once more before the verdict. */
const CAUSES_REPEATED = 3;
/** Shell lines and the steps of a counterexample stand so many columns in. */
const VERBATIM = 6;
/** Lines are not made shorter than this, in columns. */
const LEAST_WIDTH = 20;
/** Ids that a brief report names for each reason why requirements were skipped; none where something failed, which matters more. */
const SKIPPED_NAMED = 3;

/**
 * What a terminal shows of a report, the verdict last. Brief: the failure that is understood most easily with its evidence, a line for
 * each other. Verbose: a tree of verdicts by chapter, then all that did not pass with its evidence. Quiet: the verdict.
 */
export function renderTerminal(given: Report, { color, detail = 'brief', width = Infinity }: TerminalOptions): string {
  const report = neutralReport(given);
  const colors = pc.createColors(color);
  const body = { brief, verbose, quiet: () => [] }[detail](report, colors, width);
  const text = [...body, ...closing(report, colors), ''].join('\n');
  return width === Infinity ? text : text.replace(/^.+$/gm, (one) => wrapped(one, width));
}

/** A line as several, of which those after the first stand two columns further in. What stands six columns in is left, to be pasted. */
function wrapped(text: string, width: number): string {
  const plain = stripVTControlCharacters(text);
  const margin = ' '.repeat(plain.length - plain.trimStart().length);
  if (margin.length >= VERBATIM) return text;
  const lines = wrapAnsi(text.replace(margin, ''), Math.max(LEAST_WIDTH, width - margin.length - 2)).split('\n');
  return lines.map((one, i) => `${margin}${i === 0 ? '' : '  '}${one}`).join('\n');
}

function verbose(report: Report, colors: Colors, width: number): string[] {
  return [
    ...byChapter(report).flatMap(([chapter, requirements]) => [
      '',
      colors.bold(chapter),
      ...requirements.map((one) => line(one, colors, width)),
    ]),
    ...notPassedOf(report).flatMap((requirement) => ['', ...details(requirement, colors)]),
    ...likelyCauses(report, colors),
    ...skippedLines(report, colors, Infinity),
    '',
  ];
}

function brief(report: Report, colors: Colors, width: number): string[] {
  const all = notPassedOf(report);
  const hasCauses = (report.diagnosis?.causes.length ?? 0) > 0;
  // Where there is no cause to tell, the simplest failure stands for it.
  const first = hasCauses ? undefined : all[0];
  const others = hasCauses ? all : all.slice(1);
  const named = others.slice(0, hasCauses ? NAMED_BESIDE_CAUSES : NAMED);
  const told = new Set<CheckResult>();
  return [
    ...(first === undefined ? [] : ['', ...simplestCheck(first, colors)]),
    ...(named.length === 0 ? [] : ['', ...named.map((one) => line(one, colors, width))]),
    ...(others.length === 0
      ? []
      : [
          colors.dim(
            `  ${others.length === named.length ? '' : `… and ${others.length - named.length} more; `}--verbose shows each with its evidence`,
          ),
        ]),
    ...skippedLines(report, colors, all.length === 0 ? SKIPPED_NAMED : 0),
    ...likelyCauses(report, colors, CAUSES_REPEATED, (cause) => {
      const shown = shownOf(cause, all);
      const check = shown === undefined ? undefined : simplestCheckOf(shown);
      if (check === undefined) return [];
      if (told.has(check)) return ['', `  Check: ${check.title} (shown above)`];
      told.add(check);
      return checkDetails(check, colors);
    }),
    '',
    ...toChange(report, colors),
  ];
}

function simplestCheck(requirement: RequirementResult, colors: Colors): string[] {
  const check = simplestCheckOf(requirement);
  return [...heading(requirement, colors), ...(check === undefined ? [] : checkDetails(check, colors))];
}

function line({ id, title, verdict }: RequirementResult, colors: Colors, width: number): string {
  const { sign } = labels[verdict];
  // Beside the sign and the spaces, and the two columns that `wrapped` leaves free.
  const room = Math.max(20, width - id.length - 8);
  const characters = [...title];
  const shown = characters.length > room ? `${characters.slice(0, room - 1).join('')}…` : title;
  return `  ${paintOf(colors, verdict)(sign)} ${verdict === 'skip' ? colors.dim(shown) : shown}  ${colors.dim(id)}`;
}

function details(requirement: RequirementResult, colors: Colors): string[] {
  const { verdict, checks } = requirement;
  return [
    ...heading(requirement, colors),
    ...checks.filter((check) => check.verdict === verdict).flatMap((check) => checkDetails(check, colors)),
  ];
}

function heading({ id, level, profile, title, source, verdict }: RequirementResult, colors: Colors): string[] {
  const paint = paintOf(colors, verdict);
  const advice = adviceOn({ id, verdict });
  return [
    `${paint(`${labels[verdict].sign} ${labels[verdict].word.toUpperCase()}`)} ${colors.bold(id)}  ${level}, profile ${profile}`,
    `  ${title}`,
    colors.dim(
      `  ${source.document === 'seed' ? 'Specification' : source.document}, ${source.section}: "${source.quote}"`,
    ),
    ...adviceLines(advice, colors).map((text) => `  ${text}`),
  ];
}

/** What to know of a failure, and what to change, where that is not told elsewhere. */
const adviceLines = (advice: Advice | undefined, colors: Colors, withRemediation = true): string[] =>
  advice === undefined
    ? []
    : [
        `Impact: ${advice.impact}`,
        ...(withRemediation ? [`Remediation: ${advice.remediation}`] : []),
        colors.dim(`Classification: ${classificationInWords(advice)}`),
      ];

function checkDetails(check: CheckResult, colors: Colors): string[] {
  const { title, reason, expected, actual, counterexample, curl } = check;
  const confirmation = confirmationInWords(check);
  const indented = (text: string): string => text.replaceAll('\n', '\n      ');
  return [
    '',
    `  Check: ${title}`,
    ...(expected === undefined
      ? [`    ${indented(reason ?? '')}`]
      : [`    expected  ${indented(expected)}`, `    actual    ${indented(actual ?? '')}`]),
    ...(counterexample === undefined ? [] : [`    counterexample  ${indented(counterexample)}`]),
    ...(confirmation === undefined ? [] : [`    ${confirmation}`]),
    ...(curl.length === 0
      ? []
      : [colors.dim('    reproduce it in a shell (bash, curl, jq):'), ...curl.map((one) => `      ${indented(one)}`)]),
  ];
}

/**
 * What the failures probably come from, each cause with its figures, what it does and what to change.
 * @param repeated of so many causes what to change is told below
 * @param shown lines that show a cause
 */
function likelyCauses(
  { diagnosis }: Report,
  colors: Colors,
  repeated = 0,
  shown: (cause: LikelyCause) => string[] = () => [],
): string[] {
  if (diagnosis === undefined) return [];
  const { causes, unexplained } = diagnosis;
  const named = [...unexplained.slice(0, NAMED_IDS), ...(unexplained.length > NAMED_IDS ? ['…'] : [])].join(', ');
  return [
    '',
    colors.bold(causesInWords(diagnosis)),
    ...causes.flatMap((cause, at) => [
      `  ${cause.title} ${colors.dim(cause.defect)}`,
      `    ${matchInWords(cause, diagnosis)}.`,
      ...alternativesOf(cause).map((alternative) => colors.dim(`    or: ${alternative}`)),
      ...adviceLines(adviceOnCause(cause), colors, at >= repeated).map((text) => `    ${text}`),
      ...shown(cause),
    ]),
    ...(causes.length === 0 || unexplained.length === 0 ? [] : [`  Not explained: ${named}`]),
  ];
}

/** Each cause once more, with what to change: the shell lines above may have moved it out of sight. */
const toChange = ({ diagnosis }: Report, colors: Colors): string[] =>
  (diagnosis?.causes ?? []).slice(0, CAUSES_REPEATED).map((cause) => {
    const advice = adviceOnCause(cause);
    return `${colors.bold(`Likely cause: ${cause.title}`)}${advice === undefined ? '' : ` To change: ${advice.remediation}`}`;
  });

/** The defects that match as well, at most ALTERNATIVES of them. */
const alternativesOf = ({ alternatives }: LikelyCause): string[] => [
  ...alternatives.slice(0, ALTERNATIVES).map(({ title }) => title),
  ...(alternatives.length > ALTERNATIVES ? [`${alternatives.length - ALTERNATIVES} more`] : []),
];

/** What was skipped, once for each way to have it judged, with so many ids. */
function skippedLines(report: Report, colors: Colors, most: number): string[] {
  const found = skippedByReason(report);
  return found.length === 0
    ? []
    : [
        '',
        ...found.flatMap(([reason, ids]) => {
          if (most === 0) return [colors.dim(`– ${ids.length} skipped: ${reason}`)];
          const more = ids.length > most ? [`${ids.length - most} more`] : [];
          return [`– skipped: ${[...ids.slice(0, most), ...more].join(', ')}`, `  ${reason}`].map((text) =>
            colors.dim(text),
          );
        }),
      ];
}

function closing(report: Report, colors: Colors): string[] {
  const { requirements, checks } = report.summary;
  const counts = [`${requirements.pass} passed`, ...notPassedInWords(report)].join(', ');
  const paint = report.outcome === 'conformant' ? (report.complete ? colors.green : colors.yellow) : colors.red;
  const open = incompleteReason(report);
  const identity = identityInWords(report);
  return [
    ...report.notes.map((note) => `Note: ${note}`),
    ...report.leftovers.map(({ kind, name, id, reason }) =>
      colors.yellow(`LEFT ON THE TARGET: ${kind} ${name} (${id}): ${reason}`),
    ),
    ...(identity === undefined ? [] : [`Target: ${identity}`]),
    `${inNumbers(requirements.total, 'requirement')}: ${counts} (${inNumbers(checks.total, 'check')} in ${(report.durationMs / 1000).toFixed(1)} s, seed ${report.seed})`,
    colors.bold(paint(`${profilesInWords(report)}${open === undefined ? '' : `: ${open}`}`)) + `  ${report.target.url}`,
  ];
}
