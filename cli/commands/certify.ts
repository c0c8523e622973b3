import type { Configuration } from '../../spec/generated/configuration.js';
import { renderers } from '../../reporters/renderers.js';
import { certifyOne } from '../certify-one.js';
import { readyConclusion } from '../output/conclusion.js';
import { readConfiguration } from '../configuration.js';
import { gitHubStep } from '../output/github-actions.js';
import { listRequirements } from './list.js';
import { selectRequirements } from '../../runner/selection.js';
import { notPassedIn, reportOf } from '../last-failed.js';
import { openFile } from '../output/open-file.js';
import { ConfigurationError } from '../../report/errors.js';
import { comparisonFile, runsOf } from '../targets.js';

/** Flags that say how to go about it and are no configuration of the run. */
export interface CertifyFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly list?: boolean;
  /** Run only what did not pass in this report; true: in that of --report json=FILE. */
  readonly lastFailed?: string | boolean;
  /** Open the HTML report at the end. */
  readonly open?: boolean;
}

/**
 * The main command: certifies a target, or several, shows the verdicts and writes the reports.
 * @param more what holds over flags, environment and file
 * @param defaults what holds where they say nothing
 * @returns the exit code
 * @throws ConfigurationError, NotJudgeable, Interrupted
 */
export async function certify(
  flags: Readonly<Record<string, unknown>> & CertifyFlags,
  more: Configuration = {},
  defaults: Configuration = {},
): Promise<number> {
  const { config, json, list, lastFailed, open, ...rest } = flags;
  const given = await readConfiguration({
    flags: rest,
    environment: process.env,
    ...(config !== undefined && { file: config }),
    directory: process.cwd(),
  });
  if (more.target !== undefined) delete given.targets;
  const configuration: Configuration = { ...defaults, ...given, ...more };
  const { reporter, verbose, quiet } = configuration;
  if (reporter !== undefined && (verbose === true || quiet === true))
    throw new ConfigurationError(
      `--reporter and --${verbose === true ? 'verbose' : 'quiet'} are two ways to say the same: give one of them`,
    );
  if (open === true && configuration.report?.html === undefined)
    throw new ConfigurationError('--open opens the HTML report: name it by --report html=FILE');
  if (lastFailed !== undefined && lastFailed !== false) {
    const only = notPassedIn(reportOf(lastFailed, configuration), configuration);
    if (only.length === 0) {
      process.stderr.write('auth-conformance: --last-failed: all passed in that report, there is nothing to run\n');
      return 0;
    }
    configuration.only = only;
  }
  if (list === true) {
    const listed = selectRequirements(configuration);
    if (listed.length === 0)
      process.stderr.write(`auth-conformance: no requirement falls into shard ${configuration.shard ?? ''}\n`);
    process.stdout.write(listRequirements(listed, json === true));
    return 0;
  }
  // With --json, standard output is for the report alone.
  const output = json === true ? process.stderr : process.stdout;
  const runs = runsOf(configuration);
  if (configuration.targets !== undefined) {
    const { certifyEach } = await import('../certify-each.js');
    return certifyEach(runs, output, { json: json === true, comparison: comparisonFile(configuration) });
  }
  const conclude = await readyConclusion(runs[0] ?? configuration, output);
  const step = gitHubStep(process.env, output, configuration.reporter);
  const report = await certifyOne(configuration, output);
  const code = await conclude(report);
  if (json === true) process.stdout.write(await renderers.json(report));
  step?.finish(report);
  if (open === true) openFile(runs[0]?.report?.html ?? '');
  return code;
}
