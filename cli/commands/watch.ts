import { resolve } from 'node:path';
import { readConfiguration } from '../configuration.js';
import { reportFiles } from '../output/write-reports.js';
import { comparisonFile, runsOf } from '../targets.js';
import { watch } from '../watch.js';
import type { CertifyFlags } from './certify.js';

/**
 * What --watch does: the run that the other flags ask for, and again whenever a file of the working directory or a target changes.
 * @param startsServer whether the run starts the server that it certifies: there is no target to look at then
 * @returns the exit code of the last run that came to its end
 * @throws ConfigurationError when something that was given is wrong
 */
export async function watchRuns(
  {
    config,
    json: _json,
    list: _list,
    lastFailed: _lastFailed,
    open: _open,
    ...flags
  }: Readonly<Record<string, unknown>> & CertifyFlags,
  startsServer: boolean,
): Promise<number> {
  const directory = process.cwd();
  const configuration = await readConfiguration({
    flags,
    environment: process.env,
    ...(config !== undefined && { file: config }),
    directory,
  });
  const runs = runsOf(configuration);
  const files = runs.flatMap((run) => [
    ...reportFiles(run).map(({ file }) => file),
    ...(run.baseline === undefined ? [] : [run.baseline]),
  ]);
  const comparison = comparisonFile(configuration);
  const written = [...files, ...(comparison === undefined ? [] : [comparison])].map((file) => resolve(directory, file));
  return watch({
    args: process.argv.slice(2).filter((arg) => arg !== '--watch'),
    targets: startsServer ? [] : runs.flatMap(({ target }) => target ?? []),
    directory,
    written: [...written, ...written.map((file) => `${file}.intoto.json`)],
  });
}
