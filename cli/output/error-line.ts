import { onOneLine } from '../../report/foreign-text.js';

/**
 * What standard error is told of an error: one line, whatever text its message quotes.
 * @param message of an error; lines of it are told one after the other
 */
export const errorLine = (message: string): string =>
  `auth-conformance: ${message
    .split('\n')
    .map((line) => onOneLine(line).trim())
    .filter((line) => line !== '')
    .join('; ')}\n`;
