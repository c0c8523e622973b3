import type {
  CheckResult,
  Diagnosis,
  LikelyCause,
  Profile,
  Report,
  RequirementResult,
  Verdict,
} from '../spec/generated/report.js';
import { passedInWords, verdictsByProfile } from './profile-verdicts.js';

/** How a verdict is shown: a sign and a word, so that neither colour nor sign stands alone. */
export const labels: Readonly<Record<Verdict, { readonly sign: string; readonly word: string }>> = {
  pass: { sign: '✓', word: 'pass' },
  fail: { sign: '✗', word: 'fail' },
  warn: { sign: '!', word: 'warn' },
  skip: { sign: '–', word: 'skip' },
  error: { sign: '?', word: 'error' },
};

/** The requirements of a report by chapter, in the report's order. */
export function byChapter(report: Report): [chapter: string, requirements: RequirementResult[]][] {
  const chapters = new Map<string, RequirementResult[]>();
  for (const requirement of report.requirements) {
    chapters.set(requirement.chapter, [...(chapters.get(requirement.chapter) ?? []), requirement]);
  }
  return [...chapters];
}

/** The core requirements of a report. */
export const coreOf = ({ requirements }: Report): readonly RequirementResult[] =>
  requirements.filter(({ profile }) => profile === 'core');

/** The core requirements of a report that were skipped. */
export const coreSkipped = (report: Report): readonly RequirementResult[] =>
  coreOf(report).filter(({ verdict }) => verdict === 'skip');

/** What came of the second run of a check that failed; undefined when there was none. */
export function confirmationInWords({ confirmation }: CheckResult): string | undefined {
  if (confirmation === undefined) return undefined;
  return confirmation === 'confirmed'
    ? 'confirmed: it failed again when it was run alone'
    : 'intermittent: it failed in 1 of 2 runs, and passed when it was run alone';
}

/** 1 requirement, 2 requirements. */
export const inNumbers = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** The product that was certified, by name and version; undefined where a report does not name one. */
export function productInWords({ target: { name, version } }: Pick<Report, 'target'>): string | undefined {
  if (name === undefined || version === undefined || name.includes(version)) return name;
  return name === 'Directus' ? `${name} ${version}` : `${name} (as Directus ${version})`;
}

/** What was certified, and as which version of Directus, in words; undefined where a report does not say. */
export function identityInWords({ target: { name, version, judgedAs } }: Report): string | undefined {
  if (judgedAs === undefined) return undefined;
  // A name that was given may hold the version.
  const what = [name, name === 'Directus' ? version : undefined].filter((part) => part !== undefined).join(' ');
  const from = { target: 'which it names itself', tester: 'by --directus-version', newest: 'the newest' }[
    judgedAs.from
  ];
  return `${what === '' ? '' : `${what}, `}judged as Directus ${judgedAs.version}, ${from}`;
}

/** How many requirements did not pass, by verdict, in words; none of the verdicts that did not occur. */
export function notPassedInWords({ summary: { requirements } }: Report): string[] {
  const count = (number: number, word: string): string[] => (number === 0 ? [] : [`${number} ${word}`]);
  return [
    ...count(requirements.fail, 'failed'),
    ...count(requirements.warn, 'warned'),
    ...count(requirements.error, 'not judged'),
    ...count(requirements.skip, 'skipped'),
  ];
}

/** What the likely causes of a report are, in a few words: a heading. */
export function causesInWords({ causes, failures }: Diagnosis): string {
  if (causes.length === 0)
    return `No known cause explains ${failures === 1 ? 'this failure' : `these ${failures} failures`}`;
  return causes.length === 1 ? 'Likely one cause' : `Likely ${causes.length} causes`;
}

/** How many checks there were, and of them were skipped: 414 checks, 2 of them skipped. */
export function checksInWords({ summary: { checks } }: Pick<Report, 'summary'>): string {
  const all = inNumbers(checks.total, 'check');
  return checks.skip === 0 ? all : `${all}, ${checks.skip} of them skipped`;
}

/** How well a likely cause matches: "Explains 8 of 8 failures, 8 of 9 that this defect causes". */
export const matchInWords = ({ explains, effects, observed }: LikelyCause, { failures }: Diagnosis): string =>
  `Explains ${explains.length} of ${inNumbers(failures, 'failure')}, ${observed} of ${effects} that this defect causes`;

/** The outcome as a reader is told it. One that is not complete does not look like a certificate. */
export function outcomeInWords(report: Report): string {
  if (report.outcome === 'not-conformant') return 'NOT CONFORMANT';
  if (report.outcome === 'not-judged') return 'NOT JUDGED';
  return report.complete ? 'CONFORMANT' : 'CONFORMANT as far as tested';
}

/** A profile as a reader is told it: behind directus, which version of it the target was judged as, as directus 12.4. */
export function profileInWords(profile: Profile, { target: { judgedAs } }: Pick<Report, 'target'>): string {
  const release = /^\d+\.\d+/.exec(judgedAs?.version ?? '')?.[0];
  return profile === 'directus' && release !== undefined ? `directus ${release}` : profile;
}

/**
 * What was skipped, once for each way to have it judged. A requirement whose checks lack several things stands with each of them.
 * @returns the reason, which says how to give what is missing, and the ids; those that most requirements lack first
 */
export function skippedByReason({ requirements }: Pick<Report, 'requirements'>): [reason: string, ids: string[]][] {
  const reasons = new Map<string, string[]>();
  for (const { verdict, reason = 'no reason given', id } of requirements) {
    if (verdict !== 'skip') continue;
    for (const one of new Set(reason.split(BETWEEN_REASONS))) reasons.set(one, [...(reasons.get(one) ?? []), id]);
  }
  return [...reasons].sort(([, some], [, others]) => others.length - some.length);
}

/** What stands between the reasons of a requirement, and of a check that lacks several things. */
const BETWEEN_REASONS = /; (?:or )?(?=needs )/;

/**
 * The verdict of each profile on a line: the outcome in words of the first, which the certificate is about, and of the others how
 * many of their requirements passed.
 */
export const profilesInWords = (report: Report): string => eachProfileInWords(report).join(' · ');

/** The same, one by one. */
export function eachProfileInWords(report: Report): string[] {
  const [first, ...others] = verdictsByProfile(report);
  if (first === undefined) return [outcomeInWords(report)];
  return [
    `${profileInWords(first.profile, report)} ${outcomeInWords(report)} ${passedInWords(first)}`,
    ...others.map((one) => `${profileInWords(one.profile, report)} ${passedInWords(one)}`),
  ];
}

/** Why a report is no full certificate, be it conformant or but a part of a run; undefined when there is nothing to say. */
export function incompleteReason(report: Report): string | undefined {
  const { shard } = report;
  if (shard !== undefined && shard.count > 1) {
    const which = `shard ${shard.index} of ${shard.count}`;
    return report.requirements.length === 0
      ? `no requirement falls into ${which}`
      : `this is ${which}, to be put together with the others by \`auth-conformance merge\``;
  }
  if (report.outcome !== 'conformant' || report.complete) return undefined;
  const skipped = coreSkipped(report).length;
  const core = coreOf(report).length;
  return skipped > 0
    ? `${skipped} of ${core} core requirements were not tested`
    : 'not all core requirements were selected';
}
