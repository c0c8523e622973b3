import type { Report } from '../spec/generated/report.js';
import type { Expected } from './expected.js';

/** What a run came to: a report, or the sentence with which it ended before there was one. */
export type Outcome = { readonly report: Report } | { readonly rejection: string };

/**
 * Compares what a run came to with what is expected, both ways: a failure that is not expected, and one that is and does not come.
 * @returns a sentence for each difference; none where all is as expected
 */
export function differences({ failures = {}, unjudged, rejection }: Expected, outcome: Outcome): string[] {
  if ('rejection' in outcome)
    return rejection !== undefined && outcome.rejection.includes(rejection)
      ? []
      : [`it was not certified: ${outcome.rejection}`];
  if (rejection !== undefined) return ['it was certified, which was not expected'];
  const { requirements, leftovers } = outcome.report;
  const unmet = requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
  const ids = new Set<string>(unmet.map(({ id }) => id));
  const errors = unjudged === undefined ? requirements.filter(({ verdict }) => verdict === 'error') : [];
  return [
    ...unmet
      .filter(({ id }) => failures[id] === undefined)
      .map(({ id, verdict, reason }) => `new: ${verdict} ${id}: ${reason ?? ''}`),
    ...Object.entries(failures)
      .filter(([id]) => !ids.has(id))
      .map(([id, reason]) => `missing: ${id} did not fail, which was expected: ${reason}`),
    ...errors.map(({ id, reason }) => `not judged: ${id}: ${reason ?? ''}`),
    ...leftovers.map(({ kind, name, reason }) => `left on it: ${kind} ${name}: ${reason}`),
  ];
}
