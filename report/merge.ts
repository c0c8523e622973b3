import { requirements as catalogue } from '../spec/catalogue.js';
import type { Report } from '../spec/generated/report.js';
import { ConfigurationError } from './errors.js';
import { notesOn, version } from './build.js';
import { conclusionOf } from './conclusion.js';

/** How to put reports together. */
export interface MergeOptions {
  /** Go on without the shards that are missing; the report says so. */
  readonly allowMissing?: boolean;
}

/**
 * Puts the reports of parts of a run, which were made by --shard or by --only, together into the one that the whole would have made.
 * Its duration is that of the longest part: parts are run side by side. A report that is given twice counts once.
 * @param given at least one
 * @throws ConfigurationError when they are no parts of one run
 */
export function mergeReports(given: readonly Report[], { allowMissing = false }: MergeOptions = {}): Report {
  const reports = [...new Map(given.map((report) => [JSON.stringify(report), report])).values()];
  const [first] = reports;
  if (first === undefined) throw new ConfigurationError('no report to merge: name the JSON reports of the shards');
  mustBeOfOneRun(reports);
  const missing = missingShards(reports);
  if (missing.length > 0 && !allowMissing) {
    throw new ConfigurationError(
      `missing: shard ${missing.join(', ')}. Name their reports too, or go on without them by --allow-missing`,
    );
  }
  const order = new Map(catalogue.map(({ id }, position) => [id as string, position]));
  const results = reports
    .flatMap(({ requirements }) => requirements)
    .sort((one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0));
  // What is told of checks is told anew, of all parts together.
  const notes = reports.flatMap((report) => {
    const told = notesOn(report.requirements);
    return report.notes.filter((note) => !told.includes(note));
  });
  const conclusion = conclusionOf(results);
  const merged: Report = {
    ...first,
    startedAt: reports.map(({ startedAt }) => startedAt).sort()[0] ?? first.startedAt,
    durationMs: Math.max(...reports.map(({ durationMs }) => durationMs)),
    capabilities: first.capabilities.map((capability) => ({
      ...capability,
      given: reports.every((report) => hasCapability(report, capability.name)),
    })),
    ...conclusion,
    requirements: results,
    leftovers: reports.flatMap(({ leftovers }) => leftovers),
    notes: [...new Set(notes), ...notesOn(results), ...differences(reports, missing)],
  };
  if (conclusion.diagnosis === undefined) delete merged.diagnosis;
  delete merged.shard;
  // Of which parts a report is made is told of those that were merged now, not of parts of a part.
  delete merged.parts;
  // Each part has a command line of its own.
  delete merged.run;
  const [tester, ...others] = new Set(reports.map(({ run }) => run?.tester));
  if (tester !== undefined && others.length === 0) merged.run = { tester };
  return merged;
}

const hasCapability = ({ capabilities }: Report, wanted: string): boolean =>
  capabilities.some(({ name, given }) => name === wanted && given);

/** What a message calls a part. */
const nameOf = ({ shard, startedAt }: Report): string =>
  shard === undefined ? `the report of ${startedAt}` : `shard ${shard.index}/${shard.count}`;

function mustBeOfOneRun(reports: readonly Report[]): void {
  const different = (what: (report: Report) => string): string[] => [...new Set(reports.map(what))];
  const targets = different(({ target }) => target.url);
  if (targets.length > 1) {
    throw new ConfigurationError(
      `the reports are of different targets: ${targets.join(', ')}. Merge those of one target`,
    );
  }
  const same: [what: string, values: string[]][] = [
    ['versions of auth-conformance', different(({ tool }) => tool.version)],
    ['specifications', different(({ specification }) => specification.sha256)],
    ['profiles', different(({ profiles }) => [...profiles].sort().join(' '))],
    [
      'ways to split a run',
      different(({ shard }) => (shard === undefined ? 'no --shard' : `--shard I/${shard.count}`)),
    ],
  ];
  for (const [what, values] of same) {
    if (values.length > 1)
      throw new ConfigurationError(`the reports cannot be merged, they are of different ${what}: ${values.join(', ')}`);
  }
  const [first] = reports;
  if (first !== undefined && first.tool.version !== version) {
    throw new ConfigurationError(
      `the reports are of auth-conformance ${first.tool.version}, this is ${version}: merge them by the version that wrote them`,
    );
  }
  const seen = new Map<string, Report>();
  const shards = new Map<number, Report>();
  for (const report of reports) {
    if (report.shard !== undefined) {
      if (shards.has(report.shard.index))
        throw new ConfigurationError(`two different reports are of ${nameOf(report)}: leave one of them out`);
      shards.set(report.shard.index, report);
    }
    for (const { id } of report.requirements) {
      const before = seen.get(id);
      if (before !== undefined) {
        throw new ConfigurationError(
          `${id} stands twice: in ${nameOf(before)} and in ${nameOf(report)}. Merge the parts of one run only`,
        );
      }
      if (!catalogue.some((requirement) => requirement.id === id))
        throw new ConfigurationError(`${id} in ${nameOf(report)} is no requirement of this version`);
      seen.set(id, report);
    }
  }
}

/** The shards that none of the reports is of, such as 2/3. */
function missingShards(reports: readonly Report[]): string[] {
  const count = reports[0]?.shard?.count ?? 0;
  return Array.from({ length: count }, (_one, i) => i + 1)
    .filter((index) => !reports.some(({ shard }) => shard?.index === index))
    .map((index) => `${index}/${count}`);
}

/** Notes on what a reader would take for the same in all parts. */
function differences(reports: readonly Report[], missing: readonly string[]): string[] {
  const seeds = new Set(reports.map(({ seed }) => seed));
  const some = (reports[0]?.capabilities ?? [])
    .map(({ name }) => name)
    .filter((name) => new Set(reports.map((report) => hasCapability(report, name))).size > 1);
  return [
    ...(missing.length === 0 ? [] : [`Not in this report: shard ${missing.join(', ')}.`]),
    ...(seeds.size === 1
      ? []
      : [`The parts had seeds of their own: ${reports.map((one) => `${nameOf(one)} ${one.seed}`).join(', ')}.`]),
    ...(some.length === 0 ? [] : [`Given to some of the parts only: ${some.join(', ')}.`]),
  ];
}
