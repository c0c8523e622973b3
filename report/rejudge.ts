import { requirements as catalogue, type CataloguedRequirement } from '../spec/catalogue.js';
import type { CheckResult, ProfileVerdict, Report, RequirementResult, Verdict } from '../spec/generated/report.js';
import { specification, version } from './build.js';
import { conclusionOf, verdictOf } from './conclusion.js';
import { ConfigurationError } from './errors.js';
import { onOneLine } from './foreign-text.js';
import { profileVerdictsOf } from './profile-verdicts.js';
import { inNumbers } from './wording.js';

/** A report that was read, and judged again by the checks that it holds. */
export interface Rejudged {
  /** The report with what its checks come to in the place of what it said. Its notes tell that it was changed. */
  readonly report: Report;
  /** Where it says something else than it comes to, a sentence each; none in a report as a run has written it. */
  readonly disagreements: readonly string[];
  /** What is to be known of it that is no contradiction: that another version wrote it. */
  readonly remarks: readonly string[];
}

/** How many disagreements a note names. */
const SHOWN = 5;

const known = new Map<string, CataloguedRequirement>(catalogue.map((requirement) => [requirement.id, requirement]));

/**
 * Judges a report again: each requirement by its checks and by the catalogue, and the whole by its requirements. What the report says
 * of itself counts nowhere. What another version wrote is judged by the levels and profiles that it tells, since its catalogue is not
 * here: such a report is complete when it says so and each core requirement in it was judged.
 * @param said as it was read, valid by its schema
 * @param name what a message calls it
 * @throws ConfigurationError when a requirement stands twice in it
 */
export function rejudge(said: Report, name: string): Rejudged {
  const twice = said.requirements.find(({ id }, at) => said.requirements.findIndex((one) => one.id === id) < at);
  if (twice !== undefined)
    throw new ConfigurationError(
      `${onOneLine(twice.id)} stands twice in ${name}: no run has written that, name the report as it was written`,
    );
  const isOfThisVersion = said.tool.version === version;
  const found: string[] = [];
  const tell = (member: string, says: unknown, comesTo: unknown, by: string): void => {
    if (says === comesTo) return;
    const shown = (value: unknown): string => onOneLine(String(value)).slice(0, 200);
    found.push(`${onOneLine(member)} says ${shown(says)}, ${by} ${shown(comesTo)}`);
  };
  const results = said.requirements.map((result) => rejudged(result, isOfThisVersion, tell));
  const conclusion = conclusionOf(results);
  if (!isOfThisVersion) {
    conclusion.complete = said.complete && allCoreJudged(results);
    conclusion.byProfile = byProfileOfAnother(said, results);
    // What its defects do is known of this version alone.
    delete conclusion.diagnosis;
  }
  if (isOfThisVersion) {
    tell('specification.title', said.specification.title, specification.title, 'that of this version is');
    tell('specification.sha256', said.specification.sha256, specification.sha256, 'that of this version is');
  }
  tell('outcome', said.outcome, conclusion.outcome, 'its checks come to');
  tell('complete', said.complete, conclusion.complete, 'its checks come to');
  for (const [at, one] of (said.byProfile ?? []).entries()) {
    const inWords = (verdict: ProfileVerdict | undefined): string =>
      verdict === undefined ? 'nothing' : Object.entries(verdict).sort().join(' ').replaceAll(',', ' ');
    tell(`byProfile ${at + 1}`, inWords(one), inWords(conclusion.byProfile[at]), 'its checks come to');
  }
  for (const kind of ['requirements', 'checks'] as const) {
    for (const [member, count] of Object.entries(conclusion.summary[kind]))
      tell(
        `summary.${kind}.${member}`,
        said.summary[kind][member as keyof (typeof said.summary)[typeof kind]],
        count,
        'the report holds',
      );
  }
  const report: Report = {
    ...said,
    ...(isOfThisVersion && { specification: { ...specification } }),
    ...conclusion,
    requirements: results,
    notes: [...said.notes, ...noteOn(found)],
  };
  if (conclusion.diagnosis === undefined) delete report.diagnosis;
  return { report, disagreements: found, remarks: isOfThisVersion ? [] : ofAnotherVersion(said) };
}

type Tell = (member: string, says: unknown, comesTo: unknown, by: string) => void;

