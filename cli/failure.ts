import { CommanderError } from 'commander';
import { errorLine } from './output/error-line.js';

/** A message without the values of flags in it: one that is misspelled may hold a password. */
function withoutValues(message: string): string {
  return message.replace(/(?<![\w-])(--\w[\w-]*)=[^']*/g, '$1');
}

/**
 * Says on standard error what is wrong.
 * @returns the exit code: the one that the error carries; 2 for the command line and for what is wrong with this machine, 3 for a defect
 */
export function fail(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    process.stderr.write(
      `${errorLine(withoutValues(error.message).replace(/^error: /, ''))}See auth-conformance --help\n`,
    );
    return 2;
  }
  const { message, exitCode } = error as Error & { exitCode?: number };
  process.stderr.write(errorLine(message));
  if (exitCode !== undefined) return exitCode;
  if (isOfTheMachine(error)) return 2;
  process.stderr.write('This is a defect of auth-conformance itself: please report it.\n');
  return 3;
}

/** Whether it is this machine that something is wrong with: its disk is full, a file may not be written, too many are open. */
function isOfTheMachine(error: unknown): boolean {
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  const codes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM'];
  return codes.includes(code) && /^(?:write|open|mkdir|mkdtemp|rename|copyfile|unlink|rm|scandir|fsync)/.test(syscall);
}
