import { isWithoutShellLines } from '../report/brief-evidence.js';
import { namesDefect } from '../spec/catalogue.js';
import type { CheckResult, LikelyCause, Report, RequirementResult, Verdict } from '../spec/generated/report.js';

/** Verdicts of what did not pass, the one that matters most first. */
const order: readonly Verdict[] = ['fail', 'warn', 'error'];

/** Unexplained failures that are in a document with their shell lines. */
const UNEXPLAINED = 3;

/**
 * Lines that one rather reads of a check that failed again when it was run alone than of one that was not run again: shell lines are run
 * alone, too. One that passed then shows nothing as long as there is another.
 */
const DOUBT = { confirmed: 0, unknown: 20, intermittent: 100_000 } as const;

/** A check without shell lines, for the size of the report, shows nothing that one with any does not show better. */
const WITHOUT_SHELL_LINES = 10_000;

/**
 * How much there is to read of a check: its shell lines; a property, which needs thought, counts as a thousand more; and what makes it
 * doubtful that its shell lines show the failure.
 */
function readingOf(check: CheckResult): number {
  const { counterexample, curl, confirmation } = check;
  const lines = isWithoutShellLines(check) ? WITHOUT_SHELL_LINES : curl.length;
  return lines + (counterexample === undefined ? 0 : 1000) + DOUBT[confirmation ?? 'unknown'];
}

/** The check that is understood most easily of those that decided the verdict. */
export function simplestCheckOf({ verdict, checks }: RequirementResult): CheckResult | undefined {
  return checks.filter((check) => check.verdict === verdict).sort((one, other) => readingOf(one) - readingOf(other))[0];
}

/** How hard a requirement that did not pass is to understand: failures first, a plain check before a property, a few exchanges before many. */
function difficulty(result: RequirementResult): number {
  const check = simplestCheckOf(result);
  return order.indexOf(result.verdict) * 1_000_000 + (check === undefined ? 0 : readingOf(check));
}

/** What did not pass, the simplest first. */
export const notPassedOf = ({ requirements }: Pick<Report, 'requirements'>): RequirementResult[] =>
  requirements
    .filter(({ verdict }) => order.includes(verdict))
    .sort((one, other) => difficulty(one) - difficulty(other));

/** Lines more that one rather reads of a requirement that names a defect than of one that it breaks beside it. */
const NAMING = 20;

/**
 * The requirement that shows a cause: of those that it explains the simplest, but one that names its defect, which is what is broken, before
 * one that fails for it as well.
 * @param notPassed the simplest first
 */
export function shownOf(
  { defect, explains }: Pick<LikelyCause, 'defect' | 'explains'>,
  notPassed: readonly RequirementResult[],
): RequirementResult | undefined {
  const own = notPassed.filter(({ id }) => explains.includes(id));
  const [simplest] = own;
  const naming = own.find(({ id }) => namesDefect(id, defect));
  if (simplest === undefined || naming === undefined) return simplest;
  return difficulty(naming) - difficulty(simplest) <= NAMING ? naming : simplest;
}

/** Ids of the requirements that stand for all that did not pass: the simplest of each cause, and of what no cause explains. */
export function exemplaryIn({ requirements, diagnosis }: Pick<Report, 'requirements' | 'diagnosis'>): Set<string> {
  const notPassed = notPassedOf({ requirements });
  const ids = notPassed.map(({ id }) => id);
  const causes = diagnosis?.causes ?? [];
  const explained = new Set(causes.flatMap(({ explains }) => explains));
  return new Set([
    ...causes.flatMap((cause) => shownOf(cause, notPassed)?.id ?? []),
    ...ids.filter((id) => !explained.has(id)).slice(0, UNEXPLAINED),
  ]);
}
