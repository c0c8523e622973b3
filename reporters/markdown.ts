import type { CheckResult, Report, RequirementResult } from '../spec/generated/report.js';
import { byChapter, harmless, labels, outcomeInWords, whatIsOpen } from '../report/wording.js';

/** Text as text: nothing in it is taken for Markdown or HTML. */
function text(value: string): string {
  return value.replace(/[\\`*_{}[\]()#+!|<>~&]/g, '\\$&').replaceAll('\n', ' ');
}

/** A block of code that nothing in it can end. */
function fenced(content: string, language = ''): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${content}\n${fence}`;
}

/** The report as Markdown: head, the details of whatever did not pass, what was skipped, a table for each chapter. */
export function renderMarkdown(given: Report): string {
  const report = harmless(given);
  const open = whatIsOpen(report);
  const { requirements } = report.summary;
  const attention = report.requirements.filter(
    ({ verdict }) => verdict === 'fail' || verdict === 'warn' || verdict === 'error',
  );
  const skipped = report.requirements.filter(({ verdict }) => verdict === 'skip');
  const lines = [
    '# Access-token conformance report',
    '',
    `**${outcomeInWords(report)}**${open === undefined ? '' : `: ${open}.`}`,
    '',
    '| | |',
    '| --- | --- |',
    `| Target | ${text(report.target.url)} |`,
    `| Date | ${report.startedAt} |`,
    `| Suite | ${report.tool.name} ${report.tool.version} |`,
    `| Specification | ${text(report.specification.title)}, SHA-256 ${report.specification.sha256.slice(0, 12)} |`,
    `| Profiles | ${report.profiles.join(', ')} |`,
    `| Given | ${report.capabilities
      .filter(({ given: one }) => one)
      .map(({ name }) => name)
      .join(', ')} |`,
    `| Requirements | ${requirements.pass} passed, ${requirements.fail} failed, ${requirements.warn} warned, ${requirements.error} not judged, ${requirements.skip} skipped |`,
    `| Seed | ${report.seed} |`,
    '',
    ...report.leftovers.map(
      ({ kind, name, id, reason }) =>
        `> **Left on the target**: ${kind} ${text(name)} (${text(id)}): ${text(reason)}\n`,
    ),
    ...report.notes.map((note) => `> ${text(note)}\n`),
    ...(attention.length === 0 ? [] : ['## What did not pass', '', ...attention.flatMap(details)]),
    ...(skipped.length === 0
      ? []
      : ['## What was skipped', '', ...skipped.map(({ id, reason }) => `- \`${id}\`: ${text(reason ?? '')}`), '']),
    ...byChapter(report).flatMap(([chapter, all]) => [
      `## ${text(chapter)}`,
      '',
      '| Verdict | Level | Requirement |',
      '| --- | --- | --- |',
      ...all.map(
        ({ id, title, level, verdict }) =>
          `| ${labels[verdict].sign} ${labels[verdict].word} | ${level} | ${text(title)} \`${id}\` |`,
      ),
      '',
    ]),
  ];
  return lines.join('\n');
}

function details({ id, title, level, profile, source, verdict, checks }: RequirementResult): string[] {
  return [
    `### ${labels[verdict].sign} ${id}`,
    '',
    `${text(title)} ${level}, profile ${profile}.`,
    '',
    `> ${text(source.quote)}`,
    `> (${text(source.document === 'seed' ? 'Specification' : source.document)}, ${text(source.section)})`,
    '',
    ...checks.filter((check) => check.verdict === verdict).flatMap(checkDetails),
  ];
}

function checkDetails({ title, reason, expected, actual, counterexample, curl }: CheckResult): string[] {
  return [
    `**Check**: ${text(title)}`,
    '',
    ...(expected === undefined
      ? [text(reason ?? '')]
      : [`- expected: ${text(expected)}`, `- actual: ${text(actual ?? '')}`]),
    ...(counterexample === undefined ? [] : ['', 'Counterexample:', '', fenced(counterexample)]),
    '',
    ...(curl.length === 0 ? [] : [fenced(curl.join('\n'), 'sh'), '']),
  ];
}
