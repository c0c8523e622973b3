import type { Configuration } from '../spec/generated/configuration.js';
import { selectRequirements } from '../runner/selection.js';
import { ConfigurationError } from '../report/errors.js';
import { readReports } from './read-reports.js';

/**
 * The JSON report that --last-failed means: the one named, or the one that the run is to write, as the run before has left it.
 * @throws ConfigurationError when neither is named
 */
export function reportOf(named: string | true, { report }: Configuration): string {
  const file = named === true ? report?.json : named;
  if (file !== undefined) return file;
  throw new ConfigurationError(
    '--last-failed: name the JSON report of the last run, by --last-failed FILE or by --report json=FILE',
  );
}

/**
 * The requirements that failed, warned or ended in error in a report, as far as the configuration selects them.
 * @throws ConfigurationError when the report cannot be read
 */
export function notPassedIn(file: string, configuration: Configuration): string[] {
  const [report] = readReports([file]);
  const open = new Set(
    report?.requirements.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip').map(({ id }) => id),
  );
  return selectRequirements(configuration)
    .map(({ id }): string => id)
    .filter((id) => open.has(id));
}
