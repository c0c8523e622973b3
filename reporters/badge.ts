import { makeBadge } from 'badge-maker';
import type { Report } from '../spec/generated/report.js';
import { coreOf, coreSkipped } from '../report/wording.js';

const label = 'auth-conformance';

/** What a badge says, and its colour. One that is not complete does not look like a certificate. */
function badgeOf(report: Report): { readonly message: string; readonly color: string } {
  const { pass, fail, error } = report.summary.requirements;
  if (report.outcome === 'not-conformant') return { message: `not conformant · ${fail} failed`, color: 'red' };
  if (report.outcome === 'not-judged')
    return { message: error === 0 ? 'not judged' : `not judged · ${error} open`, color: 'lightgrey' };
  const core = coreOf(report).length;
  if (report.complete) return { message: `conformant · core ${core}/${core}`, color: 'brightgreen' };
  const skipped = coreSkipped(report).length;
  return {
    message: `as far as tested · ${skipped === 0 ? `${pass} passed` : `core ${core - skipped}/${core}`}`,
    color: 'yellow',
  };
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
