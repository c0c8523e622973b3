import type { Report } from '../../spec/generated/report.js';
import type { RequirementId } from '../../spec/generated/requirement-id.js';
import { failedIn } from '../kill-table/rows.js';

/** A requirement that a real Directus truly breaks. The requirement stays: it is a rule of a standard. */
export interface KnownFailure {
  readonly requirement: RequirementId;
  /** The versions that break it, the first and the last that were tried. */
  readonly from: string;
  readonly to: string;
  /** What it does, and against which rule. */
  readonly reason: string;
}

/** All of them. A version that mends one makes the comparison fail until the list says so. */
export const knownFailures: readonly KnownFailure[] = [
  {
    requirement: 'jwt.critical',
    from: '12.4.1',
    to: '12.4.1',
    reason:
      'a JWT that is signed with the secret and lists an unknown extension in crit is accepted (GET /users/me returned 200): the library that verifies it does not look at crit. RFC 7515 section 4.1.11 makes such a JWS invalid',
  },
];

/** Where a report of a real Directus is not what the list says. */
export interface Surprises {
  /** Failed or warned, and not in the list. */
  readonly unexpected: readonly string[];
  /** In the list, and passed. */
  readonly passed: readonly string[];
}

/**
 * Holds a report against the list, both ways. What was skipped, or could not be judged, says nothing of a known failure.
 * @param version of the Directus that was certified
 */
export function surprisesIn(report: Report, version: string, list: readonly KnownFailure[] = knownFailures): Surprises {
  const known = list.filter(({ from, to }) => compare(from, version) <= 0 && compare(version, to) <= 0);
  const ids = known.map(({ requirement }): string => requirement);
  const passed = report.requirements.filter(({ id, verdict }) => ids.includes(id) && verdict === 'pass');
  return { unexpected: failedIn(report).filter((id) => !ids.includes(id)), passed: passed.map(({ id }) => id) };
}

const compare = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
