import { onOneLine } from '../../report/foreign-text.js';
import { ConfigurationError } from '../../report/errors.js';
import { cleanTarget } from '../../runner/clean-up/clean-target.js';
import { readConfiguration } from '../configuration.js';
import { errorLine } from '../output/error-line.js';
import { runsOf } from '../targets.js';

/**
 * The command `clean`: removes the users and policies that earlier runs could not remove, and says of each what became of it.
 * @returns the exit code: 0 when none is left, 3 when one is
 * @throws ConfigurationError, NotJudgeable
 */
export async function clean({
  config,
  ...flags
}: Readonly<Record<string, unknown>> & { readonly config?: string }): Promise<number> {
  const configuration = await readConfiguration({
    flags,
    environment: process.env,
    ...(config !== undefined && { file: config }),
    directory: process.cwd(),
  });
  if (configuration.targets !== undefined)
    throw new ConfigurationError('give one --target: targets are cleaned one at a time');
  const [one = configuration] = runsOf(configuration);
  const found = await cleanTarget(one, (sentence) => process.stderr.write(errorLine(sentence)));
  for (const { name, id, reason } of found)
    process.stdout.write(
      `${onOneLine(reason === undefined ? `removed ${name} (${id})` : `not removed: ${name} (${id}): ${reason}`)}\n`,
    );
  const left = found.filter(({ reason }) => reason !== undefined).length;
  process.stdout.write(
    found.length === 0
      ? 'nothing of an earlier run is there: nothing was removed\n'
      : `removed ${found.length - left} of ${found.length} that earlier runs had left\n`,
  );
  return left === 0 ? 0 : 3;
}
