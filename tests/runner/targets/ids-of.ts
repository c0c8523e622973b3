import type { Report } from '../../../spec/generated/report.js';

/** The ids of the requirements that have one of these verdicts. */
export const idsOf = ({ requirements }: Report, ...verdicts: readonly string[]): string[] =>
  requirements.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id);
