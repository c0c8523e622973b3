import { errorLine } from './error-line.js';

/** Tells that a command has ended, or goes on by itself: from then on the process may end as it likes. */
export type Done = () => void;

/**
 * Watches for a process that ends before its command has: a configuration file that waits for what never comes leaves Node nothing to do
 * (exit code 13, without a word), and one that calls process.exit(0) would pass for a success. A sentence is written, and the exit code is 2.
 */
export function guardAgainstEarlyEnd(): Done {
  const onExit = (): void => {
    process.stderr.write(
      errorLine(
        'the process ended before the command had: something in the configuration file calls process.exit, or waits for what never comes',
      ),
    );
    process.exitCode = 2;
  };
  process.once('exit', onExit);
  return () => process.removeListener('exit', onExit);
}
