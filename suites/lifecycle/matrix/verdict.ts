import type { CheckContext } from '../../harness/check.js';
import { Evidence } from '../../harness/evidence/evidence.js';
import { Violation } from '../../harness/outcomes.js';
import { noteComparison } from '../../harness/run/comparisons.js';
import type { RequirementId } from '../../../spec/generated/requirement-id.js';
import { credentialInWords } from '../credentials.js';
import type { LifecycleEvent } from '../events.js';
import { shows, type Finding, type Walk } from './walk.js';

/** How many of the cells that hold are shown as evidence. */
const SHOWN = 5;
/** How many further cells that do not hold are named. */
const NAMED = 4;

/** Whether a finding is what must hold. One that shows nothing is. */
export function holds(finding: Finding, userId: string | undefined): boolean {
  const { cell, observation } = finding;
  if (observation === undefined || !shows(finding)) return true;
  const { seen, user } = observation;
  if (cell.expectation === 'rejected') return seen === 'rejected' || (seen === 'recognised' && cell.inSeed);
  const isTheirs = user === undefined || userId === undefined || user === userId;
  return (seen === 'accepted' || seen === 'recognised') && isTheirs;
}

/**
 * Judges what a scenario has shown of one requirement.
 * @throws Violation that names the first cell that does not hold, and how many there are
 */
export function judge(
  event: LifecycleEvent,
  requirement: RequirementId,
  { findings, rejected, evidence, story, userId }: Walk,
  context: CheckContext,
): void {
  const own = findings.filter(({ cell }) => cell.requirement === requirement);
  const shown = own.filter(shows);
  shown.forEach(noteComparison);
  const failed = shown.filter((finding) => !holds(finding, userId));
  const [first] = failed;
  const exchanges = (first === undefined ? own.slice(0, SHOWN) : [first]).flatMap(
    ({ observation }) => observation?.exchange ?? [],
  );
  const last = first?.observation?.exchange ?? Infinity;
  context.evidence.adopt(evidence, (number) => exchanges.includes(number) || (story.has(number) && number < last));
  const isRenewal = own.some(({ cell }) => cell.expectation === 'accepted');
  if (rejected !== undefined && isRenewal) throw rejected;
  if (first === undefined) return;
  const others = failed.slice(1);
  const named = others.slice(0, NAMED).map((finding) => inWords(event, finding));
  const more = others.length - named.length;
  const also = named.length === 0 ? '' : `; likewise ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  const { cell, observation } = first;
  throw new Violation(
    `${inWords(event, first)} ${event.words} to be ${cell.expectation}`,
    `${observation?.summary ?? ''}${also}`,
  );
}

/** A cell in words, up to the event: "the session token of …, sent as cookie to GET /roles 3 s after". */
function inWords({ logins }: LifecycleEvent, { cell: { credential, use, moment } }: Finding): string {
  return `${credentialInWords(credential, logins)}, ${use.words} ${moment.words}`;
}

/** Takes the exchanges of a scenario out of the evidence that they were collected in: each check shows those that it stands on. */
export async function setAside(collected: Evidence): Promise<Evidence> {
  const aside = new Evidence();
  aside.adopt(collected);
  await collected.backTo({ length: 0, values: [] });
  return aside;
}
