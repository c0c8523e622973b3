import { withoutTrailingSlashes } from '../spec/values/base-url.js';
import { withoutUserinfo } from '../spec/values/mask.js';
import type { Configuration } from '../spec/generated/configuration.js';
import { ConfigurationError } from '../report/errors.js';
import { fileNamesOf } from './output/file-names.js';

/** What is in the name of a file for the target that it is about. */
const PLACE = '{target}';

/** The page that compares several targets: an HTML report whose file has no place for the name of one. */
export const comparisonFile = ({ targets, report }: Configuration): string | undefined =>
  targets !== undefined && report?.html?.includes(PLACE) === false ? report.html : undefined;

/**
 * The runs that a configuration asks for, one for each target: each with a configuration of its own, in which file names hold the
 * name of the target for {target}.
 * @throws ConfigurationError when a target is there twice, or would write over what is written for another
 */
export function runsOf(configuration: Configuration): Configuration[] {
  const { targets, ...common } = configuration;
  if (targets === undefined) return [named(common, fileNamesOf([common.target ?? ''])[0] ?? '')];
  if (comparisonFile(configuration) !== undefined) {
    common.report = { ...common.report };
    delete common.report.html;
  }
  mustWriteApart(common);
  const urls = targets.map(({ target }) => withoutTrailingSlashes(target));
  const twice = urls.find((url, position) => urls.indexOf(url) < position);
  if (twice !== undefined) throw new ConfigurationError(`the target ${withoutUserinfo(twice)} is given twice`);
  const names = fileNamesOf(targets.map(({ target }) => target));
  return targets.map((own, position) => named({ ...common, ...own }, names[position] ?? ''));
}

function named(configuration: Configuration, name: string): Configuration {
  const { report, baseline } = configuration;
  const withName = (file: string): string => file.replaceAll(PLACE, name);
  return {
    ...configuration,
    ...(report && {
      report: Object.fromEntries(Object.entries(report).map(([format, file]) => [format, withName(file)])),
    }),
    ...(baseline !== undefined && { baseline: withName(baseline) }),
  };
}

/** Runs of several targets must not write into one file. */
function mustWriteApart({ report = {}, baseline, updateBaseline }: Configuration): void {
  const written = Object.entries(report).map(([format, file]) => `--report ${format}=${file}`);
  if (baseline !== undefined && updateBaseline === true) written.push(`--baseline ${baseline}`);
  const shared = written.find((flag) => !flag.includes(PLACE));
  if (shared === undefined) return;
  throw new ConfigurationError(
    `${shared}: there are several targets, put ${PLACE} into the name of the file, such as report-${PLACE}.html`,
  );
}
