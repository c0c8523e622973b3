import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { requirements as catalogue } from '../spec/catalogue.js';
import type { Baseline, KnownFailure } from '../spec/generated/baseline.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Report } from '../spec/generated/report.js';
import { inNumbers } from './wording.js';
import { ConfigurationError } from './errors.js';
import { countsAsFailure, failedChecks, gate, type Gate, type GateOptions } from './gate.js';
import { version } from './build.js';
import { readText } from './files/read-text.js';
import { validJson } from './files/valid-json.js';
import { mustBeWritable, whyUnwritable, writeWhole } from './files/write-file.js';

/**
 * Gets the gate of a run ready, before the run: reads the baseline, and sees to it that it can be written.
 * @returns what decides about the report, and writes the baseline when told to
 * @throws ConfigurationError when the baseline is missing, wrong or cannot be written
 */
export function readyGate({
  baseline: named,
  updateBaseline,
  failOn,
  requireProfile,
  maxSkipped,
}: Pick<Configuration, 'baseline' | 'updateBaseline'> & GateOptions): (report: Report) => Gate {
  const options: GateOptions = {
    ...(failOn !== undefined && { failOn }),
    ...(requireProfile !== undefined && { requireProfile }),
    ...(maxSkipped !== undefined && { maxSkipped }),
  };
  if (named === undefined) {
    if (updateBaseline === true)
      throw new ConfigurationError('--update-baseline: name the file to write by --baseline FILE');
    return (report) => gate(report, options);
  }
  const file = resolve(named);
  const baseline = readBaseline(file, updateBaseline === true);
  if (updateBaseline !== true) return (report) => gate(report, options, baseline);
  mustBeReplaceable(file);
  return (report) => {
    if (report.outcome === 'not-judged' || report.requirements.some(({ verdict }) => verdict === 'error'))
      return {
        code: 3,
        findings: [`GATE NOT PASSED: not all was judged, ${named} is left as it was`],
        why: 'not all was judged',
      };
    const updated = updateOf(baseline, report, options);
    try {
      writeWhole(file, `${JSON.stringify(updated, null, 2)}\n`);
    } catch (error) {
      const { code, findings, why } = gate(report, options, baseline);
      const failure = `baseline: ${named} cannot be written: ${whyUnwritable(error)}; it is left as it was`;
      return code === 0
        ? { code: 2, findings: [...findings, failure], why: 'the baseline cannot be written' }
        : { code, findings: [...findings, failure], why };
    }
    const { code, findings, why } = gate(report, options, updated);
    return { code, findings: [...changes(baseline, updated, named), ...findings], why };
  };
}

/**
 * Reads a baseline.
 * @param file of the schema baseline.schema.json
 * @param mayBeMissing take a file that is not there for an empty baseline
 * @throws ConfigurationError
 */
export function readBaseline(file: string, mayBeMissing = false): Baseline {
  const wrong = (why: string): ConfigurationError => new ConfigurationError(`--baseline ${file}: ${why}`);
  if (!existsSync(file)) {
    if (mayBeMissing) return emptyBaseline();
    throw wrong('there is no such file: --update-baseline writes it');
  }
  const baseline = validJson<Baseline>(readText(file, wrong), 'baseline.schema.json', wrong);
  const ids = baseline.failures.map(({ requirement }) => requirement);
  const twice = ids.find((id, position) => ids.indexOf(id) < position);
  if (twice !== undefined) throw wrong(`${twice} stands twice in it`);
  return baseline;
}

const emptyBaseline = (): Baseline => ({
  schemaVersion: '1',
  tool: { name: 'auth-conformance', version },
  failures: [],
});

/**
 * The baseline that tolerates what fails now. Reasons stay, and so do failures that this run says nothing about: a run of a part
 * of the suite forgets none of the rest.
 */
export function updateOf(before: Baseline, report: Report, { failOn }: GateOptions): Baseline {
  const known = new Map(before.failures.map((failure) => [failure.requirement, failure]));
  const results = new Map(report.requirements.map((result) => [result.id, result]));
  const failures = catalogue.flatMap(({ id }): KnownFailure[] => {
    const listed = known.get(id);
    const result = results.get(id);
    if (result === undefined || result.verdict === 'skip') return listed === undefined ? [] : [listed];
    if (result.verdict !== 'fail' && result.verdict !== 'warn') return [];
    // What is listed stays listed as long as it fails, also when a milder --fail-on would not count it.
    if (listed === undefined && !countsAsFailure(result, failOn)) return [];
    const checks = failedChecks(result);
    return [
      {
        requirement: id,
        verdict: result.verdict,
        ...(checks.length > 0 && { checks }),
        ...(listed?.reason !== undefined && { reason: listed.reason }),
      },
    ];
  });
  return { ...emptyBaseline(), failures };
}

/** What an update has changed, in a line. */
function changes(before: Baseline, after: Baseline, name: string): string[] {
  const ids = ({ failures }: Baseline): string[] => failures.map(({ requirement }) => requirement);
  const added = ids(after).filter((id) => !ids(before).includes(id)).length;
  const removed = ids(before).filter((id) => !ids(after).includes(id)).length;
  return [
    `baseline: ${name} lists ${inNumbers(after.failures.length, 'known failure')} now (${added} added, ${removed} taken out)`,
  ];
}

/** Checked before the run: a baseline that could not be written at its end would waste it. The file is not made before there is one. */
function mustBeReplaceable(file: string): void {
  try {
    mustBeWritable(file);
  } catch (error) {
    throw new ConfigurationError(`--baseline ${file} cannot be written: ${whyUnwritable(error)}`);
  }
}