/** A requirement by its checks; by the catalogue, too, when this is its version. */
function rejudged(said: RequirementResult, isOfThisVersion: boolean, tell: Tell): RequirementResult {
  const of = (member: string): string => `${said.id}: ${member}`;
  const requirement = isOfThisVersion ? known.get(said.id) : undefined;
  const { id, title, level, profile, chapter, source } = requirement ?? said;
  if (requirement !== undefined) {
    for (const member of ['title', 'level', 'profile', 'chapter'] as const)
      tell(of(member), said[member], requirement[member], 'the catalogue');
    for (const member of ['document', 'section', 'quote'] as const)
      tell(of(`source.${member}`), said.source[member], requirement.source[member], 'the catalogue');
  }
  const checks = said.checks.map((check, at): CheckResult => {
    const verdict = verdictOfCheck(check, level);
    tell(of(`the verdict of its check ${at + 1}`), check.verdict, verdict, 'what it holds comes to');
    return { ...check, verdict };
  });
  const isUnknown = isOfThisVersion && requirement === undefined;
  const byChecks = verdictOf(checks);
  // What no catalogue asks for shows nothing.
  const verdict = isUnknown && byChecks === 'pass' ? 'error' : byChecks;
  if (isUnknown) tell(said.id, 'that it is a requirement', 'none', 'this version knows');
  tell(of('verdict'), said.verdict, verdict, 'its checks come to');
  const result: RequirementResult = { id, title, level, profile, chapter, source, verdict, checks };
  const reason = reasonOf(said, result, isUnknown);
  return reason === undefined ? result : { ...result, reason };
}

/**
 * The verdict of a check by what stands beside it: only one that failed has an expectation (see suites/harness/check.ts), one that
 * passed has no reason; and one that failed makes a MUST fail, and warns of the rest. Never milder than what the check says.
 */
function verdictOfCheck(check: CheckResult, level: RequirementResult['level']): Verdict {
  const { verdict, reason, expected, actual, counterexample } = check;
  if (verdict === 'fail') return 'fail';
  if (verdict === 'warn' || [expected, actual, counterexample].some((told) => told !== undefined))
    return level === 'MUST' ? 'fail' : 'warn';
  return verdict === 'pass' && reason !== undefined ? 'error' : verdict;
}

function reasonOf(said: RequirementResult, { verdict, checks }: RequirementResult, isUnknown: boolean) {
  if (verdict === said.verdict) return said.reason;
  if (isUnknown) return 'this version has no such requirement';
  const decisive = checks.find((check) => check.verdict === verdict);
  if (decisive === undefined) return 'it holds no check';
  return decisive.reason ?? (verdict === 'pass' ? undefined : 'its check tells no reason');
}

/** The verdicts by profile of a report of another version, whose profiles have as many requirements as it says. */
function byProfileOfAnother(said: Report, results: readonly RequirementResult[]): ProfileVerdict[] {
  const told = new Map(said.byProfile?.map((one) => [one.profile, one]));
  return profileVerdictsOf(results, (profile) => told.get(profile)?.total ?? 0).map((one) => ({
    ...one,
    complete: one.complete && (told.get(one.profile)?.complete ?? said.complete),
  }));
}

function allCoreJudged(results: readonly RequirementResult[]): boolean {
  const core = results.filter(({ profile }) => profile === 'core');
  return core.length > 0 && core.every(({ verdict }) => verdict !== 'skip' && verdict !== 'error');
}

const noteOn = (found: readonly string[]): string[] =>
  found.length === 0
    ? []
    : [
        `This report was changed after it was written: ${listed(found)}. It was judged again by the checks that it holds.`,
      ];

const listed = (sentences: readonly string[]): string =>
  [...sentences.slice(0, SHOWN), ...(sentences.length > SHOWN ? [`and ${sentences.length - SHOWN} more`] : [])].join(
    '; ',
  );

/** What is to be known of the report of another version. */
function ofAnotherVersion({ tool, requirements, specification: { sha256 } }: Report): string[] {
  const unknown = requirements.filter(({ id }) => !known.has(id));
  const levels = requirements.flatMap(({ id, level }) => {
    const here = known.get(id)?.level ?? level;
    return here === level ? [] : [`${onOneLine(id)} is a ${level} in it and a ${here} in this version`];
  });
  return [
    `it was written by ${onOneLine(tool.name)} ${onOneLine(tool.version)}, and this is ${version}: it is judged by the levels and profiles that it tells itself, and whether it is complete cannot be checked`,
    ...(unknown.length === 0
      ? []
      : [
          `${inNumbers(unknown.length, 'requirement')} in it ${unknown.length === 1 ? 'is' : 'are'} not in this version`,
        ]),
    ...(levels.length === 0 ? [] : [listed(levels)]),
    ...(sha256 === specification.sha256 ? [] : ['it is of another text of the specification']),
  ];
}
