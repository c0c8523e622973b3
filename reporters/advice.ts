import { requirements } from '../spec/catalogue.js';
import { asvsSections } from '../spec/generated/asvs.js';
import type { Requirement } from '../spec/generated/chapter.js';
import type { LikelyCause, RequirementResult } from '../spec/generated/report.js';

/** What the catalogue tells those who must act. */
export type Advice = Pick<Requirement, 'impact' | 'remediation' | 'severity' | 'cwe' | 'source'> & {
  /** Numbers of OWASP ASVS 5.0 that it is traced to beside its source. */
  readonly asvs?: readonly string[];
};

const byId = new Map<string, Advice & Pick<Requirement, 'defects'>>(
  requirements.map((requirement) => {
    const asvs = asvsSections[requirement.id];
    return [requirement.id, { ...requirement, ...(asvs && { asvs }) }];
  }),
);

/** What the catalogue of this version says of a requirement; undefined where it has none of that id. */
export const adviceOf = (id: string): Advice | undefined => byId.get(id);

/** The same for a requirement that failed or warned, and undefined for any other. */
export const adviceOn = ({ id, verdict }: Pick<RequirementResult, 'id' | 'verdict'>): Advice | undefined =>
  verdict === 'fail' || verdict === 'warn' ? adviceOf(id) : undefined;

const severities = ['critical', 'high', 'medium', 'low'] as const;

/** What to know of a likely cause: what the worst of the requirements says that name its defect; where none does, of those that it breaks. */
export function adviceOnCause({ defect, explains }: Pick<LikelyCause, 'defect' | 'explains'>): Advice | undefined {
  const broken = explains.flatMap((id) => byId.get(id) ?? []);
  const naming = broken.filter(({ defects }) => (defects as readonly string[]).includes(defect));
  return (naming.length > 0 ? naming : broken).toSorted(
    (one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity),
  )[0];
}

/** How bad it is, and under which numbers it is known: severity high, CWE-613, ASVS 5.0 7.4.1. */
export function classificationInWords({ severity, cwe, source, asvs = [] }: Advice): string {
  const [, standard] = /^OWASP (ASVS .+)$/.exec(source.document) ?? [];
  return [
    `severity ${severity}`,
    ...(cwe ?? []).map((number) => `CWE-${number}`),
    ...(standard === undefined ? [] : [`${standard} ${source.section}`]),
    ...asvs.map((section) => `ASVS 5.0 ${section}`),
  ].join(', ');
}
