import type { Report } from '../../spec/generated/report.js';
import { ConfigurationError } from '../../report/errors.js';
import { mergeReports, type MergeOptions } from '../../report/merge.js';
import { renderers } from '../../reporters/renderers.js';
import { readyConclusion } from '../output/conclusion.js';
import { readFlags } from '../configuration.js';
import { gitHubStep } from '../output/github-actions.js';
import { readReports } from '../read-reports.js';

/** Flags of `auth-conformance merge`; those that say what becomes of the report are read as a configuration. */
export interface MergeFlags extends MergeOptions {
  readonly json?: boolean;
  /** Take parts that are not signed into a report that is. */
  readonly allowUnsigned?: boolean;
  /** Files with public keys that parts may be signed with, beside that of --sign. */
  readonly partKey?: readonly string[];
}

/**
 * The command `merge`: shows and writes the report that the reports of shards make together, and decides by the gate of a run.
 * @param paths of JSON reports
 * @returns the exit code, as that of a run
 * @throws ConfigurationError
 */
export async function merge(
  paths: readonly string[],
  { json, allowMissing, allowUnsigned, partKey, ...flags }: MergeFlags & Readonly<Record<string, unknown>>,
): Promise<number> {
  const output = json === true ? process.stderr : process.stdout;
  const configuration = readFlags(flags);
  const options = { ...(allowMissing !== undefined && { allowMissing }) };
  if (configuration.sign === undefined && (allowUnsigned !== undefined || partKey !== undefined))
    throw new ConfigurationError('--allow-unsigned and --part-key go with --sign: nothing is signed without it');
  const merged =
    configuration.sign === undefined
      ? mergeReports(readReports(paths), options)
      : await mergeVerified(paths, configuration.sign, {
          ...options,
          allowUnsigned: allowUnsigned === true,
          partKey: partKey ?? [],
        });
  const conclude = await readyConclusion(configuration, output);
  const step = gitHubStep(process.env, output, configuration.reporter);
  const code = await conclude(merged);
  if (json === true) process.stdout.write(await renderers.json(merged));
  step?.finish(merged);
  return code;
}

/** The merged report that is to be signed: of parts that are what was signed, and it says which of them were. */
async function mergeVerified(
  paths: readonly string[],
  sign: string,
  { allowUnsigned, partKey, ...options }: MergeOptions & Required<Pick<MergeFlags, 'allowUnsigned' | 'partKey'>>,
): Promise<Report> {
  // What verifies is loaded when there is something to sign.
  const [{ notesOnParts, readVerifiedParts }, { publicHalf, readPrivateKey, readPublicKey }] = await Promise.all([
    import('../../report/signing/verified-parts.js'),
    import('../../report/signing/signing-key.js'),
  ]);
  const keys = [
    publicHalf(await readPrivateKey(sign)),
    ...(await Promise.all(partKey.map(async (file) => readPublicKey(file, '--part-key')))),
  ];
  const verified = await readVerifiedParts(paths, { keys, allowUnsigned });
  const merged = mergeReports(
    verified.map(({ report }) => report),
    options,
  );
  // A part that is given twice counts once, as in mergeReports.
  const parts = [...new Map(verified.map(({ part }) => [part.sha256, part])).values()];
  return { ...merged, parts, notes: [...merged.notes, ...notesOnParts(parts)] };
}
