import { mergeReports, type MergeOptions } from '../../report/merge.js';
import { readReport } from '../../report/read.js';
import { renderers } from '../../reporters/renderers.js';
import { readyConclusion } from '../conclusion.js';
import { readFlags } from '../configuration.js';
import { gitHubStep } from '../github-actions.js';

/** Flags of `auth-conformance merge`; those that say what becomes of the report are read as a configuration. */
export interface MergeFlags extends MergeOptions {
  readonly json?: boolean;
}

/**
 * The command `merge`: shows and writes the report that the reports of shards make together, and decides by the gate of a run.
 * @param paths of JSON reports
 * @returns the exit code, as that of a run
 * @throws ConfigurationError
 */
export async function merge(
  paths: readonly string[],
  { json, allowMissing, ...flags }: MergeFlags & Readonly<Record<string, unknown>>,
): Promise<number> {
  const output = json === true ? process.stderr : process.stdout;
  const merged = mergeReports(
    paths.map((path) => readReport(path)),
    { ...(allowMissing !== undefined && { allowMissing }) },
  );
  const conclude = await readyConclusion(readFlags(flags), output);
  const step = gitHubStep(process.env, output);
  const code = await conclude(merged);
  if (json === true) process.stdout.write(await renderers.json(merged));
  step?.finish(merged);
  return code;
}
