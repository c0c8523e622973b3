import { requirements as catalogue } from '../spec/catalogue.js';
import type { Report, RequirementResult } from '../spec/generated/report.js';
import { inWords } from './html/html-parts.js';

/** A report among others. */
export interface ComparedReport {
  /** The target's URL; with the date, where several reports are of the same target. */
  readonly name: string;
  readonly report: Report;
}

/** A requirement, and what each report says of it. */
export interface ComparedRequirement {
  /** As the first report that knows it has it. */
  readonly requirement: RequirementResult;
  /** In the order of the reports; undefined where a report does not have the requirement. */
  readonly results: readonly (RequirementResult | undefined)[];
  /** Whether the verdicts are not all the same. One that is not there differs from one that is. */
  readonly differs: boolean;
}

/** Tells reports apart: by target, then by date, then by number. */
export function named(reports: readonly Report[]): ComparedReport[] {
  const times = (texts: readonly string[], text: string): number => texts.filter((one) => one === text).length;
  const urls = reports.map(({ target }) => target.url);
  const dated = reports.map(({ target, startedAt }) =>
    times(urls, target.url) > 1 ? `${target.url}, ${inWords(startedAt)}` : target.url,
  );
  return reports.map((report, i) => {
    const name = dated[i] ?? '';
    return { report, name: times(dated, name) > 1 ? `${name} (${times(dated.slice(0, i + 1), name)})` : name };
  });
}

/** All requirements of some reports by chapter, in the catalogue's order; then those that it does not have. */
export function compared(reports: readonly Report[]): [chapter: string, requirements: ComparedRequirement[]][] {
  const order = new Map(catalogue.map(({ id }, position) => [id as string, position]));
  const lookUp = reports.map(({ requirements }) => new Map(requirements.map((one) => [one.id, one])));
  const known = new Map<string, RequirementResult>();
  for (const one of reports.flatMap(({ requirements }) => requirements)) if (!known.has(one.id)) known.set(one.id, one);
  const position = ({ id }: RequirementResult): number => order.get(id) ?? catalogue.length;
  const chapters = new Map<string, ComparedRequirement[]>();
  for (const requirement of [...known.values()].sort((one, other) => position(one) - position(other))) {
    const results = lookUp.map((of) => of.get(requirement.id));
    const differs = new Set(results.map((result) => result?.verdict)).size > 1;
    const before = chapters.get(requirement.chapter) ?? [];
    chapters.set(requirement.chapter, [...before, { requirement, results, differs }]);
  }
  return [...chapters];
}

/** What a reader would take for the same in all reports, and is not: a sentence each. */
export function unlike(reports: readonly ComparedReport[]): string[] {
  const aspects: [what: string, of: (report: Report) => string][] = [
    ['versions of the suite', ({ tool }) => `${tool.name} ${tool.version}`],
    ['specifications', ({ specification }) => `${specification.title}, SHA-256 ${specification.sha256.slice(0, 12)}`],
    ['profiles', ({ profiles }) => [...profiles].sort().join(', ')],
  ];
  const sentences = aspects.flatMap(([what, of]) => {
    const values = new Map<string, string[]>();
    for (const { name, report } of reports) values.set(of(report), [...(values.get(of(report)) ?? []), name]);
    if (values.size < 2) return [];
    const each = [...values].map(
      ([value, names]) => `${value} (${names.length > 3 ? `${names.length} reports` : names.join('; ')})`,
    );
    return [`These reports are of different ${what}: ${each.join(', ')}.`];
  });
  const selections = new Set(
    reports.map(({ report }) =>
      report.requirements
        .map(({ id }) => id)
        .sort()
        .join(' '),
    ),
  );
  return selections.size === 1 ? sentences : [...sentences, 'Not all requirements were run with every target.'];
}
