import { makeBadge } from 'badge-maker';
import type { ProfileVerdict, Report } from '../spec/generated/report.js';
import { passedInWords, verdictsByProfile } from '../report/profile-verdicts.js';
import { profileInWords } from '../report/wording.js';

const label = 'auth-conformance';

const words = { conformant: 'conformant', 'not-conformant': 'not conformant', 'not-judged': 'not judged' } as const;

/**
 * What a badge says of each profile, and its colour, which is about core. One that is not complete does not look like a certificate,
 * and bright green is one whose other profiles have no failure either.
 */
function badgeOf(report: Report): { readonly message: string; readonly color: string } {
  const { outcome, complete } = report;
  const [first, ...others] = verdictsByProfile(report);
  const word = outcome === 'conformant' && !complete ? 'as far as tested' : words[outcome];
  const message = [
    first === undefined ? word : `${profileInWords(first.profile, report)} ${word} ${passedInWords(first)}`,
    ...others.map((one) => `${profileInWords(one.profile, report)} ${passedInWords(one)}`),
  ].join(' · ');
  return { message, color: colorOf(outcome, complete, others) };
}

function colorOf(outcome: Report['outcome'], complete: boolean, others: readonly ProfileVerdict[]): string {
  if (outcome === 'not-conformant') return 'red';
  if (outcome === 'not-judged') return 'lightgrey';
  if (!complete) return 'yellow';
  return others.some((one) => one.outcome === 'not-conformant') ? 'green' : 'brightgreen';
}

/** The JSON that https://shields.io/badges/endpoint-badge makes a badge of. */
export function renderBadgeJson(report: Report): string {
  const isError = report.outcome !== 'conformant';
  return `${JSON.stringify({ schemaVersion: 1, label, ...badgeOf(report), ...(isError && { isError }) }, null, 2)}\n`;
}

/** The badge as an SVG image that needs no network. */
export function renderBadgeSvg(report: Report): string {
  return `${makeBadge({ label, ...badgeOf(report) })}\n`;
}
