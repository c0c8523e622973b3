import { onOneLine } from '../../report/foreign-text.js';
import { fitted } from './fitted.js';

/**
 * An error as it is written to standard error: one line, also where its message quotes several; on a terminal, broken to its width.
 * @param message of an error; lines of it are told one after the other
 */
export function errorLine(message: string): string {
  const line = message
    .split('\n')
    .map((part) => onOneLine(part).trim())
    .filter((part) => part !== '')
    .join('; ');
  return `${fitted(`auth-conformance: ${line}`, process.stderr)}\n`;
}
