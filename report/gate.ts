import { requirements as catalogue } from '../spec/catalogue.js';
import type { Baseline, KnownFailure } from '../spec/generated/baseline.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Profile, Report, RequirementResult } from '../spec/generated/report.js';
import { onOneLine } from './foreign-text.js';
import { profilesInOrder, verdictsByProfile } from './profile-verdicts.js';
import { inNumbers, labels, skippedByReason } from './wording.js';

/** What a run must come to. Without any of these, a failed MUST alone closes the gate. */
export type GateOptions = Pick<Configuration, 'failOn' | 'requireProfile' | 'maxSkipped'>;

/** What the gate says of a run. */
export interface Gate {
  /** The exit code: 0 passed, 1 not passed, 3 not judged. */
  readonly code: number;
  /** What to tell, a line each; nothing when nothing beyond the default was asked for. */
  readonly findings: readonly string[];
  /** Why the exit code is what it is, on one line. */
  readonly why: string;
}

/** How many ids a line names. */
const SHOWN = 5;

/** Whether a verdict is a failure that counts. `must`, the default: of a MUST; `should`: of a SHOULD too; `any`: of a MAY too. */
export function countsAsFailure(
  { verdict, level }: Pick<RequirementResult, 'verdict' | 'level'>,
  failOn: GateOptions['failOn'] = 'must',
): boolean {
  if (verdict === 'warn') return failOn === 'any' || (failOn === 'should' && level === 'SHOULD');
  return verdict === 'fail';
}

/** The titles of the checks that make a requirement fail. */
export const failedChecks = ({ checks }: RequirementResult): string[] =>
  checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ title }) => title);

/** Whether the failure is the one that is known: of the same requirement, no worse, and in no other check. */
function isKnown(result: RequirementResult, known: KnownFailure | undefined): boolean {
  if (known === undefined || (known.verdict === 'warn' && result.verdict === 'fail')) return false;
  return known.checks === undefined || failedChecks(result).every((title) => known.checks?.includes(title));
}

/**
 * Decides whether a run is good enough. A failure that counts and is not known makes 1, and so does what is missing of
 * `requireProfile` and `maxSkipped`; after that, whatever could not be judged makes 3: no baseline tolerates an error.
 * @param report of the run
 * @param options what the run must come to
 * @param baseline failures that are known and tolerated
 */
export function gate(report: Report, options: GateOptions, baseline?: Baseline): Gate {
  const known = new Map(baseline?.failures.map((failure) => [failure.requirement, failure]));
  const failures = report.requirements.filter((result) => countsAsFailure(result, options.failOn));
  const unknown = failures.filter((result) => !isKnown(result, known.get(result.id)));
  const errors = report.requirements.filter(({ verdict }) => verdict === 'error');
  const missing = [
    ...(options.requireProfile ?? []).flatMap((profile) => unjudged(report, profile)),
    ...tooManySkipped(report, options.maxSkipped),
  ];
  // A shard that is empty shows nothing, and is no reason to fail.
  const isEmpty = report.shard !== undefined && report.requirements.length === 0;
  const notJudged = (report.outcome === 'not-judged' && !isEmpty) || errors.length > 0;
  const code = unknown.length > 0 || missing.length > 0 ? 1 : notJudged ? 3 : 0;
  const asked = baseline !== undefined || Object.values(options).some((value) => value !== undefined);
  const said = onOneLine(reasonOf(report, { code, unknown, known: failures.length - unknown.length, missing, errors }));
  if (!asked) return { code, findings: [], why: said };

  const why = [
    ...(unknown.length === 0
      ? []
      : [
          `${inNumbers(unknown.length, 'requirement')} failed${baseline === undefined ? '' : ' and not in the baseline'}`,
        ]),
    ...missing.map(({ short }) => short),
    ...(errors.length === 0 ? [] : [`${inNumbers(errors.length, 'requirement')} ended in error`]),
    ...(notJudged && errors.length === 0 ? ['nothing was shown'] : []),
  ];
  const lines = [
    ...(baseline === undefined ? [] : againstBaseline(report, baseline, unknown)),
    ...missing.flatMap(({ lines }) => lines),
    code === 0 ? 'GATE PASSED' : `GATE NOT PASSED: ${why.join('; ')}`,
  ];
  return { code, findings: lines.map(onOneLine), why: said };
}

/** Why an exit code is what it is: what decides it, and of a target that keeps core, how to ask for core alone. */
function reasonOf(
  report: Report,
  {
    code,
    unknown,
    known,
    missing,
    errors,
  }: {
    readonly code: number;
    readonly unknown: readonly RequirementResult[];
    readonly known: number;
    readonly missing: readonly Missing[];
    readonly errors: readonly RequirementResult[];
  },
): string {
  if (code === 0) {
    const warned = report.requirements.filter(({ verdict }) => verdict === 'warn').length;
    return [
      known > 0 ? `no failure but ${inNumbers(known, 'known one')} of the baseline` : 'no MUST failed',
      ...(warned > 0 ? [`${inNumbers(warned, 'requirement')} warned, which --fail-on should or any counts`] : []),
    ].join('; ');
  }
  if (code === 3)
    return errors.length === 0
      ? `nothing of ${verdictsByProfile(report)[0]?.profile ?? 'it'} was shown`
      : `${inNumbers(errors.length, 'requirement')} could not be judged`;
  const failed = profilesInOrder.flatMap((profile) => {
    const own = unknown.filter((result) => result.profile === profile);
    const named = unknown.length > SHOWN ? '' : `: ${own.map(({ id }) => id).join(', ')}`;
    return own.length === 0 ? [] : [`${inNumbers(own.length, 'requirement')} of the profile ${profile} failed${named}`];
  });
  const coreAlone =
    report.outcome === 'conformant' &&
    unknown.length > 0 &&
    unknown.every(({ profile }) => profile !== 'core') &&
    report.profiles.includes('core')
      ? ['--profile core judges core alone']
      : [];
  return [...failed, ...missing.map(({ short }) => short), ...coreAlone].join('; ');
}

