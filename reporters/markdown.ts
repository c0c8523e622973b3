import type { CheckResult, Report, RequirementResult } from '../spec/generated/report.js';
import {
  byChapter,
  causesInWords,
  confirmationInWords,
  identityInWords,
  labels,
  matchInWords,
  profilesInWords,
  incompleteReason,
} from '../report/wording.js';
import { clauseUrlOf } from './specification-link.js';
import { line, Markdown } from './markdown-text.js';

const empty = line``;

/** The report as Markdown: head, the details of whatever did not pass, what was skipped, a table for each chapter. */
export function renderMarkdown(report: Report): string {
  const open = incompleteReason(report);
  const { requirements } = report.summary;
  const attention = report.requirements.filter(
    ({ verdict }) => verdict === 'fail' || verdict === 'warn' || verdict === 'error',
  );
  const skipped = report.requirements.filter(({ verdict }) => verdict === 'skip');
  const given = report.capabilities.filter((capability) => capability.given).map(({ name }) => name);
  const identity = identityInWords(report);
  const lines = [
    line`# Access-token conformance report`,
    empty,
    open === undefined ? line`**${profilesInWords(report)}**` : line`**${profilesInWords(report)}**: ${open}.`,
    empty,
    line`| | |`,
    line`| --- | --- |`,
    line`| Target | ${report.target.url} |`,
    ...(identity === undefined ? [] : [line`| Implementation | ${identity} |`]),
    line`| Date | ${report.startedAt} |`,
    line`| Suite | ${report.tool.name} ${report.tool.version} |`,
    line`| Specification | ${report.specification.title}, SHA-256 ${report.specification.sha256.slice(0, 12)} |`,
    line`| Profiles | ${report.profiles.join(', ')} |`,
    line`| Given | ${given.join(', ')} |`,
    line`| Requirements | ${requirements.pass} passed, ${requirements.fail} failed, ${requirements.warn} warned, ${requirements.error} not judged, ${requirements.skip} skipped |`,
    line`| Seed | ${report.seed} |`,
    empty,
    ...report.leftovers.flatMap(({ kind, name, id, reason }) => [
      line`> **Left on the target**: ${kind} ${name} (${id}): ${reason}`,
      empty,
    ]),
    ...report.notes.flatMap((note) => [line`> ${note}`, empty]),
    ...likelyCauses(report),
    ...(attention.length === 0 ? [] : [line`## What did not pass`, empty, ...attention.flatMap(details)]),
    ...(skipped.length === 0
      ? []
      : [
          line`## What was skipped`,
          empty,
          ...skipped.map(({ id, reason = '' }) => line`- ${Markdown.code(id)}: ${reason}`),
          empty,
        ]),
    ...byChapter(report).flatMap(([chapter, all]) => [
      line`## ${chapter}`,
      empty,
      line`| Verdict | Level | Requirement |`,
      line`| --- | --- | --- |`,
      ...all.map(
        ({ id, title, level, verdict }) =>
          line`| ${labels[verdict].sign} ${labels[verdict].word} | ${level} | ${title} ${Markdown.code(id)} |`,
      ),
      empty,
    ]),
  ];
  return Markdown.join(lines, '\n').source;
}

function likelyCauses({ diagnosis }: Report): Markdown[] {
  if (diagnosis === undefined) return [];
  const { causes, unexplained } = diagnosis;
  return [
    line`## ${causesInWords(diagnosis)}`,
    empty,
    ...causes.flatMap((cause) => [
      line`- **${cause.title}** ${Markdown.code(cause.defect)} ${matchInWords(cause, diagnosis)}.`,
      ...cause.alternatives.map(({ title, defect }) => line`  - or as well: ${title} ${Markdown.code(defect)}`),
    ]),
    ...(causes.length === 0 || unexplained.length === 0 ? [] : [line`- Not explained: ${unexplained.join(', ')}`]),
    ...(causes.length === 0 ? [] : [empty]),
  ];
}

function details({ id, title, level, profile, source, verdict, checks }: RequirementResult): Markdown[] {
  const clause = clauseUrlOf(id);
  return [
    line`### ${labels[verdict].sign} ${id}`,
    empty,
    line`${title} ${level}, profile ${profile}.`,
    empty,
    line`> ${source.quote}`,
    line`> (${source.document === 'seed' ? 'Specification' : source.document}, ${source.section})`,
    empty,
    ...(clause === undefined ? [] : [Markdown.link('Clause in the specification', clause), empty]),
    ...checks.filter((check) => check.verdict === verdict).flatMap(checkDetails),
  ];
}

function checkDetails(check: CheckResult): Markdown[] {
  const { title, reason, expected, actual, counterexample, curl } = check;
  const confirmation = confirmationInWords(check);
  return [
    line`**Check**: ${title}`,
    empty,
    ...(expected === undefined
      ? [line`${reason ?? ''}`]
      : [line`- expected: ${expected}`, line`- actual: ${actual ?? ''}`]),
    ...(counterexample === undefined ? [] : [empty, line`Counterexample:`, empty, Markdown.block(counterexample)]),
    ...(confirmation === undefined ? [] : [empty, line`${confirmation}`]),
    empty,
    ...(curl.length === 0 ? [] : [Markdown.block(curl.join('\n'), 'sh'), empty]),
  ];
}
