import { requirements } from '../spec/catalogue.js';
import type { Requirement } from '../spec/generated/chapter.js';
import type { RequirementResult } from '../spec/generated/report.js';

/** What the catalogue tells those who must act. */
export type Advice = Pick<Requirement, 'impact' | 'remediation' | 'severity' | 'cwe'>;

const byId = new Map<string, Advice>(requirements.map((requirement) => [requirement.id, requirement]));

/** What the catalogue of this version says of a requirement; undefined where it has none of that id. */
export const adviceOf = (id: string): Advice | undefined => byId.get(id);

/** The same for a requirement that failed or warned, and undefined for any other. */
export const adviceOn = ({ id, verdict }: Pick<RequirementResult, 'id' | 'verdict'>): Advice | undefined =>
  verdict === 'fail' || verdict === 'warn' ? adviceOf(id) : undefined;