/** What the baseline and the run say of each other. */
function againstBaseline(report: Report, baseline: Baseline, unknown: readonly RequirementResult[]): string[] {
  const results = new Map(report.requirements.map((result) => [result.id, result]));
  const inCatalogue = new Set<string>(catalogue.map(({ id }) => id));
  const known: string[] = [];
  const fixed: string[] = [];
  const untested: string[] = [];
  const gone: string[] = [];
  for (const failure of baseline.failures) {
    const { requirement: id, reason } = failure;
    const result = results.get(id);
    const verdict = result?.verdict;
    if (!inCatalogue.has(id)) gone.push(`  ${labels.error.sign} ${id}`);
    else if (verdict === 'pass') fixed.push(`  ${labels.pass.sign} ${id}`);
    else if (result !== undefined && (verdict === 'fail' || verdict === 'warn')) {
      if (isKnown(result, failure))
        known.push(`  ${labels[verdict].sign} ${id}${reason === undefined ? '' : `  ${reason}`}`);
    } else untested.push(`  ${labels[verdict ?? 'skip'].sign} ${id}  ${result?.reason ?? 'not selected'}`);
  }
  const fresh = unknown.map((result) => {
    const before: string[] = baseline.failures.find(({ requirement }) => requirement === result.id)?.checks ?? [];
    const checks = failedChecks(result).filter((title) => !before.includes(title));
    return `  ${labels[result.verdict].sign} ${result.id}${checks.length === 0 ? '' : `  ${checks.join('; ')}`}`;
  });
  const listed = (heading: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`${heading} (${lines.length}):`, ...lines];
  return [
    ...listed('Known failures, tolerated', known),
    ...listed('Fixed, to be taken out of the baseline by --update-baseline', fixed),
    ...listed('In the baseline, but not judged in this run', untested),
    ...listed('In the baseline, but no requirement of this version: --update-baseline takes it out', gone),
    ...listed('New failures', fresh),
  ];
}

/** Something that the gate misses. */
interface Missing {
  /** In a few words, for the last line. */
  readonly short: string;
  readonly lines: readonly string[];
}

/** What of a profile was not judged, and how that can be changed. */
function unjudged(report: Report, profile: Profile): Missing[] {
  const results = new Map(report.requirements.map((result) => [result.id, result]));
  const required = catalogue.filter((requirement) => requirement.profile === profile);
  const open = required
    .map(({ id }) => ({ id, result: results.get(id) }))
    .filter(({ result }) => result === undefined || result.verdict === 'skip' || result.verdict === 'error');
  if (open.length === 0) return [];
  const skipped = open.flatMap(({ result }) => (result?.verdict === 'skip' ? [result] : []));
  const errors = open.filter(({ result }) => result?.verdict === 'error').length;
  const unselected = open.filter(({ result }) => result === undefined).length;
  const parts = [
    ...(skipped.length === 0 ? [] : [`${skipped.length} skipped`]),
    ...(unselected === 0 ? [] : [`${unselected} not selected`]),
    ...(errors === 0 ? [] : [`${errors} in error`]),
  ].join(', ');
  const short = `${open.length} of ${required.length} requirements of the profile ${profile} were not judged`;
  return [
    {
      short,
      lines: [
        `${short} (${parts}): ${firstOf(open.map(({ id }) => id))}`,
        ...byReason(skipped),
        ...(unselected === 0 ? [] : [`  ${unselected}: not selected: run without --profile, --only and --skip`]),
      ],
    },
  ];
}

/** More skipped requirements than are allowed. */
function tooManySkipped({ requirements }: Report, limit: GateOptions['maxSkipped']): Missing[] {
  const skipped = requirements.filter(({ verdict }) => verdict === 'skip');
  const allowed = typeof limit === 'string' ? (requirements.length * Number.parseInt(limit, 10)) / 100 : limit;
  if (limit === undefined || allowed === undefined || skipped.length <= allowed) return [];
  const short = `${skipped.length} of ${requirements.length} requirements were skipped, more than ${limit}`;
  return [{ short, lines: [`${short}: ${firstOf(skipped.map(({ id }) => id))}`, ...byReason(skipped)] }];
}

const firstOf = (ids: readonly string[]): string =>
  [...ids.slice(0, SHOWN), ...(ids.length > SHOWN ? ['…'] : [])].join(', ');

/** How many were skipped for each reason. A reason says how to give what is missing. */
const byReason = (skipped: readonly RequirementResult[]): string[] =>
  skippedByReason({ requirements: [...skipped] }).map(([reason, ids]) => `  ${ids.length}: ${reason}`);
